"""The pages on which a catalog admin looks after the shared rules."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clients.questionnaire.models import QuestionnaireDraft, QuestionnaireVersion
from clients.questionnaire.to_yaml import as_yaml
from clients.questionnaire.versions import current_questionnaire, current_version
from clients.roster.models import Client
from practice.tenancy.models import Member, User
from routines.plans.models import Plan
from routines.plans.publish import suspend_plan
from routines.rechecking.recheck import recheck_flagged
from routines.rules_workbench.models import RulePreview, ScreeningCase
from routines.rules_workbench.preview import Effect, effect_on_practice, work_on_preview
from tests.factories import people
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan, make_starter
from tests.factories.rules import make_cases, make_rule_draft, publish

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOON, tick=False)]


@pytest.fixture
def desk(ada: User, browse):
    make_starter()
    return browse(ada)


def url(name: str, *args: object) -> str:
    return reverse(f"routines:rules_{name}", args=args)


def test_from_a_new_draft_over_an_edited_rule_to_the_next_version(desk, ada: User) -> None:
    answer = desk.post(url("draft_new"), {"title": "Longer rest after surgery"})
    draft = QuestionnaireDraft.objects.get()
    assert answer["Location"] == url("draft", draft.pk)
    page = url("draft_rule", draft.pk, "surgery-recent")
    form = desk.get(page).context["form"]
    sent = dict(typed(form).items())
    answer = desk.post(page, {**sent, "expires_days": "60", "when": "{q: surgery-date, days_since_lte: 60}"})
    assert answer.status_code == 302, answer.context["form"].errors
    shown = desk.get(url("draft", draft.pk)).content.decode()
    assert "surgery-date was at most 42 days ago" in shown
    assert "surgery-date was at most 60 days ago" in shown
    assert [
        change.field for entry in desk.get(url("draft", draft.pk)).context["changes"].rules for change in entry.fields
    ] == [
        "when",
        "expires.days",
    ]
    draft.refresh_from_db()
    answer = desk.post(url("draft_publish", draft.pk), {"revision": draft.revision, "against": 1, "reason": ""})
    assert answer["Location"] == url("version", 2)
    assert current_version().published_by == ada
    assert current_questionnaire()[1].rule_by_slug["surgery-recent"].expires.days == 60
    assert "Longer rest after surgery" in desk.get(url("version", 2)).content.decode()


def typed(form) -> dict:
    return {field.html_name: value for field in form if (value := field.value()) is not None and value is not False}


def test_saving_an_entry_unchanged_changes_nothing(desk, ada: User) -> None:
    draft = make_rule_draft(ada)
    for page in (
        url("draft_rule", draft.pk, "surgery-recent"),
        url("draft_rule", draft.pk, "minor-under-16"),
        url("draft_question", draft.pk, "age"),
        url("draft_question", draft.pk, "heart-conditions"),
    ):
        assert desk.post(page, typed(desk.get(page).context["form"])).status_code == 302
    assert not desk.get(url("draft", draft.pk)).context["changes"]


def test_a_fault_stands_beside_its_field(desk, ada: User) -> None:
    draft = make_rule_draft(ada)
    page = url("draft_rule", draft.pk, "minor-under-16")
    sent = typed(desk.get(page).context["form"])
    answer = desk.post(
        page, {**sent, "when": "q: nobody\nequals: x", "effects": "- {type: max_pressure, level: litgh}"}
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"when", "effects"}
    answer = desk.post(page, {**sent, "when": "[unclosed"})
    assert "when" in answer.context["form"].errors
    answer = desk.post(page, {**sent, "when": "&a [*a]"})
    assert "when" in answer.context["form"].errors
    assert QuestionnaireDraft.objects.get().revision == draft.revision


def test_unknown_entries_drafts_and_versions_are_not_found(desk, ada: User) -> None:
    draft = make_rule_draft(ada)
    missing = make_rule_draft(ada)
    QuestionnaireDraft.objects.filter(pk=missing.pk).delete()
    for page in (
        url("draft_rule", draft.pk, "no-such-rule"),
        url("draft_question", draft.pk, "no-such-question"),
        url("draft", missing.pk),
        url("version", 99),
        url("cases") + "?draft=nonsense",
        url("cases") + f"?draft={missing.pk}",
    ):
        assert desk.get(page).status_code == 404, page


def test_a_file_is_exported_changed_and_uploaded(desk, ada: User) -> None:
    draft = make_rule_draft(ada)
    text = desk.get(url("draft_yaml", draft.pk)).content.decode()
    assert desk.get(url("version_yaml", 1)).content.decode() == text
    upload = SimpleUploadedFile("mine.yaml", text.replace("How old are you", "What is your age").encode())
    answer = desk.post(url("draft_upload", draft.pk), {"file": upload, "revision": draft.revision})
    assert answer.status_code == 302
    changes = desk.get(url("draft", draft.pk)).context["changes"]
    assert [(entry.slug, entry.fields[0].field) for entry in changes.questions] == [("age", "question")]
    assert not changes.rules


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"questions: 7\n", "A list is expected"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"x" * (4 * 1024 * 1024 + 1), "larger than 4 MB"),
        (b"- " * 100_000, "nested too deeply"),
        (b"", "empty"),
    ],
)
def test_a_bad_file_is_named_and_nothing_is_lost(desk, ada: User, content: bytes, words: str) -> None:
    draft = make_rule_draft(ada, "surgery-recent", expires__days=60)
    upload = SimpleUploadedFile("mine.yaml", content)
    answer = desk.post(url("draft_upload", draft.pk), {"file": upload, "revision": draft.revision})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert QuestionnaireDraft.objects.get().document == draft.document


def test_two_admins_publishing_at_once_get_one_version(desk, ada: User, browse) -> None:
    bea = people.make_user("bea@example.org", "Bea", is_catalog_admin=True)
    one = make_rule_draft(ada, "surgery-recent", expires__days=60)
    two = make_rule_draft(bea, "fracture-recent", expires__days=120)
    page = browse(bea).get(url("draft", two.pk)).context["publish"]
    desk.post(url("draft_publish", one.pk), {"revision": one.revision, "against": 1})
    answer = browse(bea).post(url("draft_publish", two.pk), typed(page), follow=True)
    assert "Another version was published meanwhile" in answer.content.decode()
    assert "came into force after this draft was begun" in answer.content.decode()
    assert current_version().number == 2


# ---- What it does to running plans


def test_the_preview_counts_plans_and_publishing_does_what_it_said(
    desk, ada: User, practice, jon: Member, noor: Client, rex: Member
) -> None:
    make_signed_intake(noor, at=NOON, allergy="yes")
    plan, second = make_published_plan(noor, jon, "wind-down-sleep"), make_published_plan(noor, jon, "wind-down-sleep")
    other = people.make_client(rex.practice, "lena@example.org", "Lena")
    theirs = make_published_plan(other, rex, "wind-down-sleep")
    draft = make_rule_draft(ada, "allergy", outcome="STOP", urgency="defer", effects=None)
    page = desk.post(url("draft_effect", draft.pk), HTTP_HX_REQUEST="true").content.decode()
    assert "Suspends 2 plans of 1 client, releases 0." in page
    assert practice.name in page
    assert "Elsewhere" not in page
    assert "Noor" not in desk.get(url("draft", draft.pk)).content.decode()
    assert Plan.objects.across_practices().running().count() == 3, "a preview changes nothing"
    publish(draft, ada)
    assert recheck_flagged(NOON) == 3
    states = {row.pk: row.state for row in Plan.objects.across_practices()}
    assert (states[plan.pk], states[second.pk], states[theirs.pk]) == ("suspended", "suspended", "published")


def test_the_preview_sees_what_could_go_on_again(desk, ada: User, jon: Member, noor: Client) -> None:
    make_signed_intake(noor, at=NOON, allergy="yes")
    plan = make_published_plan(noor, jon, "wind-down-sleep")
    publish(make_rule_draft(ada, "allergy", outcome="STOP", urgency="defer", effects=None), ada)
    recheck_flagged(NOON)
    back = make_rule_draft(ada, "allergy", outcome="CAUTION", urgency=None)
    page = desk.post(url("draft_effect", back.pk), HTTP_HX_REQUEST="true").content.decode()
    assert "Suspends 0 plans, releases 1." in page
    # Suspended for another reason: the rules neither take it away nor give it back.
    publish(back, ada)
    Plan.objects.across_practices().filter(pk=plan.pk).update(state="published")
    suspend_plan(plan, by="consent withdrawn", at=NOON, cause="consent")
    again = make_rule_draft(ada, "surgery-recent", expires__days=60)
    assert (
        "No running or paused plan is touched"
        in desk.post(url("draft_effect", again.pk), HTTP_HX_REQUEST="true").content.decode()
    )


def test_the_preview_goes_on_in_batches_and_starts_anew_when_the_draft_changes(
    desk, ada: User, practice, jon: Member, monkeypatch
) -> None:
    for number in range(5):
        client = people.make_client(practice, f"c{number}@example.org", f"Client {number}")
        make_signed_intake(client, at=NOON, allergy="yes" if number % 2 else "no")
        make_published_plan(client, jon, "wind-down-sleep")
    draft = make_rule_draft(ada, "allergy", outcome="STOP", urgency="defer", effects=None)
    monkeypatch.setattr("routines.rules_workbench.preview.BATCH", 2)
    monkeypatch.setitem(work_on_preview.__kwdefaults__, "seconds", -1.0)
    desk.post(url("draft_effect", draft.pk))
    assert "2 of 5" in desk.get(url("draft", draft.pk)).content.decode()
    for _press in range(3):
        desk.post(url("draft_effect", draft.pk))
    page = desk.get(url("draft", draft.pk)).content.decode()
    assert "Suspends 2 plans of 2 clients, releases 0." in page
    assert effect_on_practice(practice, current_questionnaire()[1], at=NOON) == Effect(clients=5, plans=5)
    QuestionnaireDraft.objects.update(revision=9)
    assert desk.get(url("draft", draft.pk)).context["preview"] is None
    desk.post(url("draft_effect", draft.pk))
    assert RulePreview.objects.get().clients_seen == 2


# ---- The test bench


def test_a_failing_case_stops_publishing_until_somebody_says_why(desk, ada: User) -> None:
    make_cases()
    draft = make_rule_draft(ada, "allergy", outcome="STOP", urgency="defer", effects=None)
    page = desk.get(url("draft", draft.pk))
    failing = {result.name for result in page.context["bench"].failing}
    assert "allergy" in failing
    sent = {"revision": draft.revision, "against": 1}
    answer = desk.post(url("draft_publish", draft.pk), {**sent, "reason": "   "})
    assert answer.status_code == 422
    assert current_version().number == 1
    answer = desk.post(url("draft_publish", draft.pk), {**sent, "reason": "Agreed with the panel; cases follow."})
    version = current_version()
    assert version.number == 2
    assert set(version.failing_cases) == failing
    shown = desk.get(url("version", 2)).content.decode()
    assert "Agreed with the panel; cases follow." in shown
    assert "Ada Lind" in shown


def test_the_bench_passes_the_starter_rules_and_misses_none(desk) -> None:
    make_cases()
    page = desk.get(url("cases"))
    bench = page.context["bench"]
    assert len(bench.results) == ScreeningCase.objects.count() >= 190
    assert not bench.failing
    assert not bench.uncovered
    assert bench.rule_count == 97


def test_a_rule_without_a_case_and_a_differing_case_are_named(desk) -> None:
    make_cases()
    ScreeningCase.objects.filter(name__startswith="consent-missing").update(is_active=False)
    ScreeningCase.objects.filter(name="minor-under-16").update(expected={"overall": "CLEAR", "findings": []})
    page = desk.get(url("cases"))
    assert page.context["bench"].uncovered == ("consent-missing",)
    assert [result.name for result in page.context["bench"].failing] == ["minor-under-16"]
    assert "overall: expected" in page.content.decode()


def test_a_case_is_added_changed_and_refused(desk, ada: User) -> None:
    make_cases()
    form = desk.get(url("case_new") + "?like=allergy").context["form"]
    text = form["text"].value().replace("id: new-case", "id: my-case", 1)
    before = ScreeningCase.objects.count()
    assert desk.post(url("case_new"), {"text": text, "revision": 0, "is_active": "on"}).status_code == 302
    row = ScreeningCase.objects.get(name="my-case")
    assert (ScreeningCase.objects.count(), row.changed_by) == (before + 1, ada)
    page = url("case", row.pk)
    assert desk.post(page, typed(desk.get(page).context["form"])).status_code == 302
    assert desk.post(page, {"text": text, "revision": 0}).status_code == 422, "an older copy"
    assert desk.post(url("case_new"), {"text": text, "revision": 0}).status_code == 422, "the name is taken"
    for bad in ("", "id: x", "- 7", "[" * 5000, "id: x\ntoday: never\nexpected: {overall: CLEAR}", text + text):
        assert desk.post(url("case_new"), {"text": bad, "revision": 0}).status_code == 422, bad[:20]
    assert ScreeningCase.objects.count() == before + 1


def test_a_case_that_cannot_be_run_fails_and_breaks_no_page(desk) -> None:
    make_cases()
    ScreeningCase.objects.filter(name="allergy").update(expected={"findings": [7]})
    ScreeningCase.objects.filter(name="consent-missing").update(case={"today": 5})
    page = desk.get(url("cases"))
    assert {"allergy", "consent-missing"} <= {result.name for result in page.context["bench"].failing}


# ---- Doors, weight, words


def test_pages_take_few_queries(desk, ada: User, django_assert_max_num_queries) -> None:
    make_cases()
    for number in range(6):
        make_rule_draft(ada, "surgery-recent", expires__days=60 + number)
        publish(QuestionnaireDraft.objects.first(), ada, reason="because")
    drafts = [make_rule_draft(ada, "allergy", rationale=f"Because {number}.") for number in range(6)]
    desk.post(url("draft_effect", drafts[0].pk))
    for page in (
        url("index"), url("version", 3), url("draft", drafts[0].pk), url("cases"), url("case_new"),
        url("draft_rule", drafts[0].pk, "allergy"),
    ):  # fmt: skip
        with django_assert_max_num_queries(12):
            assert desk.get(page).status_code == 200


def test_the_draft_label_stands_until_a_clinician_signs(desk, mira: Member, noor: Client, browse) -> None:
    label = "to be reviewed by a clinician"
    plan = make_published_plan(noor, mira, "wind-down-sleep")
    everywhere = [
        (desk, url("index")),
        (desk, url("version", 1)),
        (browse(mira), reverse("clients:questionnaire_index")),
    ]
    for browser, page in everywhere:
        assert label in browser.get(page).content.decode(), page
    builder = reverse("routines:builder_edit", args=[plan.pk])
    screening = reverse("clients:screening_detail", args=[noor.pk])
    owners = [(browse(mira), page) for page in (builder, screening, reverse("clients:rules_practice"))]
    assert all(label in browser.get(page).content.decode() for browser, page in owners)
    assert desk.post(url("sign_off", 1), {"name": "", "confirmed": "on"}).status_code == 422
    assert desk.post(url("sign_off", 1), {"name": "Dr A. Okoro"}).status_code == 422
    desk.post(url("sign_off", 1), {"name": "Dr A. Okoro, podiatrist", "confirmed": "on"})
    for browser, page in everywhere:
        shown = browser.get(page).content.decode()
        assert label not in shown, page
        assert "Dr A. Okoro, podiatrist" in shown, page
    assert not any(label in browser.get(page).content.decode() for browser, page in owners)


def test_nobody_but_a_catalog_admin_gets_near_the_shared_rules(mira: Member, ada: User, browse) -> None:
    make_starter()
    draft = make_rule_draft(ada, "surgery-recent", expires__days=60)
    for method, page in (
        ("get", url("index")), ("get", url("draft", draft.pk)), ("post", url("draft_new")),
        ("post", url("draft_publish", draft.pk)), ("post", url("sign_off", 1)), ("post", url("case_new")),
    ):  # fmt: skip
        assert getattr(browse(mira), method)(page).status_code == 403
    assert QuestionnaireVersion.objects.count() == 1
    assert as_yaml(None) == ""
