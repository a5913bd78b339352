"""What a change in the rooms below does to plans and reminders, and what those rooms ask about plans."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.dispatch import receiver
from prometheus_client.core import Metric

from clients.assessment.assess import Assessment
from clients.assessment.signals import client_screened
from clients.consent import signals as consent_signals
from clients.consent.consent import NEEDED_FOR_A_PLAN
from clients.questionnaire import signals as questionnaire_signals
from clients.questionnaire.models import PracticeRules
from clients.record.models import Consent, ScreeningRecord
from clients.roster.models import Client
from clients.roster.roster import PlanColumn
from clients.roster.signals import client_changed, plan_column_wanted
from clients.screening.questionnaire import Questionnaire
from practice.profile.signals import practice_changed
from practice.site.signals import metrics_wanted
from practice.tenancy.models import Practice
from routines.catalog.signals import catalog_published
from routines.first_page.plan_column import PLAN_COLUMN
from routines.plans.models import Plan
from routines.plans.publish import suspend_plans_of
from routines.plans.signals import plan_state_changed
from routines.rechecking import flags, recheck
from routines.rechecking.signals import plans_flagged
from routines.reminders import plan as reminder_plan
from routines.reminders.metrics import reminder_metrics
from routines.rules_workbench import bench
from routines.rules_workbench.preview import effect_on_practice


@receiver(consent_signals.consent_withdrawn)
def stop_what_lost_its_consent(consent: Consent, at: datetime, **kwargs: Any) -> None:
    """Without consent to data or routine every running plan is paused; without consent to reminders they stop."""
    if consent.purpose in NEEDED_FOR_A_PLAN:
        suspend_plans_of(consent.client, by="consent withdrawn", at=at, cause="consent")
    reminder_plan.consent_withdrawn(consent, at)


@receiver(consent_signals.consent_given)
def plan_reminders_again(consent: Consent, at: datetime, **kwargs: Any) -> None:
    reminder_plan.consent_given(consent, at)


@receiver(client_screened)
def check_plans_of_client(record: ScreeningRecord, assessment: Assessment, at: datetime, **kwargs: Any) -> None:
    recheck.client_screened(record, assessment, at)


@receiver(client_changed)
def follow_client(client: Client, at: datetime, **kwargs: Any) -> None:
    """Reminders follow a new time zone, and stop for an archived client.

    A corrected day of birth, or another local day, may change what the rules say.
    """
    recheck.recheck_plans_of(client, at=at, cause="client")
    reminder_plan.replan_client(client, at=at)


@receiver(questionnaire_signals.questionnaire_published)
@receiver(catalog_published)
def mark_every_plan(at: datetime, **kwargs: Any) -> None:
    """Every running plan is checked against the new rules or the new catalog before it is shown again."""
    flags.flag_all(at)


@receiver(questionnaire_signals.local_rules_changed)
def mark_plans_of_practice(rules: PracticeRules, at: datetime, **kwargs: Any) -> None:
    """Every running plan of the practice is checked against its own rules before it is shown again."""
    flags.flag_practice(rules.practice_id, at)


@receiver(plans_flagged)
def ask_again_about_reminders(flagged_at: datetime, **kwargs: Any) -> None:
    """Reminders that wait or are about to leave are asked about again: the check comes before the hand-over."""
    reminder_plan.ask_again_about_flagged(flagged_at)


@receiver(plan_state_changed)
def plan_reminders_of(plan: Plan, at: datetime, is_new: bool, **kwargs: Any) -> None:
    reminder_plan.replan(plan, at=at, is_new=is_new)


@receiver(practice_changed)
def follow_practice(practice: Practice, changed: Collection[str], at: datetime, **kwargs: Any) -> None:
    reminder_plan.practice_changed(practice, changed, at)


@receiver(questionnaire_signals.questionnaire_publishing)
def name_failing_cases(questionnaire: Questionnaire, **kwargs: Any) -> list[str]:
    return bench.failing_cases(questionnaire)


@receiver(questionnaire_signals.local_rules_effect_wanted)
def say_effect_of_local_rules(practice: Practice, questionnaire: Questionnaire, at: datetime, **kwargs: Any) -> str:
    return effect_on_practice(practice, questionnaire, at=at).words


@receiver(plan_column_wanted)
def offer_plan_column(**kwargs: Any) -> PlanColumn:
    return PLAN_COLUMN


@receiver(metrics_wanted)
def add_reminder_metrics(at: datetime, **kwargs: Any) -> Iterable[Metric]:
    return reminder_metrics(at)
