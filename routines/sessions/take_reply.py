"""A client's reply before a session: judged by all its values, and kept as far as it was shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from clients.assessment.assess import Assessment, assess
from clients.intake.day_questions import BEFORE
from clients.record.day_answers import DayReply, keep_day_answers, of_an_earlier_day
from clients.roster.models import Client
from clients.screening.answers import Answer, AnswerValue
from clients.screening.watch import Rise, risen
from practice.core.clock import local_today
from practice.mail import outbox


@dataclass(frozen=True)
class DayTaken:
    """A reply as it was judged: by all its values, with the watched answers that rose."""

    reply: DayReply
    assessment: Assessment
    rises: tuple[Rise, ...]

    @property
    def pauses(self) -> tuple[Rise, ...]:
        """The rises that pause the routine: all but those that a rule answers with a routine of its own, as a flare."""
        rules = self.assessment.questionnaire.rule_by_slug
        handled = {
            slug
            for finding in self.assessment.screening.findings
            if finding.effects and finding.rule in rules and rules[finding.rule].tell_at_once
            for slug in finding.questions
        }
        return tuple(rise for rise in self.rises if rise.question not in handled)


def take_reply(client: Client, reply: DayReply, *, at: datetime) -> DayTaken:
    """Judge a reply by all its values, and keep what was shown. The caller holds the client's row."""
    today = local_today(at, client.time_zone)
    given = {slug: Answer(value, today) for slug, value in reply.values.items()}
    assessment = assess(client, at=at, given=given, moment=BEFORE)
    shown = {slug: value for slug, value in reply.values.items() if slug in reply.shown}
    known = assessment.questionnaire
    keep_day_answers(client, reply, questionnaire=known, today=today, at=at)
    rises = risen(known, assessment.earlier, shown, today) or _risen_since_yesterday(client, assessment, shown, today)
    outbox.ask_again_about(client.pk)  # a reminder may speak of a routine that now rests
    return DayTaken(reply, assessment, rises)


def _risen_since_yesterday(
    client: Client, assessment: Assessment, shown: Mapping[str, AnswerValue], today: date
) -> tuple[Rise, ...]:
    """What rose in small steps over one day; only where the last step was one up, so that none is told twice."""
    found = risen(assessment.questionnaire, of_an_earlier_day(client), shown, today)
    last = {slug: answer.value for slug, answer in assessment.earlier.items()}
    return tuple(rise for rise in found if isinstance(was := last.get(rise.question), int) and rise.now > was)
