"""Screening: answers and letters in, findings out. Pure; the day is passed in.

It follows `evaluation` in clients/questionnaire/data/screening.yaml. Where the text leaves a choice, this takes
the one that never loosens:

* An answer that the question does not offer (wrong type, unknown option, region or side, no such date) makes the
  question `unanswered`, whether or not it applies or is required; those parts of it that are offered still count.
  Only "not sure" about a question that does not apply is simply missing, as the text says.
* `ask_if` looks at the answers as given, "not sure" put in for what it stands for; never at assumed answers.
* An "incomplete" not-sure answer counts as missing everywhere, so no condition that reads it is true.
* All consistency checks look at the same answers, before any of them assumes another one.
* A stale answer is missing where one is required; elsewhere it stays in force, so that nothing loosens by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from clients.screening.answers import NONE, Answer, CountedValue, Reading, read_answer
from clients.screening.conditions import causes, holds
from clients.screening.effects import resolve_effect
from clients.screening.entries import Moment, Outcome, Question, Rule
from clients.screening.findings import (
    Cause,
    Finding,
    FindingKind,
    Reason,
    Screening,
    is_worse,
    worst_outcome,
    worst_urgency,
)
from clients.screening.letter_terms import Clearance, find_valid, last_day
from clients.screening.questionnaire import Questionnaire


@dataclass
class _Round:
    """The work of one evaluation: what was read, what counts, and what was found on the way."""

    questionnaire: Questionnaire
    given: Mapping[str, Answer]
    readings: Mapping[str, Reading]
    today: date
    moment: Moment
    stale: frozenset[str] = frozenset()
    counted: dict[str, CountedValue | None] = field(default_factory=dict)
    applicable: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def causes_of(self, questions: Iterable[str]) -> tuple[Cause, ...]:
        given = self.given
        return tuple(
            Cause(name, given[name].value if name in given else None, self.counted.get(name)) for name in questions
        )

    def incomplete(
        self, kind: FindingKind, name: str, questions: Iterable[str], reason: Reason = "", why: str = ""
    ) -> None:
        self.findings.append(
            Finding(
                rule=f"{kind}:{name}",
                outcome="INCOMPLETE",
                kind=kind,
                causes=self.causes_of(questions),
                reason=reason,
                rationale=why,
                client_message=self.questionnaire.default_message("INCOMPLETE"),
            )
        )


def screen(
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    clearances: Iterable[Clearance],
    today: date,
    *,
    moment: Moment = "intake",
) -> Screening:
    """Screen the answers on this day; the same answers, letters and day always give the same result.

    `clearances` are verified letters only. With moment `before_each_session` the day questions are part of it, and an
    answer to one of them that was given before today counts as missing.
    """
    letters = tuple(clearances)
    screening = _screen(questionnaire, answers, letters, today, moment)
    if questionnaire.floor is None:
        return screening
    return _not_below(screening, _screen(questionnaire.floor, answers, letters, today, moment))


def _not_below(screening: Screening, floor: Screening) -> Screening:
    """The findings of a practice's stricter rules, plus those of the shared ones that they lack or have milder.

    An answer that counts for fewer days may have grown stale; what the shared rules still make of it stays.
    """
    own = {finding.rule: finding for finding in screening.findings}
    kept = [
        finding
        for finding in floor.findings
        if finding.rule not in own or is_worse(finding.outcome, own[finding.rule].outcome)
    ]
    if not kept:
        return screening
    replaced = {finding.rule for finding in kept}
    findings = (*(finding for finding in screening.findings if finding.rule not in replaced), *kept)
    return replace(screening, overall=worst_outcome(findings), urgency=worst_urgency(findings), findings=findings)


def _screen(
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    letters: tuple[Clearance, ...],
    today: date,
    moment: Moment,
) -> Screening:
    readings = _read_all(questionnaire, answers)
    work = _Round(questionnaire, answers, readings, today, moment)
    fired = _evaluate(work)
    stale, shortened = _find_stale(work, fired), None
    if stale:
        shortened = days_by_answer(questionnaire, _with_causes(work, fired))
        work = _Round(questionnaire, answers, readings, today, moment, stale)
        fired = _evaluate(work)
    for question, rule in fired:
        work.findings.append(_rule_finding(work, question, rule, letters))
    findings = tuple(work.findings)
    return Screening(
        overall=worst_outcome(findings),
        urgency=worst_urgency(findings),
        findings=findings,
        today=today,
        moment=moment,
        answers=work.counted,
        applicable=frozenset(work.applicable),
        stale=stale,
        shortened=shortened,
        unknown_questions=tuple(sorted(set(answers) - set(questionnaire.question_by_slug))),
    )


def _read_all(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> dict[str, Reading]:
    """Question -> its answer as read, of the questions that were answered."""
    plain = questionnaire.plain_readings
    readings = {}
    for question in questionnaire.questions:
        slug = question.slug
        if slug in answers:
            raw = answers[slug].value
            reading = None
            if type(raw) is str:
                reading = plain.get((slug, raw))
            elif type(raw) is list and (not raw or (len(raw) == 1 and type(raw[0]) is str)):
                reading = plain.get((slug, tuple(raw)))  # type: ignore[arg-type]  # one word or none
            readings[slug] = reading or read_answer(question, raw, regions=questionnaire.regions)
    return readings


def _evaluate(work: _Round) -> list[tuple[Question, Rule]]:
    """Steps 1 to 5: count the answers, note what is open or contradictory, and return the rules that fire."""
    _count_answers(work)
    _resolve_contradictions(work)
    counted, today, rules = work.counted, work.today, work.questionnaire.rules
    candidates = work.questionnaire.rule_index.candidates(counted, today)
    return [rules[place] for place in candidates if holds(rules[place][1].when, counted, today)]


def _applies(work: _Round, question: Question) -> bool:
    if question.only_before_sessions and work.moment != "before_each_session":
        return False
    return question.ask_if is None or holds(question.ask_if, work.counted, work.today)


def _count_answers(work: _Round) -> None:
    """Steps 1 to 3. Most answers are definite ones to questions that everybody is asked: those simply count."""
    readings, counted, applicable, stale = work.readings, work.counted, work.applicable, work.stale
    for question in work.questionnaire.questions:
        slug = question.slug
        reading = readings.get(slug)
        if reading is not None and question.is_for_everybody and reading.is_definite and slug not in stale:
            applicable.add(slug)
            counted[slug] = reading.value
        else:
            _count_answer(work, question)


def _count_answer(work: _Round, question: Question) -> None:
    """Steps 1 to 3 for one question; the questions that its `ask_if` reads stand above it."""
    slug = question.slug
    reading = work.readings.get(slug, Reading())
    applies = _applies(work, question)
    if applies:
        work.applicable.add(slug)
    expected = applies and question.required
    if slug in work.stale and expected:
        work.incomplete("unanswered", slug, [slug], "stale")
        return
    value = reading.value
    if value is None and reading.unsure and applies:
        value = question.unsure_counts_as
    if value is not None:
        work.counted[slug] = value
    if reading.malformed and (applies or not reading.unsure):
        work.incomplete("unanswered", slug, [slug], "malformed")
    elif reading.unsure and applies and question.unsure_counts_as is None:
        work.incomplete("unsure", slug, [slug])
    elif expected and value is None:
        work.incomplete("unanswered", slug, [slug], "missing")
    elif expected and question.min_marks and isinstance(value, tuple) and len(value) < question.min_marks:
        work.incomplete("unanswered", slug, [slug], "too_few_marks")


def _resolve_contradictions(work: _Round) -> None:
    """Step 4: note each contradiction, then let the safer assumptions take the place of the given answers."""
    assumed: dict[str, CountedValue | None] = {}
    checks = work.questionnaire.consistency_checks
    for place in work.questionnaire.check_index.candidates(work.counted, work.today):
        check = checks[place]
        if holds(check.when, work.counted, work.today):
            questions = causes(check.when, work.counted, work.today)
            work.incomplete("contradiction", check.slug, questions, why=check.why)
            for slug, raw in check.assume.items():
                assumed[slug] = read_answer(work.questionnaire.question_by_slug[slug], raw).value
    for slug in work.questionnaire.lists_of_choices:
        value = work.counted.get(slug)
        if isinstance(value, tuple) and NONE in value and len(value) > 1:
            work.incomplete("contradiction", f"none-with-others:{slug}", [slug])
            work.counted[slug] = tuple(item for item in value if isinstance(item, str) and item != NONE)
    work.counted.update(assumed)


def _rule_finding(work: _Round, question: Question, rule: Rule, letters: tuple[Clearance, ...]) -> Finding:
    """Step 6: the finding of a rule that fired, softened when a letter covers it."""
    valid = find_valid(letters, rule, work.counted, work.today)
    after = rule.after_clearance if valid else None
    outcome = after.outcome if after else rule.outcome
    effects = after.effects if after else rule.effects
    ends = [end for letter in valid if (end := last_day(letter, rule)) is not None]
    questions = causes(rule.when, work.counted, work.today)
    return Finding(
        rule=rule.slug,
        outcome=outcome,
        kind="rule",
        urgency=rule.urgency,
        causes=work.causes_of(questions),
        cleared_by=valid[0].id if valid else None,
        cleared_until=max(ends, default=None),
        effects=tuple(resolve_effect(effect, work.counted, work.today) for effect in effects),
        rationale=rule.rationale,
        advice=rule.advice,
        client_message=_message(work.questionnaire, rule, outcome),
        sources=rule.sources,
        ask_again_on=_ask_again_on(work, rule, questions),
        loosened_by=rule.loosened_by,
        origin=rule.origin,
    )


def _message(questionnaire: Questionnaire, rule: Rule, outcome: Outcome) -> str:
    """A rule's own message speaks of its own outcome, so a cleared rule gets the default of the outcome left."""
    if rule.client_message and outcome == rule.outcome:
        return rule.client_message
    return questionnaire.default_message(outcome, rule.urgency if outcome == "STOP" else None)


