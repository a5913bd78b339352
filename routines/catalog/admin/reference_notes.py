from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline

from routines import models
from routines.catalog.admin.base import CatalogEntryAdmin, CatalogFields, CatalogInline, InUseFilter, VersionedAdmin


@admin.register(models.SourceFile)
class SourceFileAdmin(CatalogEntryAdmin):
    fields = ("slug", "name", "sequence")


class ObservationOptionInline(CatalogFields, StackedInline):
    model = models.ObservationOption
    extra = 0
    collapsible = True
    fields = (
        ("slug", "name"),
        ("temperature", "moisture"),
        ("laterality", "sequence"),
        "source_says",
        "evidence",
        ("show_source_claim_to_client", "affects_screening"),
        "therapist_prompt",
        "recheck_question",
        "sources",
    )


@admin.register(models.ObservationGroup)
class ObservationGroupAdmin(CatalogEntryAdmin):
    fields = ("slug", "name", "named_items", "sources", "sequence")
    readonly_fields = ("name",)
    inlines = (ObservationOptionInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        # The groups are part of the document's form; each has its place on a page.
        return False


@admin.register(models.PointType)
class PointTypeAdmin(CatalogEntryAdmin):
    fields = ("slug", "name", "per_meridian", "said_to", "sources", "sequence")


@admin.register(models.Meridian)
class MeridianAdmin(CatalogEntryAdmin):
    list_display = ("name", "slug", "standard_name", "in_use")
    fields = ("slug", "name", "standard_name", "sources", "sequence")


@admin.register(models.BackgroundBelief)
class BackgroundBeliefAdmin(CatalogEntryAdmin):
    list_display = ("name", "slug", "display", "in_use")
    list_filter = ("display", InUseFilter)
    fields = ("slug", "name", "display", "sources", "sequence")


class DisagreementClaimInline(CatalogInline):
    model = models.DisagreementClaim
    fields = ("zone", "source", "says", "sequence")
    ordering_field = "sequence"


@admin.register(models.Disagreement)
class DisagreementAdmin(CatalogEntryAdmin):
    fields = ("slug", "name", "product_rule", "sequence")
    inlines = (DisagreementClaimInline,)


@admin.register(models.Figure)
class FigureAdmin(CatalogEntryAdmin):
    list_display = ("name", "value", "in_use")
    search_fields = ("slug", "name", "value")
    fields = ("slug", "name", "value", "sources", "sequence")


@admin.register(models.OutOfScope)
class OutOfScopeAdmin(CatalogEntryAdmin):
    fields = ("slug", "name", "why", "sources", "sequence")


@admin.register(models.CatalogPreface)
class CatalogPrefaceAdmin(VersionedAdmin):
    list_display = ("version", "prepared_for")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(models.CatalogVersion)
class CatalogVersionAdmin(ModelAdmin):
    list_display = ("number", "created_at", "created_by", "note", "short_digest")
    list_select_related = ("created_by",)
    search_fields = ("note", "digest")
    fields = ("number", "created_at", "created_by", "note", "digest", "document")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        # The list of versions does without a document of 150 kB a row.
        return super().get_queryset(request).defer("document")

    @admin.display(description=_("digest"))
    def short_digest(self, version: models.CatalogVersion) -> str:
        return version.digest[:12]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
