"""The foot map: catalog regions and shapes drawn on five views of a foot, as SVG.

One drawing serves the builder, the client's pages and the printed handout. Colours come from footmap.css
through class names; presentation attributes repeat them for print, where no stylesheet reaches the SVG.
Nothing here touches the database: give it an Atlas made from catalog rows or from the catalog file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routines.footmap.artwork import Side, artwork, drawn_side, drawn_views
from routines.footmap.atlas import Atlas, Region, Shape, ShapeEntry, ShapeInvalid
from routines.footmap.badges import Badge, place_badges
from routines.footmap.curves import CELL, Grid, Loop, ellipse, path_data
from routines.footmap.gaps import LEG, is_all_gone
from routines.footmap.svg import DrawnHighlight, Target, foot_svg, swatch_svg

__all__ = [
    "Atlas",
    "Highlight",
    "Region",
    "Shape",
    "ShapeInvalid",
    "describe",
    "draw_foot",
    "draw_legend",
    "draw_pair",
    "views_needed",
]

Tone = Literal["work", "caution", "blocked", "muted", "pick", "absent"]

TONE_NAMES = {
    "work": gettext_lazy("massage here"),
    "caution": gettext_lazy("take care here"),
    "blocked": gettext_lazy("leave this area alone"),
    "muted": gettext_lazy("not in this step"),
    "pick": gettext_lazy("selected"),
    "absent": gettext_lazy("not there"),
}
SIDE_NAMES = {"left": gettext_lazy("left foot"), "right": gettext_lazy("right foot")}
LEG_NAMES = {"left": gettext_lazy("left leg"), "right": gettext_lazy("right leg")}


@dataclass(frozen=True)
class Highlight:
    """One highlight on the map.

    `where` holds region slugs (leaf or composite), Shapes, or shapes in the catalog's form. `label` is read aloud and
    shown to whoever sees the map: for a client it must be the region's name, never the zone's.
    """

    where: tuple[str | Shape | ShapeEntry, ...]
    side: Side
    tone: Tone
    label: str
    number: int | None = None


def draw_foot(
    view: str,
    side: Side,
    highlights: Sequence[Highlight] = (),
    *,
    atlas: Atlas,
    element_id: str,
    title: str = "",
    interactive: bool = False,
    links: Mapping[str, str] | None = None,
) -> SafeString:
    """One foot as an SVG element; highlights of the other side or of other views are left out.

    A highlight of tone "absent" takes its regions out of the foot: they leave a broken outline, can't be tapped, and
    other highlights end where they begin.

    With `interactive` every leaf region of the view is a focusable target: a link where `links` names its slug, a
    checkbox (checked while a "pick" highlight covers it) otherwise. Ids inside start with `element_id`.
    Raises KeyError for an unknown view or region and ShapeInvalid for a shape that cannot be drawn.
    """
    if not re.fullmatch(r"[A-Za-z][\w-]*", element_id):
        raise ValueError("element_id must be a plain HTML id")
    art = artwork(view, side)
    here = [highlight for highlight in highlights if highlight.side == side]
    gone = _leaves_of("absent", here, atlas)
    targets: list[Target] = []
    if interactive:
        targets = [target for target in _targets(view, side, here, atlas, links) if target.slug not in gone]
        if not links:
            here = [highlight for highlight in here if highlight.tone != "pick"]
    shown = [(highlight, *_resolved(highlight, view, atlas, gone)) for highlight in here]
    shown = [(highlight, regions, shapes) for highlight, regions, shapes in shown if regions or shapes]
    spots = _spots(view, side, shown)
    outline = art.paths["silhouette"] if is_all_gone(view, gone, atlas) else ""
    drawn = [
        DrawnHighlight(
            highlight.tone,
            (highlight.tone == "absent" and outline) or _path(view, side, regions, shapes),
            highlight.number,
            spots.get(k),
        )
        for k, (highlight, regions, shapes) in enumerate(shown)
    ]
    return foot_svg(
        art,
        drawn,
        targets,
        element_id=element_id,
        title=title or _("%(view)s, %(side)s") % {"view": atlas.views[view], "side": _side_name(view, side)},
        description="; ".join(describe(highlight for highlight, _regions, _shapes in shown)) or _("Nothing is marked."),
    )


def draw_pair(
    view: str,
    highlights: Sequence[Highlight] = (),
    *,
    atlas: Atlas,
    element_id: str,
    interactive: bool = False,
    links: Mapping[str, Mapping[str, str]] | None = None,
) -> SafeString:
    """Both feet side by side with their captions; `links` is by side, then by region slug.

    From above and from behind the left foot is on the left. Soles face the reader, so the right one is on the left
    and the big toes meet in the middle.
    """
    order: tuple[Side, Side] = ("right", "left") if view == "plantar" else ("left", "right")
    figures = format_html_join(
        "",
        '<figure class="footmap-figure">{}<figcaption class="footmap-caption">{}</figcaption></figure>',
        (
            (
                draw_foot(
                    view,
                    side,
                    highlights,
                    atlas=atlas,
                    element_id=f"{element_id}-{side}",
                    interactive=interactive,
                    links=(links or {}).get(side),
                ),
                _side_name(view, side).capitalize(),
            )
            for side in order
        ),
    )
    kind = mark_safe(" footmap-pair-pick") if interactive else ""
    return format_html('<div class="footmap-pair footmap-pair-{}{}">{}</div>', view, kind, figures)


def draw_legend(tones: Iterable[Tone], *, element_id: str) -> SafeString:
    """A list that says what each pattern on the map means."""
    return format_html(
        '<ul class="footmap-legend">{}</ul>',
        format_html_join(
            "",
            "<li>{} {}</li>",
            ((swatch_svg(tone, element_id=f"{element_id}-{tone}"), TONE_NAMES[tone]) for tone in dict.fromkeys(tones)),
        ),
    )


def describe(highlights: Iterable[Highlight]) -> list[str]:
    """The map in words, one line per highlight; the same one on both sides is named once. Plain text, not escaped."""
    sides: dict[tuple[int | None, str, Tone], set[Side]] = {}
    for highlight in highlights:
        sides.setdefault((highlight.number, highlight.label, highlight.tone), set()).add(highlight.side)
    lines = []
    for (number, label, tone), found in sides.items():
        where = _("both sides") if len(found) == 2 else _("left") if "left" in found else _("right")
        words = {"number": number, "label": label, "side": where, "tone": TONE_NAMES[tone]}
        line = _("%(label)s, %(side)s: %(tone)s") if number is None else _("%(number)s. %(label)s, %(side)s: %(tone)s")
        lines.append(line % words)
    return lines


def views_needed(highlights: Iterable[Highlight], *, atlas: Atlas) -> list[str]:
    """The fewest views, in page order, in which every highlighted region and free shape shows.

    Free shapes of one highlight in several views count as the same place seen twice.
    """
    sightings = [views for highlight in highlights for views in _sightings(highlight, atlas) if views]
    chosen: set[str] = set()
    while unseen := [views for views in sightings if not chosen.intersection(views)]:
        forced = [views for views in unseen if len(views) == 1] or unseen
        chosen.add(max(drawn_views(), key=lambda view: sum(view in views for views in forced)))
    return [view for view in drawn_views() if view in chosen]


def _sightings(highlight: Highlight, atlas: Atlas) -> list[set[str]]:
    """For each part of a highlight, the views that draw it."""
    by_leaf: dict[str, set[str]] = {}
    free: set[str] = set()
    for item in highlight.where:
        if isinstance(item, str):
            for leaf in atlas.leaves(item):
                by_leaf.setdefault(leaf, set()).update(atlas.views_of(leaf))
            continue
        shape = item if isinstance(item, Shape) else Shape.read(item)
        slugs = atlas.drawn_as(shape)
        for slug in slugs:
            by_leaf.setdefault(slug, set()).add(shape.view)
        if not slugs:
            free.add(shape.view)
    return [*by_leaf.values(), free]


def _side_name(view: str, side: Side) -> str:
    return str((LEG_NAMES if view == LEG else SIDE_NAMES)[side])


def _resolved(
    highlight: Highlight, view: str, atlas: Atlas, gone: frozenset[str] = frozenset()
) -> tuple[tuple[str, ...], tuple[Shape, ...]]:
    """The hand-drawn regions and the catalog shapes that show a mark in this view, on what is not gone."""
    regions: dict[str, None] = {}
    shapes: dict[Shape, None] = {}
    for item in highlight.where:
        if isinstance(item, str):
            for leaf in atlas.leaves(item):
                if atlas.is_drawn(leaf, view):
                    regions[leaf] = None
                else:
                    shapes.update({shape: None for shape in atlas.regions[leaf].shapes if shape.view == view})
            continue
        shape = item if isinstance(item, Shape) else Shape.read(item)
        if shape.view == view:
            slugs = atlas.drawn_as(shape)
            regions.update(dict.fromkeys(slugs))
            shapes.update({} if slugs else {shape: None})
    return tuple(slug for slug in regions if slug not in gone or highlight.tone == "absent"), tuple(shapes)


@lru_cache(maxsize=1024)
def _loops(view: str, side: Side, regions: tuple[str, ...], shapes: tuple[Shape, ...]) -> tuple[Loop, ...]:
    art = artwork(view, side)
    return (*art.joined(regions), *(shape.loop(art) for shape in shapes))


@lru_cache(maxsize=1024)
def _path(view: str, side: Side, regions: tuple[str, ...], shapes: tuple[Shape, ...]) -> str:
    return path_data(_loops(view, side, regions, shapes))


@lru_cache(maxsize=512)
def _cells(view: str, regions: tuple[str, ...], shapes: tuple[Shape, ...]) -> Grid:
    """The part of an area that lies on the foot, in the catalog's direction; never empty, so no number gets lost."""
    art = artwork(view, drawn_side(view))
    loops = _loops(view, art.side, regions, shapes)
    cells = art.grid(loops) & art.body
    if cells.count():
        return cells
    corners = [segment[0] for loop in loops for segment in loop]
    x = min(max(sum(x for x, _y in corners) / len(corners), 0), art.width)
    y = min(max(sum(y for _x, y in corners) / len(corners), 0), art.height)
    return art.grid([ellipse(x, y, 2 * CELL, 2 * CELL)])


