"""What a client's templates may use, beyond practice/site/context_processors.py."""

from django.http import HttpRequest

from clients.roster.models import Client


def own_practice(request: HttpRequest) -> dict[str, object]:
    """`own_practice_name`: the one practice that this person is a client of; empty for several, and for staff."""

    def name() -> str:
        if not request.user.is_authenticated or getattr(request, "practice", None):
            return ""
        names = list(Client.objects.of_user(request.user).values_list("practice__name", flat=True).distinct()[:2])
        return names[0] if len(names) == 1 else ""

    return {"own_practice_name": name}
