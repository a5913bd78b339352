from django.urls import URLPattern, path

from routines.reminders.views import answer, ledger, unsubscribe

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/messages/", ledger.client_ledger, name="client_ledger"),
    path("reminders/", ledger.practice_ledger, name="reminder_ledger"),
    path("reminders/snooze/<str:token>/", answer.reminder_snooze, name="reminder_snooze"),
    path("reminders/done/<str:token>/", answer.reminder_done, name="reminder_done"),
    path("reminders/stop/<str:token>/", unsubscribe.reminders_stop, name="reminders_stop"),
]
