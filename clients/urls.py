"""Every page of the app, room by room."""

from clients.absent_places import urls as absent_places
from clients.account import urls as account
from clients.consent import urls as consent
from clients.follow_up import urls as follow_up
from clients.health_page import urls as health_page
from clients.intake import urls as intake
from clients.letters import urls as letters
from clients.questionnaire import urls as questionnaire
from clients.roster.urls import invitation, roster

app_name = "clients"
urlpatterns = [
    *roster.urlpatterns,
    *absent_places.urlpatterns,
    *consent.urlpatterns,
    *invitation.urlpatterns,
    *intake.urlpatterns,
    *health_page.urlpatterns,
    *follow_up.urlpatterns,
    *questionnaire.urlpatterns,
    *letters.urlpatterns,
    *account.urlpatterns,
]
