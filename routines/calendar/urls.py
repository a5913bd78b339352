from django.urls import path

from routines.calendar import views

urlpatterns = [path("me/plans/<uuid:plan_id>/routine.ics", views.calendar_file, name="calendar_file")]
