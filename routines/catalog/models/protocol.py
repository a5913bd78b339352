"""Templates of whole routines: protocols, their phases by day, and the steps of each phase."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from routines.catalog.models.base import CatalogEntry, HomePlanDefault, Side, listing, low_to_high, wording
from routines.catalog.models.reference import (
    AftercareStep,
    IntensityDegree,
    Position,
    PreparationStep,
    PressureLevel,
    Technique,
    TimeOfDay,
    Tool,
    Tradition,
)
from routines.catalog.models.zone import Zone


class Protocol(CatalogEntry):
    tradition = models.ForeignKey(Tradition, models.PROTECT, related_name="protocols", verbose_name=_("tradition"))
    audience = models.CharField(_("audience"), max_length=120, blank=True, default="")
    client_title = models.CharField(
        _("title for clients"), max_length=120, blank=True, default="", help_text=_("No disease names.")
    )
    degree = models.ForeignKey(
        IntensityDegree, models.PROTECT, null=True, blank=True, related_name="protocols", verbose_name=_("degree")
    )
    minutes_min = models.PositiveSmallIntegerField(_("shortest session, minutes"))
    minutes_max = models.PositiveSmallIntegerField(_("longest session, minutes"))
    per_day_min = models.PositiveSmallIntegerField(_("fewest sessions a day"))
    per_day_max = models.PositiveSmallIntegerField(_("most sessions a day"))
    session_basis = wording(_("basis of the session"))
    gate_rule = models.SlugField(_("gate: screening rule"), max_length=64, blank=True, default="")
    gate_if_fired = wording(_("gate: if it fires"))
    gate_also = listing(_("gate: rules to look at as well"))
    use_when = wording(_("use when"))
    min_seconds_per_foot = models.PositiveIntegerField(_("least seconds per foot"), null=True, blank=True)
    min_seconds_per_painful_point = models.PositiveIntegerField(
        _("least seconds per sore point"), null=True, blank=True
    )
    limits_basis = wording(_("basis of the limits"))
    times_of_day = models.ManyToManyField(
        TimeOfDay, blank=True, related_name="protocols", verbose_name=_("times of day")
    )
    positions = models.ManyToManyField(Position, blank=True, related_name="protocols", verbose_name=_("positions"))
    preparation = models.ManyToManyField(
        PreparationStep, through="ProtocolPreparation", related_name="protocols", verbose_name=_("preparation")
    )
    aftercare = models.ManyToManyField(
        AftercareStep, through="ProtocolAftercare", related_name="protocols", verbose_name=_("aftercare")
    )
    do_not = listing(_("do not"))
    escalate = listing(_("send to a professional on"))
    home_plan_default = models.CharField(
        _("home plans"), max_length=8, default=HomePlanDefault.ON, choices=HomePlanDefault
    )
    note = wording(_("note"))

    class Meta(CatalogEntry.Meta):
        verbose_name = _("protocol")
        verbose_name_plural = _("protocols")
        constraints = [
            low_to_high("minutes_min", "minutes_max", "protocol_minutes_in_order"),
            low_to_high("per_day_min", "per_day_max", "protocol_per_day_in_order"),
        ]


class ProtocolPreparation(models.Model):
    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="preparation_choices")
    step = models.ForeignKey(PreparationStep, models.PROTECT, related_name="protocol_choices")
    sequence = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["sequence", "id"]
        verbose_name = _("preparation of the protocol")
        verbose_name_plural = _("preparation of the protocol")
        constraints = [models.UniqueConstraint(fields=["protocol", "step"], name="one_row_per_protocol_preparation")]

    def __str__(self) -> str:
        return self.step_id


class ProtocolAftercare(models.Model):
    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="aftercare_choices")
    step = models.ForeignKey(AftercareStep, models.PROTECT, related_name="protocol_choices")
    sequence = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["sequence", "id"]
        verbose_name = _("aftercare of the protocol")
        verbose_name_plural = _("aftercare of the protocol")
        constraints = [models.UniqueConstraint(fields=["protocol", "step"], name="one_row_per_protocol_aftercare")]

    def __str__(self) -> str:
        return self.step_id


class ProtocolPhase(models.Model):
    """A span of days, both ends included, with its own frequency and strongest pressure."""

    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="phases")
    slug = models.SlugField(_("slug"), max_length=64)
    sequence = models.PositiveIntegerField(_("order"), default=0)
    from_day = models.PositiveIntegerField(_("from day"), default=1)
    to_day = models.PositiveIntegerField(_("to day"), null=True, blank=True)
    focus = wording(_("focus"))
    source_says_internal = wording(_("what the source promises"), help_text=_("For therapists only."))
    per_day_min = models.PositiveSmallIntegerField(_("fewest sessions a day"), null=True, blank=True)
    per_day_max = models.PositiveSmallIntegerField(_("most sessions a day"), null=True, blank=True)
    days_per_week_min = models.PositiveSmallIntegerField(_("fewest days a week"), null=True, blank=True)
    days_per_week_max = models.PositiveSmallIntegerField(_("most days a week"), null=True, blank=True)
    frequency_basis = wording(_("basis of the frequency"))
    max_pressure = models.ForeignKey(
        PressureLevel, models.PROTECT, related_name="phases", verbose_name=_("strongest pressure")
    )
    session_minutes_min = models.PositiveSmallIntegerField(_("shortest session, minutes"), null=True, blank=True)
    session_minutes_max = models.PositiveSmallIntegerField(_("longest session, minutes"), null=True, blank=True)
    session_per_day_min = models.PositiveSmallIntegerField(_("fewest sessions a day"), null=True, blank=True)
    session_per_day_max = models.PositiveSmallIntegerField(_("most sessions a day"), null=True, blank=True)
    session_basis = wording(_("basis of the session"))
    ends_when = wording(_("ends when"))
    ends_with_rule = models.SlugField(_("ends with the rule"), max_length=80, blank=True, default="")
    then_protocol = models.SlugField(_("protocol to follow"), max_length=80, blank=True, default="")
    note = wording(_("note"))

    class Meta:
        ordering = ["sequence", "from_day"]
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints = [
            models.UniqueConstraint(fields=["protocol", "slug"], name="one_phase_per_protocol_slug"),
            models.CheckConstraint(
                condition=Q(from_day__gte=1),
                name="phase_from_day_one",
                violation_error_message=_("The first day of a plan is day 1."),
            ),
            models.CheckConstraint(
                condition=Q(days_per_week_max__lte=7),
                name="phase_week_has_seven_days",
                violation_error_message=_("A week has seven days."),
            ),
            low_to_high("from_day", "to_day", "phase_days_in_order"),
            low_to_high("per_day_min", "per_day_max", "phase_per_day_in_order"),
            low_to_high("days_per_week_min", "days_per_week_max", "phase_days_per_week_in_order"),
            low_to_high("session_minutes_min", "session_minutes_max", "phase_minutes_in_order"),
            low_to_high("session_per_day_min", "session_per_day_max", "phase_session_per_day_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.protocol_id}/{self.slug}"


class ProtocolStep(models.Model):
    phase = models.ForeignKey(ProtocolPhase, models.CASCADE, related_name="steps")
    n = models.PositiveSmallIntegerField(_("number"))
    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="protocol_steps", verbose_name=_("zone")
    )
    technique = models.ForeignKey(Technique, models.PROTECT, related_name="protocol_steps", verbose_name=_("technique"))
    duration_min_s = models.PositiveIntegerField(_("shortest, seconds"), null=True, blank=True)
    duration_max_s = models.PositiveIntegerField(_("longest, seconds"), null=True, blank=True)
    duration_basis = wording(_("basis of the duration"))
    pressure = models.ForeignKey(
        PressureLevel, models.PROTECT, related_name="protocol_steps", verbose_name=_("pressure")
    )
    side = models.CharField(_("side"), max_length=8, choices=Side)
    optional = models.BooleanField(_("optional"), default=False)
    tool = models.ForeignKey(
        Tool, models.PROTECT, null=True, blank=True, related_name="protocol_steps", verbose_name=_("tool")
    )
    position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, related_name="protocol_steps", verbose_name=_("position")
    )
    per = models.CharField(_("duration is per"), max_length=64, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=16, blank=True, default="")
    note = wording(_("note"))

    class Meta:
        ordering = ["n"]
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["phase", "n"], name="one_step_per_phase_number"),
            low_to_high("duration_min_s", "duration_max_s", "protocol_step_duration_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.n}. {self.technique_id}"
