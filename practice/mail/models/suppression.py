from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SuppressionQuerySet(models.QuerySet):
    def in_force(self) -> Self:
        return self.filter(since__isnull=False)


class Suppression(models.Model):
    """An e-mail address that came back, for the whole installation: one mailbox is dead for every practice.

    It holds no foreign key: which practice's message came back is for that practice's pages only.
    """

    class Kind(models.TextChoices):
        HARD = "hard", _("Came back for good")
        COMPLAINT = "complaint", _("Marked as spam")

    #: Lower case.
    address = models.EmailField(_("address"), unique=True)
    #: Nothing is sent while this is set. Empty: only counted, or lifted.
    since = models.DateTimeField(_("suppressed since"), null=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, blank=True)
    #: The enhanced status code of RFC 3463, where one was given: "5.1.1".
    status = models.CharField(_("status code"), max_length=12, blank=True)
    #: Whose message it was.
    practice_ref = models.UUIDField(_("practice"), null=True)
    soft_count = models.PositiveIntegerField(_("came back for the moment"), default=0)
    last_soft_at = models.DateTimeField(_("last time"), null=True)
    lifted_at = models.DateTimeField(_("tried again"), null=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.CheckConstraint(
                condition=Q(since=None) | Q(kind__in=["hard", "complaint"]), name="suppression_has_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind or 'counted'}"

    @property
    def cause(self) -> str:
        """The class of the status code that a person can act on: mailbox, full, policy or other."""
        if self.status.startswith(("5.1.", "5.2.1")):
            return "mailbox"
        if self.status.startswith("5.2.2"):
            return "full"
        return "policy" if self.status.startswith("5.7.") else "other"
