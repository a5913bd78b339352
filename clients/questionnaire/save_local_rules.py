"""A practice changes its own rules: tighten, add one, loosen under a clinician's name, go back.

Every change is a new row that holds everything; no row ever changes. Screenings point at the row they were made with.
"""

from __future__ import annotations

import copy
import json
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from clients.questionnaire.apply_local_rules import apply_local_rules
from clients.questionnaire.check_local_rules import check_local_rules
from clients.questionnaire.local_rules import OWN, limits_of, read_local_rules
from clients.questionnaire.local_rules_document import Figures, LocalRulesDocument
from clients.questionnaire.models import PracticeRules
from clients.questionnaire.signals import local_rules_changed, local_rules_effect_wanted
from clients.questionnaire.versions import current_questionnaire, rules_of_practice
from clients.screening.questionnaire import Questionnaire
from practice.audit import audit
from practice.core.ask import ask
from practice.core.digest import digest_of
from practice.core.edit_conflict import EditConflict
from practice.core.yaml_documents import YamlEntry
from practice.tenancy.models import Member, Practice
from routines.catalog.markable import find_body_places

EMPTY: LocalRulesDocument = {"rules": [], "figures": {}, "questions": {}, "loosened": {}}


def document_of(practice: Practice) -> LocalRulesDocument:
    """A copy of what the practice adds now, in the form of clients/questionnaire/local_rules.py."""
    rules = rules_of_practice(practice)
    document = copy.deepcopy(EMPTY)
    if rules:
        document.update(copy.deepcopy(rules.document))
    return document


def with_rule_limits(document: LocalRulesDocument, slug: str, limits: Figures) -> LocalRulesDocument:
    """The document with stricter figures for a shared rule; with none, the shared ones apply again."""
    new = copy.deepcopy(document)
    new["figures"].pop(slug, None)
    if limits:
        new["figures"][slug] = dict(limits)
    return new


def with_loosening(
    document: LocalRulesDocument,
    slug: str,
    limits: Figures,
    *,
    clinician: str,
    registration: str,
    at: datetime,
) -> LocalRulesDocument:
    """The document with milder figures under a clinician's name, bound to the shared figures that they replace."""
    _version, shared = current_questionnaire()
    judged = limits_of(shared.rule_by_slug[slug]).given if slug in shared.rule_by_slug else {}
    new = copy.deepcopy(document)
    new["loosened"][slug] = {
        "figures": dict(limits),
        "judged": {name: judged[name] for name in limits if name in judged},
        "clinician": clinician.strip(),
        "registration": registration.strip(),
        "on": at.date().isoformat(),
    }
    return new


def with_own_rule(document: LocalRulesDocument, question: str, rule: YamlEntry, *, title: str) -> LocalRulesDocument:
    """The document with one more rule on a shared question; the rule's name is made from the title."""
    new = copy.deepcopy(document)
    slug = OWN + (slugify(title)[:60].strip("-") or "rule")
    new["rules"].append({"question": question, "rule": {**rule, "slug": slug}})
    return new


def without(document: LocalRulesDocument, slug: str) -> LocalRulesDocument:
    """The document without anything about one rule or question, so that the shared one holds again."""
    new = copy.deepcopy(document)
    new["rules"] = [entry for entry in new["rules"] if entry["rule"]["slug"] != slug]
    new["figures"].pop(slug, None)
    new["questions"].pop(slug, None)
    new["loosened"].pop(slug, None)
    return new


def proposed(document: LocalRulesDocument) -> Questionnaire:
    """The questionnaire with these additions. Raises LocalRulesFaulty naming each rule and figure."""
    _version, shared = current_questionnaire()
    places = find_body_places()
    ranks, slugs = (places.pressure_ranks, places.slugs) if places else ({}, None)
    local_rules = read_local_rules(document)
    check_local_rules(shared, local_rules, ranks, slugs)
    return apply_local_rules(shared, local_rules, ranks, slugs)


def effect_words(practice: Practice, document: LocalRulesDocument, *, at: datetime) -> str:
    """What the document would do: “Suspends 2 plans of 2 clients, releases 0.” Raises LocalRulesFaulty."""
    questionnaire = proposed(document)
    return " ".join(
        ask(local_rules_effect_wanted, PracticeRules, practice=practice, questionnaire=questionnaire, at=at)
    )


@transaction.atomic
def save_local_rules(
    practice: Practice,
    document: LocalRulesDocument,
    *,
    change: str,
    number: int,
    by: Member,
    at: datetime,
    action: str = "rules.tightened",
) -> PracticeRules:
    """Keep the next state of a practice's rules; its running plans are checked against it before they are shown again.

    `number` is that of the state that the page showed, 0 for none. Raises LocalRulesFaulty or EditConflict.
    """
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)  # two at once go one after the other
    latest = rules_of_practice(practice)
    if (latest.number if latest else 0) != number:
        raise EditConflict("local rules")
    if action != "rules.restored":
        proposed(document)  # an inactive older part must not keep a practice from taking it out
    plain: LocalRulesDocument = json.loads(json.dumps(document))
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
    local_rules_changed.send(PracticeRules, rules=rules, at=at)
    return rules
