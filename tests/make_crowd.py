"""A crowd: many clients who differ, each with a running plan that passes today's rules. Rows are written in bulk."""

import copy
import random
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from clients.assessment.assess import Standing
from clients.questionnaire.models import QuestionnaireVersion
from clients.questionnaire.save_local_rules import document_of, save_rules, with_question_days, with_rule_figures
from clients.questionnaire.versions import current_questionnaire
from clients.record.models import Clearance, DayAnswers, Intake, ScreeningRecord
from clients.roster.models import Client
from clients.screening.answers import Answer
from clients.screening.body_places import body_places
from clients.screening.engine import screen
from clients.screening.findings_text import stored_findings
from clients.screening.letter_terms import Clearance as Letter
from clients.screening.questionnaire import Questionnaire
from practice.core.clock import local_today
from practice.core.yaml_documents import read_document
from practice.tenancy.models import Member, Practice
from routines.builder.edit import DraftRefused
from routines.catalog.models import CatalogVersion
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.plans.check_version import as_step, steps_to_check
from routines.plans.models import Plan, PlanVersion
from routines.plans.publish import PlanUnsafe
from routines.safety.check_steps import check_steps
from tests.make import NOON, make_client, make_member, make_practice
from tests.make_intake import ROOT, screening_document
from tests.make_plan import make_published_plan, make_starter

BLOCK = 1000
CASES = ROOT / "routines/rules_workbench/data/cases/cases-per-rule.yaml"
TIME_ZONES = (
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "America/Sao_Paulo",
)
#: The rule change that suspends a few acts from this age on; one client in 400 is as old.
NEW_BOUND = 80


@dataclass
class House:
    """A practice of the crowd with the rules that hold there, and whoever releases plans."""

    practice: Practice
    therapist: Member
    questionnaire: Questionnaire


@dataclass
class Crowd:
    """What every client is drawn from, and what was drawn."""

    houses: list[House]
    version: QuestionnaireVersion
    catalog: Catalog
    catalog_version: CatalogVersion
    plan: Plan
    steps: list[dict[str, Any]]
    healthy: dict[str, Any]
    cases: list[dict[str, Any]]
    names: Mapping[str, str]
    letters: list[dict[str, Any]]
    dice: random.Random
    drawn: Counter[str] = field(default_factory=Counter)
    rows: dict[type, list[Any]] = field(default_factory=dict)

    def add(self, row: Any) -> Any:
        self.rows.setdefault(type(row), []).append(row)
        return row


def make_crowd(count: int, *, practices: int = 50, seed: int = 2026) -> Crowd:
    """`count` clients in `practices`, a fifth of which have rules of their own. `drawn` tells what they are like."""
    crowd = _begin_crowd(practices, seed)
    for start in range(0, count, BLOCK):
        for number in range(start, min(start + BLOCK, count)):
            _draw_client(crowd, number)
        _write(crowd)
    return crowd


def crowded_rules(bound: int = NEW_BOUND) -> Any:
    """The starter questionnaire with one rule more, which stops whoever is at least `bound` years old."""
    document = copy.deepcopy(screening_document())
    asked = {entry["slug"]: entry for entry in document["questions"]}
    rule = copy.deepcopy(asked["consent-information"]["rules"][0])
    rule |= {"slug": "new-rule", "when": {"q": "age", "gte": bound}}
    asked["age"]["rules"] = [*asked["age"]["rules"], rule]
    return document


def _begin_crowd(practices: int, seed: int) -> Crowd:
    make_starter()
    houses = [_make_house(number) for number in range(practices)]
    cases = [
        case for case in read_document(CASES)["vignettes"] if case["expected"]["overall"] in ("CAUTION", "RESTRICT")
    ]
    catalog = current_catalog()
    plan, steps = _released_steps(houses[0], catalog)
    return Crowd(
        houses=houses,
        version=current_questionnaire()[0],
        catalog=catalog,
        catalog_version=CatalogVersion.objects.latest("pk"),
        plan=plan,
        steps=steps,
        healthy=dict(read_document(CASES)["bases"]["healthy-adult"]),
        cases=[case for case in cases if not case["clearances"]],
        names=body_places().names,
        letters=[case for case in cases if case["clearances"]],
        dice=random.Random(seed),
    )