def _ask_again_on(work: _Round, rule: Rule, questions: Iterable[str]) -> date | None:
    """The first day on which the answer behind a rule is no longer good enough, or its event is long enough ago."""
    if rule.expires.date_question:
        event = work.counted.get(rule.expires.date_question)
        starts = [event] if isinstance(event, date) else []
    else:
        starts = [given_on(work.given.get(question), work.today) for question in questions]
    return day_after(min(starts), rule.expires.days) if starts else None


def given_on(answer: Answer | None, today: date) -> date:
    """The day from which an answer's age is counted; today when it has none, and never later than today."""
    return min(answer.given_on, today) if answer and answer.given_on else today


def day_after(start: date, days: int) -> date:
    """The first day that is more than `days` after `start`."""
    try:
        return start + timedelta(days=days + 1)
    except OverflowError:
        return date.max


def days_by_answer(questionnaire: Questionnaire, fired: Iterable[tuple[Rule, tuple[str, ...]]]) -> Mapping[str, int]:
    """Question -> for how many days its answer counts: its own, or the shortest `answer_ttl` of rules fired on it."""
    days = questionnaire.days_by_slug
    shorter: dict[str, int] = {}
    for rule, on in fired:
        if rule.expires.kind == "answer_ttl":
            for slug in on:
                shorter[slug] = min(rule.expires.days, shorter.get(slug, days[slug]))
    return {**days, **shorter} if shorter else days


