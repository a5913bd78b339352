"""Pages of the ground floor, grouped by what they act on."""

from django.urls import URLPattern

app_name = "practice"
urlpatterns: list[URLPattern] = []
