"""What the sources say beside the routines themselves: observations, beliefs, disagreements, figures."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from routines.catalog.models.base import CatalogEntry, listing, wording
from routines.catalog.models.zone import Zone
from routines.catalog.querysets import CatalogVersionQuerySet


class SourceFile(CatalogEntry):
    """An article that the catalog was drawn from; the slug is its number, the name its file."""

    class Meta(CatalogEntry.Meta):
        verbose_name = _("source article")
        verbose_name_plural = _("source articles")


class ObservationGroup(CatalogEntry):
    """A set of things to note down. Some groups only name items and offer no options."""

    named_items = listing(_("items named by the source"))

    class Meta(CatalogEntry.Meta):
        verbose_name = _("group of observations")
        verbose_name_plural = _("groups of observations")


class ObservationOption(models.Model):
    """A choice that a therapist or client may note. Never a conclusion, never part of screening."""

    group = models.ForeignKey(ObservationGroup, models.PROTECT, related_name="options", verbose_name=_("group"))
    slug = models.SlugField(_("slug"), max_length=64)
    name = models.CharField(_("label"), max_length=300)
    sequence = models.PositiveIntegerField(_("order"), default=0)
    temperature = models.CharField(_("temperature"), max_length=16, blank=True, default="")
    moisture = models.CharField(_("moisture"), max_length=16, blank=True, default="")
    laterality = models.CharField(_("laterality"), max_length=32, blank=True, default="")
    source_says = wording(_("what the source says"), help_text=_("For therapists only."))
    evidence = wording(_("standing of its evidence"))
    show_source_claim_to_client = models.BooleanField(_("source's claim shown to clients"), null=True, blank=True)
    affects_screening = models.BooleanField(_("affects screening"), null=True, blank=True)
    therapist_prompt = wording(_("prompt for the therapist"))
    recheck_question = models.SlugField(_("question to ask again"), max_length=64, blank=True, default="")
    sources = listing(_("sources"))

    class Meta:
        ordering = ["group__sequence", "sequence", "id"]
        verbose_name = _("observation option")
        verbose_name_plural = _("observation options")
        constraints = [
            models.UniqueConstraint(fields=["group", "slug"], name="one_option_per_group_slug"),
            # The source reads organs from skin temperature; that reading must not reach a client or an outcome.
            models.CheckConstraint(
                condition=Q(show_source_claim_to_client__isnull=True) | Q(show_source_claim_to_client=False),
                name="observation_claim_stays_internal",
            ),
            models.CheckConstraint(
                condition=Q(affects_screening__isnull=True) | Q(affects_screening=False),
                name="observation_never_screens",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PointType(CatalogEntry):
    per_meridian = wording(_("per channel"))
    said_to = wording(_("said to"), help_text=_("For therapists only."))

    class Meta(CatalogEntry.Meta):
        verbose_name = _("type of point")
        verbose_name_plural = _("types of point")


class Meridian(CatalogEntry):
    standard_name = models.CharField(_("standard name"), max_length=120, blank=True, default="")

    class Meta(CatalogEntry.Meta):
        verbose_name = _("channel")
        verbose_name_plural = _("channels")


class BackgroundBelief(CatalogEntry):
    """A belief found in a source; `name` is its text and `display` says where it may appear."""

    class Display(models.TextChoices):
        NEVER = "never", _("never shown to clients")
        ATTRIBUTED = "attributed only", _("only as the source's own saying")

    display = models.CharField(_("display rule"), max_length=32, choices=Display)

    class Meta(CatalogEntry.Meta):
        verbose_name = _("background belief")
        verbose_name_plural = _("background beliefs")


class Disagreement(CatalogEntry):
    product_rule = wording(_("what the product does"))

    class Meta(CatalogEntry.Meta):
        verbose_name = _("disagreement")
        verbose_name_plural = _("disagreements")


class DisagreementClaim(models.Model):
    """One side of a disagreement: a zone's claim, or a source's."""

    disagreement = models.ForeignKey(Disagreement, models.CASCADE, related_name="claims")
    sequence = models.PositiveIntegerField(_("order"), default=0)
    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="disagreement_claims", verbose_name=_("zone")
    )
    source = models.CharField(_("source article"), max_length=120, blank=True, default="")
    says = models.TextField(_("says"))

    class Meta:
        ordering = ["sequence", "id"]
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.CheckConstraint(
                condition=Q(zone__isnull=False, source="") | (Q(zone__isnull=True) & ~Q(source="")),
                name="claim_of_a_zone_or_a_source",
            )
        ]

    def __str__(self) -> str:
        return self.says


class Figure(CatalogEntry):
    """A number that stands in a source; `name` is what it measures."""

    value = models.CharField(_("value"), max_length=200)

    class Meta(CatalogEntry.Meta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures")


class OutOfScope(CatalogEntry):
    why = wording(_("why"))

    class Meta(CatalogEntry.Meta):
        verbose_name = _("out of scope")
        verbose_name_plural = _("out of scope")


class CatalogPreface(models.Model):
    """What the catalog says about itself as a whole; a single row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    version = models.CharField(_("edition"), max_length=32)
    prepared_for = models.CharField(_("prepared for"), max_length=200, blank=True, default="")
    reading_notes = listing(_("reading notes"))
    meridians_counted = models.PositiveSmallIntegerField(_("channels claimed"), null=True, blank=True)
    channels_term = models.CharField(_("term for the channels"), max_length=200, blank=True, default="")
    location_tolerance_mm = models.PositiveSmallIntegerField(_("point found within, mm"), null=True, blank=True)
    device_tolerance_mm = models.PositiveSmallIntegerField(_("device accurate to, mm"), null=True, blank=True)
    meridians_sources = listing(_("source of the channels"))
    meridians_note = wording(_("note on the channels"))

    class Meta:
        verbose_name = _("preface")
        verbose_name_plural = _("preface")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_catalog_preface")]

    def __str__(self) -> str:
        return f"{self.prepared_for} {self.version}".strip()


class CatalogVersion(models.Model):
    """The whole catalog as it stood after one change. Rows are only ever added."""

    number = models.BigAutoField(_("number"), primary_key=True)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("changed by"),
    )
    digest = models.CharField(_("digest"), max_length=64, editable=False)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    document = models.JSONField(_("document"), editable=False)

    objects = CatalogVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("catalog version")
        verbose_name_plural = _("catalog versions")

    def __str__(self) -> str:
        return str(_("Catalog version %(number)s") % {"number": self.number})
