from django.urls import URLPattern, path

from routines.views import rule_cases, rule_drafts, rules

urlpatterns: list[URLPattern] = [
    path("rules/", rules.rules_index, name="rules_index"),
    path("rules/versions/<int:number>/", rules.rules_version, name="rules_version"),
    path("rules/versions/<int:number>/yaml/", rules.rules_version_yaml, name="rules_version_yaml"),
    path("rules/versions/<int:number>/sign-off/", rules.rules_sign_off, name="rules_sign_off"),
    path("rules/drafts/", rules.rules_draft_new, name="rules_draft_new"),
    path("rules/drafts/<uuid:draft_id>/", rule_drafts.rules_draft, name="rules_draft"),
    path("rules/drafts/<uuid:draft_id>/yaml/", rule_drafts.rules_draft_yaml, name="rules_draft_yaml"),
    path("rules/drafts/<uuid:draft_id>/upload/", rule_drafts.rules_draft_upload, name="rules_draft_upload"),
    path("rules/drafts/<uuid:draft_id>/discard/", rule_drafts.rules_draft_discard, name="rules_draft_discard"),
    path("rules/drafts/<uuid:draft_id>/effect/", rule_drafts.rules_draft_effect, name="rules_draft_effect"),
    path("rules/drafts/<uuid:draft_id>/publish/", rule_drafts.rules_draft_publish, name="rules_draft_publish"),
    path("rules/drafts/<uuid:draft_id>/rules/<slug:slug>/", rule_drafts.rules_draft_rule, name="rules_draft_rule"),
    path(
        "rules/drafts/<uuid:draft_id>/questions/<slug:slug>/",
        rule_drafts.rules_draft_question,
        name="rules_draft_question",
    ),
    path("rules/cases/", rule_cases.rules_cases, name="rules_cases"),
    path("rules/cases/new/", rule_cases.rules_case_new, name="rules_case_new"),
    path("rules/cases/<uuid:case_id>/", rule_cases.rules_case, name="rules_case"),
]
