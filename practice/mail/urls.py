from django.urls import URLPattern, path

from practice.mail.views import demo, ledger

urlpatterns: list[URLPattern] = [
    path("messages/", ledger.outbox_ledger, name="outbox_ledger"),
    path("messages/<uuid:message_id>/send-again/", ledger.outbox_send_again, name="outbox_send_again"),
    path("demo/mail/", demo.demo_mail, name="demo_mail"),
    path("demo/mail/<slug:mail_id>/", demo.demo_mail_message, name="demo_mail_message"),
    path("demo/mail/<slug:mail_id>/html/", demo.demo_mail_html, name="demo_mail_html"),
]
