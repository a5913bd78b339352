from clients.urls import bounces, clearance, intake, invitation, portal, practice_rules, roster, screening

app_name = "clients"
urlpatterns = [
    *roster.urlpatterns,
    *bounces.urlpatterns,
    *invitation.urlpatterns,
    *intake.urlpatterns,
    *screening.urlpatterns,
    *practice_rules.urlpatterns,
    *clearance.urlpatterns,
    *portal.urlpatterns,
]
