from django.urls import path

from routines.notices import views

urlpatterns = [
    path("notices/<uuid:notice_id>/seen/", views.notice_settle, name="notice_settle"),
    path("clients/<uuid:client_id>/notices/", views.client_notices, name="client_notices"),
]
