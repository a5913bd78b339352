from django.urls import path

from routines.views import day_check, sessions

urlpatterns = [
    path("me/plans/<uuid:plan_id>/begin/", sessions.session_begin, name="session_begin"),
    path("me/sessions/<uuid:session_id>/", sessions.session_run, name="session_run"),
    path("me/sessions/<uuid:session_id>/before/", day_check.session_before, name="session_before"),
    path("me/sessions/<uuid:session_id>/end/", sessions.session_end, name="session_end"),
]
