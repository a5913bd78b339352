"""The foot map's SVG text: layers, patterns, targets and badges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from routines.footmap.artwork import PAD, Artwork
from routines.footmap.badges import RADIUS, Badge

# Print-safe colours for renderers that do not read footmap.css; keep both in step.
INK = {
    "work": "#1f6f66",
    "caution": "#a85f00",
    "blocked": "#a3322f",
    "muted": "#7d746c",
    "pick": "#4a4d9c",
}
SKIN, SHADE, LIGHT, LINE, NAIL, CUT = "#f7e4d4", "#b9835f", "#fffaf3", "#5a4036", "#fdf1e8", "#ecd0bc"

# Told apart without colour: slanted lines, dots, crosses, dashes, upright lines.
PATTERNS = {
    "work": '<path d="M-2 2l4-4M0 8l8-8M6 10l4-4" stroke="{ink}" stroke-width="1.3"/>',
    "caution": '<circle cx="2" cy="2" r="1.25" fill="{ink}"/><circle cx="6" cy="6" r="1.25" fill="{ink}"/>',
    "blocked": '<path d="M0 0l8 8M8 0l-8 8" stroke="{ink}" stroke-width="1.5"/>',
    "muted": '<path d="M0 2h4M4 6h4" stroke="{ink}" stroke-width="1"/>',
    "pick": '<path d="M2 0v8M6 0v8" stroke="{ink}" stroke-width="1.3"/>',
}
TINT = {"work": 0.3, "caution": 0.26, "blocked": 0.3, "muted": 0.14, "pick": 0.3}


@dataclass(frozen=True, slots=True)
class Mark:
    """A highlighted area ready to be drawn."""

    tone: str
    path: str
    number: int | None
    badge: Badge | None


@dataclass(frozen=True, slots=True)
class Target:
    """A region to tap: a link when it has an address, a checkbox otherwise."""

    slug: str
    side: str
    label: str
    path: str
    checked: bool
    href: str


def foot_svg(
    art: Artwork,
    marks: Sequence[Mark],
    targets: Sequence[Target],
    *,
    element_id: str,
    title: str,
    description: str,
) -> SafeString:
    """The whole picture; only title, description and the targets' labels and addresses are foreign text."""
    width, height = art.width + 2 * PAD[0], art.height + 2 * PAD[1]
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="footmap footmap-{view}" id="{id}" role="{role}" '
        'aria-labelledby="{id}-title {id}-desc" viewBox="{left} {top} {width} {height}" '
        'width="{width}" height="{height}">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>'
        "{defs}{body}{areas}{pen}{targets}{badges}</svg>",
        view=art.view,
        id=element_id,
        role="group" if targets else "img",
        left=f"{-PAD[0]:g}",
        top=f"{-PAD[1]:g}",
        width=f"{width:g}",
        height=f"{height:g}",
        title=title,
        description=description,
        defs=_defs(art, marks, targets, element_id),
        body=_body(art, element_id),
        areas=_areas(marks, element_id),
        pen=_pen(art),
        targets=_target_layer(targets, element_id),
        badges=_badges(marks),
    )


def swatch_svg(tone: str, *, element_id: str) -> SafeString:
    """A small patch of a tone's tint and pattern, for the legend; hidden from screen readers."""
    box = 'x="1" y="1" width="26" height="18" rx="5"'
    return _plain(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="footmap-swatch" id="{element_id}" viewBox="0 0 28 20" '
        f'width="28" height="20" aria-hidden="true"><defs>{_pattern(tone, element_id)}</defs>'
        f'<g class="footmap-mark footmap-{tone}"><rect {box} fill="{SKIN}" class="footmap-skin"/>'
        f'<rect {box} class="footmap-tint" fill="{INK[tone]}" fill-opacity="{TINT[tone]}"/>'
        f'<rect {box} fill="url(#{element_id}-{tone})" stroke="{INK[tone]}" class="footmap-edge"/></g></svg>'
    )


def _painted(marks: Sequence[Mark]) -> list[tuple[str, str]]:
    """Tone and path of each area; two steps in one place are painted once, or the tint would deepen."""
    return list(dict.fromkeys((mark.tone, mark.path) for mark in marks))


