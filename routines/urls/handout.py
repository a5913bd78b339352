from django.urls import path

from routines.views import handout

urlpatterns = [
    path("me/plans/<uuid:plan_id>/handout.pdf", handout.handout_client, name="handout_client"),
    path("plans/<uuid:plan_id>/handout.pdf", handout.handout_staff, name="handout_staff"),
    path("v/<slug:code>/", handout.handout_check, name="handout_check"),
]
