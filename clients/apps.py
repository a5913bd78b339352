from collections.abc import Collection
from uuid import UUID

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = _("Clients")

    def ready(self) -> None:
        from clients.consent.failing_addresses import message_came_back
        from clients.roster.models import Client
        from practice.audit import text
        from practice.mail import suppression
        from practice.tenancy.models import Practice

        def client_names(practice: Practice, refs: Collection[UUID]) -> dict[UUID, str]:
            return dict(Client.objects.for_practice(practice).filter(pk__in=refs).values_list("pk", "name"))

        text.client_names.append(client_names)
        suppression.after_bounce.append(message_came_back)
