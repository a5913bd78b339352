from django.urls import URLPattern, path

from routines.views import reminder_answers, reminder_ledger, reminders

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/messages/", reminder_ledger.client_ledger, name="client_ledger"),
    path("reminders/", reminder_ledger.practice_ledger, name="reminder_ledger"),
    path("reminders/snooze/<str:token>/", reminder_answers.reminder_snooze, name="reminder_snooze"),
    path("reminders/done/<str:token>/", reminder_answers.reminder_done, name="reminder_done"),
    path("reminders/stop/<str:token>/", reminders.reminders_stop, name="reminders_stop"),
]
