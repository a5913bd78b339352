"""Editing the catalog: each change is checked with the whole, versioned, and refused beside its field."""

from pathlib import Path

import pytest
from django.contrib.admin import site
from django.db.models import Count
from django.urls import reverse

from routines import models
from routines.catalog import versions
from tests.make import NOON

STARTER = Path(__file__).resolve().parents[2] / "routines" / "catalog" / "data" / "catalog.yaml"
REGISTERED = [
    "aftercarestep",
    "backgroundbelief",
    "catalogpreface",
    "catalogversion",
    "disagreement",
    "figure",
    "footview",
    "intensitydegree",
    "meridian",
    "observationgroup",
    "outofscope",
    "pointtype",
    "position",
    "preparationstep",
    "pressurelevel",
    "protocol",
    "region",
    "sourcefile",
    "technique",
    "timeofday",
    "tool",
    "tradition",
    "zone",
]


@pytest.fixture
def loaded(db: None) -> versions.CatalogChange:
    return versions.load_catalog(STARTER, at=NOON)


def filled_in(response, **changes: str) -> dict[str, object]:
    """What the browser would send for the form that the page shows, with some fields changed."""
    context = response.context
    sets = [inline.formset for inline in context["inline_admin_formsets"]]
    sets += [nested.formset for each in sets for form in each.forms for nested in getattr(form, "nested_formsets", [])]
    forms = [context["adminform"].form, *(form for each in sets for form in (each.management_form, *each.forms))]
    sent: dict[str, object] = {}
    for bound in (bound for form in forms for bound in form):
        value = bound.value()
        if value is True:
            sent[bound.html_name] = "on"
        elif isinstance(value, list | tuple):
            sent[bound.html_name] = [getattr(item, "pk", item) for item in value]
        elif value is not None and value is not False:
            sent[bound.html_name] = value
    return {**sent, **changes}


def page(name: str, *args: object) -> str:
    return reverse(f"admin:routines_{name}", args=args)


def shown_form(browser, url: str):
    response = browser.get(url)
    assert response.status_code == 200
    return response


def test_each_kind_of_entry_can_be_listed_and_opened(loaded, ada, browse):
    browser = browse(ada)
    kinds = {model.__name__.lower(): model for model in vars(models).values() if isinstance(model, type)}
    for name in REGISTERED:
        assert browser.get(page(f"{name}_changelist")).status_code == 200, name
        assert browser.get(page(f"{name}_change", kinds[name].objects.last().pk)).status_code == 200, name


def test_lists_take_the_same_few_queries(loaded, ada, browse, django_assert_max_num_queries):
    browser = browse(ada)
    for name in ("zone", "technique", "protocol", "catalogversion", "preparationstep"):
        with django_assert_max_num_queries(12):
            browser.get(page(f"{name}_changelist"))


def test_an_edit_makes_a_version_with_the_editor_in_it(loaded, ada, browse):
    browser = browse(ada)
    url = page("zone_change", "arch-digestion-adrenal-s0")
    form = shown_form(browser, url)
    answer = browser.post(url, filled_in(form, client_wording="Traditionally associated with rest."))
    assert answer.status_code == 302, answer.context["errors"]
    version = models.CatalogVersion.objects.first()
    assert version.number > loaded.version.number
    assert version.created_by == ada
    zone = versions.current_catalog().zone_by_slug["arch-digestion-adrenal-s0"]
    assert zone.client_wording == "Traditionally associated with rest."
    line = models.Zone.history.filter(slug=zone.slug).latest()
    assert line.history_user == ada


def test_saving_without_a_change_makes_no_version(loaded, ada, browse):
    browser = browse(ada)
    for name, slug in (("zone", "bl57-s2"), ("technique", "area-massage"), ("protocol", "plantar-phased")):
        url = page(f"{name}_change", slug)
        answer = browser.post(url, filled_in(shown_form(browser, url)))
        assert answer.status_code == 302, answer.context["errors"]
    assert models.CatalogVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "slug", "changes", "field", "words"),
    [
        ("technique", "area-massage", {"pressure_min": "strong"}, "pressure_min", "above the greatest"),
        ("technique", "area-massage", {"contraindicated_when": "Not A Slug"}, "contraindicated_when", "small letters"),
        ("zone", "arch-digestion-adrenal-s0", {"sources": "nowhere.txt | Heading"}, "sources", "source file"),
        ("zone", "arch-digestion-adrenal-s0", {"shapes": '[{"view": "moon", "type": "ellipse"}]'}, "shapes", "view"),
        ("region", "big-toe", {"leaf": ""}, "parts", "lists its parts"),
        ("tool", "hands", {"name": "x" * 301}, "name", "300"),
        ("protocol", "mat-daily", {"minutes_min": "90"}, "", "above the greatest"),
        ("protocol", "mat-daily", {"phases-0-steps-0-pressure": ""}, "", "This field is required"),
    ],
)
def test_a_bad_edit_is_refused_beside_its_field_and_changes_nothing(
    loaded, ada, browse, name, slug, changes, field, words
):
    browser = browse(ada)
    before = versions.export_document()
    url = page(f"{name}_change", slug)
    sent = {key: value for key, value in filled_in(shown_form(browser, url), **changes).items() if value != ""}
    answer = browser.post(url, sent)
    assert answer.status_code == 200
    if field:
        assert words in " ".join(answer.context["adminform"].form.errors[field])
    assert words in answer.content.decode()
    assert versions.export_document() == before
    assert models.CatalogVersion.objects.count() == 1


