"""The routine on paper, and the page behind its code."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from pypdf import PdfReader

from practice.audit.models import AuditEntry
from routines.builder.edit import change_plan
from routines.catalog.versions import current_catalog
from routines.handout import handout as handouts
from routines.handout.handout import draw_handout, handout_of
from routines.plans.models import Plan
from routines.plans.open_phase import open_phase
from routines.plans.publish import publish_plan, suspend_plan
from routines.sessions.stop_rules import stop_rules
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_published_plan
from tests.portal.test_portal import HOSTILE, internal_words


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def plan(noor, jon) -> Plan:
    return make_published_plan(noor, jon, "wind-down-sleep", note_to_client="Warm your hands first.")


def drawn(plan: Plan, at=NOON) -> bytes:
    return draw_handout(handout_of(plan, at=at), current_catalog(), stop_rules())


def words(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def test_the_client_gets_the_whole_routine_on_paper(plan, noor, browse) -> None:
    answer = browse(noor).get(reverse("routines:handout_client", args=[plan.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == f'inline; filename="routine-{plan.current_version.code}.pdf"'
    text = words(answer.content)
    practice, version = noor.practice, plan.current_version
    for said in (
        practice.name, "for Noor Haddad", "Bedtime wind-down", "16 March", "every day", "21:00", "4 min 30 s",
        "Warm your hands first.", "Right foot", "Left foot", "each foot", "Mon 16 Mar", "Sun 29 Mar", "before", "after",
        f"call {practice.emergency_number}", "Not medical advice, diagnosis or treatment", version.code, "version 1",
    ):  # fmt: skip
        assert said in text, said
    for step in version.content.phases[0].steps:
        for key in ("place", "technique_name", "how", "how_to_locate", "pressure_cue", "client_wording"):
            assert getattr(step, key) in text, key
        assert step.tool_name.lower() in text
    for rule in stop_rules():
        assert rule in text
    assert 1 <= len(PdfReader(BytesIO(answer.content)).pages) <= 3
    line = AuditEntry.objects.across_practices().get(action="plan.printed")
    assert (line.subject_id, line.client_ref) == (version.pk, noor.pk)


def test_staff_print_the_same_sheet(plan, noor, jon, dana, rex, browse, client) -> None:
    address = reverse("routines:handout_staff", args=[plan.pk])
    assert (
        browse(jon).get(address).content == browse(noor).get(reverse("routines:handout_client", args=[plan.pk])).content
    )
    assert browse(dana).get(address).status_code == 403
    assert browse(rex).get(address).status_code == 404
    assert browse(noor).get(address).status_code == 403
    assert "/accounts/login/" in client.get(address).url


def test_a_foreign_plan_cannot_be_printed(plan, practice, jon, browse, client) -> None:
    address = reverse("routines:handout_client", args=[plan.pk])
    assert browse(make_client(practice, "eve@example.org", "Eve")).get(address).status_code == 404
    assert browse(jon).get(address).status_code == 404
    assert "/accounts/login/" in client.get(address).url


def test_internal_words_never_reach_paper(plan) -> None:
    text = words(drawn(plan))
    for word in internal_words(plan):
        assert word not in text


def test_the_same_version_on_the_same_day_is_the_same_file(plan) -> None:
    first = drawn(plan)
    handouts._printed.cache_clear()
    assert drawn(plan) == first
    assert drawn(plan, NOON + timedelta(days=1)) != first, "the log begins with the day of printing"


def test_a_plan_of_phases_prints_the_part_of_the_day(noor, jon) -> None:
    plan = make_published_plan(noor, jon, "plantar-phased", affected="left")
    phases = plan.current_version.content.phases
    later = NOON + timedelta(days=15)
    assert handout_of(plan, at=later).phase.steps == phases[0].steps, "the second part waits to be opened"
    assert open_phase(plan, phases[1].id, by=jon, at=later)
    plan.refresh_from_db(fields=["opened"])
    first, second = handout_of(plan, at=NOON), handout_of(plan, at=later)
    assert (first.phase.steps, second.phase.steps) == (phases[0].steps, phases[1].steps)
    assert len(first.log_days) == 14
    pdf = drawn(plan, NOON + timedelta(days=15))
    assert phases[1].focus in words(pdf)
    assert "take a new sheet then" in words(pdf)
    assert len(PdfReader(BytesIO(pdf)).pages) <= 3


def test_before_the_first_day_the_log_begins_with_it(noor, jon) -> None:
    plan = make_published_plan(noor, jon, "wind-down-sleep", starts_on=NOON.date() + timedelta(days=5), weekdays=[1, 6])
    assert [str(day) for day in handout_of(plan, at=NOON).log_days] == [
        "2026-03-21",
        "2026-03-23",
        "2026-03-28",
        "2026-03-30",
    ]


def test_names_of_five_thousand_signs_are_words_on_the_sheet(jon, practice) -> None:
    practice.name = HOSTILE[:200]
    practice.save()
    client = make_client(practice, "ana@example.org", HOSTILE[:5000])
    plan = make_published_plan(
        client,
        jon,
        "wind-down-sleep",
        title=HOSTILE[:120],
        note_to_client='<img src="http://example.org/x.png"> & <b>bold</b>',
    )
    pdf = drawn(plan)
    text = words(pdf)
    assert "Ana <b>Bold</b>" in text
    assert "王小明" in text
    assert '<img src="http://example.org/x.png"> & <b>bold</b>' in text
    assert len(PdfReader(BytesIO(pdf)).pages) <= 3


def test_nothing_is_fetched_for_a_sheet(plan) -> None:
    with pytest.raises(ValueError, match="fetches nothing"):
        handouts.FetchNothing().fetch("http://example.org/font.woff2")
    with pytest.raises(ValueError, match="fetches nothing"):
        handouts.FetchNothing().fetch("file:///etc/passwd")


def test_the_code_leads_to_the_page_that_tells_if_it_is_current(plan, client) -> None:
    handout = handout_of(plan, at=NOON)
    assert handout.check_url == f"http://testserver/v/{plan.current_version.code}/"
    answer = client.get(reverse("routines:handout_check", args=[plan.current_version.code.lower()]))
    shown = answer.content.decode()
    assert "This sheet is current" in shown
    assert answer["Referrer-Policy"] == "no-referrer"
    for secret in ("Noor", "Bedtime", "Stillwater", str(plan.pk)):
        assert secret not in shown


def test_a_replaced_or_suspended_sheet_is_not_current(plan, noor, jon, client) -> None:
    old = reverse("routines:handout_check", args=[plan.current_version.code])
    change_plan(plan, by=jon, at=NOON, note_to_client="Slower now.")
    new = publish_plan(plan, by=jon, at=NOON)
    assert "Please do not follow this sheet" in client.get(old).content.decode()
    address = reverse("routines:handout_check", args=[new.code])
    assert "This sheet is current" in client.get(address).content.decode()
    suspend_plan(plan, by=jon, at=NOON, cause="therapist")
    assert "Please do not follow this sheet" in client.get(address).content.decode()


@pytest.mark.parametrize("code", ["AAAAAAAA", "x", "A" * 3000])
def test_an_unknown_code_is_a_calm_404(db, client, code) -> None:
    answer = client.get(f"/v/{code}/")
    assert answer.status_code == 404
    assert "We do not know this code" in answer.content.decode()


def test_few_queries(plan, noor, jon, browse, django_assert_max_num_queries) -> None:
    for person, name in ((noor, "handout_client"), (jon, "handout_staff")):
        browser = browse(person)
        with django_assert_max_num_queries(12):
            assert browser.get(reverse(f"routines:{name}", args=[plan.pk])).status_code == 200
