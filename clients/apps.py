from collections.abc import Collection
from uuid import UUID

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = _("Clients")

    def ready(self) -> None:
        from clients.bounces import message_came_back
        from clients.models import Client
        from practice import audit_lines, bounces
        from practice.models import Practice

        def client_names(practice: Practice, refs: Collection[UUID]) -> dict[UUID, str]:
            return dict(Client.objects.for_practice(practice).filter(pk__in=refs).values_list("pk", "name"))

        audit_lines.client_names.append(client_names)
        bounces.after_bounce.append(message_came_back)
