"""What a home routine is made of: traditions, places, ways of working and the things used for it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from routines.catalog.models.base import CatalogEntry, HomePlanDefault, Side, listing, low_to_high, wording


class Tradition(CatalogEntry):
    summary = wording(_("summary"))
    evidence = wording(_("standing of its evidence"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name=_("part of")
    )

    class Meta(CatalogEntry.Meta):
        verbose_name = _("tradition")
        verbose_name_plural = _("traditions")


class FootView(CatalogEntry):
    """A view of the foot that is drawn. Coordinates run from 0 to 1, for a right foot."""

    x_meaning = wording(_("x runs"))
    y_meaning = wording(_("y runs"))
    drawn_for = models.CharField(_("drawn for"), max_length=32, default="right foot")
    screen = wording(_("how it lies on the screen"))
    outline = listing(_("outline"))

    class Meta(CatalogEntry.Meta):
        verbose_name = _("view of the foot")
        verbose_name_plural = _("views of the foot")


class Region(CatalogEntry):
    """An anatomical place. A leaf has shapes; a composite has parts. Two overlap when they share a leaf."""

    class Kind(models.TextChoices):
        FOOT = "foot", _("foot")
        ANKLE = "ankle", _("ankle")
        LOWER_LEG = "lower-leg", _("lower leg")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    leaf = models.BooleanField(_("leaf"), default=True)
    parts = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="wholes", verbose_name=_("parts")
    )
    plantar_fascia_area = models.BooleanField(_("lies over the plantar fascia"), null=True, blank=True)
    max_pressure = models.ForeignKey(
        "PressureLevel",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="capped_regions",
        verbose_name=_("never stronger than"),
    )
    shapes = listing(_("shapes"))
    note = wording(_("note"))

    class Meta(CatalogEntry.Meta):
        verbose_name = _("region")
        verbose_name_plural = _("regions")


class PressureLevel(CatalogEntry):
    rank = models.PositiveSmallIntegerField(_("rank"))
    client_cue = wording(_("cue for the client"))
    source_language = listing(_("words of the sources"))
    home_plan_default = models.CharField(
        _("home plans"), max_length=8, default=HomePlanDefault.ON, choices=HomePlanDefault
    )

    class Meta(CatalogEntry.Meta):
        ordering = ["rank"]
        verbose_name = _("pressure level")
        verbose_name_plural = _("pressure levels")
        constraints = [
            models.CheckConstraint(condition=Q(rank__lte=9), name="pressure_rank_one_digit"),
            models.UniqueConstraint(
                fields=["rank"], condition=Q(retired_at__isnull=True), name="one_pressure_level_per_rank"
            ),
        ]


class Tool(CatalogEntry):
    use = wording(_("use"))
    self_care = models.BooleanField(_("fit for self-care"), default=True)
    cautions = wording(_("cautions"))
    contraindicated_when = listing(
        _("not when"), help_text=_("Screening rules, as a reading aid; the rules' own effects decide.")
    )

    class Meta(CatalogEntry.Meta):
        verbose_name = _("tool")
        verbose_name_plural = _("tools")


class Position(CatalogEntry):
    weight_bearing = models.BooleanField(_("weight-bearing"), default=False)
    note = wording(_("note"))

    class Meta(CatalogEntry.Meta):
        verbose_name = _("position")
        verbose_name_plural = _("positions")


class TimeOfDay(CatalogEntry):
    why = wording(_("why"))

    class Meta(CatalogEntry.Meta):
        verbose_name = _("time of day")
        verbose_name_plural = _("times of day")


class Technique(CatalogEntry):
    """How the hand or tool moves. Owns the allowed seconds and pressure of every step that uses it."""

    class StepKind(models.TextChoices):
        WORK = "work", _("work")
        PREP = "prep", _("preparation")
        COMPANION = "companion", _("companion")
        AFTERCARE = "aftercare", _("aftercare")
        ASSESSMENT = "assessment", _("assessment")

    family = models.SlugField(_("family"), max_length=32)
    step_kind = models.CharField(_("kind of step"), max_length=16, choices=StepKind)
    how = wording(_("how it is done"))
    duration_min_s = models.PositiveIntegerField(_("shortest, seconds"), null=True, blank=True)
    duration_max_s = models.PositiveIntegerField(_("longest, seconds"), null=True, blank=True)
    duration_basis = wording(_("basis of the duration"))
    pressure_min = models.ForeignKey(
        PressureLevel, models.PROTECT, related_name="techniques_from", verbose_name=_("lightest pressure")
    )
    pressure_max = models.ForeignKey(
        PressureLevel, models.PROTECT, related_name="techniques_up_to", verbose_name=_("strongest pressure")
    )
    tools = models.ManyToManyField(Tool, through="TechniqueTool", related_name="techniques", verbose_name=_("tools"))
    typical_regions = models.ManyToManyField(
        Region, blank=True, related_name="techniques", verbose_name=_("typical regions")
    )
    also_on = models.ManyToManyField(
        Region,
        blank=True,
        related_name="further_techniques",
        verbose_name=_("also on"),
        help_text=_("A step anywhere else is refused."),
    )
    takes_whole = models.BooleanField(
        _("takes in a whole region"),
        default=False,
        help_text=_("As standing on a mat does: the step's zone has to cover one of the regions."),
    )
    contraindicated_when = listing(
        _("not when"), help_text=_("Screening rules, as a reading aid; the rules' own effects decide.")
    )
    weight_bearing = models.BooleanField(_("weight-bearing"), default=False)
    direct_plantar = models.BooleanField(_("works the sole directly"), default=False)
    home_plan_default = models.CharField(
        _("home plans"), max_length=8, default=HomePlanDefault.ON, choices=HomePlanDefault
    )
    hard_max_s = models.PositiveIntegerField(_("never longer than, seconds"), null=True, blank=True)
    hold_min_s = models.PositiveIntegerField(_("shortest hold, seconds"), null=True, blank=True)
    hold_max_s = models.PositiveIntegerField(_("longest hold, seconds"), null=True, blank=True)
    hold_basis = wording(_("basis of the hold"))
    rate = models.CharField(_("rate"), max_length=120, blank=True, default="")
    repeats = models.CharField(_("repeats"), max_length=120, blank=True, default="")
    per = models.CharField(_("duration is per"), max_length=64, blank=True, default="")
    direction = models.CharField(_("direction"), max_length=120, blank=True, default="")
    caution = wording(_("caution"))
    conflict = wording(_("conflict between sources"))
    translation_uncertain = models.BooleanField(_("translation uncertain"), default=False)

    class Meta(CatalogEntry.Meta):
        verbose_name = _("technique")
        verbose_name_plural = _("techniques")
        constraints = [
            low_to_high("duration_min_s", "duration_max_s", "technique_duration_in_order"),
            low_to_high("hold_min_s", "hold_max_s", "technique_hold_in_order"),
            low_to_high("duration_max_s", "hard_max_s", "technique_within_hard_max"),
        ]


class TechniqueTool(models.Model):
    technique = models.ForeignKey(Technique, models.CASCADE, related_name="tool_choices")
    tool = models.ForeignKey(Tool, models.PROTECT, related_name="technique_choices")
    sequence = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["sequence", "id"]
        verbose_name = _("tool of the technique")
        verbose_name_plural = _("tools of the technique")
        constraints = [models.UniqueConstraint(fields=["technique", "tool"], name="one_row_per_technique_tool")]

    def __str__(self) -> str:
        return self.tool_id


class IntensityDegree(CatalogEntry):
    """One of source 003's three doses."""

    technique = models.ForeignKey(Technique, models.PROTECT, related_name="degrees", verbose_name=_("technique"))
    pressure = models.ForeignKey(PressureLevel, models.PROTECT, related_name="degrees", verbose_name=_("pressure"))
    contact = models.CharField(_("contact"), max_length=120, blank=True, default="")
    duration_min_s = models.PositiveIntegerField(_("shortest, seconds"), null=True, blank=True)
    duration_max_s = models.PositiveIntegerField(_("longest, seconds"), null=True, blank=True)
    duration_basis = wording(_("basis of the duration"))
    repeats = models.CharField(_("repeats"), max_length=120, blank=True, default="")
    note = wording(_("note"))

    class Meta(CatalogEntry.Meta):
        verbose_name = _("degree")
        verbose_name_plural = _("degrees")
        constraints = [low_to_high("duration_min_s", "duration_max_s", "degree_duration_in_order")]


class AttendantStep(CatalogEntry):
    """A step before or after the work. With a technique it is screened like any other step."""

    technique = models.ForeignKey(
        Technique, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("technique")
    )
    zone = models.ForeignKey(
        "routines.Zone", models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("zone")
    )
    side = models.CharField(_("side"), max_length=8, blank=True, default="", choices=Side)

    class Meta(CatalogEntry.Meta):
        abstract = True


class PreparationStep(AttendantStep):
    class Meta(AttendantStep.Meta):
        abstract = False
        verbose_name = _("preparation step")
        verbose_name_plural = _("preparation steps")


class AftercareStep(AttendantStep):
    class Meta(AttendantStep.Meta):
        abstract = False
        verbose_name = _("aftercare step")
        verbose_name_plural = _("aftercare steps")
