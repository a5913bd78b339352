"""The foot map in a real browser: tapping and keys tick the list beside it, and the list answers back."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.utils.html import format_html, format_html_join

from routines.footmap.draw import Atlas, draw_pair

ROUTINES = Path(__file__).parents[2] / "routines"

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium):
    catalog = yaml.safe_load((ROUTINES / "catalog" / "data" / "catalog.yaml").read_text(encoding="utf-8"))
    atlas = Atlas.of(catalog["views"], catalog["regions"])
    boxes = format_html_join(
        "",
        '<label><input type="checkbox" data-region="{}" data-side="{}">{} {}</label>',
        ((region.slug, side, region.name, side) for region in atlas.leaves_in("plantar") for side in ("left", "right")),
    )
    drawing = draw_pair("plantar", atlas=atlas, element_id="map", interactive=True)
    body = format_html("<div data-footmap>{}<fieldset>{}</fieldset></div>", drawing, boxes)
    static = ROUTINES / "static" / "routines"
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_content(f"<!doctype html><body>{body}")
    page.add_style_tag(content=(static / "footmap.css").read_text())
    page.add_script_tag(content=(static / "footmap.js").read_text())
    yield page
    page.close()


def target(page, region, side):
    return page.locator(f'.footmap-target[data-region="{region}"][data-side="{side}"]')


def box(page, region, side):
    return page.locator(f'input[data-region="{region}"][data-side="{side}"]')


def test_a_tap_ticks_the_list_and_a_second_one_unticks_it(page):
    art = page.locator("#map-right")
    frame = art.bounding_box()
    heel = {"x": frame["width"] * (16 + 0.46 * 210) / 242, "y": frame["height"] * (30 + 0.87 * 500) / 560}
    art.click(position=heel)
    assert box(page, "heel-centre", "right").is_checked()
    assert not box(page, "heel-centre", "left").is_checked()
    assert target(page, "heel-centre", "right").get_attribute("aria-checked") == "true"
    art.click(position=heel)
    assert not box(page, "heel-centre", "right").is_checked()


@pytest.mark.parametrize("key", [" ", "Enter"])
def test_keys_tick_the_list(page, key):
    target(page, "little-toe", "left").focus()
    page.keyboard.press(key)
    assert box(page, "little-toe", "left").is_checked()


def test_the_list_marks_the_map(page):
    box(page, "web-2", "right").check()
    assert target(page, "web-2", "right").get_attribute("aria-checked") == "true"
    assert target(page, "web-2", "left").get_attribute("aria-checked") == "false"


def test_small_regions_are_wide_enough_for_a_finger_on_a_phone(page):
    for region in ("web-1", "web-4", "little-toe", "inner-edge-low"):
        size = target(page, region, "right").bounding_box()
        assert min(size["width"], size["height"]) >= 24
