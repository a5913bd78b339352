from django.urls import URLPattern, path

from clients.health_page import views as screening
from clients.letters import views as clearance

urlpatterns: list[URLPattern] = [
    path("me/letters/", clearance.clearance_own, name="clearance_own"),
    path("me/letters/<uuid:clearance_id>/file/", clearance.clearance_own_file, name="clearance_own_file"),
    path("clients/<uuid:client_id>/letters/", screening.clearance_record, name="clearance_record"),
    path("letters/<uuid:clearance_id>/", clearance.clearance_read, name="clearance_read"),
    path("letters/<uuid:clearance_id>/file/", clearance.clearance_file, name="clearance_file"),
    path("letters/<uuid:clearance_id>/verify/", clearance.clearance_verify, name="clearance_verify"),
    path("letters/<uuid:clearance_id>/reject/", clearance.clearance_reject, name="clearance_reject"),
    path("letters/<uuid:clearance_id>/withdraw/", screening.clearance_withdraw, name="clearance_withdraw"),
]
