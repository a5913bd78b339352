import uuid
import zoneinfo
from datetime import time

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def valid_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("There is no time zone called “%(name)s”. Choose one such as Europe/London."), params={"name": name}
        )


class Practice(models.Model):
    """The tenant: one therapy practice, its address to the world and its own figures."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/London", validators=[valid_time_zone])
    language = models.CharField(_("language"), max_length=10, default="en-gb")
    country = models.CharField(_("country"), max_length=2, default="GB", help_text=_("Two letters, such as GB."))
    emergency_number = models.CharField(_("emergency number"), max_length=20, default="112")
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=40, blank=True)
    age_of_consent = models.PositiveSmallIntegerField(_("age of consent in years"), default=18)
    invitation_days = models.PositiveSmallIntegerField(_("days an invitation stays open"), default=14)
    quiet_after_days = models.PositiveSmallIntegerField(
        _("days without activity before a plan needs attention"), default=5
    )
    #: No reminder comes in between, on the client's clocks; equal: no quiet hours. A client may choose others.
    quiet_hours_from = models.TimeField(_("quiet hours from"), default=time(21, 30))
    quiet_hours_to = models.TimeField(_("quiet hours until"), default=time(7, 0))
    #: Counts changes; a form that carries an older number is shown the newer values.
    revision = models.PositiveIntegerField(_("revision"), default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")

    def __str__(self) -> str:
        return self.name
