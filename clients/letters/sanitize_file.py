"""A letter's file: what an upload really is, and the same letter without anything that could tell on or harm a reader.

Decided by the bytes, never by a name or a declared type. Nothing of the upload is kept as it came: pictures are drawn
anew, PDFs are rebuilt from their pages (clearance_pdf).
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from pi_heif import HeifImageFile
from PIL import Image, ImageOps

from clients.letters.sanitize_pdf import PdfRefused, clean_pdf, start_of_scan

PDF, JPEG = "application/pdf", "image/jpeg"
EXTENSIONS = {PDF: "pdf", JPEG: "jpg"}
#: A declared picture larger than this is not opened: a few bytes can ask for gigabytes of memory.
MAX_PIXELS = 64_000_000
#: A4 at 300 dots per inch, on the longer side; enough to read small print.
LONGEST_SIDE = 3508
JPEG_QUALITY = 86
#: What an iPhone and others write in the first box of a HEIF file; "mif1" is any picture in it, mostly HEVC.
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1")


class FileRefused(Exception):
    """The upload cannot be kept; the text says why and what to do, to the person who sent it."""


@dataclass(frozen=True, slots=True)
class CleanFile:
    """Fit to be kept and shown: `content_type` is PDF or JPEG, whatever was sent."""

    content_type: str
    data: bytes


def clean_file(data: bytes) -> CleanFile:
    """The letter in `data` without location, metadata, scripts or attachments. Raises FileRefused."""
    if not data:
        raise FileRefused(_("This file is empty. Please choose it again."))
    if len(data) > settings.LETTER_MAX_BYTES:
        raise FileRefused(too_large())
    if data.startswith(b"%PDF-"):
        try:
            return CleanFile(PDF, clean_pdf(data))
        except PdfRefused as refusal:
            raise FileRefused(str(refusal)) from refusal
    if data.startswith(b"\xff\xd8\xff"):
        return CleanFile(JPEG, _clean_picture(data, "JPEG"))
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return CleanFile(JPEG, _clean_picture(data, "PNG"))
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return CleanFile(JPEG, _clean_picture(data, "HEIF"))
    raise FileRefused(_("This is not a PDF, JPEG, PNG or HEIC, whatever its name says. Please send one of those."))


def too_large() -> str:
    megabytes = settings.LETTER_MAX_BYTES // 1_000_000
    return _("This file is too large; up to %(size)d MB can be sent. A photo of the page is enough.") % {
        "size": megabytes
    }


def _clean_picture(data: bytes, kind: str) -> bytes:
    """Drawn anew upright as JPEG: no EXIF, GPS, comments, thumbnails, colour profile or anything behind the picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is below
            picture = _open(data, kind)
        if picture.width * picture.height > MAX_PIXELS:
            raise FileRefused(_("This picture has too many pixels. Please send a smaller one."))
        if not _is_whole(data, kind):
            raise FileRefused(damaged())
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG only: read at a fraction of the memory
        picture.load()
        if picture.width * picture.height > MAX_PIXELS:  # a HEIC's size is certain only now
            raise FileRefused(_("This picture has too many pixels. Please send a smaller one."))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        drawn = io.BytesIO()
        _on_white(upright).save(drawn, "JPEG", quality=JPEG_QUALITY, exif=b"", icc_profile=None, comment=b"")
    except FileRefused:
        raise
    except Image.DecompressionBombError as bomb:
        raise FileRefused(_("This picture has too many pixels. Please send a smaller one.")) from bomb
    except Exception as fault:  # Pillow's readers raise of every kind on bytes that were made to hurt
        raise FileRefused(damaged()) from fault
    return drawn.getvalue()


def _open(data: bytes, kind: str) -> Image.Image:
    if kind == "HEIF":
        # By its class, not registered: nothing else of the site begins to open HEIC.
        return HeifImageFile(io.BytesIO(data))
    return Image.open(io.BytesIO(data), formats=[kind])


def _is_whole(data: bytes, kind: str) -> bool:
    """Whether the picture's own end is there. Half a letter reads like another letter.

    Asked here because WeasyPrint, in the same process, tells Pillow to draw what there is of a broken picture.
    """
    if kind == "HEIF":
        return _boxes_are_whole(data)
    if kind == "PNG":
        return b"IEND\xaeB`\x82" in data
    return b"\xff\xd9" in data[start_of_scan(data) :]  # inside a scan these two bytes do not occur


def _boxes_are_whole(data: bytes) -> bool:
    """Whether a HEIF file holds its table of contents and its picture data to their ends.

    It is a row of boxes, each beginning with its length and name; what phones write behind those two may be odd.
    """
    place, whole = 0, set()
    while place + 8 <= len(data):
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        if length == 1:  # the length follows in eight bytes
            length = int.from_bytes(data[place + 8 : place + 16], "big")
        elif length == 0:  # the last box: to the end of the file
            length = len(data) - place
        place += length
        if length < 8 or place > len(data):
            break
        whole.add(name)
    return {b"meta", b"mdat"} <= whole


def damaged() -> str:
    return _("This picture is damaged or not complete. Please take or save it again, then send it.")


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency and without what hangs on the picture: only its pixels are copied."""
    see_through = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    page = Image.new("RGB", picture.size, "white")
    if see_through:
        layer = picture.convert("RGBA")
        page.paste(layer, mask=layer.getchannel("A"))
    elif picture.mode.startswith("I"):  # 16 bits a pixel, as scanners make them
        page.paste(picture.convert("I").point(lambda value: value / 256).convert("L"))
    else:
        page.paste(picture.convert("RGB"))
    return page
