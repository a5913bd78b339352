"""Finds what presses: the last screenings that stop, refer or leave something open, and the unsettled notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from clients.follow_up.resting import last_follow_ups, with_follow_ups
from clients.questionnaire.versions import questionnaire_of
from clients.record.models import ScreeningRecord
from clients.screening.findings import URGENT
from clients.screening.questionnaire import Questionnaire
from practice.core.clock import local_today
from practice.tenancy.models import Member, Practice
from routines.first_page.lapsed import has_lapsed, may_lapse
from routines.first_page.matters import matter_of_screening
from routines.notices.matters import ALARMING, Matter, matter_of_notice
from routines.notices.models import Notice
from routines.plans.models import Plan

#: Sections that are never cut.
UNCUT = ("stop", "not_now")
SECTIONS = ("stop", "hurt", "not_now", "refer", "day", "findings", "resting")


def urgent_screenings(practice: Practice) -> QuerySet[ScreeningRecord]:
    """The last screening of each active client, where it stops, refers or leaves something open."""
    last = ScreeningRecord.objects.across_practices().filter(client=OuterRef("client_id")).order_by("-made_at", "-pk")
    return ScreeningRecord.objects.for_practice(practice).filter(
        pk=Subquery(last.values("pk")[:1]), client__archived_at=None, overall__in=["STOP", "REFER", "INCOMPLETE"]
    )


@dataclass(frozen=True)
class First:
    """Section -> what stands first in it; `urgent_of_others`: stops, now or today, that `mine` leaves out."""

    sections: dict[str, list[Matter]]
    urgent_of_others: int = 0


def first_matters(practice: Practice, *, at: datetime, mine: Member | None, shown: int) -> First:
    """`shown` rows of each section and one more; of stops all. Three queries."""
    found = _screenings(practice, at, None)
    if mine:
        found = found.filter(Q(client__therapist=mine) | Q(section="stop"))
    stored = _first(found, shown)
    records = [row for row in stored if mine is None or row.client.therapist_id == mine.pk]
    rows = _matters(practice, records, _first(_notices(practice, at, mine), shown), at)
    return First(_by_section(rows), urgent_of_others=len(stored) - len(records))


def _rules_of(record: ScreeningRecord) -> Questionnaire:
    return questionnaire_of(record.questionnaire, record.practice_rules)


def _by_section(rows: list[tuple[str, Matter]]) -> dict[str, list[Matter]]:
    """A day that stops or refers makes a screening and a notice at one moment: one row, the screening's."""
    told = {(row.client.pk, row.at) for _section, row in rows if not row.is_notice}
    sections: dict[str, list[Matter]] = {}
    for section, row in rows:
        if not (row.is_notice and row.kind == Notice.Kind.BLOCKED and (row.client.pk, row.at) in told):
            sections.setdefault(section, []).append(row)
    return sections


def matters_page(
    practice: Practice, section: str, *, at: datetime, mine: Member | None, number: str | None, size: int
) -> tuple[Page[Any], list[Matter]]:
    """One section a page at a time, in its order."""
    records, notices = _screenings(practice, at, mine), _notices(practice, at, mine)
    keys = [*_keys(records, section), *_keys(notices, section)]
    page = Paginator(keys, size).get_page(number)
    wanted = list(page.object_list)
    rows = _matters(practice, list(records.filter(pk__in=wanted)), list(notices.filter(pk__in=wanted)), at)
    return page, sorted((row for _section, row in rows), key=lambda row: wanted.index(row.key))


def _keys(found: QuerySet[Any], section: str) -> list[Any]:
    return list(found.filter(section=section).values_list("pk", flat=True))


def _screenings(practice: Practice, at: datetime, mine: Member | None) -> QuerySet[Any]:
    plans = Plan.objects.across_practices().filter(client=OuterRef("client_id"))
    has_plan = Exists(plans.filter(state__in=[Plan.State.PUBLISHED, Plan.State.SUSPENDED]))
    found = with_follow_ups(_of(urgent_screenings(practice), mine), today=local_today(at, practice.time_zone))
    section = Case(
        When(is_resting=True, then=Value("resting")),
        When(overall="STOP", urgency__in=URGENT, then=Value("stop")),
        When(overall="STOP", then=Value("not_now")),
        When(Q(overall="REFER") & Q(has_plan), then=Value("refer")),
        default=Value("findings"),
        output_field=CharField(),
    )
    haste = Case(
        When(urgency="emergency", then=Value(0)),
        When(urgency="same_day", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    placed: QuerySet[Any] = found.annotate(has_plan=has_plan).annotate(section=section, haste=haste)
    placed = placed.select_related("client", "questionnaire", "practice_rules").defer("questionnaire__document")
    return placed.order_by("haste", "is_reached", "-made_at", "pk")


def _notices(practice: Practice, at: datetime, mine: Member | None) -> QuerySet[Any]:
    unsettled = Notice.objects.for_practice(practice).unsettled().filter(client__archived_at=None)
    section = Case(
        When(is_resting=True, then=Value("resting")),
        When(kind__in=ALARMING, then=Value("hurt")),
        default=Value("day"),
        output_field=CharField(),
    )
    found = with_follow_ups(_of(unsettled, mine), today=local_today(at, practice.time_zone))
    placed: QuerySet[Any] = found.annotate(section=section, haste=Value(2, output_field=IntegerField()))
    return placed.select_related("client").order_by("is_reached", "-made_at", "pk")


def _of(found: QuerySet[Any], mine: Member | None) -> QuerySet[Any]:
    return found.filter(client__therapist=mine) if mine else found


def _first(found: QuerySet[Any], shown: int) -> list[Any]:
    """The first rows of every section at once, each in its own order."""
    order = [F("haste").asc(), F("is_reached").asc(), F("made_at").desc(), F("pk").asc()]
    place = Window(RowNumber(), partition_by=F("section"), order_by=order)
    return list(found.annotate(place=place).filter(Q(place__lte=shown + 1) | Q(section__in=UNCUT)))


def _matters(
    practice: Practice, records: Iterable[Any], notices: Iterable[Any], at: datetime
) -> list[tuple[str, Matter]]:
    """Each with its section; without the stops of a day that have ended by themselves."""
    kept = [row for row in records if not (may_lapse(row) and has_lapsed(row, _rules_of(row), at=at))]
    unsettled = list(notices)
    last = last_follow_ups(practice, [row.pk for row in (*kept, *unsettled)])
    return [
        *((row.section, matter_of_screening(row, last)) for row in kept),
        *((row.section, matter_of_notice(row, last)) for row in unsettled),
    ]
