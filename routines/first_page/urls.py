from django.urls import path

from routines.first_page import views

urlpatterns = [
    path("today/", views.attention_today, name="attention_today"),
    path("today/<slug:section>/", views.attention_all, name="attention_all"),
    path("notices/<uuid:notice_id>/seen/", views.notice_settle, name="notice_settle"),
    path("clients/<uuid:client_id>/notices/", views.client_notices, name="client_notices"),
]
