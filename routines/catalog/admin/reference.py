from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from routines.catalog import models
from routines.catalog.admin.base import CatalogEntryAdmin, CatalogInline, InUseFilter


@admin.register(models.Tradition)
class TraditionAdmin(CatalogEntryAdmin):
    list_display = ("name", "slug", "parent", "evidence", "in_use")
    list_select_related = ("parent",)
    search_fields = ("slug", "name", "summary")
    fields = ("slug", "name", "summary", "evidence", "parent", "sources", "sequence")


@admin.register(models.FootView)
class FootViewAdmin(CatalogEntryAdmin):
    list_display = ("name", "slug", "drawn_for", "in_use")
    fields = ("slug", "name", "x_meaning", "y_meaning", "drawn_for", "screen", "outline", "sequence")


@admin.register(models.Region)
class RegionAdmin(CatalogEntryAdmin):
    list_display = ("name", "slug", "kind", "leaf", "plantar_fascia_area", "in_use")
    list_filter = ("kind", "leaf", "plantar_fascia_area", InUseFilter)
    autocomplete_fields = ("parts",)
    fields = (
        "slug",
        "name",
        "kind",
        "leaf",
        "parts",
        "plantar_fascia_area",
        "max_pressure",
        "shapes",
        "note",
        "sequence",
    )


@admin.register(models.PressureLevel)
class PressureLevelAdmin(CatalogEntryAdmin):
    ordering = ["rank"]
    list_display = ("name", "slug", "rank", "client_cue", "home_plan_default", "in_use")
    fields = ("slug", "rank", "name", "client_cue", "source_language", "home_plan_default", "sequence")


@admin.register(models.Tool)
class ToolAdmin(CatalogEntryAdmin):
    list_display = ("name", "slug", "self_care", "use", "in_use")
    list_filter = ("self_care", InUseFilter)
    search_fields = ("slug", "name", "use")
    fields = ("slug", "name", "use", "self_care", "cautions", "contraindicated_when", "sources", "sequence")


@admin.register(models.Position)
class PositionAdmin(CatalogEntryAdmin):
    list_display = ("name", "slug", "weight_bearing", "in_use")
    list_filter = ("weight_bearing", InUseFilter)
    fields = ("slug", "name", "weight_bearing", "note", "sources", "sequence")


@admin.register(models.TimeOfDay)
class TimeOfDayAdmin(CatalogEntryAdmin):
    list_display = ("name", "slug", "why", "in_use")
    fields = ("slug", "name", "why", "sources", "sequence")


class TechniqueToolInline(CatalogInline):
    model = models.TechniqueTool
    fields = ("tool", "sequence")
    ordering_field = "sequence"


@admin.register(models.Technique)
class TechniqueAdmin(CatalogEntryAdmin):
    list_display = (
        "name",
        "slug",
        "family",
        "step_kind",
        "duration_min_s",
        "duration_max_s",
        "pressure_min",
        "pressure_max",
        "home_plan_default",
        "in_use",
    )
    list_select_related = ("pressure_min", "pressure_max")
    list_filter = ("family", "step_kind", "weight_bearing", "direct_plantar", "home_plan_default", InUseFilter)
    search_fields = ("slug", "name", "how")
    autocomplete_fields = ("typical_regions", "also_on")
    inlines = (TechniqueToolInline,)
    fieldsets = (
        (None, {"fields": ("slug", "name", "family", "step_kind", "how", "direction", "rate", "repeats", "per")}),
        (
            _("How long and how hard"),
            {
                "fields": (
                    ("duration_min_s", "duration_max_s"),
                    "hard_max_s",
                    "duration_basis",
                    ("hold_min_s", "hold_max_s"),
                    "hold_basis",
                    ("pressure_min", "pressure_max"),
                )
            },
        ),
        (
            _("Where and when not"),
            {
                "fields": (
                    "typical_regions",
                    "also_on",
                    "takes_whole",
                    "contraindicated_when",
                    ("weight_bearing", "direct_plantar"),
                    "home_plan_default",
                    "caution",
                )
            },
        ),
        (_("Sources"), {"fields": ("conflict", "translation_uncertain", "sources", "sequence")}),
    )


@admin.register(models.IntensityDegree)
class IntensityDegreeAdmin(CatalogEntryAdmin):
    list_display = ("name", "slug", "technique", "pressure", "in_use")
    list_select_related = ("technique", "pressure")
    fields = (
        "slug",
        "name",
        "technique",
        "pressure",
        "contact",
        ("duration_min_s", "duration_max_s"),
        "duration_basis",
        "repeats",
        "note",
        "sources",
        "sequence",
    )


@admin.register(models.PreparationStep, models.AftercareStep)
class AttendantStepAdmin(CatalogEntryAdmin):
    list_display = ("name", "slug", "technique", "zone", "side", "in_use")
    list_select_related = ("technique", "zone")
    fields = ("slug", "name", "technique", "zone", "side", "sources", "sequence")
