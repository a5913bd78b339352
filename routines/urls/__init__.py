from routines.urls import (
    attention,
    builder,
    calendar,
    catalog,
    handout,
    plans,
    portal,
    reminders,
    rules,
    sessions,
    wishes,
)

app_name = "routines"
urlpatterns = [
    *attention.urlpatterns,
    *catalog.urlpatterns,
    *builder.urlpatterns,
    *plans.urlpatterns,
    *portal.urlpatterns,
    *sessions.urlpatterns,
    *handout.urlpatterns,
    *calendar.urlpatterns,
    *reminders.urlpatterns,
    *rules.urlpatterns,
    *wishes.urlpatterns,
]
