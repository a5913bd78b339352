from django.urls import URLPattern, path

from clients.health_page import views

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/screening/", views.screening_detail, name="screening_detail"),
    path("clients/<uuid:client_id>/screening/<uuid:record_id>/", views.screening_detail, name="screening_record"),
    path("clients/<uuid:client_id>/letters/", views.clearance_record, name="clearance_record"),
    path("letters/<uuid:clearance_id>/withdraw/", views.clearance_withdraw, name="clearance_withdraw"),
]
