"""Every page of the app `practice`, room by room."""

from practice.audit import urls as audit
from practice.mail import urls as mail
from practice.profile import urls as profile
from practice.site import urls as site
from practice.staff import urls as staff

app_name = "practice"
urlpatterns = [
    *staff.urlpatterns,
    *profile.urlpatterns,
    *mail.urlpatterns,
    *site.urlpatterns,
    *audit.urlpatterns,
]
