"""Every page of the app, room by room."""

from routines.builder import urls as builder
from routines.calendar import urls as calendar
from routines.catalog import urls as catalog
from routines.first_page import urls as first_page
from routines.handout import urls as handout
from routines.notices import urls as notices
from routines.plan_page import urls as plan_page
from routines.portal import urls as portal
from routines.reminders.urls import preferences, reminders
from routines.rules_workbench import urls as rules_workbench
from routines.sessions import urls as sessions

app_name = "routines"
urlpatterns = [
    *first_page.urlpatterns,
    *catalog.urlpatterns,
    *builder.urlpatterns,
    *plan_page.urlpatterns,
    *notices.urlpatterns,
    *portal.urlpatterns,
    *sessions.urlpatterns,
    *handout.urlpatterns,
    *calendar.urlpatterns,
    *reminders.urlpatterns,
    *rules_workbench.urlpatterns,
    *preferences.urlpatterns,
]
