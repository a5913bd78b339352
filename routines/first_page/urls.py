from django.urls import path

from routines.first_page import views

urlpatterns = [
    path("today/", views.attention_today, name="attention_today"),
    path("today/<slug:section>/", views.attention_all, name="attention_all"),
]
