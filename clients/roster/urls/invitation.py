from django.urls import URLPattern, path

from clients.roster.views import invitation

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/invitation/", invitation.invitation_send, name="invitation_send"),
    path("invitations/<uuid:invitation_id>/revoke/", invitation.invitation_revoke, name="invitation_revoke"),
    path("i/<str:token>/", invitation.invitation_open, name="invitation_open"),
]
