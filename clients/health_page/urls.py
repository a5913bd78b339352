from django.urls import URLPattern, path

from clients.health_page import views

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/screening/", views.screening_detail, name="screening_detail"),
    path("clients/<uuid:client_id>/screening/<uuid:record_id>/", views.screening_detail, name="screening_record"),
    path("questions/", views.questionnaire_index, name="questionnaire_index"),
]
