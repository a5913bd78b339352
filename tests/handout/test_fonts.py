"""The sheet brings its fonts: no character of ours is left to what the machine happens to have."""

import re
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from pypdf import PdfReader

from clients.roster.models import Client
from routines.catalog.versions import current_catalog
from routines.handout import handout
from routines.handout.fonts import FetchFonts, characters_of, faces_for, is_drawn
from routines.sessions.stop_rules import stop_rules
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_published_plan

#: A wide script, one that joins its letters, one that stacks them, an emoji of two parts, and rare Latin.
NAMES = "王小明 さくら 김민수 محمد بن عبد الله प्रिया शर्मा אביגיל กานต์ Ελένη Олена Đặng Ångström 👣 👩‍🦰 ❤️ ☎"


def sheet_of(client: Client, by) -> bytes:
    plan = make_published_plan(client, by, note_to_client=NAMES)
    return handout.draw_handout(handout.handout_of(plan, at=NOON), current_catalog(), stop_rules())


def embedded(pdf: bytes) -> set[str]:
    names = set()
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in below["/FontDescriptor"].get_object(), "a font is named but not in the file"
            names.add(str(below["/BaseFont"]))
    return names


def lacking(text: str) -> str:
    drawn = {ord(sign) for sign in text if is_drawn(sign)}
    return "".join(map(chr, sorted(drawn.difference(*map(characters_of, faces_for(text))))))


@time_machine.travel(NOON, tick=False)
def test_every_script_is_printed_in_our_fonts(practice, jon) -> None:
    practice.name = "静水 Stillwater ❤"
    practice.save()
    pdf = sheet_of(make_client(practice, name=NAMES), jon)
    assert lacking(NAMES) == ""
    drawn_in = {re.sub(r"^/[A-Z]{6}\+(Handout-\w+?)(-Bold|-Italic|-Medium)*$", r"\1", name) for name in embedded(pdf)}
    ours = ("Sans", "Serif", "Noto", "Wide", "Arabic", "Devanagari", "Hebrew", "Thai", "Emoji")
    assert drawn_in == {f"Handout-{name}" for name in ours}
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))
    for word in ("王小明", "さくら", "김민수", "Ελένη", "Олена", "👣"):
        assert word in text


@pytest.mark.parametrize(
    "folder", ["routines/catalog/data", "clients/questionnaire/data", "practice/management", "templates/routines"]
)
def test_every_character_of_our_own_texts_has_a_glyph(folder: str) -> None:
    files = [path for path in (Path(settings.BASE_DIR) / folder).rglob("*") if path.suffix in (".yaml", ".py", ".html")]
    assert files
    assert {path.name: lack for path in files if (lack := lacking(path.read_text()))} == {}


def test_a_character_that_no_face_has_is_said_to_lack() -> None:
    assert lacking("a\U00013000") == "\U00013000", "a hieroglyph"


def test_plain_words_load_no_fallback() -> None:
    assert len(faces_for("Stillwater · 5 min · “Ångström” Олена")) == 4
    assert [face.family for face in faces_for("王")[4:]] == ["Handout Wide"]


@time_machine.travel(NOON, tick=False)
def test_the_same_words_make_the_same_file_an_hour_later(practice, jon) -> None:
    client = make_client(practice, name=NAMES)
    first = sheet_of(client, jon)
    handout._printed.cache_clear()
    plan = client.plans.across_practices().first()
    with time_machine.travel(NOON + timezone.timedelta(hours=1), tick=False):
        again = handout.draw_handout(handout.handout_of(plan, at=NOON), current_catalog(), stop_rules())
    assert again == first


def test_nothing_but_the_fonts_is_opened() -> None:
    face = faces_for("")[0]
    assert len(FetchFonts().fetch(face.path.as_uri()).read()) == face.path.stat().st_size
    for address in ("file:///etc/passwd", "http://example.org/font.ttf", f"{face.path.parent.as_uri()}/"):
        with pytest.raises(ValueError, match="nothing but its fonts"):
            FetchFonts().fetch(address)
