from django.urls import path

from routines.portal import views

urlpatterns = [
    path("me/", views.portal_today, name="portal_today"),
    path("me/plans/<uuid:plan_id>/next-part/", views.portal_next_part, name="portal_next_part"),
    path("me/plan/", views.portal_plan, name="portal_plan"),
    path("me/history/", views.portal_history, name="portal_history"),
]
