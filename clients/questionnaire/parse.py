"""Reading a questionnaire: `parse_questionnaire` refuses the document with every fault named, or returns it whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from django.utils.translation import gettext as _

from clients.questionnaire.check_day_sheet import day_sheet_faults
from clients.screening.answers import DATES, NUMBERS, CountedValue, Reading, read_answer
from clients.screening.conditions import Comparison, Condition, comparisons_in, operand_values, operator_fits
from clients.screening.effects import HARMLESS, AllowOnly, Effect, Exclude, MaxPressure, Offer
from clients.screening.entries import OUTCOMES, URGENCIES, Question, Rule, Source
from clients.screening.questionnaire import Questionnaire
from practice.core.schema import Place, Unreadable, read_entry
from practice.core.yaml_documents import DocumentFaulty, Fault
from routines.catalog.types import CatalogSlugs

_FIXED_OPTIONS = {
    "yes_no": frozenset({"yes", "no", "not_sure"}),
    "side": frozenset({"none", "left", "right", "both", "not_sure"}),
}


class QuestionnaireFaulty(DocumentFaulty):
    """The questionnaire document cannot be used."""


def parse_questionnaire(document: object, *, file: str, catalog: CatalogSlugs | None = None) -> Questionnaire:
    """The questionnaire, checked. Raises QuestionnaireFaulty naming file, entry and field of each fault.

    With `catalog` every region, zone, technique, tool, family, tradition and pressure level that effects name is
    checked too, and only its regions can be marked in an answer.
    """
    faults: list[Fault] = []
    try:
        questionnaire = read_entry(Questionnaire, document, Place(file, faults))
    except Unreadable as error:
        raise QuestionnaireFaulty(faults) from error
    _Checker(questionnaire, file, faults, catalog).check()
    if faults:
        raise QuestionnaireFaulty(faults)
    return dataclasses.replace(questionnaire, regions=catalog.regions) if catalog else questionnaire


def check_rule(questionnaire: Questionnaire, rule: Rule, catalog: CatalogSlugs | None) -> list[Fault]:
    """The faults of one more rule in a questionnaire that is checked already."""
    faults: list[Fault] = []
    checker = _Checker(questionnaire, "", faults, catalog)
    checker.entry, checker.own_names = rule.slug, {rule.slug}
    checker.check_rule(rule)
    return faults


class _Checker:
    """Looks for what the types cannot say: repeated names, references to nothing, parts that do not fit together."""

    def __init__(self, questionnaire: Questionnaire, file: str, faults: list[Fault], catalog: CatalogSlugs | None):
        self.questionnaire, self.file, self.faults, self.catalog = questionnaire, file, faults, catalog
        self.entry = ""
        self.questions = questionnaire.question_by_slug
        self.rule_slugs: set[str] = set()
        self.own_names: set[str] = set()

    def fault(self, field: str, message: str) -> None:
        self.faults.append(Fault(self.file, self.entry, field, message))

    def check(self) -> None:
        self.check_evaluation()
        earlier: set[str] = set()
        for index, question in enumerate(self.questionnaire.questions):
            self.entry = f"questions[{index}] {question.slug}"
            if question.slug in earlier:
                self.fault("slug", _("This name is used twice; every question needs its own."))
            self.check_question(question, earlier)
            earlier.add(question.slug)
            self.check_options(question)
            outer = self.entry
            for rule_index, rule in enumerate(question.rules):
                self.entry = f"{outer} > rules[{rule_index}] {rule.slug}"
                self.check_rule(rule)
        if not self.questionnaire.questions:
            self.fault("questions", _("A questionnaire needs questions."))
        self.check_consistency_checks()
        self.check_day_sheet()
        self.check_names("session_stop_rules", [rule.slug for rule in self.questionnaire.session_stop_rules])
        self.check_names("sources", [source.id for source in self.questionnaire.sources])
        for index, stop in enumerate(self.questionnaire.session_stop_rules):
            self.entry = f"session_stop_rules[{index}] {stop.slug}"
            self.check_sources(stop.sources)
            if stop.watch is not None:
                self.check_question_types("watch.q", [stop.watch.q], set(NUMBERS))

    def check_day_sheet(self) -> None:
        self.entry = "before_each_session"
        for field, message in day_sheet_faults(self.questionnaire):
            self.fault(field, message)
        tiles = self.questionnaire.before_each_session.tiles
        self.check_names("before_each_session.tiles", [tile.slug for tile in tiles])

    def check_names(self, section: str, names: list[str]) -> None:
        for index, name in enumerate(names):
            self.entry = f"{section}[{index}] {name}"
            if name in names[:index]:
                self.fault("slug", _("This name is used twice; every entry needs its own."))

    def check_evaluation(self) -> None:
        self.entry = "evaluation"
        evaluation = self.questionnaire.evaluation
        if evaluation.outcome_order_low_to_high != OUTCOMES:
            message = _("The order of outcomes is fixed: %(order)s.") % {"order": ", ".join(OUTCOMES)}
            self.fault("outcome_order_low_to_high", message)
        names = {f"STOP.{urgency}" for urgency in URGENCIES} | set(OUTCOMES) - {"CLEAR", "STOP"}
        for name in sorted(names - set(evaluation.default_client_messages)):
            self.fault("default_client_messages", _("There is no message for %(name)s.") % {"name": name})

    def check_question(self, question: Question, earlier: set[str]) -> None:
        if question.group not in self.questionnaire.groups:
            self.fault("group", _("There is no group “%(name)s” in groups.") % {"name": question.group})
        if not question.ask_at or len(set(question.ask_at)) != len(question.ask_at):
            self.fault("ask_at", _("Name each moment once, and at least one."))
        if question.valid_days is not None and question.valid_days < 1:
            self.fault("valid_days", _("At least one day is expected."))
        if question.lapses is not None:
            spans = [span for span in (question.lapses.hours, question.lapses.days) if span is not None]
            if len(spans) != 1 or spans[0] < 1 or not question.before_sessions:
                self.fault("lapses", _("A question of the day lapses after hours or after days, at least 1."))
            if question.answer_type != "yes_no":
                self.fault("lapses", _("Only the answer to a yes_no question lapses."))
        if question.ask_again is not None and question.ask_again.every_days < 1:
            self.fault("ask_again", _("At least one day is expected."))
        if question.min_marks is not None and (question.answer_type != "body_location" or question.min_marks < 1):
            self.fault("min_marks", _("Only a body_location question has min_marks, at least 1."))
        if question.not_sure == "treat_as_yes" and question.answer_type != "yes_no":
            self.fault("not_sure", _("treat_as_yes is only for yes_no questions."))
        if question.not_sure == "treat_as_both" and question.answer_type != "side":
            self.fault("not_sure", _("treat_as_both is only for side questions."))
        if question.not_sure == "an_answer" and question.answer_type != "choice":
            self.fault("not_sure", _("an_answer is only for choice questions."))
        if question.ask_if is not None:
            self.check_condition("ask_if", question.ask_if)
            for comparison in comparisons_in(question.ask_if):
                if comparison.question in self.questions and comparison.question not in earlier:
                    message = _("“%(name)s” has to stand above this question, so that it is answered first.")
                    self.fault("ask_if", message % {"name": comparison.question})

    def check_options(self, question: Question) -> None:
        values = [option.value for option in question.options]
        if len(set(values)) != len(values):
            self.fault("options", _("Two options have the same value."))
        kind = question.answer_type
        if kind in _FIXED_OPTIONS:
            if not set(values) <= _FIXED_OPTIONS[kind]:
                allowed = ", ".join(sorted(_FIXED_OPTIONS[kind]))
                self.fault("options", _("Only these values are possible: %(values)s.") % {"values": allowed})
            if kind == "yes_no" and not {"yes", "no"} <= set(values):
                self.fault("options", _("A yes_no question offers both yes and no."))
            if kind == "side" and not {"left", "right", "both"} <= set(values):
                self.fault("options", _("A side question offers left, right and both."))
        elif kind in ("choice", "multi_choice"):
            if len(question.option_values) < 2:
                self.fault("options", _("At least two options to choose from are expected."))
            if kind == "multi_choice" and "none" not in values:
                self.fault("options", _("A multi_choice question offers none."))
        elif values:
            self.fault("options", _("A %(kind)s question has no options.") % {"kind": kind})
        if "not_sure" in values and not question.may_be_unsure:
            self.fault("not_sure", _("“not_sure” is among the options, so say here how it counts."))

    def check_rule(self, rule: Rule) -> None:
        if rule.slug in self.rule_slugs:
            self.fault("slug", _("This name is used twice; every rule needs its own."))
        self.rule_slugs.add(rule.slug)
        if rule.slug.startswith("own-") and rule.slug not in self.own_names:
            self.fault("slug", _("Names that begin with “own-” are kept for the rules of a practice."))
        self.check_condition("when", rule.when)
        self.check_sources(rule.sources)
        if (rule.outcome == "STOP") != (rule.urgency is not None):
            self.fault("urgency", _("A STOP rule says how urgent it is; other rules do not."))
        refers = rule.outcome == "REFER"
        if refers != (rule.clearance is not None) or refers != (rule.after_clearance is not None):
            self.fault("clearance", _("A REFER rule has clearance and after_clearance; other rules have neither."))
        if rule.clearance and rule.clearance.valid_days < 1:
            self.fault("clearance.valid_days", _("At least one day is expected."))
        if rule.outcome in ("STOP", "REFER") and rule.effects:
            self.fault("effects", _("A STOP or REFER rule blocks every step, so it has no effects of its own."))
        self.check_effects("effects", rule.outcome, rule.effects)
        if rule.after_clearance:
            self.check_effects("after_clearance.effects", rule.after_clearance.outcome, rule.effects_after)
        self.check_expires(rule)

    def check_effects(self, field: str, outcome: str, effects: tuple[Effect, ...]) -> None:
        if outcome == "RESTRICT" and all(isinstance(effect, HARMLESS) for effect in effects):
            self.fault(field, _("A RESTRICT outcome restricts something: add an effect other than a note or an offer."))
        if outcome == "CAUTION" and any(effect.type != "note" for effect in effects):
            self.fault(field, _("A CAUTION outcome has notes only; write RESTRICT to change steps."))
        for index, effect in enumerate(effects):
            self.check_effect(f"{field}[{index}]", effect)

    def check_effect(self, field: str, effect: Effect) -> None:
        places = [getattr(effect, name, None) for name in ("regions_from", "sides_from_locations", "at_from")]
        self.check_question_types(field, [name for name in places if name], {"body_location"})
        if isinstance(effect, Exclude) and effect.sides_from:
            self.check_question_types(field, [effect.sides_from], {"side"})
        if isinstance(effect, AllowOnly | Offer):
            self.check_question_types(field, [source.q for source in effect.sides_from_any], {"side"})
            for source in effect.sides_from_any:
                if source.condition is not None:
                    self.check_condition(f"{field}.sides_from_any", source.condition)
        if self.catalog is None:
            return
        for name in ("regions", "zones", "techniques", "families", "traditions", "tools"):
            for slug in getattr(effect, name, ()):
                if slug not in getattr(self.catalog, name):
                    self.fault(f"{field}.{name}", _("The catalog has no “%(name)s”.") % {"name": slug})
        if isinstance(effect, MaxPressure) and effect.level not in self.catalog.levels:
            self.fault(f"{field}.level", _("The catalog has no “%(name)s”.") % {"name": effect.level})
        if isinstance(effect, Offer):
            self.check_offer(field, effect, self.catalog)

    def check_offer(self, field: str, offer: Offer, catalog: CatalogSlugs) -> None:
        named = [
            ("technique", offer.technique, catalog.techniques),
            ("zone", offer.zone, catalog.zones),
            ("pressure", offer.pressure, catalog.levels),
            ("tool", offer.tool, catalog.tools),
        ]
        for name, slug, known in named:
            if slug is not None and slug not in known:
                self.fault(f"{field}.{name}", _("The catalog has no “%(name)s”.") % {"name": slug})

    def check_question_types(self, field: str, names: Iterable[str], types: set[str]) -> None:
        for name in names:
            if name not in self.questions:
                self.fault(field, _("There is no question “%(name)s”.") % {"name": name})
            elif self.questions[name].answer_type not in types:
                wanted = ", ".join(sorted(types))
                self.fault(field, _("“%(name)s” has to be a %(type)s question.") % {"name": name, "type": wanted})

    def check_expires(self, rule: Rule) -> None:
        expires = rule.expires
        if expires.days < 0:
            self.fault("expires.days", _("The number of days cannot be negative."))
        if (expires.kind == "event_window") != (expires.date_question is not None):
            self.fault("expires.date_question", _("An event_window names its date question; an answer_ttl does not."))
        if expires.date_question:
            self.check_question_types("expires.date_question", [expires.date_question], set(DATES))

    def check_sources(self, sources: tuple[Source, ...]) -> None:
        if not sources:
            self.fault("sources", _("At least one source is expected."))
        for index, source in enumerate(sources):
            from_file = source.file and source.heading and not (source.title or source.url or source.tier)
            from_page = source.title and source.url and source.tier and not (source.file or source.heading)
            if not from_file and not from_page:
                self.fault(f"sources[{index}]", _("A source has file and heading, or title, url and tier."))

    def check_condition(self, field: str, condition: Condition) -> None:
        for comparison in comparisons_in(condition):
            self.check_comparison(field, comparison)

    def check_comparison(self, field: str, comparison: Comparison) -> None:
        names = {"name": comparison.question, "test": comparison.operator}
        question = self.questions.get(comparison.question)
        if question is None:
            self.fault(field, _("There is no question “%(name)s”.") % names)
        elif not operator_fits(comparison, question.answer_type):
            self.fault(field, _("“%(test)s” cannot test “%(name)s”, whose answers are of another type.") % names)
        else:
            for value in sorted(operand_values(comparison) - question.tested_values):
                if question.answer_type not in DATES | NUMBERS:
                    message = _("“%(name)s” has no option “%(value)s” to test for (not sure is handled by not_sure).")
                    self.fault(field, message % {**names, "value": value})

    def check_consistency_checks(self) -> None:
        assumed: dict[str, CountedValue] = {}
        self.check_names("consistency_checks", [check.slug for check in self.questionnaire.consistency_checks])
        for index, check in enumerate(self.questionnaire.consistency_checks):
            self.entry = f"consistency_checks[{index}] {check.slug}"
            self.check_condition("when", check.when)
            for name, raw in check.assume.items():
                question = self.questions.get(name)
                reading = read_answer(question, raw) if question else Reading(malformed=True)
                if reading.value is None or reading.malformed:
                    message = _("“%(value)s” is not an answer to “%(name)s”.")
                    self.fault(f"assume.{name}", message % {"value": raw, "name": name})
                elif assumed.setdefault(name, reading.value) != reading.value:
                    # Otherwise the order of the checks would decide.
                    self.fault(f"assume.{name}", _("Another check assumes a different answer to this question."))