def _make_house(number: int) -> House:
    practice = make_practice(f"Practice {number}")
    therapist = make_member(practice, "owner", f"owner{number}@example.org", f"Owner {number}")
    if number % 5 == 0:
        document = with_rule_figures(document_of(practice), "surgery-recent", {"days": 60 + number})
        document = with_question_days(document, "blood-pressure", 90 + number)
        save_rules(practice, document, change="stricter", number=0, by=therapist, at=NOON)
    return House(practice, therapist, current_questionnaire(practice)[1])


def _released_steps(house: House, catalog: Catalog) -> tuple[Plan, list[dict[str, Any]]]:
    """The frozen steps of every protocol that may be released to a healthy adult, and one of the plans."""
    client = make_client(house.practice, "first@example.org", "First")
    plans = []
    for protocol in catalog.protocols:
        try:
            with transaction.atomic():
                plans.append(make_published_plan(client, house.therapist, protocol.slug, affected="left"))
        except (PlanUnsafe, DraftRefused):
            continue
    contents = [plan.current_version.content for plan in plans]  # type: ignore[union-attr]
    steps = [step for content in contents for phase in content["phases"] for step in phase["steps"]]
    return max(plans, key=lambda plan: len(plan.current_version.content["phases"])), steps  # type: ignore[union-attr]


# ---- One client


def _draw_client(crowd: Crowd, number: int) -> None:
    dice, house = crowd.dice, crowd.houses[number % len(crowd.houses)]
    signed_at = NOON - timedelta(days=dice.randrange(1, 80), minutes=dice.randrange(600))
    age = round(dice.triangular(19, 82, 45))
    client = Client(
        practice=house.practice,
        user=crowd.plan.client.user,
        name=f"Client {number}",
        email=f"c{number}@example.org",
        time_zone=dice.choice(TIME_ZONES),
        registered_at=signed_at,
        born_on=_born(dice, age).isoformat() if dice.random() < 0.4 else None,
    )
    today = local_today(NOON, client.time_zone)
    kind, own, letters = _draw_kind(crowd)
    standing = _standing(house, {**own, "age": age}, letters, client.birth_day, signed_at.date(), today)
    steps = _draw_steps(crowd, standing)
    if len(steps) < 8:  # what she has leaves too little to do, or no plan at all
        kind, letters = "healthy", []
        standing = _standing(house, {**crowd.healthy, "age": age}, [], client.birth_day, signed_at.date(), today)
        steps = _draw_steps(crowd, standing)
    crowd.add(client)
    intake = _add_answers(crowd, client, standing, signed_at)
    for letter in letters:
        crowd.add(
            Clearance(
                client=client,
                content={"rules": sorted(letter.covers), "from": "GP"},
                issued_on=letter.issued_on,
                valid_until=letter.valid_until,
                recorded_at=signed_at,
                verified_at=signed_at,
                verified_by=house.therapist,
            )
        )
    crowd.drawn[kind] += 1
    for _plan in range(2 if dice.random() < 0.05 else 1):
        _add_plan(crowd, house, client, intake, standing, steps)


def _born(dice: random.Random, age: int) -> date:
    return NOON.date() - timedelta(days=round(age * 365.25) + dice.randrange(5, 360))


def _draw_kind(crowd: Crowd) -> tuple[str, dict[str, Any], list[Letter]]:
    """Seven in ten are healthy, two have something that is noted or restricts, one has a letter."""
    luck, dice = crowd.dice.random(), crowd.dice
    if luck < 0.7:
        return "healthy", crowd.healthy, []
    if luck < 0.9:
        chosen = dice.sample(crowd.cases, dice.choice((1, 1, 2)))
        return "findings", {**crowd.healthy, **{k: v for case in chosen for k, v in case["answers"].items()}}, []
    case = dice.choice(crowd.letters)
    letters = [
        Letter(
            raw["id"],
            frozenset(raw["covers"]),
            date.fromisoformat(raw["issued_on"]),
            date.fromisoformat(raw["valid_until"]) if raw.get("valid_until") else None,
        )
        for raw in case["clearances"]
    ]
    return "letter", {**crowd.healthy, **case["answers"]}, letters


def _standing(
    house: House, values: dict[str, Any], letters: list[Letter], born: date | None, given_on: date, today: date
) -> Standing:
    answers = {slug: Answer(value, given_on) for slug, value in values.items() if value is not None}
    screening = screen(house.questionnaire, answers, letters, today)
    return Standing(house.questionnaire, answers, tuple(letters), screening, born=born)


