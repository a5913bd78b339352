from django.urls import URLPattern, path

from practice.profile import views

urlpatterns: list[URLPattern] = [
    path("settings/", views.settings_edit, name="settings_edit"),
]
