"""What a questionnaire holds: one frozen dataclass for each kind of entry, its fields named as in the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Literal, cast

from clients.screening.answers import NOT_SURE, AnswerType, AnswerValue
from clients.screening.conditions import ReadCondition
from clients.screening.effects import Effect, ReadEffect
from practice.core.schema import Place, Slug

Outcome = Literal["CLEAR", "CAUTION", "RESTRICT", "INCOMPLETE", "REFER", "STOP"]
OUTCOMES: tuple[Outcome, ...] = ("CLEAR", "CAUTION", "RESTRICT", "INCOMPLETE", "REFER", "STOP")
"""From the mildest to the most serious."""
Urgency = Literal["emergency", "same_day", "defer"]
URGENCIES: tuple[Urgency, ...] = ("emergency", "same_day", "defer")
"""From the most to the least urgent."""
Moment = Literal["intake", "review", "before_each_session"]


@dataclass(frozen=True)
class Source:
    """What a rule rests on: a heading of a source article, or a page by title, address and tier (A best)."""

    file: str = ""
    heading: str = ""
    note: str = ""
    title: str = ""
    url: str = ""
    tier: Literal["", "A", "B", "C"] = ""


@dataclass(frozen=True)
class ListedSource:
    id: Slug
    tier: Literal["A", "B", "C"]
    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Option:
    value: Slug
    label: str


@dataclass(frozen=True)
class Expires:
    """How long an answer (`answer_ttl`), or the window after an event (`event_window`), counts, in days."""

    kind: Literal["answer_ttl", "event_window"]
    days: int
    basis: str = ""
    meaning: str = ""
    date_question: Slug | None = None


@dataclass(frozen=True)
class ClearanceTerms:
    """Whose letter clears a rule, and for how many days from its issue, both ends included."""

    issuer: str = field(metadata={"key": "from"})
    valid_days: int
    basis: str = ""


@dataclass(frozen=True)
class AfterClearance:
    outcome: Literal["CAUTION", "RESTRICT"]
    effects: tuple[ReadEffect, ...] = ()


@dataclass(frozen=True)
class Lapse:
    """After what time an answer given before a session counts no more: hours from it, or local days, its own included.

    It then counts as “no”; the question is asked anew before the next session. With `blocks_session` nothing is done
    until then, whatever the rules make of the answer.
    """

    hours: int | None = None
    days: int | None = None
    blocks_session: bool = False


@dataclass(frozen=True)
class AskAgain:
    """Asks before a session what was answered `every_days` days ago or longer, in plans that work on the regions."""

    every_days: int
    on_regions: tuple[Slug, ...]


@dataclass(frozen=True)
class DayTile:
    """One picture of the short check before a session; a tap on it opens its questions.

    With `is_fresh` they are asked each time: the answer of another day never stands for today's.
    """

    slug: Slug
    title: str
    picture: Slug
    questions: tuple[Slug, ...]
    hint: str = ""
    is_fresh: bool = field(default=False, metadata={"key": "fresh"})


@dataclass(frozen=True)
class DaySheet:
    """The short check before each session: its tiles, and after how many days the whole list is gone through again."""

    whole_list_every_days: int = 7
    tiles: tuple[DayTile, ...] = ()
    #: Question -> answers after which only the whole list asks it again, such as "does not apply" to pregnancy.
    rest_on: Mapping[Slug, tuple[Slug, ...]] = field(default_factory=dict)
    #: Question -> its short name, for "Still: open skin, left heel".
    in_short: Mapping[Slug, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Watch:
    """Says when an answer has risen: by `rise` points or more above the one before, of at most `days` days ago."""

    q: Slug
    rise: int
    days: int


@dataclass(frozen=True)
class Rule:
    """A contraindication: when it fires, what follows, and what it rests on."""

    slug: Slug
    outcome: Literal["CAUTION", "RESTRICT", "REFER", "STOP"]
    when: ReadCondition
    scope: tuple[Literal["global", "pressure max", "techniques", "tools", "zones"], ...]
    rationale: str
    expires: Expires
    sources: tuple[Source, ...]
    urgency: Urgency | None = None
    effects: tuple[ReadEffect, ...] = ()
    clearance: ClearanceTerms | None = None
    after_clearance: AfterClearance | None = None
    client_message: str = ""
    disagreement: str = ""
    advice: str = ""
    basis: str = ""
    note: str = ""
    #: Whether the therapist gets a mail at once when it fires before a session; a STOP does without it.
    tell_at_once: bool = False
    #: Who answers for figures milder than the shared ones, in words; "" where nothing was loosened.
    loosened_by: str = field(default="", metadata={"read": False})
    #: What a practice did with it: "own", "tightened", "loosened", or "" for a shared rule as it is.
    origin: str = field(default="", metadata={"read": False})

    @property
    def effects_after(self) -> tuple[Effect, ...]:
        return self.after_clearance.effects if self.after_clearance else ()


@dataclass(frozen=True)
class Question:
    slug: Slug
    group: Slug
    question: str
    answer_type: AnswerType
    required: bool
    ask_at: tuple[Moment, ...]
    not_sure: Literal["not_offered", "incomplete", "treat_as_yes", "treat_as_both", "an_answer"]
    rules: tuple[Rule, ...]
    options: tuple[Option, ...] = ()
    ask_if: ReadCondition | None = None
    min_marks: int | None = None
    valid_days: int | None = None
    help: str = ""
    basis: str = ""
    note: str = ""
    lapses: Lapse | None = None
    ask_again: AskAgain | None = None
    #: Questions with a public source of their own, beside those of their rules.
    sources: tuple[Source, ...] = ()

    @cached_property
    def option_values(self) -> frozenset[str]:
        """The values that can be chosen, apart from "not sure"."""
        return frozenset(option.value for option in self.options) - {NOT_SURE}

    @property
    def may_be_unsure(self) -> bool:
        return self.not_sure != "not_offered"

    @cached_property
    def unsure_counts_as(self) -> str | None:
        """The answer that "not sure" stands for, or None where it leaves the question open."""
        return {"treat_as_yes": "yes", "treat_as_both": "both", "an_answer": NOT_SURE}.get(self.not_sure)

    @cached_property
    def tested_values(self) -> frozenset[str]:
        """The values that a condition may ask for: the options, and "not sure" where it is an answer of its own."""
        return self.option_values | ({NOT_SURE} if self.not_sure == "an_answer" else frozenset())

    @cached_property
    def only_before_sessions(self) -> bool:
        return set(self.ask_at) == {"before_each_session"}

    @cached_property
    def is_for_everybody(self) -> bool:
        """Whether it is always asked, whatever the other answers, and takes any answer that is offered."""
        return self.ask_if is None and not self.only_before_sessions and not self.min_marks

    @cached_property
    def before_sessions(self) -> bool:
        return "before_each_session" in self.ask_at


def read_assumed(value: object, place: Place) -> AnswerValue:
    """An answer as the document has it; whether its question offers it is checked once all questions are read."""
    return cast(AnswerValue, value)


@dataclass(frozen=True)
class ConsistencyCheck:
    """Answers that do not fit together, and the safer answers to assume until that is resolved."""

    slug: Slug
    when: ReadCondition
    assume: Mapping[Slug, Annotated[AnswerValue, read_assumed]]
    why: str


@dataclass(frozen=True)
class SessionStopRule:
    slug: Slug
    text: str
    sources: tuple[Source, ...]
    watch: Watch | None = None


@dataclass(frozen=True)
class WordingSources:
    use: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class CautionTrace:
    source: Source
    caution: str
    implemented_as: str


@dataclass(frozen=True)
class NotAdopted:
    item: str
    where: str
    why: str


@dataclass(frozen=True)
class Evaluation:
    """How screening works, in words; the engine implements it and people read it."""

    outcome_order_low_to_high: tuple[Outcome, ...]
    outcomes: Mapping[Outcome, str]
    stop_urgency: Mapping[Urgency, str]
    steps: tuple[str, ...]
    condition_language: Mapping[str, str]
    default_client_messages: Mapping[str, str]
    overall_urgency: str
    effect_types: Mapping[str, str]
    plan_validity: tuple[str, ...]
    session_day: str
    step_states: tuple[str, ...]
    state_priority: str
    expiry: tuple[str, ...]
    red_flag_placement: str
