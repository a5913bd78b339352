"""Zones, each one claim of one source; competing claims stay separate rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from routines.catalog.models.base import CatalogEntry, listing, low_to_high, wording
from routines.catalog.models.reference import FootView, PressureLevel, Region, Technique, Tradition


class Zone(CatalogEntry):
    """A patch of foot that a tradition links to a body part.

    A client may only ever read the region's name, `client_wording` and `how_to_locate`.
    """

    class Kind(models.TextChoices):
        ZONE = "zone", _("zone")
        POINT = "point", _("point")
        POINT_GROUP = "point-group", _("group of points")
        ROAMING_POINT = "roaming-point", _("roaming point, found on the day")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    tradition = models.ForeignKey(Tradition, models.PROTECT, related_name="zones", verbose_name=_("tradition"))
    regions = models.ManyToManyField(Region, related_name="zones", verbose_name=_("regions"))
    sides = listing(_("sides"))
    associated_with = listing(_("traditionally associated with"), help_text=_("For therapists only."))
    client_wording = models.TextField(
        _("wording for clients"), help_text=_("The only association text that a client may see.")
    )
    how_to_locate = wording(_("how to find it"))
    traditional_claims_internal = listing(
        _("claims of the source"), help_text=_("For therapists only; never in client pages, print or e-mail.")
    )
    techniques = models.ManyToManyField(
        Technique, through="ZoneTechnique", related_name="zones", verbose_name=_("usual techniques")
    )
    pressure = models.ForeignKey(
        PressureLevel,
        models.PROTECT,
        related_name="zones",
        verbose_name=_("starting pressure"),
        help_text=_("The starting value of a new step, not a cap."),
    )
    cautions = listing(_("cautions"), help_text=_("For therapists only."))
    notes = wording(_("notes"), help_text=_("For therapists only."))
    direct_plantar = models.BooleanField(_("works the sole directly"), default=False)
    view = models.ForeignKey(FootView, models.PROTECT, related_name="main_zones", verbose_name=_("main view"))
    views = models.ManyToManyField(FootView, related_name="zones", verbose_name=_("views"))
    shapes = listing(_("shapes"))
    shapes_are = wording(_("what the shapes mean"))

    class Meta(CatalogEntry.Meta):
        verbose_name = _("zone")
        verbose_name_plural = _("zones")


class ZoneTechnique(models.Model):
    """A usual choice for the zone, not a closed list."""

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="technique_choices")
    technique = models.ForeignKey(Technique, models.PROTECT, related_name="zone_choices")
    sequence = models.PositiveIntegerField(_("order"), default=0)
    duration_min_s = models.PositiveIntegerField(_("shortest, seconds"), null=True, blank=True)
    duration_max_s = models.PositiveIntegerField(_("longest, seconds"), null=True, blank=True)
    duration_basis = wording(_("basis of the duration"))
    per = models.CharField(_("duration is per"), max_length=64, blank=True, default="")

    class Meta:
        ordering = ["sequence", "id"]
        verbose_name = _("usual technique")
        verbose_name_plural = _("usual techniques")
        constraints = [
            models.UniqueConstraint(fields=["zone", "technique"], name="one_row_per_zone_technique"),
            low_to_high("duration_min_s", "duration_max_s", "zone_technique_duration_in_order"),
        ]

    def __str__(self) -> str:
        return self.technique_id
