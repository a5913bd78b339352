"""What a letter can be verified against."""

from django.utils.translation import gettext as _

from clients.questionnaire.versions import current_questionnaire
from clients.record.models import ScreeningRecord
from clients.roster.models import Client
from clients.screening.questionnaire import Questionnaire


def letter_choices(client: Client) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The rules that fired last, then all others that a letter can clear."""
    record = ScreeningRecord.objects.for_practice(client.practice_id).filter(client=client).first()
    fired = {row["rule"] for row in record.findings} if record else set()
    _version, questionnaire = current_questionnaire(client.practice_id)
    choices = clearable_rules(questionnaire)
    asked = [choice for choice in choices if choice[0] in fired]
    return asked, [choice for choice in choices if choice[0] not in fired]


def clearable_rules(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    """Every rule that a letter can clear, with whose letter it has to be."""
    return [
        (rule.slug, _("%(rule)s Letter of: %(issuer)s") % {"rule": question.question, "issuer": rule.clearance.issuer})
        for question, rule in questionnaire.rules
        if rule.clearance and rule.outcome == "REFER"
    ]
