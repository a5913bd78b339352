import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clients.consent.consent import NEEDED_FOR_A_PLAN
from clients.record.models import Consent
from practice.sealed.field import SealedField
from practice.tenancy.scoping import TenantQuerySet
from routines.plans.content import PlanContent
from routines.plans.sealed_content import SealedCheckedSteps, SealedContent
from routines.plans.state_reason import Hold, StateReason
from routines.plans.waiting import as_opened


class PlanQuerySet(TenantQuerySet["Plan"]):
    practice_path = "client__practice"

    def of_user(self, user: models.Model) -> Self:
        """A person's own plans, whatever the practice."""
        return self.across_practices().filter(client__user=user, client__archived_at=None)

    def running(self) -> Self:
        return self.filter(state=Plan.State.PUBLISHED)

    def with_client(self) -> Self:
        return self.select_related("client", "client__practice")

    def with_consents(self) -> Self:
        """Add `lacks_consent`: whether a consent that a routine needs is not in force."""
        return self.annotate(lacks_consent=_lacks_consent("client_id"))


def _lacks_consent(client: str) -> Q:
    given = Consent.objects.across_practices().in_force().filter(client=OuterRef(client))
    return Q(*(~Exists(given.filter(purpose=purpose)) for purpose in NEEDED_FOR_A_PLAN), _connector=Q.OR)


class Plan(models.Model):
    """A client's home routine: an editable draft, and the frozen versions that were released from it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Running")
        SUSPENDED = "suspended", _("Paused for safety")
        ENDED = "ended", _("Ended")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="plans", verbose_name=_("client")
    )
    protocol = models.ForeignKey(
        "routines.Protocol", null=True, on_delete=models.PROTECT, related_name="plans", verbose_name=_("from protocol")
    )
    tradition = models.ForeignKey(
        "routines.Tradition", null=True, on_delete=models.PROTECT, related_name="plans", verbose_name=_("tradition")
    )
    title = models.CharField(_("title the client sees"), max_length=120)
    note_to_client: "models.Field[str, str]" = SealedField(_("note to the client"), default=str)
    therapist_note: "models.Field[str, str]" = SealedField(_("note for the practice"), default=str)
    starts_on = models.DateField(_("first day"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    state_changed_at = models.DateTimeField(_("since"))
    #: The last day on which the screening behind the current version holds; after it the plan is not shown.
    safe_until = models.DateField(_("screening holds until"), null=True)
    #: Set while something that the screening rests on has changed and the plan has not been checked since.
    recheck_since = models.DateTimeField(_("to be checked since"), null=True)
    #: Why it was suspended.
    #: Phases that waited, and the client's local day on which each was opened, ISO.
    opened = models.JSONField(_("opened phases"), default=dict, blank=True)
    state_reason: "models.Field[StateReason | None, StateReason | None]" = SealedField(_("reason"), null=True)
    created_by = models.ForeignKey(
        "practice.Member", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"))
    changed_at = models.DateTimeField(_("changed"))
    #: Counts edits of the draft; a save that carries an older number is shown the newer draft.
    revision = models.PositiveIntegerField(_("revision"), default=0)
    current_version = models.OneToOneField(
        "routines.PlanVersion", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("current version")
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-changed_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["published", "suspended"]) | Q(current_version__isnull=False),
                name="released_plan_has_version",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="plan_to_recheck", condition=Q(state="published", recheck_since__isnull=False)
            ),
            models.Index(fields=["safe_until"], name="plan_growing_stale", condition=Q(state="published")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def content_now(self) -> PlanContent:
        """The released contents with the phases on the days that they have by now; every channel reads these."""
        assert self.current_version is not None, "asked of a released plan"
        return as_opened(self.current_version.content, self.opened)

    @property
    def hold(self) -> Hold | None:
        """What a day of the client's has paused it by, and may end the pause; None where nothing of the kind."""
        return self.state_reason.get("hold") if self.state == self.State.SUSPENDED and self.state_reason else None

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def has_unpublished_changes(self) -> bool:
        return bool(self.current_version and self.current_version.draft_revision != self.revision)


class PlanPhaseQuerySet(TenantQuerySet["PlanPhase"]):
    practice_path = "plan__client__practice"

    def with_plan(self) -> Self:
        """With the plan, its client and practice, and `lacks_consent` of that client."""
        related = self.select_related("plan__client__practice", "plan__current_version")
        return related.annotate(lacks_consent=_lacks_consent("plan__client_id"))


