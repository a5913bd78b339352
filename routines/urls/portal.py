from django.urls import path

from routines.views import portal

urlpatterns = [
    path("me/", portal.portal_today, name="portal_today"),
    path("me/plan/", portal.portal_plan, name="portal_plan"),
    path("me/history/", portal.portal_history, name="portal_history"),
]
