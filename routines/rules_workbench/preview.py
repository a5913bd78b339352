"""What a draft of the rules would do to the plans that run now: numbers for each practice, never a name of a client.

Worked out in batches and kept in a row, so that a page can show how far it is and memory does not grow with clients.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.assessment.assess import Standing, rescreened, stand_many
from clients.questionnaire.models import QuestionnaireDraft
from clients.questionnaire.versions import check_document, current_version, tightened
from clients.roster.models import Client
from clients.screening.questionnaire import Questionnaire
from practice.tenancy.models import Practice, User
from routines.catalog.types import Catalog
from routines.catalog.versions import current_catalog
from routines.plans.check_version import check_version
from routines.plans.models import Plan
from routines.rules_workbench.models import RulePreview

BATCH = 200
LIVE = (Plan.State.PUBLISHED, Plan.State.SUSPENDED)


@dataclass
class Effect:
    """Plans and their clients that new rules would suspend, and paused plans that they would let go on."""

    clients: int = 0
    plans: int = 0
    suspends_plans: int = 0
    suspends_clients: int = 0
    releases_plans: int = 0
    releases_clients: int = 0

    def __add__(self, other: Effect) -> Effect:
        return Effect(**{name: value + getattr(other, name) for name, value in asdict(self).items()})

    @property
    def changes_something(self) -> bool:
        return bool(self.suspends_plans or self.releases_plans)

    @property
    def words(self) -> str:
        """“Suspends 4 plans of 3 clients, releases 1.”"""
        if not self.changes_something:
            return _("No running or paused plan is touched.")
        plans = ngettext("Suspends %(n)d plan", "Suspends %(n)d plans", self.suspends_plans) % {
            "n": self.suspends_plans
        }
        of = ngettext("of %(n)d client", "of %(n)d clients", self.suspends_clients) % {"n": self.suspends_clients}
        parts = {"plans": plans, "of": of, "released": self.releases_plans}
        if not self.suspends_plans:
            return _("%(plans)s, releases %(released)d.") % parts
        return _("%(plans)s %(of)s, releases %(released)d.") % parts


#: The rules that would hold for the clients of a practice, from the standing of one of them.
NewRules = Callable[[Standing], Questionnaire]


def live_clients(practice: Practice | None = None) -> Any:
    """Clients with a running or paused plan, in the order of their keys."""
    scope = Client.objects.for_practice(practice) if practice else Client.objects.across_practices()
    live = Plan.objects.across_practices().filter(state__in=LIVE)
    return scope.filter(archived_at=None, pk__in=live.values("client_id")).order_by("pk")


def effect_on(clients: list[Client], new: NewRules, *, at: datetime, catalog: Catalog) -> dict[uuid.UUID, Effect]:
    """The effect by practice on the plans of a batch of clients, in the same few queries whatever their number."""
    plans: dict[uuid.UUID, list[Plan]] = {}
    found = (
        Plan.objects.across_practices()
        .filter(client__in=clients, state__in=LIVE)
        .select_related("current_version")
        .defer("current_version__content")
    )
    for plan in found:
        plans.setdefault(plan.client_id, []).append(plan)
    standings = stand_many(clients, at=at)
    # Clients of a practice share its rules, and so the questionnaire.
    proposed: dict[uuid.UUID, Questionnaire] = {}
    effects: dict[uuid.UUID, Effect] = {}
    for client in clients:
        own = standings[client.pk]
        if client.practice_id not in proposed:
            proposed[client.practice_id] = new(own)
        then = rescreened(own, proposed[client.practice_id])
        effect = _effect(plans.get(client.pk, []), own, then, catalog)
        effects[client.practice_id] = effects.get(client.practice_id, Effect()) + effect
    return effects


def _effect(plans: Iterable[Plan], now: Standing, then: Standing, catalog: Catalog) -> Effect:
    suspends = releases = count = 0
    for plan in plans:
        count += 1
        steps = plan.current_version.checked_steps  # type: ignore[union-attr]
        safe_now = check_version(steps, now, catalog).is_safe
        safe_then = check_version(steps, then, catalog).is_safe
        suspends += plan.state == Plan.State.PUBLISHED and safe_now and not safe_then
        releases += plan.state == Plan.State.SUSPENDED and not safe_now and safe_then
    return Effect(1, count, suspends, bool(suspends), releases, bool(releases))


def effect_on_practice(practice: Practice, new: Questionnaire, *, at: datetime) -> Effect:
    """For a practice that looks at its own figures before it changes them."""
    total, catalog, after = Effect(), current_catalog(), None
    while batch := _next_batch(live_clients(practice), after):
        total += effect_on(batch, lambda own: new, at=at, catalog=catalog).get(practice.pk, Effect())
        after = batch[-1].pk
    return total


def _next_batch(clients: Any, after: uuid.UUID | None) -> list[Client]:
    return list((clients.filter(pk__gt=after) if after else clients)[:BATCH])


@transaction.atomic
def begin_preview(draft: QuestionnaireDraft, *, by: User, at: datetime) -> RulePreview:
    """Start to work out what the draft as it is now would do; an earlier answer is thrown away."""
    RulePreview.objects.filter(draft=draft).delete()
    return RulePreview.objects.create(
        draft=draft,
        draft_revision=draft.revision,
        against=current_version(),
        clients_total=live_clients().count(),
        begun_at=at,
        by=by,
    )


def find_preview(draft: QuestionnaireDraft) -> RulePreview | None:
    """The answer for the draft and the version in force as they are now; None when either has changed since."""
    return RulePreview.objects.filter(draft=draft, draft_revision=draft.revision, against=current_version()).first()


def work_on_preview(preview: RulePreview, *, at: datetime, seconds: float = 2.0) -> RulePreview:
    """Go through batches until all is done or the time is over. Two at once do the same batch once."""
    new = check_document(preview.draft.document, file=preview.draft.title)
    catalog, until = current_catalog(), time.monotonic() + seconds
    while not preview.finished_at:
        preview = _work_batch(preview.pk, new, catalog, at=at)
        if time.monotonic() > until:
            break
    return preview


@transaction.atomic
def _work_batch(key: uuid.UUID, new: Questionnaire, catalog: Catalog, *, at: datetime) -> RulePreview:
    preview = RulePreview.objects.select_for_update().get(pk=key)
    batch = [] if preview.finished_at else _next_batch(live_clients(), preview.after)
    if not batch:
        preview.finished_at = preview.finished_at or at
    else:
        for practice, effect in effect_on(batch, lambda own: tightened(new, own.rules), at=at, catalog=catalog).items():
            so_far = Effect(**preview.counts.get(str(practice), {}))
            preview.counts[str(practice)] = asdict(so_far + effect)
        preview.after = batch[-1].pk
        preview.clients_seen += len(batch)
    preview.save()
    return preview


def effects_by_practice(preview: RulePreview) -> list[tuple[str, Effect]]:
    """(practice, effect) of the practices where something would change, by name."""
    effects = {key: Effect(**counts) for key, counts in preview.counts.items()}
    names = dict(Practice.objects.filter(pk__in=effects).values_list("pk", "name"))
    rows = [(names.get(uuid.UUID(key), ""), effect) for key, effect in effects.items() if effect.changes_something]
    return sorted(rows, key=lambda row: row[0].casefold())


def total_effect(preview: RulePreview) -> Effect:
    total = Effect()
    for counts in preview.counts.values():
        total += Effect(**counts)
    return total
