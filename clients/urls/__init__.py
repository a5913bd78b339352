from clients.urls import intake, invitation, portal, roster, screening

app_name = "clients"
urlpatterns = [
    *roster.urlpatterns,
    *invitation.urlpatterns,
    *intake.urlpatterns,
    *screening.urlpatterns,
    *portal.urlpatterns,
]
