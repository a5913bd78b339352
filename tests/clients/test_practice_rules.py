"""A practice's own rules: kept row by row, in force at once, shown wherever they act."""

import pytest
import time_machine
from django.urls import reverse

from clients.assessment.assess import record_screening, stand, stand_many
from clients.questionnaire.local_rules import OverlayFaulty
from clients.questionnaire.models import PracticeRules
from clients.questionnaire.save_local_rules import (
    PracticeRulesMoved,
    document_of,
    save_rules,
    with_loosening,
    with_rule_figures,
    without,
)
from clients.questionnaire.versions import current_questionnaire
from clients.record.models import ScreeningRecord
from clients.roster.models import Client
from practice.audit.models import AppendOnly, AuditEntry
from practice.tenancy.models import Member, User
from routines.plans.models import Plan
from routines.rechecking.recheck import recheck_marked
from routines.rules_workbench.preview import begin_preview, total_effect, work_on_preview
from tests import make
from tests.make import NOON
from tests.make_intake import make_signed_intake
from tests.make_plan import make_published_plan, make_starter
from tests.make_rules import make_rule_draft, publish

pytestmark = pytest.mark.django_db
STOPPED = {"outcome": "STOP", "urgency": "defer"}


@pytest.fixture(autouse=True)
def starter(db: None):
    make_starter()
    with time_machine.travel(NOON, tick=False):
        yield


def tighten(by: Member, slug: str = "allergy", **figures: object) -> PracticeRules:
    practice = by.practice
    number = PracticeRules.objects.for_practice(practice).count()
    new = with_rule_figures(document_of(practice), slug, figures)
    return save_rules(practice, new, change="test", number=number, by=by, at=NOON)


def test_it_holds_for_this_practice_from_now_and_for_no_other(mira: Member, rex: Member, noor: Client) -> None:
    make_signed_intake(noor, allergy="yes")
    theirs = make.make_client(rex.practice, "lena@example.org", "Lena")
    make_signed_intake(theirs, allergy="yes")
    tighten(mira, **STOPPED)
    assert stand(noor, at=NOON).screening.overall == "STOP"
    assert stand(theirs, at=NOON).screening.overall == "CAUTION"
    both = stand_many([noor, theirs], at=NOON)
    assert [both[client.pk].screening.overall for client in (noor, theirs)] == ["STOP", "CAUTION"]
    assert current_questionnaire()[1].rule_by_slug["allergy"].outcome == "CAUTION"
    assert current_questionnaire(mira.practice)[1].rule_by_slug["allergy"].outcome == "STOP"


def test_each_screening_keeps_the_rules_it_was_made_with(mira: Member, noor: Client) -> None:
    make_signed_intake(noor, allergy="yes")
    first = ScreeningRecord.objects.for_practice(mira.practice).get()
    rules = tighten(mira, **STOPPED)
    second = record_screening(noor, cause="publish", at=NOON, by=mira)
    assert (first.overall, first.practice_rules) == ("CAUTION", None)
    assert (second.overall, second.practice_rules) == ("STOP", rules)
    assert second.findings[0]["origin"] == "tightened"
    tighten(mira)
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.overall, second.overall, second.practice_rules.number) == ("CAUTION", "STOP", 1)


def test_a_row_is_never_changed_and_the_next_one_holds_the_whole(mira: Member) -> None:
    rules = tighten(mira, **STOPPED)
    for change in (
        rules.save,
        rules.delete,
        lambda: PracticeRules.objects.for_practice(mira.practice).update(number=3),
        lambda: PracticeRules.objects.for_practice(mira.practice).delete(),
    ):
        with pytest.raises(AppendOnly):
            change()
    tighten(mira, "surgery-recent", days=60)
    assert set(document_of(mira.practice)["figures"]) == {"allergy", "surgery-recent"}
    back = without(document_of(mira.practice), "allergy")
    save_rules(mira.practice, back, change="back", number=2, by=mira, at=NOON, action="rules.restored")
    assert set(document_of(mira.practice)["figures"]) == {"surgery-recent"}
    actions = AuditEntry.objects.for_practice(mira.practice).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["rules.tightened", "rules.tightened", "rules.restored"]


def test_two_owners_at_once_lose_nothing(mira: Member) -> None:
    document = document_of(mira.practice)
    tighten(mira, **STOPPED)
    new = with_rule_figures(document, "surgery-recent", {"days": 60})
    with pytest.raises(PracticeRulesMoved):
        save_rules(mira.practice, new, change="x", number=0, by=mira, at=NOON)
    assert set(document_of(mira.practice)["figures"]) == {"allergy"}


