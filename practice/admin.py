"""The admin site, for those who keep the catalog. They sign in to it where everybody signs in."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

# Django's own sign-in page knows nothing of second factors, codes and rate limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