def _with_causes(work: _Round, fired: Iterable[tuple[Question, Rule]]) -> list[tuple[Rule, tuple[str, ...]]]:
    return [(rule, causes(rule.when, work.counted, work.today)) for _question, rule in fired]


def _find_stale(work: _Round, fired: list[tuple[Question, Rule]]) -> frozenset[str]:
    """The answers that are too old today; day questions are asked before each session instead of growing stale."""
    today, question_by_slug = work.today, work.questionnaire.question_by_slug
    # By day: most of an intake's answers were given on the same one.
    ages = {day: (today - day).days for day in {answer.given_on for answer in work.given.values()} if day}
    if max(ages.values(), default=0) <= 0:
        return frozenset()
    days = days_by_answer(work.questionnaire, _with_causes(work, fired))
    in_session = work.moment == "before_each_session"
    if not in_session and max(ages.values()) <= min(days.values()):
        return frozenset()
    return frozenset(
        slug
        for slug, answer in work.given.items()
        if slug in question_by_slug
        and answer.given_on
        and (age := ages[answer.given_on]) > 0
        and (in_session if question_by_slug[slug].before_sessions else age > days[slug])
    )


def applicable_questions(
    questionnaire: Questionnaire, answers: Mapping[str, Answer], moment: Moment, *, today: date
) -> tuple[Question, ...]:
    """The questions to ask at this moment, given the answers so far, in their order."""
    readings = _read_all(questionnaire, answers)
    work = _Round(questionnaire, answers, readings, today, moment)
    for question in questionnaire.questions:
        _count_answer(work, question)
    return tuple(question for question in questionnaire.questions_at(moment) if question.slug in work.applicable)