def test_running_plans_are_checked_and_suspended_and_only_this_practices(
    mira: Member, rex: Member, noor: Client
) -> None:
    make_signed_intake(noor, allergy="yes")
    mine = make_published_plan(noor, mira, "wind-down-sleep")
    theirs = make.make_client(rex.practice, "lena@example.org", "Lena")
    make_signed_intake(theirs, allergy="yes")
    other = make_published_plan(theirs, rex, "wind-down-sleep")
    tighten(mira, **STOPPED)
    marked = Plan.objects.across_practices().filter(recheck_since__isnull=False)
    assert [plan.pk for plan in marked] == [mine.pk]
    recheck_marked(NOON)
    states = {plan.pk: plan.state for plan in Plan.objects.across_practices()}
    assert (states[mine.pk], states[other.pk]) == ("suspended", "published")


def test_the_preview_of_a_draft_counts_a_practice_with_its_own_rules(mira: Member, noor: Client, ada: User) -> None:
    """What the practice forbids already is not suspended once more, nor released by a milder shared rule."""
    make_signed_intake(noor, allergy="yes")
    make_published_plan(noor, mira, "wind-down-sleep")
    tighten(mira, **STOPPED)
    recheck_marked(NOON)
    draft = make_rule_draft(ada, "allergy", rationale="Milder words.")
    preview = work_on_preview(begin_preview(draft, by=ada, at=NOON), at=NOON)
    assert not total_effect(preview).changes_something
    publish(draft, ada)
    assert stand(noor, at=NOON).screening.overall == "STOP"


def test_a_newer_shared_version_is_never_made_milder_by_an_older_figure(mira: Member, ada: User) -> None:
    tighten(mira, "surgery-recent", days=60)
    publish(
        make_rule_draft(ada, "surgery-recent", expires__days=90, when={"q": "surgery-date", "days_since_lte": 90}), ada
    )
    assert current_questionnaire(mira.practice)[1].rule_by_slug["surgery-recent"].expires.days == 90


# ---- Pages


def url(name: str = "", *args: object) -> str:
    return reverse("clients:rules_practice" + name, args=args)


@pytest.fixture
def desk(mira: Member, browse):
    return browse(mira)


def test_the_owner_tightens_after_a_look_at_what_it_does(desk, mira: Member, noor: Client) -> None:
    make_signed_intake(noor, allergy="yes")
    make_published_plan(noor, mira, "wind-down-sleep")
    page = url("_rule", "allergy")
    assert desk.get(page).status_code == 200
    typed = {"way": "tighten", "number": 0, "outcome": "STOP", "urgency": "defer"}
    look = desk.post(page, {**typed, "look": "1"})
    assert look.status_code == 200
    assert "Suspends 1 plan of 1 client, releases 0." in look.content.decode()
    assert not PracticeRules.objects.for_practice(mira.practice).exists()
    assert desk.post(page, typed).status_code == 302
    shown = desk.get(url()).content.decode()
    assert "Tightened: allergy" in shown
    assert "Mira Holm" in shown
    assert desk.post(url("_restore", "allergy"), {"number": 1}).status_code == 302
    assert not document_of(mira.practice)["figures"]


@pytest.mark.parametrize(
    ("slug", "typed", "field"),
    [
        ("surgery-recent", {"days": "41"}, "days"),
        ("minor-under-16", {"max_seconds": "600"}, "max_seconds"),
        ("minor-under-16", {"max_pressure": "strong"}, "max_pressure"),
        ("minor-under-16", {"max_pressure": "nonsense"}, "max_pressure"),
        ("suspected-dvt", {"urgency": "defer"}, "urgency"),
        ("allergy", {"outcome": "RESTRICT"}, "outcome"),
        ("allergy", {"days": "many"}, "days"),
        ("surgery-recent", {"number": "x", "days": "60"}, "number"),
    ],
)
def test_a_milder_or_broken_figure_is_refused_beside_its_field(desk, mira, slug: str, typed: dict, field: str) -> None:
    answer = desk.post(url("_rule", slug), {"way": "tighten", "number": 0, **typed})
    assert answer.status_code == 422
    assert field in answer.context["tighten"].errors
    assert not PracticeRules.objects.for_practice(mira.practice).exists()


