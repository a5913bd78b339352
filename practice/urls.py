from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from practice.site.views.home import home
from practice.staff.views.email_address import address_fixed

urlpatterns = [
    path("", home, name="home"),
    path("accounts/email/", address_fixed, name="account_email"),  # before allauth's own page of that address
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("practice.site_urls")),
    path("", include("clients.urls")),
    path("", include("routines.urls")),
]

handler500 = "practice.site.views.server_error.server_error"

if settings.EMAIL_WEBHOOKS:
    # Inside, so that a site without a mail provider does not load the readers of all of them.
    from practice.bounces.webhooks import webhook_urls

    urlpatterns += [path("mail/webhooks/", include((webhook_urls(settings.EMAIL_WEBHOOKS), "webhooks")))]
