"""Pages of the ground floor, grouped by what they act on."""

from django.urls import URLPattern, path

from practice.audit import views as audit
from practice.mail.views import demo, ledger
from practice.profile import views as profile
from practice.site.views import metrics, styleguide
from practice.staff.views import staff

app_name = "practice"
urlpatterns: list[URLPattern] = [
    path("staff/", staff.staff_list, name="staff_list"),
    path("staff/invite/", staff.staff_invite, name="staff_invite"),
    path("staff/<uuid:member_id>/", staff.staff_edit, name="staff_edit"),
    path("staff/<uuid:member_id>/deactivate/", staff.staff_deactivate, name="staff_deactivate"),
    path("staff/<uuid:member_id>/reactivate/", staff.staff_reactivate, name="staff_reactivate"),
    path("seat/", staff.member_switch, name="member_switch"),
    path("settings/", profile.settings_edit, name="settings_edit"),
    path("messages/", ledger.outbox_ledger, name="outbox_ledger"),
    path("messages/<uuid:message_id>/send-again/", ledger.outbox_send_again, name="outbox_send_again"),
    path("demo/mail/", demo.demo_mail, name="demo_mail"),
    path("demo/mail/<slug:mail_id>/", demo.demo_mail_message, name="demo_mail_message"),
    path("demo/mail/<slug:mail_id>/html/", demo.demo_mail_html, name="demo_mail_html"),
    path("demo/styleguide/", styleguide.styleguide, name="styleguide"),
    path("metrics/", metrics.site_metrics, name="metrics"),
    path("audit/", audit.audit_list, name="audit_list"),
]
