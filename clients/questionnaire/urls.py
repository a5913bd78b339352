from django.urls import URLPattern, path

from clients.questionnaire import views

urlpatterns: list[URLPattern] = [
    path("settings/rules/", views.rules_practice, name="rules_practice"),
    path("settings/rules/add/", views.rules_practice_own, name="rules_practice_own"),
    path("settings/rules/<slug:slug>/", views.rules_practice_rule, name="rules_practice_rule"),
    path("settings/rules/<slug:slug>/restore/", views.rules_practice_restore, name="rules_practice_restore"),
]
