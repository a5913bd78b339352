import uuid
from typing import NotRequired, Self, TypedDict

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.sealed.field import SealedField
from practice.tenancy.scoping import TenantQuerySet


class NoticeAnswer(TypedDict):
    """A question and its answer, in words."""

    question: str
    answer: str


class NoticeContent(TypedDict):
    """`words`: the client's own. `answers`: those behind it. `changes`: what became of the day's steps, in words.
    `then_protocol`: what is meant to follow a part that is over, by its slug.
    """

    words: NotRequired[str]
    answers: NotRequired[list[NoticeAnswer]]
    changes: NotRequired[list[str]]
    then_protocol: NotRequired[str]


class NoticeQuerySet(TenantQuerySet["Notice"]):
    practice_path = "client__practice"

    def unsettled(self) -> Self:
        return self.filter(settled_at=None)


class Notice(models.Model):
    """One thing that the therapist has to see. It stays on the first page until somebody settles it."""

    class Kind(models.TextChoices):
        HURT = "hurt", _("It hurt")
        CHANGED = "changed", _("Something changed")
        PAIN_ROSE = "pain_rose", _("Pain has risen")
        BLOCKED = "blocked", _("No session today")
        REDUCED = "reduced", _("Done in part today")
        PHASE_OVER = "phase_over", _("Ready for the next routine")
        NOT_YET = "not_yet", _("Not ready for the next step")
        STOPPED = "stopped", _("Stopped early")
        PART_WAITS = "part_waits", _("The next part waits for your look")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="notices", verbose_name=_("client")
    )
    plan = models.ForeignKey("routines.Plan", on_delete=models.CASCADE, related_name="notices")
    session = models.ForeignKey("routines.RoutineSession", null=True, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    local_day = models.DateField(_("day"))
    #: What it is about, so that the same is never told twice.
    key = models.CharField(_("key"), max_length=160, unique=True)
    content: "models.Field[NoticeContent, NoticeContent]" = SealedField(_("content"), default=dict)
    made_at = models.DateTimeField(_("made"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(
        "practice.Member", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("settled by")
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-made_at"]
        indexes = [
            models.Index(fields=["client", "-made_at"], condition=models.Q(settled_at=None), name="notice_unsettled")
        ]

    def __str__(self) -> str:
        return f"{self.local_day} {self.get_kind_display()}"
