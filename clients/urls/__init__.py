from clients.urls import intake, invitation, portal, practice_rules, roster, screening

app_name = "clients"
urlpatterns = [
    *roster.urlpatterns,
    *invitation.urlpatterns,
    *intake.urlpatterns,
    *screening.urlpatterns,
    *practice_rules.urlpatterns,
    *portal.urlpatterns,
]