def _plain(text: str) -> SafeString:
    """For text made of constants, numbers and checked ids only."""
    return mark_safe(text)  # noqa: S308


def _pattern(tone: str, element_id: str) -> str:
    return (
        f'<pattern id="{element_id}-{tone}" class="footmap-pattern footmap-{tone}" patternUnits="userSpaceOnUse" '
        f'width="8" height="8">{PATTERNS[tone].format(ink=INK[tone])}</pattern>'
    )


def _defs(art: Artwork, marks: Sequence[Mark], targets: Sequence[Target], element_id: str) -> SafeString:
    glows = "".join(
        f'<radialGradient id="{element_id}-{kind}" cx="0.5" cy="0.5" r="0.5">'
        f'<stop class="footmap-{kind}" offset="0" stop-color="{colour}" stop-opacity="1"/>'
        f'<stop class="footmap-{kind}" offset="0.5" stop-color="{colour}" stop-opacity="0.5"/>'
        f'<stop class="footmap-{kind}" offset="1" stop-color="{colour}" stop-opacity="0"/></radialGradient>'
        for kind, colour in (("light", LIGHT), ("shade", SHADE))
    )
    areas = "".join(f'<path id="{element_id}-a{k}" d="{path}"/>' for k, (_tone, path) in enumerate(_painted(marks)))
    patterns = "".join(_pattern(tone, element_id) for tone in dict.fromkeys(mark.tone for mark in marks))
    areas += "".join(f'<path id="{element_id}-t{k}" d="{target.path}"/>' for k, target in enumerate(targets))
    return _plain(
        f'<defs><path id="{element_id}-foot" d="{art.paths["silhouette"]}"/>'
        f'<clipPath id="{element_id}-clip"><path d="{art.paths["silhouette"]}"/></clipPath>'
        f"{glows}{patterns}{areas}</defs>"
    )


def _body(art: Artwork, element_id: str) -> SafeString:
    foot, clip = f'href="#{element_id}-foot"', f'clip-path="url(#{element_id}-clip)"'
    parts = ['<g aria-hidden="true">']
    if art.behind:
        parts.append(
            f'<path class="footmap-behind" d="{art.paths["behind"]}" fill="#e9cdb8" '
            f'stroke="{LINE}" stroke-width="1.4"/>'
        )
    # The stroke lies under the fill, so only its outer half shows: toes and sole join without inner seams.
    parts.append(f'<use {foot} class="footmap-contour" fill="{LINE}" stroke="{LINE}" stroke-width="3.4"/>')
    parts.append(f'<use {foot} class="footmap-skin" fill="{SKIN}"/><g {clip}>')
    for reach, strength in ((27, 0.035), (21, 0.04), (15, 0.045), (10, 0.05), (5, 0.06)):
        parts.append(
            f'<use {foot} class="footmap-rim" fill="none" stroke="{SHADE}" stroke-width="{reach}" '
            f'stroke-opacity="{strength}"/>'
        )
    for shade in art.shades:
        turn = f' transform="rotate({shade.turn:g} {shade.cx:.1f} {shade.cy:.1f})"' if shade.turn else ""
        parts.append(
            f'<ellipse cx="{shade.cx:.1f}" cy="{shade.cy:.1f}" rx="{shade.rx:.1f}" ry="{shade.ry:.1f}"{turn} '
            f'fill="url(#{element_id}-{shade.kind})" opacity="{shade.strength:g}"/>'
        )
    return _plain("".join([*parts, "</g></g>"]))


def _areas(marks: Sequence[Mark], element_id: str) -> SafeString:
    parts = [f'<g aria-hidden="true" clip-path="url(#{element_id}-clip)">']
    for k, (tone, _path) in enumerate(_painted(marks)):
        area, ink = f'href="#{element_id}-a{k}"', INK[tone]
        dash = ' stroke-dasharray="5 3"' if tone in ("caution", "muted") else ""
        parts.append(
            f'<g class="footmap-mark footmap-{tone}">'
            f'<use {area} class="footmap-tint" fill="{ink}" fill-opacity="{TINT[tone]}"/>'
            f'<use {area} class="footmap-edge" fill="url(#{element_id}-{tone})" stroke="{ink}" '
            f'stroke-width="1.8" stroke-linejoin="round"{dash}/></g>'
        )
    return _plain("".join([*parts, "</g>"])) if marks else _plain("")


