"""What a therapist may set on a draft. Choices come from a catalog already read, so no form makes a query."""

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from practice.wording.findings import Finding
from routines.builder.changes import StepChanges
from routines.builder.from_protocol import step_for_zone, usual_tool
from routines.catalog.types import Catalog
from routines.plans.models import PlanPhase, PlanStep

CLOCK = re.compile(r"^([01]?\d|2[0-3])[:.]([0-5]\d)$")
WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]
MOST_TIMES_A_DAY = 6
#: How far from today a plan's first day may be.
FIRST_DAY_WITHIN = timedelta(days=366)


class Worded:
    """A form whose texts reach the client; `wording` holds what was found in them as they are stored, by field."""

    wording: Mapping[str, list[Finding]] = {}


class FirstDay(forms.Form):
    """Asks for a first day near the client's own today."""

    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if abs(day - self.today) > FIRST_DAY_WITHIN:
            raise forms.ValidationError(_("Choose a day within a year of today."))
        return day


class PlanForm(Worded, FirstDay):
    field_order = ("title", "starts_on")
    title = forms.CharField(label=_("Title the client sees"), max_length=120)
    note_to_client = forms.CharField(
        label=_("Note to the client"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    therapist_note = forms.CharField(
        label=_("Note for the practice (the client never sees it)"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PhaseForm(Worded, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    focus = forms.CharField(label=_("Focus, in the client's words"), max_length=300, required=False)
    from_day = forms.IntegerField(label=_("From day"), min_value=1, max_value=730)
    to_day = forms.IntegerField(
        label=_("To day"), min_value=1, max_value=730, required=False, help_text=_("Empty: until it is ended")
    )
    max_pressure_id = forms.ChoiceField(label=_("Strongest pressure"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"), coerce=int, choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    times = forms.CharField(
        label=_("Times of day"), help_text=_("Such as 07:30, 21:00, on the client's own clocks"), max_length=60
    )
    waits_for = forms.ChoiceField(
        label=_("Begins"),
        choices=PlanPhase.Waits.choices,
        required=False,
        help_text=_("A part with more pressure than the one before always asks the client how the last days felt."),
    )

    fields: dict[str, Any]

    def __init__(self, *args: Any, catalog: Catalog, phase: PlanPhase, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": f"p{phase.pk.hex[:8]}"})
        self.fields["max_pressure_id"].choices = [
            (level.slug, level.name) for level in catalog.pressure_levels if level.home_plan_default == "on"
        ]

    def clean_times(self) -> list[str]:
        times = set()
        for word in re.split(r"[,;\s]+", self.cleaned_data["times"].strip()):
            found = CLOCK.match(word)
            if not found:
                raise forms.ValidationError(
                    _("“%(word)s” is not a time of day. Write times such as 07:30, 21:00."), params={"word": word}
                )
            times.add(f"{int(found[1]):02d}:{found[2]}")
        if len(times) > MOST_TIMES_A_DAY:
            raise forms.ValidationError(_("At most %(most)d times a day."), params={"most": MOST_TIMES_A_DAY})
        return sorted(times)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from_day"), cleaned.get("to_day")
        if first and last and last < first:
            self.add_error("to_day", _("The last day is before the first."))
        return cleaned


class StepForm(Worded, forms.Form):
    """One step. The four fields that are changed most come first, the others below them."""

    QUICK = ("side", "pressure_id", "seconds", "tool_id")
    technique_id = forms.ChoiceField(
        label=_("Technique"), error_messages={"invalid_choice": _("This technique is not done on this zone.")}
    )
    side = forms.ChoiceField(label=_("Side"), choices=PlanStep.Side.choices)
    pressure_id = forms.ChoiceField(label=_("Pressure"))
    seconds = forms.IntegerField(label=_("Seconds"), min_value=0, max_value=3600, required=False)
    tool_id = forms.ChoiceField(label=_("Tool"), required=False)
    position_id = forms.ChoiceField(label=_("Position"), required=False)
    is_optional = forms.BooleanField(label=_("Optional"), required=False)
    note = forms.CharField(label=_("Note to the client"), required=False, max_length=500)

    fields: dict[str, Any]

    def __init__(self, *args: Any, catalog: Catalog, step: PlanStep, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": f"s{step.pk.hex[:8]}"})
        self.catalog, self.step = catalog, step
        technique = catalog.technique_by_slug.get(step.technique_id or "")
        zone = catalog.zone_by_slug.get(step.zone_id or "")
        self.fields["technique_id"].choices = _technique_choices(catalog, zone, technique)
        self.fields["pressure_id"].choices = [
            (level.slug, level.name) for level in catalog.pressure_levels if level.home_plan_default == "on"
        ]
        tools = technique.tools if technique else ()
        self.fields["tool_id"].choices = [("", _("Not named"))] + [
            (slug, catalog.tool_by_slug[slug].name) for slug in tools if catalog.tool_by_slug[slug].self_care
        ]
        self.fields["position_id"].choices = [("", _("Any comfortable position"))] + [
            (position.slug, position.name) for position in catalog.positions
        ]
        self.fields["side"].choices = [
            (value, label) for value, label in PlanStep.Side.choices if (value != "none") == bool(zone)
        ]
        if technique is None:
            for name in ("technique_id", "side", "pressure_id"):
                self.fields[name].required = False
            for name in ("technique_id", "side", "pressure_id", "seconds", "tool_id", "position_id"):
                self.fields[name].disabled = True
        elif technique.duration_s.min is None:
            self.fields["seconds"].disabled = True
        else:
            span = {"low": technique.duration_s.min, "high": technique.duration_s.max}
            self.fields["seconds"].help_text = gettext("%(low)d to %(high)d") % span

    @staticmethod
    def values_of(step: PlanStep) -> StepChanges:
        fields = ("technique_id", "side", "pressure_id", "seconds", "tool_id", "position_id", "is_optional", "note")
        return {name: getattr(step, name) for name in fields}

    @classmethod
    def of(cls, step: PlanStep, catalog: Catalog) -> "StepForm":
        return cls(catalog=catalog, step=step, initial=cls.values_of(step))

    @classmethod
    def sent(cls, step: PlanStep, catalog: Catalog, post: Mapping[str, str], only: Iterable[str] = ()) -> "StepForm":
        """The posted data; with `only`, just those fields, and all others as the step has them."""
        form = cls(post, catalog=catalog, step=step, initial=cls.values_of(step))
        only = [name for name in only if name in form.fields]
        if only:
            kept = {
                form.add_prefix(name): "" if value is None else value for name, value in cls.values_of(step).items()
            }
            form.data = kept | {
                form.add_prefix(name): post.get(form.add_prefix(name), post.get(name, "")) for name in only
            }
        return form

    @property
    def quick(self) -> list[forms.BoundField]:
        return [self[name] for name in self.QUICK]

    @property
    def further(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.QUICK]

    @property
    def further_errors(self) -> bool:
        return any(field.errors for field in self.further)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("tool_id", "position_id", "technique_id"):
            cleaned[name] = cleaned.get(name) or None
        if not self.errors and cleaned["technique_id"] != self.step.technique_id:
            self._refit(cleaned)
        return cleaned

    def _refit(self, cleaned: dict[str, Any]) -> None:
        """Another technique brings its own starting values where the step's do not suit it."""
        technique = self.catalog.technique_by_slug[cleaned["technique_id"]]
        cap = cleaned["pressure_id"]
        start = step_for_zone(self.step.zone_id, technique.slug, self.catalog, cap=cap)
        shortest, longest = technique.duration_s.min, technique.duration_s.max
        if shortest is None or cleaned["seconds"] is None or not shortest <= cleaned["seconds"] <= (longest or 3600):
            cleaned["seconds"] = start.seconds
        low, high = (self.catalog.rank_of(level) for level in (technique.pressure.min, technique.pressure.max))
        if not low <= self.catalog.rank_of(cap) <= high:
            cleaned["pressure_id"] = start.pressure
        if cleaned["tool_id"] not in technique.tools:
            cleaned["tool_id"] = usual_tool(technique.slug, self.catalog)
        cleaned["per"] = technique.per


def _technique_choices(catalog: Catalog, zone: Any, current: Any) -> list[Any]:
    """The zone's usual techniques first, then all others that may be done at home."""
    if current is None:
        return [("", _("Only said, not done"))]
    usual = [entry.technique for entry in zone.techniques] if zone else []
    allowed = [
        entry
        for entry in catalog.techniques
        if entry.home_plan_default == "on"
        and bool(entry.typical_regions) == bool(zone)
        and (zone is None or catalog.fits(entry.slug, zone.slug))
    ]
    first = [(slug, catalog.technique_by_slug[slug].name) for slug in usual]
    rest = [(entry.slug, entry.name) for entry in allowed if entry.slug not in usual]
    if current.slug not in {slug for slug, _name in first + rest}:
        first.insert(0, (current.slug, current.name))
    return [(_("Usual for this zone"), first), (_("Others"), rest)] if first and rest else first + rest


class StartForm(FirstDay):
    """From a protocol or from zones. `key` makes a form that is sent twice start one plan."""

    SIDES = [("left", _("Left")), ("right", _("Right")), ("both", _("Both"))]
    #: The value, among the protocols, for the therapist's own choice of zones.
    OWN = "own"
    protocol = forms.ChoiceField(label=_("Protocol"), required=False)
    zones = forms.MultipleChoiceField(label=_("Zones"), required=False)
    affected = forms.ChoiceField(label=_("Affected side"), choices=SIDES, initial="both")
    key = forms.UUIDField(required=False)

    fields: dict[str, Any]

    def __init__(self, *args: Any, catalog: Catalog, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["protocol"].choices = [(self.OWN, self.OWN)] + [
            (entry.slug, entry.name)
            for entry in catalog.protocols
            if entry.client_title and entry.home_plan_default == "on"
        ]
        self.fields["zones"].choices = [(zone.slug, zone.name) for zone in catalog.zones]

    @property
    def chosen(self) -> str | None:
        """The protocol's slug; None for the therapist's own choice."""
        protocol = self.cleaned_data["protocol"]
        return protocol if protocol and protocol != self.OWN else None

    @property
    def key_value(self) -> str:
        return str(self.data.get("key") or uuid.uuid4())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("protocol") and not cleaned.get("zones"):
            raise forms.ValidationError(_("Choose a protocol, or your own choice of zones."))
        return cleaned
