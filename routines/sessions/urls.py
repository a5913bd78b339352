from django.urls import path

from routines.sessions.views import day_answers, player

urlpatterns = [
    path("me/plans/<uuid:plan_id>/begin/", player.session_begin, name="session_begin"),
    path("me/sessions/<uuid:session_id>/", player.session_run, name="session_run"),
    path("me/sessions/<uuid:session_id>/before/", day_answers.session_before, name="session_before"),
    path("me/sessions/<uuid:session_id>/may-go-on/", player.session_may_go_on, name="session_may_go_on"),
    path("me/plans/<uuid:plan_id>/check/", day_answers.day_check, name="day_check"),
    path("me/sessions/<uuid:session_id>/end/", player.session_end, name="session_end"),
]
