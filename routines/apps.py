from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutinesConfig(AppConfig):
    name = "routines"
    verbose_name = _("Routines")

    def ready(self) -> None:
        from clients.screening.body_places import provide_body_places
        from routines import receivers  # noqa: F401 - connects them
        from routines.catalog.markable import places_in_force

        provide_body_places(places_in_force)