def _draw_steps(crowd: Crowd, standing: Standing) -> list[dict[str, Any]]:
    """Up to 14 steps that this client may do; none where no plan may be released."""
    if not standing.screening.may_release:
        return []
    wanted = crowd.dice.randrange(8, 15)
    drawn = [
        {
            **step,
            "n": number,
            "side": crowd.dice.choice((step["side"], "left")) if step["side"] == "both" else step["side"],
        }
        for number, step in enumerate(crowd.dice.sample(crowd.steps, min(len(crowd.steps), wanted * 2)))
    ]
    worked = [as_step(step) for step in drawn if step["technique"]]
    verdict = check_steps(standing.screening, worked, crowd.catalog)
    refused = {fault.step for fault in verdict.invalid}
    refused |= {n for n, sides in verdict.steps.items() if not all(side.is_allowed for side in sides.values())}
    return [step for step in drawn if step["n"] not in refused][:wanted]


def _add_answers(crowd: Crowd, client: Client, standing: Standing, signed_at: Any) -> Intake:
    """The signed intake; some clients come back with an older one, answer before sessions, or have begun the next."""
    stored = {
        slug: {"value": a.value, "on": a.given_on.isoformat()} for slug, a in standing.answers.items() if a.given_on
    }
    parts = {"client": client, "questionnaire": crowd.version, "answers": stored}
    if crowd.dice.random() < 0.15:
        then = signed_at - timedelta(days=200)
        crowd.add(Intake(**parts, begun_at=then, saved_at=then, submitted_at=then, signature={"name": client.name}))
    if crowd.dice.random() < 0.08:
        answers = {slug: {"value": "no", "on": NOON.date().isoformat()} for slug in ("fever-unwell", "exhausted-today")}
        crowd.add(DayAnswers(client=client, answers=answers, given_at=NOON))
    if crowd.dice.random() < 0.02:
        crowd.add(Intake(**parts, begun_at=NOON, saved_at=NOON))
    signed = {"begun_at": signed_at, "saved_at": signed_at, "submitted_at": signed_at}
    return crowd.add(Intake(**parts, **signed, signature={"name": client.name}))


def _add_plan(
    crowd: Crowd, house: House, client: Client, intake: Intake, standing: Standing, steps: list[dict[str, Any]]
) -> None:
    findings = stored_findings(house.questionnaire, standing.screening, names=crowd.names)
    made = crowd.add(
        ScreeningRecord(
            client=client,
            intake=intake,
            questionnaire=crowd.version,
            made_at=NOON,
            for_day=standing.screening.today,
            cause="publish",
            overall=standing.screening.overall,
            findings=findings,
        )
    )
    plan = crowd.add(
        Plan(
            client=client,
            title=crowd.plan.title,
            starts_on=crowd.plan.starts_on,
            state="published",
            state_changed_at=NOON,
            created_at=NOON,
            changed_at=NOON,
            safe_until=standing.safe_until,
        )
    )
    content = _content(crowd, steps)
    crowd.drawn["steps"] += len(steps)
    crowd.drawn["phases"] += len(content["phases"])
    plan.current_version = crowd.add(
        PlanVersion(
            plan=plan,
            number=1,
            code=uuid.uuid4().hex[:12].upper(),
            content=content,
            checked_steps=steps_to_check(content),
            screening=made,
            catalog=crowd.catalog_version,
            draft_revision=0,
            published_by=house.therapist,
            published_at=NOON,
        )
    )


def _content(crowd: Crowd, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The steps in one to three phases, laid out as in a plan that was released the whole way."""
    like = crowd.plan.current_version.content  # type: ignore[union-attr]
    count = crowd.dice.choice((1, 2, 3))
    phases = []
    for number in range(count):
        own = [{**step, "n": n} for n, step in enumerate(steps[number::count], 1)]
        days = {"from_day": number * 14 + 1, "to_day": None if number == count - 1 else number * 14 + 14}
        phases.append({**like["phases"][0], **days, "steps": own})
    return {**like, "phases": phases}


# ---- Writing


def _write(crowd: Crowd) -> None:
    kinds = (Client, Intake, Clearance, DayAnswers, ScreeningRecord, Plan, PlanVersion)
    with transaction.atomic():  # a plan and its version name each other, which is looked at when it ends
        for kind in kinds:
            kind._default_manager.bulk_create(crowd.rows.get(kind, []))
    crowd.drawn["plans"] += len(crowd.rows[Plan])
    crowd.rows.clear()
