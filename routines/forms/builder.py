"""What a therapist may set on a draft. Choices come from the catalog in hand, so no form queries."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from routines.catalog import Catalog
from routines.models import PlanStep
from routines.wording import check_wording

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


class ClaimFree:
    """Refuses health claims in the fields named by `claim_free`, and names of conditions in `title`."""

    claim_free: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}  # type: ignore[misc]
        for name in self.claim_free:
            for fault in check_wording(cleaned.get(name) or "", title=name == "title"):
                self.add_error(name, fault.message)  # type: ignore[attr-defined]
        return cleaned


class PlanForm(ClaimFree, forms.Form):
    claim_free = ("title", "note_to_client")
    title = forms.CharField(label=_("Title the client sees"), max_length=120)
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note_to_client = forms.CharField(
        label=_("Note to the client"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    therapist_note = forms.CharField(
        label=_("Note for the practice (the client never sees it)"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PhaseForm(ClaimFree, forms.Form):
    claim_free = ("name", "focus")
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

    def __init__(self, *args: Any, catalog: Catalog, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
        cleaned = super().clean()
        first, last = cleaned.get("from_day"), cleaned.get("to_day")
        if first and last and last < first:
            self.add_error("to_day", _("The last day is before the first."))
        return cleaned


class StepForm(ClaimFree, forms.Form):
    claim_free = ("note",)
    technique_id = forms.ChoiceField(label=_("Technique"))
    side = forms.ChoiceField(label=_("Side"), choices=PlanStep.Side.choices)
    pressure_id = forms.ChoiceField(label=_("Pressure"))
    seconds = forms.IntegerField(label=_("Seconds"), min_value=0, max_value=3600, required=False)
    tool_id = forms.ChoiceField(label=_("Tool"), required=False)
    position_id = forms.ChoiceField(label=_("Position"), required=False)
    is_optional = forms.BooleanField(label=_("Optional"), required=False)
    note = forms.CharField(label=_("Note to the client"), required=False, max_length=500)

    def __init__(self, *args: Any, catalog: Catalog, step: PlanStep, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"s{step.pk.hex[:8]}", **kwargs)
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
        if technique is None:
            self.fields["technique_id"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("tool_id", "position_id", "technique_id"):
            cleaned[name] = cleaned.get(name) or None
        return cleaned


def _technique_choices(catalog: Catalog, zone: Any, current: Any) -> list[Any]:
    """The zone's usual techniques first, then every other that may be done at home."""
    if current is None:
        return [("", _("Only said, not done"))]
    usual = [entry.technique for entry in zone.techniques] if zone else []
    allowed = [
        entry
        for entry in catalog.techniques
        if entry.home_plan_default == "on" and bool(entry.typical_regions) == bool(zone)
    ]
    first = [(slug, catalog.technique_by_slug[slug].name) for slug in usual]
    rest = [(entry.slug, entry.name) for entry in allowed if entry.slug not in usual]
    if current.slug not in {slug for slug, _name in first + rest}:
        first.insert(0, (current.slug, current.name))
    return [(_("Usual for this zone"), first), (_("Others"), rest)] if first and rest else first + rest


class StartForm(forms.Form):
    """From a protocol or from zones."""

    SIDES = [("left", _("Left")), ("right", _("Right")), ("both", _("Both"))]
    protocol = forms.ChoiceField(label=_("Protocol"), required=False)
    zones = forms.MultipleChoiceField(label=_("Zones"), required=False)
    affected = forms.ChoiceField(label=_("Affected side"), choices=SIDES, initial="both")
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, catalog: Catalog, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["protocol"].choices = [("", "")] + [
            (entry.slug, entry.name)
            for entry in catalog.protocols
            if entry.client_title and entry.home_plan_default == "on"
        ]
        self.fields["zones"].choices = [(zone.slug, zone.name) for zone in catalog.zones]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("protocol") and not cleaned.get("zones"):
            raise forms.ValidationError(_("Choose a protocol, or at least one zone."))
        return cleaned
