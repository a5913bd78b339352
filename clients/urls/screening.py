from django.urls import URLPattern, path

from clients.views import screening

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/screening/", screening.screening_detail, name="screening_detail"),
    path("clients/<uuid:client_id>/screening/<uuid:record_id>/", screening.screening_detail, name="screening_record"),
    path("questions/", screening.questionnaire_index, name="questionnaire_index"),
]
