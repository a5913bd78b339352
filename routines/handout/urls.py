from django.urls import path

from routines.handout import views

urlpatterns = [
    path("me/plans/<uuid:plan_id>/handout.pdf", views.handout_client, name="handout_client"),
    path("plans/<uuid:plan_id>/handout.pdf", views.handout_staff, name="handout_staff"),
    path("v/<slug:code>/", views.handout_check, name="handout_check"),
]
