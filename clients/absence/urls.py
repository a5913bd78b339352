from django.urls import URLPattern, path

from clients.absence import views

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/places/", views.absent_places, name="absent_places"),
]
