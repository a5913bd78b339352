"""The fonts of the printed sheet. They come with packages, so a sheet looks the same on every machine.

A file is loaded when the first sheet needs it: most sheets take Latin and Cyrillic alone.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category

import fontpkg_pt_sans
import fontpkg_pt_serif
import manimgx_fonts
import paperang_p2_fonts_cjk
from fontTools.ttLib import TTFont
from weasyprint.urls import URLFetcher, URLFetcherResponse

PT_SANS, PT_SERIF = fontpkg_pt_sans.ROOT / "files", fontpkg_pt_serif.ROOT / "files"
NOTO = Path(str(manimgx_fonts.__file__)).parent
MICRO_HEI = Path(str(paperang_p2_fonts_cjk.__file__)).parent / "fonts"

# The variable faces are made static in each sheet and would carry the time; the same sheet is the same file.
os.environ.setdefault("SOURCE_DATE_EPOCH", "0")


@dataclass(frozen=True)
class Face:
    """One font file, under the name by which the sheet's CSS asks for it."""

    family: str
    path: Path
    #: CSS of the rule beside its name and source; a variable file has every weight.
    style: str = ""

    @property
    def css(self) -> str:
        return f'@font-face{{font-family:"{self.family}";src:url("{self.path.as_uri()}");{self.style}}}'


SANS, SERIF = "Handout Sans", "Handout Serif"
REGULAR = Face(SANS, PT_SANS / "PT_Sans-Web-Regular.ttf", "font-weight:400")
#: On every sheet. Static files, since making a variable one static costs 30 ms and more for each weight.
ALWAYS = (
    REGULAR,
    Face(SANS, PT_SANS / "PT_Sans-Web-Bold.ttf", "font-weight:700"),
    Face(SANS, PT_SANS / "PT_Sans-Web-Italic.ttf", "font-weight:400;font-style:italic"),
    Face(SERIF, PT_SERIF / "PT_Serif-Web-Regular.ttf", "font-weight:500"),
)
#: Chinese, Japanese and Korean in one file of 5 MB.
WIDE = Face("Handout Wide", MICRO_HEI / "wqy-microhei.ttc")
SCRIPTS = (
    "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Kannada",
    "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai",
)  # fmt: skip
#: Taken when a sheet has a character that PT Sans lacks; the first that has it draws it.
FALLBACKS = (
    Face("Handout Noto", NOTO / "NotoSans[wght].ttf"),  # Greek, Vietnamese and rarer letters
    WIDE,
    *(Face(f"Handout {script}", NOTO / f"NotoSans{script}[wght].ttf") for script in SCRIPTS),
    Face("Handout Emoji", NOTO / "NotoEmoji[wght].ttf"),
    Face("Handout Symbols", NOTO / "NotoSansSymbols[wght].ttf"),
)


@cache
def characters_of(face: Face) -> frozenset[int]:
    """The code points that the face has a glyph for."""
    with TTFont(face.path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())


def faces_for(text: str) -> tuple[Face, ...]:
    """The faces that draw `text`, always in the same order."""
    return (*ALWAYS, *_taken({ord(sign) for sign in set(text) if is_drawn(sign)} - characters_of(REGULAR)))


def is_drawn(sign: str) -> bool:
    """Whether the character needs a glyph: joiners, variation selectors and controls only steer others."""
    return category(sign) not in ("Cc", "Cf") and not 0xFE00 <= ord(sign) <= 0xFE0F


def _taken(lacking: set[int]) -> Iterator[Face]:
    for face in FALLBACKS:
        if not lacking:
            return
        if found := lacking & characters_of(face):
            lacking -= found
            yield face


def with_fonts(css: str, faces: tuple[Face, ...]) -> str:
    """`css` with its `@font-face` rules, and the stacks in place of `var(--sans)` and `var(--serif)`.

    WeasyPrint would look a variable up again for every element, a tenth of the time of a sheet.
    """
    more = "".join(f',"{face.family}"' for face in faces if face not in ALWAYS)
    css = css.replace("var(--sans)", f'"{SANS}"{more},sans-serif').replace(
        "var(--serif)", f'"{SERIF}","{SANS}"{more},serif'
    )
    return "".join(face.css for face in faces) + css


@contextlib.contextmanager
def only_own_fonts() -> Iterator[None]:
    """Fontconfig, asked for its configuration within, knows no font of the machine.

    Pango would otherwise take one for some signs (an emoji, a telephone) though ours have them.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as empty:
        empty.write('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig/>')
        empty.flush()
        os.environ["FONTCONFIG_FILE"] = empty.name
        try:
            yield
        finally:
            del os.environ["FONTCONFIG_FILE"]
            if before is not None:
                os.environ["FONTCONFIG_FILE"] = before


class FetchFonts(URLFetcher):
    """Opens the font files and nothing else."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url not in {face.path.as_uri() for face in (*ALWAYS, *FALLBACKS)}:
            raise ValueError("A handout fetches nothing but its fonts.")
        return super().fetch(url, headers)