class PlanPhase(models.Model):
    """Days `from_day` to `to_day` (None: open end) of a plan, the first being 1, with their own limits and times."""

    class Waits(models.TextChoices):
        BY_DATE = "", _("On its first day")
        COMFORT = "comfort", _("When the client says that the last days were fine")
        THERAPIST = "therapist", _("When you have looked")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="phases")
    sequence = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    focus = models.CharField(_("focus the client sees"), max_length=300, blank=True)
    from_day = models.PositiveSmallIntegerField(_("from day"), default=1)
    to_day = models.PositiveSmallIntegerField(_("to day"), null=True, blank=True)
    max_pressure = models.ForeignKey(
        "routines.PressureLevel", on_delete=models.PROTECT, related_name="+", verbose_name=_("strongest pressure")
    )
    #: ISO weekdays, Monday = 1.
    weekdays = models.JSONField(_("days of the week"), default=list)
    #: Local wall times, "HH:MM", sorted.
    times = models.JSONField(_("times of day"), default=list)
    waits_for = models.CharField(_("begins"), max_length=10, choices=Waits.choices, blank=True, default="")
    ends_with_rule = models.SlugField(_("ends with the rule"), max_length=80, blank=True, default="")
    then_protocol = models.SlugField(_("protocol to follow"), max_length=80, blank=True, default="")

    objects = PlanPhaseQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "sequence"], name="one_phase_per_place"),
            models.CheckConstraint(condition=Q(from_day__gte=1), name="phase_starts_on_day_one_or_later"),
            models.CheckConstraint(
                condition=Q(to_day=None) | Q(to_day__gte=F("from_day")), name="phase_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.sequence)


class PlanStepQuerySet(TenantQuerySet["PlanStep"]):
    practice_path = "phase__plan__client__practice"


class PlanStep(models.Model):
    """One step of a draft: zone + technique + side + pressure + seconds, with tool and position."""

    class Kind(models.TextChoices):
        PREPARATION = "preparation", _("Preparation")
        WORK = "work", _("Work")
        COMPANION = "companion", _("Alongside")
        AFTERCARE = "aftercare", _("Aftercare")

    class Side(models.TextChoices):
        LEFT = "left", _("Left")
        RIGHT = "right", _("Right")
        BOTH = "both", _("Both")
        NONE = "none", _("No side")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phase = models.ForeignKey(PlanPhase, on_delete=models.CASCADE, related_name="steps")
    sequence = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.WORK)
    zone = models.ForeignKey(
        "routines.Zone", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("zone")
    )
    #: None for a preparation or aftercare line without an action, such as "keep a cold pack ready".
    technique = models.ForeignKey(
        "routines.Technique",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("technique"),
    )
    label = models.CharField(_("wording the client sees"), max_length=200, blank=True)
    side = models.CharField(_("side"), max_length=5, choices=Side.choices, default=Side.BOTH)
    pressure = models.ForeignKey(
        "routines.PressureLevel", on_delete=models.PROTECT, related_name="+", verbose_name=_("pressure")
    )
    #: None only for techniques that are not timed.
    seconds = models.PositiveSmallIntegerField(_("seconds"), null=True, blank=True)
    tool = models.ForeignKey(
        "routines.Tool", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("tool")
    )
    position = models.ForeignKey(
        "routines.Position",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("position"),
    )
    per = models.CharField(_("per"), max_length=60, blank=True)
    is_optional = models.BooleanField(_("optional"), default=False)
    note: "models.Field[str, str]" = SealedField(_("note the client sees"), default=str)
    #: The protocol's remark for the therapist; never shown to the client.
    hint = models.CharField(_("hint for the therapist"), max_length=300, blank=True)

    objects = PlanStepQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.CheckConstraint(condition=Q(sequence__gte=1), name="step_sequence_from_one"),
            models.CheckConstraint(
                condition=Q(technique__isnull=False) | ~Q(label=""), name="step_has_technique_or_label"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}. {self.technique_id}"


class PlanVersionQuerySet(TenantQuerySet["PlanVersion"]):
    practice_path = "plan__client__practice"


class PlanVersion(models.Model):
    """One release, frozen: what the client sees, and the screening, rules and catalog it was checked against."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("number"))
    #: Printed on the handout; the page that it leads to tells whether this version is still current.
    code = models.CharField(_("code"), max_length=12, unique=True)
    #: What every channel reads.
    content: "models.Field[PlanContent, PlanContent]" = SealedContent(_("contents"))
    #: What a re-screening reads of `content`.
    checked_steps = SealedCheckedSteps(_("steps to check"))
    screening = models.ForeignKey("clients.ScreeningRecord", on_delete=models.PROTECT, related_name="released")
    catalog = models.ForeignKey("routines.CatalogVersion", on_delete=models.PROTECT, related_name="+")
    draft_revision = models.PositiveIntegerField(_("revision of the draft"))
    published_by = models.ForeignKey(
        "practice.Member", on_delete=models.PROTECT, related_name="+", verbose_name=_("released by")
    )
    published_at = models.DateTimeField(_("released"))

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan version")
        verbose_name_plural = _("plan versions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.plan_id} v{self.number}"
