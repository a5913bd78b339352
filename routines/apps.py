from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutinesConfig(AppConfig):
    name = "routines"
    verbose_name = _("Routines")

    def ready(self) -> None:
        """What the floor below asks the floor above, without importing it."""
        from clients.assessment import assess
        from clients.consent import consent
        from clients.questionnaire import save_local_rules, versions
        from clients.roster import roster
        from clients.screening.body_places import provide_body_places
        from practice.profile import change
        from practice.site import metrics
        from routines.catalog.markable import places_in_force
        from routines.first_page.plan_column import PLAN_COLUMN, client_changed
        from routines.receivers import (
            consent_taken_back,
            practice_rules_changed,
            practice_rules_effect,
            rules_published,
        )
        from routines.rechecking.recheck import client_screened
        from routines.reminders.metrics import reminder_metrics
        from routines.reminders.plan import consent_given, practice_changed
        from routines.rules_workbench.bench import failing_cases

        provide_body_places(places_in_force)
        consent.after_withdrawal.append(consent_taken_back)
        consent.after_giving.append(consent_given)
        change.after_change.append(practice_changed)
        assess.after_screening.append(client_screened)
        save_local_rules.after_change.append(practice_rules_changed)
        save_local_rules.effect_in_words.append(practice_rules_effect)
        versions.before_publish.append(failing_cases)
        versions.after_publish.append(rules_published)
        roster.after_change.append(client_changed)
        roster.plan_columns.append(PLAN_COLUMN)
        metrics.gatherers.append(reminder_metrics)