def _pen(art: Artwork) -> SafeString:
    parts = ['<g aria-hidden="true" class="footmap-pen">']
    if art.nails:
        parts.append(
            f'<path class="footmap-nail" d="{art.paths["nails"]}" fill="{NAIL}" fill-opacity="0.8" '
            f'stroke="{LINE}" stroke-width="0.9" stroke-opacity="0.75"/>'
        )
    if art.fine:
        parts.append(f'<path class="footmap-line" d="{art.paths["fine"]}" fill="{LINE}" fill-opacity="0.42"/>')
    parts.append(f'<path class="footmap-line" d="{art.paths["lines"]}" fill="{LINE}" fill-opacity="0.85"/>')
    if art.section:
        parts.append(
            f'<path class="footmap-section" d="{art.paths["section"]}" fill="{CUT}" stroke="{LINE}" '
            'stroke-width="1.1"/>'
        )
    return _plain("".join([*parts, "</g>"]))


def _target_layer(targets: Sequence[Target], element_id: str) -> SafeString:
    """Touch areas reach a little beyond the region; small regions come last and so win where two overlap."""
    parts = []
    for k, target in enumerate(targets):
        reach = 12 if target.slug.startswith("web-") or target.slug.endswith("-toe") else 0
        inner = format_html(
            "<title>{}</title>{}{}",
            target.label,
            _plain(
                f'<use href="#{element_id}-t{k}" fill="#fff" fill-opacity="0" stroke="#fff" stroke-opacity="0" '
                f'stroke-width="{reach}" pointer-events="all"/>'
                if reach
                else ""
            ),
            _plain(
                f'<g clip-path="url(#{element_id}-clip)"><use href="#{element_id}-t{k}" class="footmap-area" '
                f'fill="{INK["pick"]}" fill-opacity="{0.45 if target.checked else 0}" stroke="{LINE}" '
                'stroke-opacity="0.28" stroke-width="1" pointer-events="all"/></g>'
            ),
        )
        if target.href:
            opening = format_html('<a class="footmap-target" href="{}" aria-label="{}"', target.href, target.label)
            closing = "</a>"
        else:
            opening = format_html(
                '<g class="footmap-target" role="checkbox" tabindex="0" aria-checked="{}" aria-label="{}"',
                "true" if target.checked else "false",
                target.label,
            )
            closing = "</g>"
        parts.append(
            (opening, target.slug, target.side, inner, _plain(closing)),
        )
    return format_html_join("", '{} data-region="{}" data-side="{}">{}{}', parts)


def _badges(marks: Sequence[Mark]) -> SafeString:
    parts = []
    for mark in marks:
        if mark.badge is None:
            continue
        badge, ink = mark.badge, INK[mark.tone]
        if badge.tip:
            x, y = badge.tip
            parts.append(
                f'<path class="footmap-pointer footmap-{mark.tone}" d="M{badge.x:g} {badge.y:g}L{x:g} {y:g}" '
                f'stroke="{ink}" stroke-width="1.6"/><circle class="footmap-dot footmap-{mark.tone}" '
                f'cx="{x:g}" cy="{y:g}" r="2.8" fill="{ink}"/>'
            )
        size = 13 if (mark.number or 0) < 100 else 10
        parts.append(
            f'<g class="footmap-badge footmap-{mark.tone}"><circle cx="{badge.x:g}" cy="{badge.y:g}" r="{RADIUS:g}" '
            f'fill="{ink}" stroke="#fff" stroke-width="1.6"/><text x="{badge.x:g}" y="{badge.y + size * 0.35:g}" '
            f'font-family="sans-serif" font-size="{size}" font-weight="700" text-anchor="middle" fill="#fff">'
            f"{mark.number:d}</text></g>"
        )
    return _plain(f'<g aria-hidden="true">{"".join(parts)}</g>' if parts else "")
