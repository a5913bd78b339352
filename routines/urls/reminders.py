from django.urls import URLPattern, path

from routines.views import reminders

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/messages/", reminders.client_ledger, name="client_ledger"),
    path("reminders/stop/<str:token>/", reminders.reminders_stop, name="reminders_stop"),
]
