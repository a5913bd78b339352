import uuid
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clients.screening.answers import BodySite
from practice.sealed.field import SealedField
from practice.tenancy.models.practice import valid_time_zone
from practice.tenancy.scoping import TenantQuerySet


class ClientQuerySet(TenantQuerySet["Client"]):
    def active(self) -> Self:
        return self.filter(archived_at=None)

    def of_user(self, user: models.Model) -> Self:
        """A person's own records, whatever the practice."""
        return self.across_practices().filter(user=user, archived_at=None)

    def matching(self, words: str) -> Self:
        """Clients with every word in their name or e-mail address, in any order and case."""
        found = self
        for word in words.split()[:8]:
            # SQLite folds the case of ASCII only, so the usual spellings are looked for one by one.
            spellings = {word, word.lower(), word.upper(), word.capitalize()}
            wanted = models.Q(email__icontains=word)
            for spelling in sorted(spellings):
                wanted |= models.Q(name__icontains=spelling)
            found = found.filter(wanted)
        return found

    def with_standing(self) -> Self:
        """Add what the list shows beside a name: invitation and intake, in one query for all rows."""
        # Each client's own rows, so the outer query keeps practices apart.
        invitations = self._own("invitations").filter(revoked_at=None, used_at=None).order_by("-expires_at")
        intakes = self._own("intakes").order_by("-submitted_at")
        return self.annotate(
            invited_until=models.Subquery(invitations.values("expires_at")[:1]),
            signed_at=models.Subquery(intakes.filter(submitted_at__isnull=False).values("submitted_at")[:1]),
            intake_begun=models.Exists(intakes.filter(submitted_at=None)),
        )

    def with_outcome(self) -> Self:
        """Add the last screening's outcome: only for people who may read health data."""
        screenings = self._own("screenings").order_by("-made_at")
        return self.annotate(outcome=models.Subquery(screenings.values("overall")[:1]))

    def awaiting_intake(self) -> Self:
        return self.exclude(models.Exists(self._own("intakes").filter(submitted_at__isnull=False)))

    def _own(self, relation: str) -> models.QuerySet[Any]:
        related: Any = self.model._meta.get_field(relation).related_model
        own: models.QuerySet[Any] = related.objects.across_practices().filter(client=models.OuterRef("pk"))
        return own


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
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[valid_time_zone])
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en-gb")
    #: Regions that are not there (missing toes or limb): [{"side": "left", "region": "big-toe"}].
    not_present = SealedField(_("regions not present"), default=list)
    #: Day of birth as ISO text; where it is known, the age that rules see follows from it.
    born_on = SealedField(_("born on"), null=True)
    notes = SealedField(_("notes"), default=str)
    #: Counts corrections; a form that carries an older number is shown the newer values.
    revision = models.PositiveIntegerField(_("revision"), default=0)
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
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def birth_day(self) -> date | None:
        return date.fromisoformat(self.born_on) if self.born_on else None

    @property
    def absent_sites(self) -> tuple[BodySite, ...]:
        """The places that the client does not have, each on one side."""
        return tuple(BodySite(entry["side"], entry["region"]) for entry in self.not_present)

    @property
    def short_name(self) -> str:
        """For greetings: the first word, kept to a length that fits a subject line."""
        return (self.name.split() or [""])[0][:40]
