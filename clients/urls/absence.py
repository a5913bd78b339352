from django.urls import URLPattern, path

from clients.views import absence

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/places/", absence.absent_places, name="absent_places"),
]
