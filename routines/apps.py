from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutinesConfig(AppConfig):
    name = "routines"
    verbose_name = _("Routines")

    def ready(self) -> None:
        """What the floor below asks the floor above, without importing it."""
        from clients import consent, roster
        from clients.body_places import provide_body_places
        from routines.body_places import places_in_force
        from routines.consequences import consent_taken_back
        from routines.roster import PLAN_COLUMN, client_changed

        provide_body_places(places_in_force)
        consent.after_withdrawal.append(consent_taken_back)
        roster.after_change.append(client_changed)
        roster.plan_columns.append(PLAN_COLUMN)
