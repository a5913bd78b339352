"""A practice looks after its own strictness: tighten, add a rule, loosen under a clinician's name, go back.

Every change is a new row that holds the whole; none is ever changed. Screenings point at the row they were made with.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from clients.letters.expiry import forget_ends
from clients.questionnaire.apply_local_rules import tighten
from clients.questionnaire.check_local_rules import check_overlay
from clients.questionnaire.local_rules import OWN, figures_of, read_overlay
from clients.questionnaire.models import PracticeRules
from clients.questionnaire.versions import current_questionnaire, digest_of, rules_of_practice
from clients.screening.body_places import find_body_places
from clients.screening.questionnaire import Questionnaire
from practice.audit import audit
from practice.tenancy.models import Member, Practice

#: Called inside the transaction that changes a practice's rules. The floor above marks its running plans here.
after_change: list[Callable[[PracticeRules, datetime], None]] = []
#: What rules would do to the practice's running plans, in words; the floor above knows.
effect_in_words: list[Callable[[Practice, Questionnaire, datetime], str]] = []

EMPTY: dict[str, Any] = {"rules": [], "figures": {}, "questions": {}, "loosened": {}}


class PracticeRulesMoved(Exception):
    """Somebody of the practice changed its rules after the page was opened; nothing was changed."""


def document_of(practice: Practice) -> dict[str, Any]:
    """A copy of what the practice adds now, in the form of clients/questionnaire/apply_local_rules.py."""
    rules = rules_of_practice(practice)
    return {**copy.deepcopy(EMPTY), **copy.deepcopy(rules.document if rules else {})}


def with_rule_figures(document: Mapping[str, Any], slug: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Set the stricter figures of a shared rule; without any it goes back to the shared ones."""
    new = copy.deepcopy(dict(document))
    new["figures"].pop(slug, None)
    if figures:
        new["figures"][slug] = dict(figures)
    return new


def with_question_days(document: Mapping[str, Any], slug: str, days: int | None) -> dict[str, Any]:
    new = copy.deepcopy(dict(document))
    new["questions"].pop(slug, None)
    if days is not None:
        new["questions"][slug] = days
    return new


def with_loosening(
    document: Mapping[str, Any],
    slug: str,
    figures: Mapping[str, Any],
    *,
    clinician: str,
    registration: str,
    at: datetime,
) -> dict[str, Any]:
    """Milder figures of a shared rule under a clinician's name, bound to the figures that they replace."""
    _version, shared = current_questionnaire()
    judged = figures_of(shared.rule_by_slug[slug]).given if slug in shared.rule_by_slug else {}
    new = copy.deepcopy(dict(document))
    new["loosened"][slug] = {
        "figures": dict(figures),
        "judged": {name: judged[name] for name in figures if name in judged},
        "clinician": clinician.strip(),
        "registration": registration.strip(),
        "on": at.date().isoformat(),
    }
    return new


def with_own_rule(document: Mapping[str, Any], question: str, rule: Mapping[str, Any], *, title: str) -> dict[str, Any]:
    """Add a rule to a shared question; its name is made of the title."""
    new = copy.deepcopy(dict(document))
    slug = OWN + (slugify(title)[:60].strip("-") or "rule")
    new["rules"].append({"question": question, "rule": {**rule, "slug": slug}})
    return new


def without(document: Mapping[str, Any], slug: str) -> dict[str, Any]:
    """Everything about one rule or question taken out, so that the shared one holds again."""
    new = copy.deepcopy(dict(document))
    new["rules"] = [entry for entry in new["rules"] if entry["rule"]["slug"] != slug]
    for part in ("figures", "questions", "loosened"):
        new[part].pop(slug, None)
    return new


def proposed(document: Mapping[str, Any]) -> Questionnaire:
    """The questionnaire with these additions. Raises OverlayFaulty naming each rule and figure."""
    _version, shared = current_questionnaire()
    places = find_body_places()
    ranks, slugs = (places.pressure_ranks, places.slugs) if places else ({}, None)
    overlay = read_overlay(document)
    check_overlay(shared, overlay, ranks, slugs)
    return tighten(shared, overlay, ranks, slugs)


def effect_words(practice: Practice, document: Mapping[str, Any], *, at: datetime) -> str:
    """“Suspends 2 plans of 2 clients, releases 0.” Raises OverlayFaulty."""
    questionnaire = proposed(document)
    return " ".join(tell(practice, questionnaire, at) for tell in effect_in_words)


@transaction.atomic
def save_rules(
    practice: Practice,
    document: Mapping[str, Any],
    *,
    change: str,
    number: int,
    by: Member,
    at: datetime,
    action: str = "rules.tightened",
) -> PracticeRules:
    """Keep the next state of a practice's rules; its running plans are checked against it before they are shown again.

    `number` is that of the state that the page showed, 0 for none. Raises OverlayFaulty or PracticeRulesMoved.
    """
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)  # two at once go one after the other
    latest = rules_of_practice(practice)
    if (latest.number if latest else 0) != number:
        raise PracticeRulesMoved
    if action != "rules.restored":
        proposed(document)  # what rests in an older part must not keep a practice from taking it out
    plain = json.loads(json.dumps(document))
    rules = PracticeRules.objects.create(
        practice=practice,
        number=number + 1,
        document=plain,
        digest=digest_of(plain),
        change=change[:300],
        by=by,
        at=at,
    )
    audit.record(by, action, rules, practice=practice)
    forget_ends(practice)
    for follow in after_change:
        follow(rules, at)
    return rules
