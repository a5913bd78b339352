from django.urls import URLPattern, path

from routines.rules_workbench.views import cases, drafts, rules

urlpatterns: list[URLPattern] = [
    path("rules/", rules.rules_index, name="rules_index"),
    path("rules/versions/<int:number>/", rules.rules_version, name="rules_version"),
    path("rules/versions/<int:number>/yaml/", rules.rules_version_yaml, name="rules_version_yaml"),
    path("rules/versions/<int:number>/sign-off/", rules.rules_sign_off, name="rules_sign_off"),
    path("rules/drafts/", rules.rules_draft_new, name="rules_draft_new"),
    path("rules/drafts/<uuid:draft_id>/", drafts.rules_draft, name="rules_draft"),
    path("rules/drafts/<uuid:draft_id>/yaml/", drafts.rules_draft_yaml, name="rules_draft_yaml"),
    path("rules/drafts/<uuid:draft_id>/upload/", drafts.rules_draft_upload, name="rules_draft_upload"),
    path("rules/drafts/<uuid:draft_id>/discard/", drafts.rules_draft_discard, name="rules_draft_discard"),
    path("rules/drafts/<uuid:draft_id>/effect/", drafts.rules_draft_effect, name="rules_draft_effect"),
    path("rules/drafts/<uuid:draft_id>/publish/", drafts.rules_draft_publish, name="rules_draft_publish"),
    path("rules/drafts/<uuid:draft_id>/rules/<slug:slug>/", drafts.rules_draft_rule, name="rules_draft_rule"),
    path(
        "rules/drafts/<uuid:draft_id>/questions/<slug:slug>/",
        drafts.rules_draft_question,
        name="rules_draft_question",
    ),
    path("rules/cases/", cases.rules_cases, name="rules_cases"),
    path("rules/cases/new/", cases.rules_case_new, name="rules_case_new"),
    path("rules/cases/<uuid:case_id>/", cases.rules_case, name="rules_case"),
]
