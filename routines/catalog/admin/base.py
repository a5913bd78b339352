"""How every catalog entry is edited: checked as part of the whole, versioned, retired instead of deleted."""

from __future__ import annotations

from typing import Any, cast

from django.apps import apps
from django.contrib import admin, messages
from django.db import models
from django.db.models import Max
from django.forms import Field, ModelChoiceField, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import resources, widgets
from import_export.admin import ImportExportModelAdmin
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from practice.tenancy.models import User
from routines.catalog.forms import CatalogEntryForm, LinesField, PlainSelect, SidesField, SourcesField, section_of
from routines.catalog.models.base import CatalogEntry
from routines.catalog.parse import CatalogFaulty
from routines.catalog.versions import EntryInUse, publish_catalog_edit, restore_entry, retire_entry

LINES = frozenset(
    {
        "associated_with",
        "cautions",
        "contraindicated_when",
        "do_not",
        "escalate",
        "gate_also",
        "named_items",
        "reading_notes",
        "source_language",
        "traditional_claims_internal",
    }
)


class InUseFilter(admin.SimpleListFilter):
    title = _("use")
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("in", _("in use")), ("retired", _("retired"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(retired_at__isnull=self.value() == "in")


class CatalogFields:
    """Form fields for the catalog's columns, in entries and in their inlines."""

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **options: Any) -> Field | None:
        if isinstance(db_field, models.JSONField):
            labels = {"label": db_field.verbose_name, "help_text": db_field.help_text, "required": False}
            if db_field.name in LINES:
                return LinesField(**labels)
            if db_field.name in {"sources", "meridians_sources"}:
                return SourcesField(**labels)
            if db_field.name == "sides":
                return SidesField(label=db_field.verbose_name)
        field = super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]
        if isinstance(db_field, models.TextField) and field:
            field.widget.attrs["rows"] = 2
        return field

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]
        if isinstance(field, ModelChoiceField):
            field.widget = PlainSelect(attrs=field.widget.attrs)
            field.choices = [("", "---------"), *_choices(request, db_field.remote_field.model)]
        return field

    def formfield_for_manytomany(self, db_field: models.ManyToManyField, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **options)  # type: ignore[misc]
        if isinstance(field, ModelMultipleChoiceField) and not hasattr(field.widget, "get_url"):  # no autocomplete
            field.choices = _choices(request, db_field.remote_field.model)
        return field


def _choices(request: HttpRequest, model: type[models.Model]) -> list[tuple[Any, str]]:
    """Read once for a page: twenty rows of a protocol's steps would each ask for the same entries."""
    kept = request.__dict__.setdefault("catalog_choices", {})
    if not kept:
        kept.update(_entries_in_use())
    if model not in kept:
        kept[model] = [(row.pk, str(row)) for row in model._default_manager.all()]
    return kept[model]


def _entries_in_use() -> dict[type[models.Model], list[tuple[Any, str]]]:
    """Every entry that can be chosen, of every kind, in one query."""
    kinds = [model for model in apps.get_app_config("routines").get_models() if issubclass(model, CatalogEntry)]
    rows = [
        kind._default_manager.filter(retired_at__isnull=True)
        .order_by()
        .annotate(of_kind=models.Value(number), place=models.F(str((kind._meta.ordering or ["slug"])[0])))
        .values_list("of_kind", "place", "slug", "name")
        for number, kind in enumerate(kinds)
    ]
    entries: dict[type[models.Model], list[tuple[Any, str]]] = {kind: [] for kind in kinds}
    for number, _place, slug, name in rows[0].union(*rows[1:], all=True).order_by("of_kind", "place", "slug"):
        entries[kinds[number]].append((slug, name))
    return entries


class CatalogInline(CatalogFields, TabularInline):
    extra = 0
    hide_title = True


class StrictManyToMany(widgets.ManyToManyWidget):
    def clean(self, value: Any, row: Any = None, **options: Any) -> Any:
        """An unknown name is an error; the library would drop it, and a place rule would miss the zone."""
        found = super().clean(value, row, **options)
        wanted = {name.strip() for name in str(value or "").split(self.separator) if name.strip()}
        unknown = wanted - {entry.pk for entry in found}
        if unknown:
            raise ValueError(_("Unknown: %(names)s") % {"names": ", ".join(sorted(unknown))})
        return found


