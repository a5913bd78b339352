from clients.urls import absence, bounces, clearance, intake, invitation, portal, practice_rules, roster, screening

app_name = "clients"
urlpatterns = [
    *roster.urlpatterns,
    *absence.urlpatterns,
    *bounces.urlpatterns,
    *invitation.urlpatterns,
    *intake.urlpatterns,
    *screening.urlpatterns,
    *practice_rules.urlpatterns,
    *clearance.urlpatterns,
    *portal.urlpatterns,
]
