from django.urls import URLPattern, path

from clients.questionnaire.views import index, local_rules

urlpatterns: list[URLPattern] = [
    path("questions/", index.questionnaire_index, name="questionnaire_index"),
    path("settings/rules/", local_rules.rules_practice, name="rules_practice"),
    path("settings/rules/add/", local_rules.rules_practice_own, name="rules_practice_own"),
    path("settings/rules/<slug:slug>/", local_rules.rules_practice_rule, name="rules_practice_rule"),
    path("settings/rules/<slug:slug>/restore/", local_rules.rules_practice_restore, name="rules_practice_restore"),
]