class CatalogResource(resources.ModelResource):
    """Import of a whole sheet: row by row, then the catalog as a whole, all of it or none."""

    @classmethod
    def get_m2m_widget(cls, field: Any) -> Any:
        return lambda: StrictManyToMany(model=field.related_model)

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        instance._history_user = kwargs.get("user")
        instance._change_reason = str(_("Imported"))

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        super().after_import(dataset, result, **kwargs)
        if not result.has_errors() and not result.has_validation_errors():
            publish_catalog_edit(at=timezone.now(), by=kwargs.get("user"), note=str(_("Imported from a sheet")))


def resource_for(model: type[models.Model]) -> type[CatalogResource]:
    links: list[Any] = list(model._meta.many_to_many)
    ordered = [field.name for field in links if not field.remote_field.through._meta.auto_created]
    meta = {
        "model": model,
        "import_id_fields": ["slug"],
        "exclude": ["retired_at", *ordered],
        "skip_unchanged": True,
        "clean_model_instances": True,
        "use_transactions": True,
    }
    return type(f"{model.__name__}Resource", (CatalogResource,), {"Meta": type("Meta", (), meta)})


class VersionedAdmin(CatalogFields, ModelAdmin):
    """Saves a change only if the catalog still holds together with it, and makes a version of it."""

    form = CatalogEntryForm
    list_fullwidth = True
    warn_unsaved_form = True

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except CatalogFaulty as refusal:
            # The transaction is undone by now; the same form again, with the faults beside its fields.
            request.catalog_faults = refusal.faults  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change, **options)
        form.catalog_faults = getattr(request, "catalog_faults", ())
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        note = _("Changed: %(entry)s") if change else _("Added: %(entry)s")
        publish_catalog_edit(at=timezone.now(), by=cast(User, request.user), note=note % {"entry": form.instance})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CatalogEntryAdmin(SimpleHistoryAdmin, VersionedAdmin, ImportExportModelAdmin):
    import_form_class = ImportForm
    export_form_class = ExportForm
    ordering = ["sequence", "slug"]
    list_display: tuple[str, ...] = ("name", "slug", "in_use")
    list_filter: tuple[Any, ...] = (InUseFilter,)
    search_fields: tuple[str, ...] = ("slug", "name")
    actions = ["retire", "restore"]
    list_per_page = 60

    @property
    def resource_classes(self) -> list[type[CatalogResource]]:
        return [resource_for(self.model)]

    @admin.display(description=_("in use"), boolean=True, ordering="retired_at")
    def in_use(self, entry: CatalogEntry) -> bool:
        return not entry.is_retired

    @admin.action(description=_("Retire"))
    def retire(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        self._each(request, queryset.filter(retired_at__isnull=True), retire_entry)

    @admin.action(description=_("Bring back"))
    def restore(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        self._each(request, queryset.filter(retired_at__isnull=False), restore_entry)

    def _each(self, request: HttpRequest, entries: models.QuerySet[Any], verb: Any) -> None:
        for entry in entries:
            try:
                verb(entry, at=timezone.now(), by=request.user)
            except EntryInUse as refusal:
                self.message_user(
                    request,
                    _("%(entry)s: %(why)s") % {"entry": entry, "why": "; ".join(map(str, refusal.faults[:3]))},
                    messages.ERROR,
                )
            else:
                self.message_user(request, _("%(entry)s: done.") % {"entry": entry}, messages.SUCCESS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = tuple(super().get_readonly_fields(request, obj))
        if section_of(self.model)[1].slug_from:
            return (*fixed, "slug", "name") if obj else (*fixed, "slug")
        return (*fixed, "slug") if obj else fixed

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        last = self.model._default_manager.aggregate(last=Max("sequence"))["last"]
        return {"sequence": 0 if last is None else last + 1, **super().get_changeform_initial_data(request)}

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        # Reverting would save a row past the check of the whole.
        return True
