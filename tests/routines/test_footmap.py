"""The foot map: places, sides, patterns, words and targets, held against the shipped catalog."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from pypdf import PdfReader
from weasyprint import HTML

from routines.footmap.artwork import PAD, artwork, drawn_views
from routines.footmap.badges import RADIUS
from routines.footmap.curves import CELL
from routines.footmap.draw import (
    TONE_NAMES,
    Atlas,
    Highlight,
    ShapeInvalid,
    describe,
    draw_foot,
    draw_legend,
    draw_pair,
    views_needed,
)

CATALOG = yaml.safe_load(
    (Path(__file__).parents[2] / "routines" / "catalog" / "data" / "catalog.yaml").read_text(encoding="utf-8")
)
ATLAS = Atlas.of(CATALOG["views"], CATALOG["regions"])
LEAVES = [region for region in CATALOG["regions"] if region["leaf"]]
SIDES = ("left", "right")
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<b onmouseover="x()">Heel</b> \'"&; 🦶 ]]>'


def draw(view="plantar", side="right", highlights=(), **options):
    options = {"atlas": ATLAS, "element_id": "map", **options}
    return draw_foot(view, side, highlights, **options)


def parse(svg):
    return ElementTree.fromstring(svg)


def mark(*where, side="right", tone="work", label="A place", number=None):
    return Highlight(where, side, tone, label, number)


def centre(art, slug):
    """Middle of the drawn region on the foot, as a share of the frame."""
    cells = (art.grid(art.joined([slug])) & art.body).cells()
    assert cells, f"{slug} lies beside the foot in {art.view}"
    x = sum(column for column, _ in cells) / len(cells) * CELL - PAD[0]
    y = sum(row for _, row in cells) / len(cells) * CELL - PAD[1]
    return x / art.width, y / art.height


def shape_centre(shape):
    if shape["type"] == "ellipse":
        return shape["cx"], shape["cy"]
    xs, ys = zip(*shape["points"], strict=True)
    return sum(xs) / len(xs), sum(ys) / len(ys)


def badge_spots(svg):
    badges = [group for group in parse(svg).iter(f"{SVG}g") if "footmap-badge" in group.get("class", "")]
    return {
        group.find(f"{SVG}text").text: (
            float(group.find(f"{SVG}circle").get("cx")),
            float(group.find(f"{SVG}circle").get("cy")),
        )
        for group in badges
    }


def test_every_view_of_the_catalog_has_artwork():
    assert set(drawn_views()) == {view["slug"] for view in CATALOG["views"]}


@pytest.mark.parametrize("view", [view["slug"] for view in CATALOG["views"]])
def test_left_is_the_mirror_image_of_right(view):
    left, right = artwork(view, "left"), artwork(view, "right")
    for slug in right.regions:
        (xl, yl), (xr, yr) = centre(left, slug), centre(right, slug)
        assert xl == pytest.approx(1 - xr, abs=2 * CELL / left.width)
        assert yl == pytest.approx(yr, abs=0.01)
    assert left.paths["silhouette"] != right.paths["silhouette"]


@pytest.mark.parametrize("region", LEAVES, ids=lambda region: region["slug"])
@pytest.mark.parametrize("side", SIDES)
def test_each_leaf_region_is_drawn_where_the_catalog_says_on_screen(region, side):
    for shape in region["shapes"]:
        view = next(view for view in CATALOG["views"] if view["slug"] == shape["view"])
        rules = re.findall(r"screen_x = (1 - )?x", view["screen"])  # every view names the right side first
        flipped = bool(rules[0 if side == "right" else 1])
        x, y = shape_centre(shape)
        art = artwork(shape["view"], side)
        drawn_x, drawn_y = centre(art, region["slug"])
        assert drawn_x == pytest.approx(1 - x if flipped else x, abs=0.13)
        assert drawn_y == pytest.approx(y, abs=0.08)


@pytest.mark.parametrize("view", [view["slug"] for view in CATALOG["views"]])
def test_neighbouring_regions_share_borders_and_do_not_overlap(view):
    art = artwork(view, "right")
    grids = {slug: art.grid(art.joined([slug])) & art.body for slug in art.faces}
    slugs = list(grids)
    for k, one in enumerate(slugs):
        for other in slugs[k + 1 :]:
            assert (grids[one] & grids[other]).count() <= 4, f"{one} overlaps {other}"


def test_joined_regions_lose_the_border_between_them():
    art = artwork("plantar", "right")
    parts = ("arch-upper", "arch-middle", "arch-lower")
    together = art.joined(parts)
    assert len(together) == 1
    assert len(together[0]) < sum(len(art.joined([slug])[0]) for slug in parts)
    assert len(art.joined(["inner-edge-mid", "arch-lower"])) >= 1  # they meet in one point only


@pytest.mark.parametrize("zone", CATALOG["zones"], ids=lambda zone: zone["slug"])
def test_every_zone_shows_on_the_foot_in_each_of_its_views(zone):
    for view in {shape["view"] for shape in zone["shapes"]}:
        for side in SIDES:
            svg = draw(view, side, [mark(*zone["shapes"], side=side, label="Zone", number=3)])
            assert "3" in badge_spots(svg)
            assert "3. Zone" in parse(svg).find(f"{SVG}desc").text


def test_a_changed_or_new_shape_is_drawn_as_it_stands():
    moved = [
        {**region, "shapes": [{"view": "plantar", "type": "ellipse", "cx": 0.5, "cy": 0.6, "rx": 0.1, "ry": 0.05}]}
        if region["slug"] == "heel-inner"
        else region
        for region in CATALOG["regions"]
    ]
    moved.append({"slug": "new-spot", "name": "New spot", "shapes": [{"view": "lateral", "type": "polygon",
                  "points": [[0.4, 0.6], [0.6, 0.6], [0.6, 0.8], [0.4, 0.8]]}]})  # fmt: skip
    atlas = Atlas.of(CATALOG["views"], moved)
    _x, y = badge_spots(draw("plantar", "right", [mark("heel-inner", number=1)], atlas=atlas))["1"]
    assert y == pytest.approx(0.6 * 500, abs=10)
    x, _y = badge_spots(draw("lateral", "right", [mark("new-spot", number=1)], atlas=atlas))["1"]
    assert x == pytest.approx(306 / 2, abs=10)
    assert 'data-region="new-spot"' in draw("lateral", atlas=atlas, interactive=True)
    assert views_needed([mark("new-spot")], atlas=atlas) == ["lateral"]


@pytest.mark.parametrize(
    "shape",
    [
        {"view": "plantar", "type": "ellipse", "cx": "nan", "cy": 0.5, "rx": 0.1, "ry": 0.1},
        {"view": "plantar", "type": "ellipse", "cx": 0.5, "cy": 0.5, "rx": 0, "ry": 0.1},
        {"view": "plantar", "type": "polygon", "points": [[0.1, 0.1], [0.2, 0.2]]},
        {"view": "elbow", "type": "ellipse", "cx": 0.5, "cy": 0.5, "rx": 0.1, "ry": 0.1},
        {"view": "plantar", "type": "circle", "points": [[0.1, 0.1], [0.2, 0.2], [0.3, 0.1]]},
        {"view": "plantar", "type": "ellipse"},
    ],
)
def test_an_impossible_shape_is_refused(shape):
    with pytest.raises(ShapeInvalid):
        draw(highlights=[mark(shape)])


def test_an_unknown_region_is_an_error_and_never_a_missing_mark():
    with pytest.raises(KeyError):
        draw(highlights=[mark("no-such-region")])


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("cx", "rx"), [(1.4, 0.05), (0.02, 0.001), (-1.0, 0.1)])
def test_a_shape_beside_the_foot_still_shows_its_number(side, cx, rx):
    shape = {"view": "plantar", "type": "ellipse", "cx": cx, "cy": 0.9, "rx": rx, "ry": 0.01}
    spots = badge_spots(draw("plantar", side, [mark(shape, side=side, number=5)]))
    assert -PAD[0] < spots["5"][0] < 210 + PAD[0]


def test_hostile_words_stay_words():
    marks = [mark("heel", tone="pick", label=HOSTILE, number=1)]
    regions = [{**region, "name": HOSTILE} for region in CATALOG["regions"]]
    atlas = Atlas.of(CATALOG["views"], regions)
    for links in (None, {"heel-centre": '/x?a="><script>'}):
        root = parse(draw(highlights=marks, atlas=atlas, title=HOSTILE, interactive=True, links=links))
        assert root.find(f"{SVG}title").text == HOSTILE
        assert HOSTILE in root.find(f"{SVG}desc").text or not links
        assert not [node for node in root.iter() if node.tag in (f"{SVG}b", f"{SVG}script")]
        target = next(node for node in root.iter() if node.get("data-region") == "heel-centre")
        assert HOSTILE in target.get("aria-label")
    with pytest.raises(ValueError, match="plain HTML id"):
        draw(element_id='"><script>')


def test_nothing_inside_needs_an_exception_from_the_content_policy():
    html = draw_pair("plantar", [mark("heel", number=1)], atlas=ATLAS, element_id="map", interactive=True)
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=", html)


def test_ids_are_unique_on_a_page_with_every_view():
    marks = [mark("whole-foot", side=side, number=1) for side in SIDES]
    page = "".join(draw_pair(view, marks, atlas=ATLAS, element_id=f"m-{view}") for view in drawn_views())
    page += draw_legend(TONE_NAMES, element_id="legend")
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    used = (
        re.findall(r'(?:url\(#|href="#)([^")]+)', page)
        + " ".join(re.findall(r'aria-labelledby="([^"]+)"', page)).split()
    )
    assert set(used) <= set(ids)


def test_the_text_alternative_names_every_mark_on_the_picture():
    marks = [
        mark("heel", label="Heel", number=1),
        mark("arch", label="Arch", number=2, tone="caution"),
        mark("big-toe", label="Big toe", tone="blocked"),
        mark("ball", side="left", label="Ball"),
        mark("calf", label="Calf"),
    ]
    words = parse(draw(highlights=marks)).find(f"{SVG}desc").text
    assert "1. Heel, right: massage here" in words
    assert "2. Arch, right: take care here" in words
    assert "Big toe, right: leave this area alone" in words
    assert "Ball" not in words  # the other foot
    assert "Calf" not in words  # another view
    assert parse(draw()).find(f"{SVG}desc").text == "Nothing is marked."


def test_a_mark_on_both_sides_is_described_once():
    marks = [mark("heel", side=side, label="Heel", number=4) for side in SIDES]
    assert describe(marks) == ["4. Heel, both sides: massage here"]


def test_a_still_picture_is_one_image_and_offers_no_targets():
    root = parse(draw(highlights=[mark("heel", number=1)]))
    assert root.get("role") == "img"
    assert not [node for node in root.iter() if node.get("tabindex") or node.tag == f"{SVG}a"]


@pytest.mark.parametrize("view", [view["slug"] for view in CATALOG["views"]])
def test_every_leaf_region_can_be_reached_by_keyboard_and_has_a_name(view):
    marks = [mark("toes", tone="pick"), mark("achilles", tone="pick"), mark("outer-edge", tone="pick", side="left")]
    root = parse(draw(view, highlights=marks, interactive=True))
    assert root.get("role") == "group"
    targets = {node.get("data-region"): node for node in root.iter() if node.get("role") == "checkbox"}
    assert set(targets) == {
        region["slug"] for region in LEAVES if view in {shape["view"] for shape in region["shapes"]}
    }
    picked = set(ATLAS.leaves("toes")) | set(ATLAS.leaves("achilles"))
    for slug, node in targets.items():
        assert node.get("tabindex") == "0"
        assert node.get("data-side") == "right"
        assert ATLAS.regions[slug].name in node.get("aria-label")
        assert "right" in node.get("aria-label")
        assert node.get("aria-checked") == ("true" if slug in picked else "false")


def test_links_are_ordinary_anchors():
    root = parse(draw(interactive=True, links={"heel-centre": "/zones/?region=heel-centre&x=1"}))
    link = next(root.iter(f"{SVG}a"))
    assert link.get("href") == "/zones/?region=heel-centre&x=1"
    assert link.get("aria-label") == "Heel pad, right foot"


def test_every_tone_has_its_own_pattern():
    svg = draw(highlights=[mark("heel", tone=tone) for tone in TONE_NAMES])
    drawn = {node.get("id"): ElementTree.tostring(node[0]) for node in parse(svg).iter(f"{SVG}pattern")}
    without_colour = {re.sub(rb"#[0-9a-f]{6}", b"", text) for text in drawn.values()}
    assert len(without_colour) == len(TONE_NAMES) == 5


@pytest.mark.parametrize("side", SIDES)
def test_badges_do_not_cover_each_other_even_when_steps_share_a_region(side):
    where = ["heel", "heel", "heel", "web-1", "web-1", "inner-edge-mid", "arch", "arch-middle", "toes", "ball"]
    svg = draw("plantar", side, [mark(slug, side=side, number=k) for k, slug in enumerate(where, 1)])
    spots = list(badge_spots(svg).values())
    assert len(spots) == len(where)
    for k, (x, y) in enumerate(spots):
        assert RADIUS - PAD[0] <= x <= 210 + PAD[0] - RADIUS
        assert RADIUS - PAD[1] <= y <= 500 + PAD[1] - RADIUS
        for u, v in spots[k + 1 :]:
            assert (x - u) ** 2 + (y - v) ** 2 >= (2 * RADIUS) ** 2


def test_views_needed_covers_every_marked_region_with_few_views():
    assert views_needed([mark("heel")], atlas=ATLAS) == ["plantar"]
    assert views_needed([mark("toes"), mark("top-of-foot")], atlas=ATLAS) == ["dorsal"]
    assert views_needed([mark("ankle")], atlas=ATLAS) == ["medial", "lateral"]
    assert views_needed([mark("calf"), mark("achilles")], atlas=ATLAS) == ["posterior-leg"]
    assert views_needed([], atlas=ATLAS) == []


def test_the_views_needed_for_a_zone_really_show_it():
    zones = {zone["slug"]: tuple(zone["shapes"]) for zone in CATALOG["zones"]}
    assert views_needed([mark(*zones["whole-foot-s3"])], atlas=ATLAS) == ["plantar", "dorsal"]
    assert views_needed([mark(*zones["ankle-s3"])], atlas=ATLAS) == ["medial", "lateral"]
    assert views_needed([mark(*zones["spine-line-s4"])], atlas=ATLAS) == ["plantar"]
    # A zone drawn on the sole only is not shown by the top view, although that view has toes too.
    assert views_needed([mark(*zones["toes-head-brain-s1"]), mark("top-of-foot")], atlas=ATLAS) == ["plantar", "dorsal"]
    for slug, shapes in zones.items():
        views = views_needed([mark(*shapes)], atlas=ATLAS)
        assert any("1" in badge_spots(draw(view, highlights=[mark(*shapes, number=1)])) for view in views), slug


def test_a_pair_shows_the_big_toes_in_the_middle():
    for view in ("plantar", "dorsal"):
        html = draw_pair(view, atlas=ATLAS, element_id="map")
        first = re.search(r'id="map-(left|right)"', html).group(1)
        second = "left" if first == "right" else "right"
        assert centre(artwork(view, first), "big-toe")[0] > 0.5 > centre(artwork(view, second), "big-toe")[0]
        assert html.index(f"{first.capitalize()} foot</figcaption>") < html.index(f"{second.capitalize()} foot</fig")


def test_a_still_foot_stays_small():
    marks = [mark("toes", number=1), mark("heel", number=2), mark("arch", number=3, tone="caution")]
    for view in drawn_views():
        assert len(draw(view, highlights=marks)) < 22_000


def test_the_handout_prints_the_map(recwarn):
    marks = [mark("heel", side=side, number=7, tone=tone) for side, tone in (("left", "work"), ("right", "blocked"))]
    html = draw_pair("plantar", marks, atlas=ATLAS, element_id="map") + draw_legend(TONE_NAMES, element_id="legend")
    pdf = PdfReader(io.BytesIO(HTML(string=html).write_pdf()))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert text.count("7") >= 2
    assert "Left foot" in text
    assert "leave this area alone" in text
    assert not [warning for warning in recwarn if "svg" in str(warning.message).lower()]