def test_nothing_can_be_deleted_but_retired(loaded, ada, browse):
    browser = browse(ada)
    belief = models.BackgroundBelief.objects.first()
    assert browser.post(page("backgroundbelief_delete", belief.pk), {"post": "yes"}).status_code == 403
    act = {"action": "retire", "_selected_action": [belief.pk]}
    browser.post(page("backgroundbelief_changelist"), act)
    belief.refresh_from_db()
    assert belief.is_retired
    used = {"action": "retire", "_selected_action": ["area-massage"]}
    answer = browser.post(page("technique_changelist"), used, follow=True)
    assert "area-massage" in answer.content.decode()
    assert not models.Technique.objects.get(pk="area-massage").is_retired


def test_a_new_entry_is_added_at_the_end(loaded, ada, browse):
    browser = browse(ada)
    url = page("figure_add")
    source = "002_269aafe056361ae9.txt | X"
    sent = filled_in(shown_form(browser, url), name="minutes of rest", value="5", sources=source)
    answer = browser.post(url, sent)
    assert answer.status_code == 302, answer.context["errors"]
    assert versions.current_catalog().figures[-1].what == "minutes of rest"
    assert browser.post(url, sent).status_code == 200
    assert not versions.load_catalog(versions.export_document(), at=NOON)


def sheet(rows: str):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("sheet.csv", rows.encode(), content_type="text/csv")


def test_a_sheet_is_imported_whole_or_not_at_all(loaded, ada, browse):
    browser = browse(ada)
    good = "slug,name,use,self_care,cautions\nhands,Hands,Warm them well.,1,\n"
    bad = good + "thumb,,No name.,1,\n"
    url = page("tool_import")
    preview = browser.post(url, {"import_file": sheet(bad), "format": "0", "resource": ""})
    assert "confirm_form" not in preview.context or preview.context["result"].has_validation_errors()
    assert models.CatalogVersion.objects.count() == 1
    preview = browser.post(url, {"import_file": sheet(good), "format": "0", "resource": ""})
    confirm = preview.context["confirm_form"]
    assert models.Tool.objects.get(pk="hands").use != "Warm them well."
    browser.post(page("tool_process_import"), confirm.initial)
    assert versions.current_catalog().tool_by_slug["hands"].use == "Warm them well."
    assert models.CatalogVersion.objects.first().created_by == ada


def test_a_sheet_that_breaks_the_whole_is_refused(loaded, ada, browse):
    browser = browse(ada)
    rows = "slug,name,kind,leaf,parts\nbig-toe,Big toe,foot,1,moon\n"
    preview = browser.post(page("region_import"), {"import_file": sheet(rows), "format": "0", "resource": ""})
    assert "moon" in preview.content.decode()
    rows = "slug,name,kind,leaf,shapes\nbig-toe,Big toe,foot,1,[]\n"
    preview = browser.post(page("region_import"), {"import_file": sheet(rows), "format": "0", "resource": ""})
    assert preview.context["result"].has_errors()
    assert models.CatalogVersion.objects.count() == 1


def test_only_catalog_admins_come_in(loaded, mira, jon, dana, noor, ada, browse, client):
    url = page("zone_changelist")
    for person in (mira, jon, dana, noor):
        answer = browse(person).get(url, follow=True)
        assert answer.status_code == 403
    answer = client.get(url, follow=True)
    assert answer.resolver_match.url_name == "account_login"
    for app in ("practice/user", "practice/practice", "clients/client", "routines/plan"):
        assert browse(ada).get(f"/admin/{app}/").status_code in (403, 404)


def test_the_looser_content_policy_stays_in_the_admin(loaded, ada, browse):
    browser = browse(ada)
    inside = browser.get(page("zone_changelist"))["Content-Security-Policy"]
    assert "'unsafe-eval'" in inside
    assert "script-src" in inside
    scripts = next(part for part in inside.split(";") if "script-src" in part)
    assert "unsafe-inline" not in scripts
    outside = browser.get(reverse("account_logout"))["Content-Security-Policy"]
    assert "unsafe" not in outside


@pytest.mark.parametrize("kind", ["changelist", "add", "change", "history"])
def test_every_admin_page_is_read_with_few_queries(ada, browse, loaded, kind, django_assert_max_num_queries):
    """Whatever the entry: a protocol with four phases as well as a tool."""
    browser, opened = browse(ada), 0
    for model in (model for model in site._registry if model._meta.app_label == "routines"):
        rows = model._default_manager.all()
        if model is models.Protocol:
            rows = rows.annotate(size=Count("phases")).order_by("-size")
        for args in [[]] if kind in ("changelist", "add") else [[row.pk] for row in rows[:2]]:
            address = reverse(f"admin:routines_{model._meta.model_name}_{kind}", args=args)
            with django_assert_max_num_queries(12):
                opened += browser.get(address).status_code == 200
    assert opened >= len(REGISTERED) - 5
