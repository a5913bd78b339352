"""The builder: every change by a plain form post, the same by htmx; refusals are told, nothing is lost."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from clients.roster.models import Client
from practice.audit.models import AuditEntry
from practice.tenancy.models import Member
from routines.builder.copy import copy_phase
from routines.builder.edit import DraftRefused, change_phase, change_step
from routines.builder.forms import StepForm
from routines.catalog.versions import current_catalog
from routines.plans.models import Plan, PlanPhase, PlanStep
from routines.plans.publish import end_plan
from tests.factories.builder import ARCH, add_steps, first_phase, first_step, make_draft
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan
from tests.factories.reading import html_of, queries

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan(signed: Client, jon: Member) -> Plan:
    return make_draft(signed, jon)


def fresh(plan: Plan) -> Plan:
    return Plan.objects.across_practices().get(pk=plan.pk)


def at(name: str, plan: Plan, *more: Any) -> str:
    return reverse(f"routines:{name}", args=[plan.pk, *more])


def send(browser: Browser, path: str, plan: Plan, **values: Any) -> Any:
    htmx = {"HTTP_HX_REQUEST": "true"} if values.pop("htmx", False) else {}
    return browser.post(path, {"revision": fresh(plan).revision, **values}, **htmx)


def step_values(plan: Plan, **changes: Any) -> dict[str, Any]:
    step = first_step(plan)
    values = {
        "technique_id": step.technique_id,
        "side": step.side,
        "pressure_id": step.pressure_id,
        "seconds": step.seconds,
        "tool_id": step.tool_id or "",
        "position_id": "",
        "note": "",
    }
    return {f"s{step.pk.hex[:8]}-{name}": value for name, value in {**values, **changes}.items()}


def phase_values(phase: PlanPhase, **changes: Any) -> dict[str, Any]:
    values = {
        "name": "First weeks", "focus": "", "from_day": 1, "to_day": 14, "max_pressure_id": "light",
        "weekdays": [1, 3], "times": "7:30, 21.00", **changes,
    }  # fmt: skip
    return {f"p{phase.pk.hex[:8]}-{name}": value for name, value in values.items()}


def everything(plan: Plan) -> list[str]:
    phase, step = first_phase(plan), first_step(plan)
    return [
        at("builder_change_plan", plan), at("builder_publish", plan), at("builder_change_phase", plan, phase.pk),
        at("builder_copy_phase", plan, phase.pk), at("builder_drop_phase", plan, phase.pk),
        at("builder_add_step", plan, phase.pk), at("builder_change_step", plan, step.pk),
        at("builder_drop_step", plan, step.pk), at("builder_move_step", plan, step.pk),
    ]  # fmt: skip


def test_doors(plan: Plan, jon: Member, dana: Member, rex: Member, noor: Client, browse: Any, client: Browser) -> None:
    phase = first_phase(plan)
    pages = [at("builder_edit", plan), at("builder_pick", plan, phase.pk), at("builder_map", plan, phase.pk)]
    for method, paths in (("get", pages), ("post", everything(plan))):
        for path in paths:
            assert getattr(browse(rex), method)(path).status_code == 404
            assert getattr(browse(dana), method)(path).status_code == 403
            assert getattr(browse(noor), method)(path).status_code == 403
            assert "/accounts/login/" in getattr(client, method)(path)["Location"]
    for path in pages:
        assert browse(jon).get(path).status_code == 200
    assert fresh(plan).revision == plan.revision


def test_looking_is_recorded(plan: Plan, jon: Member, browse: Any) -> None:
    browse(jon).get(at("builder_edit", plan))
    assert AuditEntry.objects.across_practices().filter(action="plan.viewed", subject_id=plan.pk).count() == 1


@pytest.mark.parametrize("steps", [2, 39])
def test_few_queries_whatever_the_number_of_steps(
    rules: None, noor: Client, jon: Member, browse: Any, steps: int
) -> None:
    make_signed_intake(noor, balance="yes")
    plan = make_draft(noor, jon)
    add_steps(plan, steps, jon)
    browser, phase = browse(jon), first_phase(plan)
    browser.get(at("builder_edit", plan))
    for path in (at("builder_edit", plan), at("builder_pick", plan, phase.pk), at("builder_map", plan, phase.pk)):
        assert queries(browser, path) <= 12, path


def test_a_step_is_changed_in_one_post(plan: Plan, jon: Member, browse: Any) -> None:
    path = at("builder_change_step", plan, first_step(plan).pk)
    answer = send(browse(jon), path, plan, **step_values(plan, seconds=60, side="left", note="Slowly"))
    assert answer["Location"].endswith(f"?phase={first_phase(plan).pk}#step-{first_step(plan).pk}")
    step = first_step(plan)
    assert (step.seconds, step.side, step.note) == (60, "left", "Slowly")
    assert AuditEntry.objects.across_practices().filter(action="plan.changed").count() == 1


def test_only_the_named_fields_are_changed(plan: Plan, jon: Member, browse: Any) -> None:
    change_step(first_step(plan), by=jon, at=NOON, is_optional=True, note="Keep me")
    answer = send(browse(jon), at("builder_change_step", plan, first_step(plan).pk), plan, only=["seconds"], seconds=90)
    assert answer.status_code == 302
    step = first_step(plan)
    assert (step.seconds, step.is_optional, step.note, step.side) == (90, True, "Keep me", "both")


def test_another_technique_brings_values_that_suit_it(plan: Plan, jon: Member, browse: Any) -> None:
    path = at("builder_change_step", plan, first_step(plan).pk)
    send(browse(jon), path, plan, **step_values(plan, technique_id="cold-application"))
    step = first_step(plan)
    assert (step.technique_id, step.tool_id, 600 <= step.seconds <= 900) == ("cold-application", "cold-pack", True)


def test_a_step_is_offered_only_techniques_that_fit_its_zone(plan: Plan, jon: Member, browse: Any) -> None:
    browser, path = browse(jon), at("builder_change_step", plan, first_step(plan).pk)
    refused = send(browser, path, plan, **step_values(plan, technique_id="ball-hold"))
    groups = StepForm.of(first_step(plan), current_catalog()).fields["technique_id"].choices
    offered = {slug for _heading, choices in groups for slug, _name in choices}
    assert "cold-application" in offered
    assert "ball-hold" not in offered
    assert refused.status_code == 422
    assert "This technique is not done on this zone." in refused.content.decode()


@pytest.mark.parametrize(
    "bad",
    [
        {"seconds": -5}, {"seconds": 10**12}, {"seconds": "ten"}, {"side": "middle"}, {"pressure_id": "crushing"},
        {"technique_id": "no-such"}, {"tool_id": "hammer"}, {"position_id": "upside-down"},
        {"note": "x" * 501}, {"note": "a\x00b"}, {"side": "none"},
    ],
)  # fmt: skip
def test_bad_step_input_is_shown_with_what_was_typed(plan: Plan, jon: Member, browse: Any, bad: dict[str, Any]) -> None:
    before = first_step(plan).seconds, first_step(plan).side, first_step(plan).note
    path = at("builder_change_step", plan, first_step(plan).pk)
    for htmx in (False, True):
        answer = send(browse(jon), path, plan, htmx=htmx, **step_values(plan, **bad))
        assert answer.status_code == 422
        assert "is-invalid" in answer.content.decode()
    assert (first_step(plan).seconds, first_step(plan).side, first_step(plan).note) == before


def test_the_form_opens_with_and_without_script(plan: Plan, jon: Member, browse: Any) -> None:
    step = first_step(plan)
    assert "Save step" in browse(jon).get(at("builder_change_step", plan, step.pk)).content.decode()
    assert "Save step" not in browse(jon).get(at("builder_edit", plan)).content.decode()
    assert "Save step" in browse(jon).get(at("builder_edit", plan) + f"?edit={step.pk}").content.decode()
    for query in ("?edit=x", "?phase=1", f"?phase={uuid.uuid4()}", f"?edit={uuid.uuid4()}"):
        assert browse(jon).get(at("builder_edit", plan) + query).status_code == 200


def test_steps_are_added_moved_and_taken_out(plan: Plan, jon: Member, browse: Any) -> None:
    browser, phase = browse(jon), first_phase(plan)
    send(browser, at("builder_add_step", plan, phase.pk), plan, zone=ARCH)
    send(browser, at("builder_add_step", plan, phase.pk), plan, technique="warm-hands")
    steps = list(PlanStep.objects.across_practices().filter(phase=phase))
    assert [step.zone_id for step in steps] == [None, "heel-sleep-s1", ARCH]
    send(browser, at("builder_move_step", plan, steps[2].pk), plan, direction="up")
    assert [s.zone_id for s in phase.steps.all()] == [None, ARCH, "heel-sleep-s1"]
    orders = {"up": [[ARCH, None, "heel-sleep-s1"]] * 3, "down": [[None, ARCH, "heel-sleep-s1"]]}
    orders["down"] += [[None, "heel-sleep-s1", ARCH]] * 3
    for direction, expected in orders.items():
        for order in expected:  # and at an end it stays there
            send(browser, at("builder_move_step", plan, steps[2].pk), plan, direction=direction)
            assert list(phase.steps.values_list("sequence", "zone_id")) == list(enumerate(order, 1))
    send(browser, at("builder_drop_step", plan, steps[2].pk), plan)
    assert list(phase.steps.values_list("sequence", "zone_id")) == [(1, None), (2, "heel-sleep-s1")]


@pytest.mark.parametrize("bad", [{"zone": "moon"}, {"technique": "x"}, {}, {"zone": "moon", "technique": "warm-hands"}])
def test_an_unknown_entry_adds_nothing(plan: Plan, jon: Member, browse: Any, bad: dict[str, str]) -> None:
    for htmx in (False, True):
        answer = send(browse(jon), at("builder_add_step", plan, first_phase(plan).pk), plan, htmx=htmx, **bad)
        assert answer.status_code in (200, 302)
    assert PlanStep.objects.across_practices().count() == 1


def test_a_phase_holds_only_so_many_steps(plan: Plan, jon: Member, browse: Any) -> None:
    add_steps(plan, 59, jon)
    answer = send(browse(jon), at("builder_add_step", plan, first_phase(plan).pk), plan, zone=ARCH, htmx=True)
    assert "at most 60 steps" in answer.content.decode()
    assert PlanStep.objects.across_practices().count() == 60


def test_a_phase_is_changed_copied_and_taken_out(plan: Plan, jon: Member, browse: Any) -> None:
    browser, phase = browse(jon), first_phase(plan)
    send(browser, at("builder_change_phase", plan, phase.pk), plan, **phase_values(phase))
    phase.refresh_from_db()
    assert (phase.name, phase.to_day, phase.weekdays, phase.times) == ("First weeks", 14, [1, 3], ["07:30", "21:00"])
    send(browser, at("builder_copy_phase", plan, phase.pk), plan)
    assert list(plan.phases.values_list("from_day", "to_day")) == [(1, 14), (15, 28)]
    send(browser, at("builder_drop_phase", plan, phase.pk), plan)
    assert list(plan.phases.values_list("from_day", "to_day")) == [(15, 28)]
    answer = send(browser, at("builder_drop_phase", plan, first_phase(plan).pk), plan, htmx=True)
    assert "the only phase" in answer.content.decode()


@pytest.mark.parametrize(
    "bad",
    [
        {"from_day": 0}, {"from_day": 9999}, {"to_day": -1}, {"from_day": 20}, {"times": "25:00"}, {"times": ""},
        {"times": "07:00 08:00 09:00 10:00 11:00 12:00 13:00"}, {"weekdays": [9]}, {"weekdays": []},
        {"max_pressure_id": "strong"}, {"name": "Fasciitis " * 40},
    ],
)  # fmt: skip
def test_bad_phase_input_is_shown_with_what_was_typed(
    plan: Plan, jon: Member, browse: Any, bad: dict[str, Any]
) -> None:
    phase = first_phase(plan)
    answer = send(browse(jon), at("builder_change_phase", plan, phase.pk), plan, **phase_values(phase, **bad))
    assert answer.status_code == 422
    assert "invalid" in answer.content.decode()
    phase.refresh_from_db()
    assert (phase.name, phase.to_day) == ("", None)


@pytest.mark.parametrize(
    "bad",
    [
        {"title": ""},
        {"title": "x" * 5000},
        {"starts_on": "9999-01-01"},
    ],
)
def test_bad_plan_input(plan: Plan, jon: Member, browse: Any, bad: dict[str, str]) -> None:
    values = {"title": "Heel comfort", "starts_on": "2026-03-20", "note_to_client": "", "therapist_note": "", **bad}
    assert send(browse(jon), at("builder_change_plan", plan), plan, **values).status_code == 422
    assert fresh(plan).title == "Your foot routine"


def test_title_first_day_and_notes(plan: Plan, jon: Member, browse: Any) -> None:
    values = {
        "title": "<b>Fersen</b> 足 🦶",
        "starts_on": "2026-03-20",
        "note_to_client": "Slowly.",
        "therapist_note": "Shy.",
    }
    assert send(browse(jon), at("builder_change_plan", plan), plan, **values).status_code == 302
    assert (fresh(plan).title, fresh(plan).note_to_client) == (values["title"], "Slowly.")
    page = browse(jon).get(at("builder_edit", plan)).content.decode()
    assert "&lt;b&gt;Fersen" in page
    assert "<b>Fersen" not in page


@pytest.mark.parametrize("revision", ["", "0", "x", "-1", "9" * 40, "٣"])
def test_two_tabs_the_older_one_changes_nothing(plan: Plan, jon: Member, browse: Any, revision: str) -> None:
    change_step(first_step(plan), by=jon, at=NOON, seconds=60)
    for path in everything(plan):
        values = {
            **step_values(plan),
            **phase_values(first_phase(plan)),
            "zone": ARCH,
            "title": "x",
            "starts_on": "2026-03-16",
        }
        answer = browse(jon).post(path, {**values, "revision": revision}, follow=True)
        assert answer.status_code == 200
        assert "changed in another window" in answer.content.decode(), path
    assert (first_step(plan).seconds, fresh(plan).revision, fresh(plan).state) == (60, 1, "draft")


def test_a_step_or_phase_taken_out_in_another_tab(plan: Plan, jon: Member, browse: Any) -> None:
    gone = uuid.uuid4()
    for name in ("builder_change_step", "builder_drop_step", "builder_move_step"):
        assert "no longer in the draft" in browse(jon).post(at(name, plan, gone), follow=True).content.decode()
        assert browse(jon).post(at(name, plan, gone), HTTP_HX_REQUEST="true").status_code == 200
    for name in ("builder_change_phase", "builder_copy_phase", "builder_drop_phase", "builder_add_step"):
        assert "no longer in the draft" in browse(jon).post(at(name, plan, gone), follow=True).content.decode()
    assert browse(jon).get(at("builder_pick", plan, gone)).status_code == 404


def test_a_step_of_another_plan_is_not_reached_through_this_one(
    plan: Plan, signed: Client, jon: Member, browse: Any
) -> None:
    other = make_draft(signed, jon)
    send(browse(jon), at("builder_drop_step", plan, first_step(other).pk), plan)
    assert other.phases.get().steps.count() == 1


def test_the_picker_stays_open_after_adding(plan: Plan, jon: Member, browse: Any) -> None:
    path = at("builder_add_step", plan, first_phase(plan).pk)
    page = send(browse(jon), path, plan, htmx=True, zone=ARCH, picking="1", q="sleep").content.decode()
    assert "Add a step to" in page
    assert 'value="sleep"' in page
    assert 'id="draft"' in page
    assert "<html" not in page


def test_the_picker_searches_previews_and_draws(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(
        noor, heel_arch_pain=8, heel_pain_side="left", heel_pain_course="new_or_improving", heel_pain_assessed="yes"
    )
    plan = make_draft(noor, jon, zones=["bl57-s2"])
    path = at("builder_pick", plan, first_phase(plan).pk)
    page = browse(jon).get(path, {"region": "heel"}).content.decode()
    assert "would be left out on the left" in page
    assert "pain" in page
    assert "claims on this place" in page
    assert re.search(r'href="[^"]*region=arch', page)
    assert "Nothing fits" in browse(jon).get(path, {"q": "zzz"}).content.decode()
    for bad in ({"region": "<script>"}, {"view": "x" * 500}, {"tradition": "\x00"}, {"q": "%" * 5000}):
        assert browse(jon).get(path, bad).status_code == 200


def test_one_button_puts_a_step_right(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    """A young client: at most light and 120 seconds. The button posts the ordinary change."""
    make_signed_intake(noor, age=15, guardian_consent="yes")
    plan = make_draft(noor, jon, zones=["whole-foot-s3"])
    change_phase(first_phase(plan), by=jon, at=NOON, max_pressure_id="firm")
    change_step(first_step(plan), by=jon, at=NOON, pressure_id="medium", seconds=300)
    page = browse(jon).get(at("builder_edit", plan)).content.decode()
    assert "Lower to light, Shorten to 120 s" in page
    form = page[: page.index("Lower to light, Shorten to 120 s")].rpartition("<form")[2]
    sent: dict[str, Any] = {"only": re.findall(r'name="only" value="(\w+)"', form)}
    sent |= {name: re.search(rf'name="{name}" value="([^"]*)"', form)[1] for name in sent["only"]}  # type: ignore[index]
    send(browse(jon), at("builder_change_step", plan, first_step(plan).pk), plan, **sent)
    assert (first_step(plan).pressure_id, first_step(plan).seconds) == ("light", 120)
    assert "Ready to release" in browse(jon).get(at("builder_edit", plan)).content.decode()


def test_a_verdict_names_the_question_the_answer_and_the_rule(
    rules: None, noor: Client, jon: Member, browse: Any
) -> None:
    make_signed_intake(noor, balance="yes")
    plan = make_draft(noor, jon, protocol="plantar-phased", affected="left")
    page = browse(jon).get(at("builder_edit", plan)).content.decode()
    assert (
        "“Do you lose your balance, or feel dizzy when you stand? Did you have a fall in the past year?” — Yes" in page
    )
    assert "Rule falls-risk" in page
    assert "1 step to settle" in page


def etag_of(page: str) -> str:
    return re.search(r'name="etag" value="(\w+)"', page)[1]  # type: ignore[index]


def test_release_and_what_the_page_says_after(plan: Plan, jon: Member, browse: Any) -> None:
    browser = browse(jon)
    etag = etag_of(browser.get(at("builder_edit", plan)).content.decode())
    answer = send(browser, at("builder_publish", plan), plan, etag=etag)
    assert answer["Location"] == at("plan_detail", plan)
    again = browser.post(at("builder_publish", plan), {"revision": fresh(plan).revision, "etag": etag}, follow=True)
    assert "Nothing has changed since the last release" in again.content.decode()
    assert plan.versions.count() == 1
    assert "The client has this as version 1." in browser.get(at("builder_edit", plan)).content.decode()


@pytest.mark.parametrize("etag", ["", "x"])
def test_release_without_the_mark_of_the_page(plan: Plan, jon: Member, browse: Any, etag: str) -> None:
    answer = browse(jon).post(at("builder_publish", plan), {"revision": 0, "etag": etag}, follow=True)
    assert "answers changed while you were here" in answer.content.decode()
    assert plan.versions.count() == 0


def test_a_refused_release_shows_the_reasons_beside_the_steps(
    rules: None, noor: Client, jon: Member, browse: Any
) -> None:
    make_signed_intake(noor, balance="yes")
    plan = make_draft(noor, jon, protocol="mat-daily")
    answer = send(browse(jon), at("builder_publish", plan), plan)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing has reached the client" in page
    assert "Rule falls-risk" in page
    assert plan.versions.count() == 0


def test_an_ended_plan_is_not_edited(plan: Plan, jon: Member, browse: Any) -> None:
    step = first_step(plan)
    end_plan(plan, by=jon, at=NOON)
    assert browse(jon).get(at("builder_edit", plan))["Location"] == at("plan_detail", plan)
    for path in everything(plan):
        answer = browse(jon).post(
            path,
            {
                "revision": 0,
                "zone": ARCH,
                **step_values(plan),
                **phase_values(first_phase(plan)),
                "title": "x",
                "starts_on": "2026-03-16",
            },
            follow=True,
        )
        assert "This plan has ended" in answer.content.decode(), path
    step.refresh_from_db()
    assert fresh(plan).state == "ended"
    assert step.seconds == 75


def test_forty_blocked_steps_are_cut(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(
        noor, heel_arch_pain=8, heel_pain_side="both", heel_pain_course="new_or_improving", heel_pain_assessed="yes"
    )
    plan = make_draft(noor, jon)
    add_steps(plan, 39, jon)
    assert "and 32 more steps" in browse(jon).get(at("builder_edit", plan)).content.decode()


def test_a_phase_with_something_to_settle_is_unfolded(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(noor, balance="yes")
    plan = make_draft(noor, jon, protocol="plantar-phased", affected="left")
    page = html_of(browse(jon).get(at("builder_edit", plan)))
    unfolded = re.findall(r'<details class="phase" id="phase-([0-9a-f-]+)" open', page)
    assert unfolded == [str(plan.phases.last().pk)]


def test_changes_after_a_release_wait_for_the_next(signed: Client, jon: Member, browse: Any) -> None:
    plan = make_published_plan(signed, jon)
    copy_phase(first_phase(plan), by=jon, at=NOW)
    page = browse(jon).get(at("plan_detail", plan)).content.decode()
    assert "The client sees the released version until you release again" in page


def test_a_plan_holds_only_so_many_phases(plan: Plan, jon: Member) -> None:
    change_phase(first_phase(plan), by=jon, at=NOW, to_day=7)
    for _each in range(11):
        copy_phase(first_phase(plan), by=jon, at=NOW)
    with pytest.raises(DraftRefused, match="at most 12 phases"):
        copy_phase(first_phase(plan), by=jon, at=NOW)
    assert plan.phases.count() == 12
