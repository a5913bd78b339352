"""Answers given before a session: kept on top of the last signed ones until newer ones are signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from clients.record.models import DayAnswers, Intake
from clients.record.stored_forms import StoredAnswers
from clients.roster.models import Client
from clients.screening.answers import NOT_SURE, Answer, AnswerValue, read_date
from clients.screening.questionnaire import Questionnaire
from practice.core.clock import local_today


@dataclass(frozen=True)
class DayReply:
    """What a client said before a session.

    `values` stand for every question of the day, and a session is judged by them. Only those in `shown` were on the
    screen and answered one by one; the others are as before, by the tile that covers them.
    """

    values: Mapping[str, AnswerValue]
    shown: frozenset[str]
    #: The tiles of which the client said that nothing is different.
    as_before: tuple[str, ...] = ()
    #: Whether every question was written out on the screen and gone through.
    is_whole_list: bool = False


@transaction.atomic
def keep_day_answers(
    client: Client, reply: DayReply, *, questionnaire: Questionnaire, today: date, at: datetime
) -> None:
    """Keep what was shown and definitely answered. A missing or unsure answer blocks its session only, and lifts
    nothing said before.

    "Not sure" where the questionnaire counts it as yes is definite. The caller holds the client's row.
    """
    kept = DayAnswers.objects.across_practices().filter(client=client).first() or DayAnswers(client=client)
    definite: StoredAnswers = {
        slug: {"value": value, "on": today.isoformat(), "at": at.isoformat()}
        for slug, value in reply.values.items()
        if slug in reply.shown
        and (value != NOT_SURE or questionnaire.question_by_slug[slug].unsure_counts_as is not None)
    }
    for slug, entry in definite.items():
        if old := kept.answers.get(slug):
            earlier = old if old["on"] < entry["on"] else old.get("before")
            if earlier:
                entry["before"] = {"value": earlier["value"], "on": earlier["on"]}
    kept.answers, kept.given_at = {**kept.answers, **definite}, at
    if reply.is_whole_list:
        kept.whole_list_on = today
    kept.save()


def of_an_earlier_day(client: Client) -> dict[str, Answer]:
    """Beneath the answers kept for today: the last ones of an earlier day."""
    kept = DayAnswers.objects.across_practices().filter(client=client).first()
    entries = {slug: entry.get("before") for slug, entry in kept.answers.items()} if kept else {}
    return {slug: Answer(old["value"], read_date(old["on"])) for slug, old in entries.items() if old}


def note_rest(client: Client, until: datetime | None) -> None:
    """Until when the answers of the day forbid every routine; None where they do not, or not by themselves."""
    DayAnswers.objects.across_practices().filter(client=client).update(rests_until=until)


@dataclass(frozen=True)
class OfTheDay:
    """Answers given before sessions that are in force, and the instant of each."""

    answers: Mapping[str, Answer]
    given_at: Mapping[str, datetime]


NOTHING_SAID = OfTheDay({}, {})


def day_answers_over(kept: DayAnswers | None, signed: Intake | None, time_zone: str) -> OfTheDay:
    """Those that were given after the last signed intake; that one asks the same questions again.

    `time_zone`: the client's. What was said on the day of signing counts where it was said after it.
    """
    if kept is None or signed is None or signed.submitted_at is None:
        return NOTHING_SAID
    if kept.given_at < signed.submitted_at:
        return NOTHING_SAID
    first_day = local_today(signed.submitted_at, time_zone).isoformat()
    newer = {
        slug: entry
        for slug, entry in kept.answers.items()
        if (datetime.fromisoformat(at) >= signed.submitted_at if (at := entry.get("at")) else entry["on"] >= first_day)
    }
    instants = {slug: entry.get("at") for slug, entry in newer.items()}
    return OfTheDay(
        {slug: Answer(entry["value"], read_date(entry["on"])) for slug, entry in newer.items()},
        {slug: datetime.fromisoformat(text) if text else kept.given_at for slug, text in instants.items()},
    )
