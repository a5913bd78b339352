"""What a client sees: today, the whole plan, what was done."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from practice.audit.models import AuditEntry
from routines.catalog.versions import current_catalog
from routines.plans.models import Plan
from routines.plans.open_phase import open_phase
from routines.plans.visibility import Visibility
from routines.portal.today import TodayPlan
from tests.factories.builder import make_draft
from tests.factories.day import nothing_changed
from tests.factories.people import NOON, make_client, make_practice
from tests.factories.plans import make_done_session, make_published_plan, make_starter
from tests.factories.reading import html_of

TODAY, PLAN, HISTORY = (reverse(f"routines:portal_{page}") for page in ("today", "plan", "history"))
HOSTILE = "Ana <b>Bold</b> \U0001f463 王小明 \"'&{{ name }} " * 120


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def plan(noor, jon) -> Plan:
    return make_published_plan(noor, jon, "wind-down-sleep", note_to_client="Warm your hands first.")


def read(browser, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return html_of(answer)


def test_today_shows_what_to_do(plan, noor, browse) -> None:
    shown = read(browse(noor), TODAY)
    for words in (
        "Bedtime wind-down",
        "from Stillwater",
        "21:00",
        "4 min 30 s",
        "45 s",
        "each foot",
        "Warm your hands first.",
        "Begin",
    ):
        assert words in shown
    assert shown.count('role="img"') >= 2, "both feet are drawn"
    assert "Heel, both sides: massage here" in shown, "and told in words"
    for name in ("handout_client", "calendar_file"):
        assert reverse(f"routines:{name}", args=[plan.pk]) in shown


def test_the_page_is_her_practices(plan, noor, browse) -> None:
    plan.client.practice.name = "Heel & Arch <Studio>"
    plan.client.practice.save()
    assert '<span class="brand-name">Heel &amp; Arch &lt;Studio&gt;</span>' in read(browse(noor), TODAY)


def test_plan_says_how_where_and_how_firmly(plan, noor, browse) -> None:
    shown = read(browse(noor), PLAN)
    step = plan.current_version.content.phases[0].steps[0]
    for key in ("place", "technique_name", "how", "how_to_locate", "pressure_cue", "client_wording"):
        assert getattr(step, key) in shown
    assert plan.current_version.code in shown


def test_every_phase_is_there_and_todays_is_open(noor, jon, browse, clock) -> None:
    plan = make_published_plan(noor, jon, "plantar-phased", affected="left", starts_on=NOON.date() - timedelta(days=20))
    shown = read(browse(noor), PLAN)
    assert shown.count('<details class="phase') == len(plan.current_version.content.phases)
    assert shown.count("is-now") == 1
    assert "24 Feb onwards" in shown, "until the next part is opened"
    assert "later, when the last days felt fine" in shown
    open_phase(plan, plan.current_version.content.phases[1].id, by=noor.user, at=NOON)
    shown = read(browse(noor), PLAN)
    assert "24 Feb \N{EN DASH} 15 Mar" in shown
    assert "16 Mar \N{EN DASH} 12 Apr" in shown, "four weeks, as they were meant"


def test_a_released_title_stays_until_the_next_release(plan, noor, browse) -> None:
    plan.title = "Half-written new title"
    plan.save()
    for page in (TODAY, PLAN):
        assert "Half-written" not in read(browse(noor), page)


def test_rest_day_before_the_start_and_after_the_end(noor, jon, browse, clock) -> None:
    plan = make_published_plan(noor, jon, "wind-down-sleep", weekdays=[1, 4])
    clock.move_to(NOON + timedelta(days=1))
    shown = read(browse(noor), TODAY)
    assert "A rest day for your feet. Next: Thursday 19 March at 21:00." in shown
    assert 'name="comfort"' not in shown
    clock.move_to(NOON - timedelta(days=7))
    assert "Your routine begins on Monday 16 March at 21:00." in read(browse(noor), TODAY)
    version = plan.current_version
    version.content = replace(version.content, phases=(replace(version.content.phases[0], to_day=3),))
    version.save()
    clock.move_to(NOON + timedelta(days=10))
    assert "You have come to the end of this routine." in read(browse(noor), TODAY)


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        *[(cause, cause) for cause in ("day questions", "intake", "red flag", "rules", "time")],
        *[(cause, "") for cause in ("therapist", "letter", "archived")],
    ],
)
def test_what_a_client_can_do_about_a_rest(cause, told) -> None:
    def resting(state) -> TodayPlan:
        plan = Plan(state=state, state_reason={"cause": cause})
        return TodayPlan(plan, Visibility(False), NOON.date(), None, None, [], [])

    assert resting(Plan.State.SUSPENDED).rests_by == told
    assert resting(Plan.State.PUBLISHED).rests_by == ""


def test_done_for_today(plan, noor, browse) -> None:
    make_done_session(plan)
    shown = read(browse(noor), TODAY)
    assert "All done for today" in shown
    assert 'name="comfort"' not in shown
    assert "is-done is-today" in shown


def test_the_newest_routine_comes_first(noor, jon, browse) -> None:
    for days, title in ((1, "The second"), (0, "The third"), (2, "The first")):
        make_published_plan(noor, jon, at=NOON - timedelta(days=days), title=title)
    for page in (TODAY, PLAN):
        shown = read(browse(noor), page)
        assert shown.index("The third") < shown.index("The second") < shown.index("The first")


@pytest.mark.parametrize("weekday", [0, 3, 6])
def test_the_week_runs_from_monday_to_sunday(noor, jon, browse, clock, weekday) -> None:
    make_published_plan(noor, jon, "wind-down-sleep", weekdays=[1, 4])
    clock.move_to(NOON + timedelta(days=weekday))  # NOON is a Monday
    week = browse(noor).get(TODAY).context["plans"][0].week
    assert [day.day.isoweekday() for day in week] == [1, 2, 3, 4, 5, 6, 7]
    assert [day.is_today for day in week].index(True) == weekday
    assert [day.is_rest for day in week] == [False, True, True, False, True, True, True]


def test_how_much_of_today_is_done(noor, jon, browse) -> None:
    plan = make_published_plan(noor, jon, "wind-down-sleep", times=["07:00", "21:00"])
    browser = browse(noor)
    for done in range(2):
        shown = read(browser, TODAY)
        assert f"{done} of 2 done" in shown
        assert "All done for today" not in shown
        make_done_session(plan)
    assert "All done for today" in read(browser, TODAY)


def test_no_plan_yet_says_what_comes_next(noor, jon, browse) -> None:
    for page in (TODAY, PLAN):
        assert "No routine yet" in read(browse(noor), page)
    assert "Nothing logged yet" in read(browse(noor), HISTORY)
    make_starter()
    make_draft(noor, jon)
    assert "No routine yet" in read(browse(noor), TODAY), "a draft is not the client's to see"


def test_plans_of_two_practices_stand_side_by_side(plan, noor, rex, browse) -> None:
    there = make_client(rex.practice, noor.email, "Noor H.")
    make_published_plan(there, rex, "general-relaxation", starts_on=NOON.date())
    shown = read(browse(noor), TODAY)
    assert "from Stillwater" in shown
    assert "from Elsewhere" in shown


def test_today_is_the_clients_own_day(noor, jon, browse) -> None:
    noor.time_zone = "Pacific/Auckland"
    noor.save()
    make_published_plan(noor, jon, "wind-down-sleep")
    assert "Tuesday 17 March" in read(browse(noor), TODAY)


def test_nobody_sees_another_persons_routine(plan, practice, browse) -> None:
    make_done_session(plan)
    other = make_client(practice, "eve@example.org", "Eve")
    for page in (TODAY, PLAN, HISTORY):
        assert "Bedtime" not in read(browse(other), page)


@pytest.mark.parametrize("page", [TODAY, PLAN, HISTORY])
def test_sign_in_first(client, db, page) -> None:
    assert "/accounts/login/" in client.get(page).url


def test_an_archived_client_sees_nothing_of_it(plan, noor, browse) -> None:
    make_done_session(plan)
    noor.archived_at = NOON
    noor.save()
    for page in (TODAY, PLAN, HISTORY):
        assert "Bedtime" not in read(browse(noor), page)


def test_history_tells_comfort_and_pages(plan, noor, browse) -> None:
    for days in range(31):
        make_done_session(plan, days_ago=-days, note="slept well" if days == 0 else "")
    assert "Comfort 4 before, 7 after" in read(browse(noor), HISTORY)
    assert "slept well" in read(browse(noor), HISTORY + "?page=2")
    assert read(browse(noor), HISTORY + "?page=nonsense")


def test_names_full_of_markup_are_words(jon, practice, browse) -> None:
    practice.name = HOSTILE[:200]
    practice.save()
    client = make_client(practice, "ana@example.org", HOSTILE[:5000])
    make_published_plan(client, jon, "wind-down-sleep", title=HOSTILE[:120])
    for page in (TODAY, PLAN):
        shown = read(browse(client), page)
        assert "Ana &lt;b&gt;Bold&lt;/b&gt; \U0001f463 王小明" in shown
        assert "<b>Bold" not in shown


def test_internal_words_never_reach_a_client(plan, noor, browse) -> None:
    browser = browse(noor)
    run = browser.post(reverse("routines:session_begin", args=[plan.pk]), {"comfort": "5"}).url
    nothing_changed(browser, run)
    pages = "".join(read(browser, page) for page in (TODAY, PLAN, run))
    for text in internal_words(plan):
        assert text not in pages


def internal_words(plan: Plan) -> list[str]:
    """What only the therapist may read about the zones of a plan."""
    catalog = current_catalog()
    zones = [catalog.zone_by_slug[step.zone] for step in plan.current_version.content.steps if step.zone]
    open_words = {catalog.region_by_slug[slug].name for zone in zones for slug in zone.regions}
    found = {zone.name for zone in zones} | {zone.slug for zone in zones}
    for zone in zones:
        for name, value in vars(zone).items():
            if name.endswith("_internal") or name in ("cautions", "notes", "note", "associated_with"):
                found |= {value} if isinstance(value, str) else {item for item in value or () if isinstance(item, str)}
    words = sorted(word for word in found - open_words if len(word) > 5)
    assert words
    return words


def test_opening_is_noted_once_a_day(plan, noor, browse, clock) -> None:
    def lines() -> int:
        return AuditEntry.objects.across_practices().filter(action="plan.opened", client_ref=noor.pk).count()

    browser = browse(noor)
    for page in (TODAY, PLAN, TODAY):
        read(browser, page)
    assert lines() == 1


@pytest.mark.parametrize("plans", [1, 10])
def test_queries_do_not_grow(noor, jon, browse, plans, django_assert_max_num_queries) -> None:
    for number in range(plans):
        made = make_published_plan(noor, jon, "wind-down-sleep", title=f"Routine {number}")
        make_done_session(made)
    browser = browse(noor)
    read(browser, TODAY)
    for page in (TODAY, PLAN, HISTORY):
        with django_assert_max_num_queries(12):
            read(browser, page)


def test_the_first_visit_of_a_day_is_cheap_too(plan, noor, browse, django_assert_max_num_queries) -> None:
    browser = browse(noor)
    with django_assert_max_num_queries(13):
        read(browser, TODAY)


def test_a_client_without_plans_needs_no_catalog(db, browse) -> None:
    client = make_client(make_practice("Bare"), "bare@example.org")
    assert "No routine yet" in read(browse(client), TODAY)
