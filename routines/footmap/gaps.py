"""What is not there on the foot map: it is cut out of the drawing and leaves a broken outline."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from routines.footmap.artwork import PAD, Artwork
from routines.footmap.atlas import Atlas

#: The one view that is about the leg.
LEG = "posterior-leg"
GAP_INK, GAP_DASH = "#7d746c", "3 3"


def is_all_gone(view: str, gone: frozenset[str], atlas: Atlas) -> bool:
    """Whether nothing of what the view is about is there: of the foot, in a view that also shows the ankle."""
    if not gone:
        return False
    leaves = {region.slug for region in atlas.leaves_in(view)}
    of_the_leg = {leaf for leaf in leaves if view != LEG and LEG in atlas.views_of(leaf)}
    return leaves - of_the_leg <= gone


def cut_out(paths: Sequence[str], element_id: str, foot: SafeString) -> SafeString:
    """The foot without the areas that are not there; whatever lies behind the picture shows through."""
    return format_html('<g mask="url(#{}-there)">{}</g>', element_id, foot) if paths else foot


def gap_outlines(paths: Sequence[str], element_id: str) -> SafeString:
    """Where something is not there, its outline in a broken line: its border on the foot, and the foot's within it.

    Print knows no masks, so the foot is covered there as well; footmap.css takes the cover away.
    """
    cover = 'class="footmap-cover" fill="#fff" fill-opacity="0.9" stroke="#fff" stroke-opacity="0.9" stroke-width="4"'
    line = f'class="footmap-edge" fill="none" stroke="{GAP_INK}" stroke-width="1.6" stroke-dasharray="{GAP_DASH}"'
    parts = "".join(
        f'<use href="#{element_id}-g{k}" {cover}/>'
        f'<g clip-path="url(#{element_id}-clip)"><use href="#{element_id}-g{k}" {line}/></g>'
        f'<g clip-path="url(#{element_id}-gap{k})"><use href="#{element_id}-foot" {line}/></g>'
        for k, _path in enumerate(paths)
    )
    # Made of constants, numbers and checked ids only.
    return mark_safe(f'<g aria-hidden="true" class="footmap-absent">{parts}</g>' if parts else "")  # noqa: S308


def gap_defs(art: Artwork, paths: Sequence[str], element_id: str) -> str:
    """The areas' paths, and the mask: white where the foot is and nearly black where it is not, so that a pale trace
    stays. A little wider than the areas, so that their contour goes too.
    """
    if not paths:
        return ""
    areas = "".join(
        f'<path id="{element_id}-g{k}" d="{path}"/><clipPath id="{element_id}-gap{k}"><path d="{path}"/></clipPath>'
        for k, path in enumerate(paths)
    )
    box = f'x="{-PAD[0]:g}" y="{-PAD[1]:g}" width="{art.width + 2 * PAD[0]:g}" height="{art.height + 2 * PAD[1]:g}"'
    holes = "".join(
        f'<use href="#{element_id}-g{k}" fill="#1c1c1c" stroke="#1c1c1c" stroke-width="4"/>'
        for k, _path in enumerate(paths)
    )
    return (
        f'{areas}<mask id="{element_id}-there" maskUnits="userSpaceOnUse" {box}><rect {box} fill="#fff"/>{holes}</mask>'
    )
