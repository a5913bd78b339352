from django.urls import URLPattern, path

from clients.roster.views import roster

urlpatterns: list[URLPattern] = [
    path("clients/", roster.roster_list, name="roster_list"),
    path("clients/new/", roster.roster_register, name="roster_register"),
    path("clients/<uuid:client_id>/", roster.roster_detail, name="roster_detail"),
    path("clients/<uuid:client_id>/correct/", roster.roster_correct, name="roster_correct"),
    path("clients/<uuid:client_id>/archive/", roster.roster_archive, name="roster_archive"),
    path("clients/<uuid:client_id>/restore/", roster.roster_restore, name="roster_restore"),
]
