from django.urls import URLPattern, path

from clients.views import practice_rules

urlpatterns: list[URLPattern] = [
    path("settings/rules/", practice_rules.rules_practice, name="rules_practice"),
    path("settings/rules/add/", practice_rules.rules_practice_own, name="rules_practice_own"),
    path("settings/rules/<slug:slug>/", practice_rules.rules_practice_rule, name="rules_practice_rule"),
    path("settings/rules/<slug:slug>/restore/", practice_rules.rules_practice_restore, name="rules_practice_restore"),
]
