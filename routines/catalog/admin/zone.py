from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from routines import models
from routines.catalog.admin.base import CatalogEntryAdmin, CatalogInline, InUseFilter
from routines.catalog.versions import current_catalog
from routines.footmap.draw import Highlight, ShapeInvalid, draw_pair
from routines.plans.highlights import atlas_of


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
    readonly_fields = ("drawing",)

    class Media:
        css = {"all": ["routines/footmap.css"]}

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
        (_("Drawing"), {"fields": ("view", "views", "drawing", "shapes", "shapes_are")}),
        (_("Sources"), {"fields": ("sources", "sequence")}),
    )

    @admin.display(description=_("as drawn now"))
    def drawing(self, zone: models.Zone) -> SafeString | str:
        """The stored shapes on the main view; a shape that cannot be drawn is said, not hidden."""
        if zone._state.adding:
            return "-"
        # The admin's templates ask for a read-only value several times while they lay out a row.
        kept = zone.__dict__
        if "drawn" not in kept:
            kept["drawn"] = self._draw(zone)
        return kept["drawn"]

    def _draw(self, zone: models.Zone) -> SafeString | str:
        try:
            marks = [Highlight(tuple(zone.shapes), side, "work", zone.name) for side in ("left", "right")]
            return draw_pair(zone.view_id, marks, atlas=atlas_of(current_catalog()), element_id="drawing")
        except (ShapeInvalid, KeyError) as fault:
            return _("This cannot be drawn: %(why)s") % {"why": fault}
