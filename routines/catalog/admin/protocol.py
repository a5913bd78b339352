from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline

from routines.catalog import models
from routines.catalog.admin.base import CatalogEntryAdmin, CatalogFields, CatalogInline, InUseFilter


class StepsOfPhase(StackedInline.formset):
    """Takes the steps that came with the phases; the library's would ask once more for each phase."""

    def get_queryset(self) -> Any:
        if not hasattr(self, "_queryset") and "steps" in getattr(self.instance, "_prefetched_objects_cache", {}):
            self._queryset = self.instance.steps.all()
        return super().get_queryset()


class ProtocolStepInline(CatalogFields, StackedInline):
    model = models.ProtocolStep
    formset = StepsOfPhase
    extra = 0
    collapsible = True
    fields = (
        ("n", "side"),
        ("zone", "technique"),
        ("pressure", "optional"),
        ("duration_min_s", "duration_max_s"),
        ("duration_basis", "per"),
        ("tool", "position"),
        ("kind", "note"),
    )


class ProtocolPhaseInline(CatalogFields, StackedInline):
    model = models.ProtocolPhase
    extra = 0
    collapsible = True
    inlines = (ProtocolStepInline,)
    fields = (
        ("slug", "sequence"),
        ("from_day", "to_day"),
        "focus",
        "source_says_internal",
        ("per_day_min", "per_day_max"),
        ("days_per_week_min", "days_per_week_max"),
        "frequency_basis",
        "max_pressure",
        ("session_minutes_min", "session_minutes_max"),
        ("session_per_day_min", "session_per_day_max"),
        "session_basis",
        "ends_when",
        "ends_with_rule",
        "then_protocol",
        "note",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("steps")


class ProtocolPreparationInline(CatalogInline):
    model = models.ProtocolPreparation
    fields = ("step", "sequence")
    ordering_field = "sequence"


class ProtocolAftercareInline(CatalogInline):
    model = models.ProtocolAftercare
    fields = ("step", "sequence")
    ordering_field = "sequence"


@admin.register(models.Protocol)
class ProtocolAdmin(CatalogEntryAdmin):
    list_display = ("name", "client_title", "tradition", "minutes_min", "minutes_max", "home_plan_default", "in_use")
    list_select_related = ("tradition",)
    list_filter = ("tradition", "home_plan_default", InUseFilter)
    search_fields = ("slug", "name", "client_title", "note")
    inlines = (ProtocolPhaseInline, ProtocolPreparationInline, ProtocolAftercareInline)
    fieldsets = (
        (None, {"fields": ("slug", "name", "client_title", "tradition", "audience", "degree", "home_plan_default")}),
        (
            _("Session"),
            {
                "fields": (
                    ("minutes_min", "minutes_max"),
                    ("per_day_min", "per_day_max"),
                    "session_basis",
                    "times_of_day",
                    "positions",
                    ("min_seconds_per_foot", "min_seconds_per_painful_point"),
                    "limits_basis",
                )
            },
        ),
        (
            _("Safety"),
            {"fields": ("use_when", "gate_rule", "gate_if_fired", "gate_also", "do_not", "escalate")},
        ),
        (_("Sources"), {"fields": ("note", "sources", "sequence")}),
    )
