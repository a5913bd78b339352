from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutinesConfig(AppConfig):
    name = "routines"
    verbose_name = _("Routines")

    def ready(self) -> None:
        """What the floor below asks the floor above, without importing it."""
        from clients import consent, practice_rules, questionnaire_store, roster, standing
        from practice import metrics, profile
        from routines.consequences import (
            consent_taken_back,
            practice_rules_changed,
            practice_rules_effect,
            rules_published,
        )
        from routines.reminder_metrics import reminder_metrics
        from routines.reminder_planning import consent_given, practice_changed
        from routines.rescreening import client_screened
        from routines.roster import PLAN_COLUMN, client_changed
        from routines.screening_bench import failing_cases

        consent.after_withdrawal.append(consent_taken_back)
        consent.after_giving.append(consent_given)
        profile.after_change.append(practice_changed)
        standing.after_screening.append(client_screened)
        practice_rules.after_change.append(practice_rules_changed)
        practice_rules.effect_in_words.append(practice_rules_effect)
        questionnaire_store.before_publish.append(failing_cases)
        questionnaire_store.after_publish.append(rules_published)
        roster.after_change.append(client_changed)
        roster.plan_columns.append(PLAN_COLUMN)
        metrics.gatherers.append(reminder_metrics)