def _spots(
    view: str, side: Side, shown: Sequence[tuple[Highlight, tuple[str, ...], tuple[Shape, ...]]]
) -> dict[int, Badge]:
    """Badges by index in `shown`."""
    numbered = [k for k, (highlight, _regions, _shapes) in enumerate(shown) if highlight.number is not None]
    badges = _settled(view, side, tuple(shown[k][1:] for k in numbered))
    return {numbered[badge.place]: badge for badge in badges}


@lru_cache(maxsize=512)
def _settled(view: str, side: Side, areas: tuple[tuple[tuple[str, ...], tuple[Shape, ...]], ...]) -> tuple[Badge, ...]:
    """Badges placed on the drawn side and then mirrored, so that both feet match."""
    art = artwork(view, drawn_side(view))
    badges = place_badges(art, [_cells(view, *area) for area in areas])
    return tuple(badges if side == art.side else (badge.mirrored(art.width) for badge in badges))


def _leaves_of(tone: Tone, highlights: Iterable[Highlight], atlas: Atlas) -> frozenset[str]:
    slugs = (
        item for highlight in highlights if highlight.tone == tone for item in highlight.where if isinstance(item, str)
    )
    return frozenset(leaf for slug in slugs for leaf in atlas.leaves(slug))


def _targets(
    view: str, side: Side, highlights: Sequence[Highlight], atlas: Atlas, links: Mapping[str, str] | None
) -> Iterator[Target]:
    picked = _leaves_of("pick", highlights, atlas)
    for region in atlas.leaves_in(view):
        resolved = _resolved(Highlight((region.slug,), side, "pick", region.name), view, atlas)
        yield Target(
            slug=region.slug,
            side=side,
            label=_("%(region)s, %(side)s") % {"region": region.name, "side": _side_name(view, side)},
            path=_path(view, side, *resolved),
            checked=region.slug in picked,
            href=(links or {}).get(region.slug, ""),
        )
