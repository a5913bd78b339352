"""What a change on the floor below does to plans and reminders."""

from datetime import datetime

from clients.consent.consent import NEEDED_FOR_A_PLAN
from clients.questionnaire.models import PracticeRules, QuestionnaireVersion
from clients.record.models import Consent
from clients.screening.questionnaire import Questionnaire
from practice.tenancy.models import Practice
from routines.plans.publish import suspend_plans_of
from routines.rechecking.marks import mark_all, mark_practice
from routines.reminders.plan import consent_withdrawn
from routines.rules_workbench.preview import effect_on_practice


def consent_taken_back(consent: Consent, at: datetime) -> None:
    """Without consent to data or routine every running plan pauses; without consent to reminders they stop."""
    if consent.purpose in NEEDED_FOR_A_PLAN:
        suspend_plans_of(consent.client, by="consent withdrawn", at=at, cause="consent")
    consent_withdrawn(consent, at)


def rules_published(version: QuestionnaireVersion, at: datetime) -> None:
    """Every running plan is checked against the new rules before it is shown again."""
    mark_all(at)


def practice_rules_changed(rules: PracticeRules, at: datetime) -> None:
    """Every running plan of the practice is checked against its own rules before it is shown again."""
    mark_practice(rules.practice_id, at)


def practice_rules_effect(practice: Practice, questionnaire: Questionnaire, at: datetime) -> str:
    return effect_on_practice(practice, questionnaire, at=at).words