def test_a_milder_figure_asks_for_a_clinician_who_is_named_wherever_it_acts(desk, mira, noor: Client) -> None:
    page = url("_rule", "allergy")
    typed = {"way": "loosen", "number": 0, "days": "700"}
    answer = desk.post(page, typed)
    assert set(answer.context["loosen"].errors) == {"clinician", "registration", "confirmed"}
    typed |= {"clinician": "Dr A. Okoro", "registration": "GMC 0000000", "confirmed": "on"}
    assert desk.post(page, typed).status_code == 302
    assert AuditEntry.objects.for_practice(mira.practice).filter(action="rules.loosened").count() == 1
    assert "Dr A. Okoro (GMC 0000000)" in desk.get(url()).content.decode()
    make_signed_intake(noor, allergy="yes")
    shown = desk.get(reverse("clients:screening_detail", args=[noor.pk])).content.decode()
    assert "Milder than the shared rule" in shown
    assert "Dr A. Okoro (GMC 0000000)" in shown
    plan = make_published_plan(noor, mira, "wind-down-sleep")
    assert "Dr A. Okoro (GMC 0000000)" in desk.get(reverse("routines:builder_edit", args=[plan.pk])).content.decode()


def test_no_outcome_can_be_lowered_by_anybody(mira: Member) -> None:
    document = document_of(mira.practice)
    for slug in ("suspected-dvt", "diabetes", "minor-under-16"):
        new = with_loosening(
            document, slug, {"outcome": "RESTRICT"}, clinician="Dr A. Okoro", registration="GMC 0000000", at=NOON
        )
        with pytest.raises(OverlayFaulty):
            save_rules(mira.practice, new, change="x", number=0, by=mira, at=NOON)
    with pytest.raises(OverlayFaulty):
        tighten(mira, "suspected-dvt", outcome="RESTRICT")


def test_a_rule_of_ones_own_is_added_and_taken_out(desk, mira, noor: Client) -> None:
    page = url("_own")
    typed = {
        "number": 0, "title": "Allergies: none here!", "question": "allergy", "outcome": "STOP", "urgency": "defer",
        "when": "{q: allergy, equals: 'yes'}", "days": "30", "rationale": "The house's own experience.",
    }  # fmt: skip
    assert desk.post(page, {**typed, "look": "1"}).context["effect"]
    for bad in (
        {"when": ""},
        {"when": "{q: nobody, equals: x}"},
        {"when": "[" * 9000},
        {"question": "nobody"},
        {"effects": "[{type: note, text: x}]"},
        {"title": ""},
        {"outcome": "CLEAR"},
    ):
        assert desk.post(page, {**typed, **bad}).status_code == 422, bad
    assert desk.post(page, typed).status_code == 302
    assert desk.post(page, {**typed, "number": 1}).status_code == 422, "the name is taken"
    make_signed_intake(noor, allergy="yes")
    shown = desk.get(reverse("clients:screening_detail", args=[noor.pk])).content.decode()
    assert "own-allergies-none-here" in shown
    assert "rule of your practice" in shown
    assert desk.post(url("_restore", "own-allergies-none-here"), {"number": 1}).status_code == 302
    assert stand(noor, at=NOON).screening.overall == "CAUTION"
    assert desk.post(url("_restore", "own-allergies-none-here"), {"number": 2}).status_code == 302
    assert PracticeRules.objects.for_practice(mira.practice).count() == 2, "nothing to take out makes no row"


def test_what_the_shared_rules_have_no_place_for_is_shown_and_can_be_taken_out(desk, mira, ada: User) -> None:
    new = with_loosening(
        document_of(mira.practice),
        "surgery-recent",
        {"days": 30},
        clinician="Dr A. Okoro",
        registration="GMC 0",
        at=NOON,
    )
    save_rules(mira.practice, new, change="x", number=0, by=mira, at=NOON, action="rules.loosened")
    assert current_questionnaire(mira.practice)[1].rule_by_slug["surgery-recent"].expires.days == 30
    publish(
        make_rule_draft(ada, "surgery-recent", expires__days=90, when={"q": "surgery-date", "days_since_lte": 90}), ada
    )
    assert current_questionnaire(mira.practice)[1].rule_by_slug["surgery-recent"].expires.days == 90
    page = desk.get(url())
    assert page.context["resting"] == ("surgery-recent",)
    assert not page.context["loosened"]
    assert desk.post(url("_restore", "surgery-recent"), {"number": 1}).status_code == 302
    assert not desk.get(url()).context["resting"]


def test_it_is_the_owners_page_and_light(
    desk, mira, jon: Member, dana: Member, rex: Member, browse, django_assert_max_num_queries
) -> None:
    for _row in range(4):
        tighten(mira, days=_row)
    for page in (url(), url("_own"), url("_rule", "allergy")):
        with django_assert_max_num_queries(12):
            assert desk.get(page).status_code == 200
        for other in (jon, dana):
            assert browse(other).get(page).status_code == 403
    assert desk.get(url("_rule", "no-such-rule")).status_code == 404
    assert "Tightened" not in browse(rex).get(url()).content.decode()
