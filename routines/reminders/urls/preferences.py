from django.urls import URLPattern, path

from routines.reminders.views import preferences

urlpatterns: list[URLPattern] = [path("me/reminders/", preferences.wishes_edit, name="wishes_edit")]
