from django.urls import path

from routines.views import calendar

urlpatterns = [path("me/plans/<uuid:plan_id>/routine.ics", calendar.calendar_file, name="calendar_file")]
