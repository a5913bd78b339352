from clients.urls import clearance, intake, invitation, portal, roster, screening

app_name = "clients"
urlpatterns = [
    *roster.urlpatterns,
    *invitation.urlpatterns,
    *intake.urlpatterns,
    *screening.urlpatterns,
    *clearance.urlpatterns,
    *portal.urlpatterns,
]
