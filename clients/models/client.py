import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from practice.models.practice import valid_time_zone
from practice.sealed import SealedField
from practice.tenancy import TenantQuerySet


class ClientQuerySet(TenantQuerySet):
    def active(self) -> Self:
        return self.filter(archived_at=None)

    def of_user(self, user: models.Model) -> Self:
        """A person's own records, whatever the practice."""
        return self.across_practices().filter(user=user, archived_at=None)

    def matching(self, words: str) -> Self:
        return self.filter(models.Q(name__icontains=words) | models.Q(email__icontains=words))


class Client(models.Model):
    """A person that a practice looks after. What they answered about their health is in Intake."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(
        "practice.Practice", on_delete=models.CASCADE, related_name="clients", verbose_name=_("practice")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="client_records", verbose_name=_("signs in as")
    )
    therapist = models.ForeignKey(
        "practice.Member",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="clients",
        verbose_name=_("therapist"),
    )
    name = models.CharField(_("name"), max_length=5000)
    email = models.EmailField(_("e-mail"))
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[valid_time_zone])
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en-gb")
    #: Regions that are not there (missing toes or limb): [{"side": "left", "region": "big-toe"}].
    not_present = SealedField(_("regions not present"), default=list)
    notes = SealedField(_("notes"), default=str)
    registered_at = models.DateTimeField(_("registered"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name"]
        constraints = [models.UniqueConstraint("practice", Lower("email"), name="one_client_per_email")]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """For greetings: the first word, kept to a length that fits a subject line."""
        return (self.name.split() or [""])[0][:40]
