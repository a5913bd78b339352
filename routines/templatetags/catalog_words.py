"""The catalog in words and pictures, for therapists' pages."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routines.catalog.places import Duration, NamedEntry, Source, Zone
from routines.catalog.types import Catalog
from routines.footmap.draw import Highlight, draw_foot, draw_pair

register = template.Library()

KINDS = {
    "zone": gettext_lazy("Zone"),
    "point": gettext_lazy("Point"),
    "point-group": gettext_lazy("Group of points"),
    "roaming-point": gettext_lazy("Roaming point"),
}
SIDES = {
    "left": gettext_lazy("left"),
    "right": gettext_lazy("right"),
    "both": gettext_lazy("both feet"),
    "affected": gettext_lazy("the foot reported"),
    "none": gettext_lazy("no side"),
}


@register.filter
def entry(entries: Mapping[str, object], slug: str) -> object:
    """`{{ traditions|entry:zone.tradition }}`; pages only look up names that the catalog was checked to have."""
    return entries[slug]


@register.filter
def name_in(slug: str, entries: Mapping[str, NamedEntry]) -> str:
    """`{{ zone.tradition|name_in:traditions }}`."""
    return str(entries[slug].name)


@register.filter
def names_in(slugs: Iterable[str], entries: Mapping[str, NamedEntry]) -> list[str]:
    """`{{ zone.regions|names_in:regions|join:", " }}`."""
    return [entries[slug].name for slug in slugs]


@register.filter
def article(file: str, numbers: Mapping[str, str]) -> str:
    return _("Article %(number)s") % {"number": numbers.get(file, file)}


@register.filter
def source_words(source: Source, numbers: Mapping[str, str]) -> str:
    """Article 003, “How to begin”, and the note where there is one."""
    words = f"{article(source.file, numbers)}, \u201c{source.heading}\u201d"
    return f"{words}: {source.note}" if source.note else words


@register.filter
def humanize_slug(slug: str) -> str:
    return slug.replace("-", " ").replace("_", " ")


@register.filter
def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))


@register.filter
def side_word(side: str) -> str:
    return str(SIDES.get(side, side))


@register.filter
def seconds(duration: Duration | None) -> str:
    """30 to 60 seconds in words; minutes where both ends are whole ones."""
    if duration is None:
        return ""
    low, high = duration.min, duration.max
    if low is None and high is None:
        return _("not timed")
    if low is None or high is None:
        return _("up to %(time)s") % {"time": _time(high)} if low is None else _("from %(time)s") % {"time": _time(low)}
    if low == high:
        return _time(low)
    if low % 60 == 0 and high % 60 == 0 and low:
        return _("%(low)d\u2013%(high)d min") % {"low": low // 60, "high": high // 60}
    return _("%(low)d\u2013%(high)d s") % {"low": low, "high": high}


def _time(value: int | None) -> str:
    if value and value % 60 == 0:
        return _("%(n)d min") % {"n": value // 60}
    return _("%(n)d s") % {"n": value or 0}


@register.filter
def count(value: int | Duration | None) -> str:
    """A number, or a range of numbers."""
    if value is None:
        return "\u2013"
    if isinstance(value, int):
        return str(value)
    return str(value.min) if value.min == value.max else f"{value.min}\u2013{value.max}"


@register.simple_tag
def zone_map(zone: Zone, catalog: Catalog) -> SafeString:
    """A zone on both feet, in each of its views."""
    atlas = catalog.atlas
    shapes = tuple(shape.as_entry() for shape in zone.shapes)
    highlights = [Highlight(shapes, side, "work", zone.name) for side in zone.sides]
    views = [zone.view, *(view for view in zone.views if view != zone.view)]
    return format_html_join(
        "", "{}", ((draw_pair(view, highlights, atlas=atlas, element_id=f"zone-{view}"),) for view in views)
    )


@register.simple_tag
def region_map(catalog: Catalog, asked: Mapping[str, str]) -> SafeString:
    """A right foot whose regions lead to the zones on them."""
    atlas = catalog.atlas
    view = asked["view"] if asked["view"] in atlas.views else "plantar"
    kept = {name: value for name, value in asked.items() if value and name not in ("region", "family")}
    links = {slug: f"?{urlencode({**kept, 'region': slug})}" for slug in atlas.regions}
    highlights = []
    if asked["region"] in atlas.regions:
        highlights = [Highlight((asked["region"],), "right", "pick", atlas.regions[asked["region"]].name)]
    title = _("%(view)s, right foot: choose a region") % {"view": atlas.views[view]}
    svg = draw_foot(
        view, "right", highlights, atlas=atlas, element_id="region-map", title=title, interactive=True, links=links
    )
    return format_html('<div class="region-map region-map-{}">{}</div>', view, svg)
