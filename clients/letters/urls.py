from django.urls import URLPattern, path

from clients.letters import views

urlpatterns: list[URLPattern] = [
    path("me/letters/", views.clearance_own, name="clearance_own"),
    path("me/letters/<uuid:clearance_id>/file/", views.clearance_own_file, name="clearance_own_file"),
    path("letters/<uuid:clearance_id>/", views.clearance_read, name="clearance_read"),
    path("letters/<uuid:clearance_id>/file/", views.clearance_file, name="clearance_file"),
    path("letters/<uuid:clearance_id>/verify/", views.clearance_verify, name="clearance_verify"),
    path("letters/<uuid:clearance_id>/reject/", views.clearance_reject, name="clearance_reject"),
]
