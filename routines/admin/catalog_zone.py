from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from routines import models
from routines.admin.catalog_base import CatalogEntryAdmin, CatalogInline, InUseFilter


class ZoneTechniqueInline(CatalogInline):
    model = models.ZoneTechnique
    fields = ("technique", "duration_min_s", "duration_max_s", "duration_basis", "per", "sequence")
    ordering_field = "sequence"


@admin.register(models.Zone)
class ZoneAdmin(CatalogEntryAdmin):
    list_display = ("name", "slug", "tradition", "kind", "pressure", "direct_plantar", "view", "in_use")
    list_select_related = ("tradition", "pressure", "view")
    list_filter = ("tradition", "kind", "view", "direct_plantar", "pressure", InUseFilter)
    search_fields = ("slug", "name", "client_wording", "how_to_locate", "notes")
    autocomplete_fields = ("regions", "views")
    inlines = (ZoneTechniqueInline,)
    fieldsets = (
        (None, {"fields": ("slug", "name", "kind", "tradition", "regions", "sides")}),
        (_("What a client reads"), {"fields": ("client_wording", "how_to_locate")}),
        (
            _("For therapists only"),
            {
                "classes": ("internal",),
                "fields": ("associated_with", "traditional_claims_internal", "cautions", "notes"),
            },
        ),
        (_("Work"), {"fields": ("pressure", "direct_plantar")}),
        (_("Drawing"), {"fields": ("view", "views", "shapes", "shapes_are")}),
        (_("Sources"), {"fields": ("sources", "sequence")}),
    )
