from django.urls import URLPattern, path

from routines.views import wishes

urlpatterns: list[URLPattern] = [path("me/reminders/", wishes.wishes_edit, name="wishes_edit")]
