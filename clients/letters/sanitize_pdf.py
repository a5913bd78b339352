"""A letter's PDF, rebuilt from its pages alone: text, pictures and drawn form fields; nothing that acts or tells on it.

Own code because PDF cleaners are separate programs; pypdf reads and writes. What is not named here to be kept of a
page or a note is left out, so a new kind of action in a PDF is left out as well.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject

MAX_PAGES = 30
MAX_OBJECTS = 20_000
MAX_BYTES_OUT = 25_000_000
OF_A_PAGE = frozenset(
    {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Annots"}
)
#: Wherever they stand, these tell on a person, act, reach outside or carry a file.
NEVER = frozenset(
    {
        "/AA",
        "/AF",
        "/EF",
        "/GPTS",
        "/GeoSeq",
        "/JS",
        "/JavaScript",
        "/LastModified",
        "/Launch",
        "/Measure",
        "/Metadata",
        "/OPI",
        "/OpenAction",
        "/PieceInfo",
        "/PtData",
        "/URI",
    }
)
#: Of a stream: its data in another file, and pictures in place of this one.
NEVER_OF_A_STREAM = ("/F", "/FFilter", "/FDecodeParms", "/Alternates")
SCAN = 0xDA
HIDDEN = 0b10_0010  # of a note's flags: hidden, or not to be viewed
OPENED_ELSEWHERE = frozenset(
    {
        "/Link",
        "/Popup",
        "/FileAttachment",
        "/RichMedia",
        "/Screen",
        "/Movie",
        "/Sound",
        "/3D",
        "/PrinterMark",
        "/TrapNet",
    }
)


class PdfRefused(Exception):
    """The PDF cannot be kept; the text says why, to the person who sent it."""


def clean_pdf(data: bytes) -> bytes:
    """The same pages without metadata, scripts, actions, links, attachments or places. Raises PdfRefused."""
    try:
        reader = PdfReader(io.BytesIO(data), root_object_recovery_limit=1000, xref_stream_maximum_entries=200_000)
        if reader.is_encrypted:
            raise PdfRefused(_("This PDF is locked with a password. Please save it without one, then send it."))
        if not 0 < len(reader.pages) <= MAX_PAGES:
            raise PdfRefused(
                _("A letter has at most %(count)d pages. Please send only its pages.") % {"count": MAX_PAGES}
            )
        first = PdfWriter()
        for page in reader.pages:
            _keep_what_shows(page)
            first.add_page(page)
        _strip(first)
        clean = PdfWriter()  # a second time, so that what nothing points at any more is left behind
        for page in first.pages:
            clean.add_page(page)
        written = io.BytesIO()
        clean.metadata = None
        clean.write(written)
    except PdfRefused:
        raise
    except Exception as fault:  # pypdf raises of every kind on bytes that were made to hurt
        raise PdfRefused(_("This PDF is damaged or not complete. Please save or scan it again.")) from fault
    if written.tell() > MAX_BYTES_OUT:
        raise PdfRefused(_("This PDF is too large. A photo of the page is enough."))
    return written.getvalue()


def _keep_what_shows(page: PageObject) -> None:
    drawn = ArrayObject()
    for reference in page.get("/Annots", ArrayObject()).get_object() or ():
        note = reference.get_object()
        if isinstance(note, DictionaryObject) and (stamp := _stamp(note)):
            drawn.append(stamp)
    for key in [key for key in page if key not in OF_A_PAGE]:
        del page[key]
    page[NameObject("/Annots")] = drawn


def _stamp(note: DictionaryObject) -> DictionaryObject | None:
    """What a note or a filled-in field looks like, as a stamp that does nothing. None when it shows nothing."""
    flags = note.get("/F", 0)
    if note.get("/Subtype") in OPENED_ELSEWHERE or (isinstance(flags, int) and flags & HIDDEN):
        return None
    look = _look(note)
    if look is None:
        if _says_something(note):
            raise PdfRefused(
                _("Some fields of this form would not be seen. Please print it to a new PDF, or send a photo of it.")
            )
        return None
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Stamp"),
            NameObject("/Rect"): note["/Rect"],
            NameObject("/F"): NumberObject(4),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): look}),
        }
    )


def _look(note: DictionaryObject) -> Any:
    looks = note.get("/AP", DictionaryObject()).get_object()
    normal = looks.get("/N") if isinstance(looks, DictionaryObject) else None
    normal = normal.get_object() if normal is not None else None
    if isinstance(normal, DictionaryObject) and not isinstance(normal, StreamObject):
        normal = normal.get(note.get("/AS", "/Off"))  # a box: ticked or not
        normal = normal.get_object() if normal is not None else None
    if not isinstance(normal, StreamObject):
        return None
    return normal.indirect_reference or normal


def _says_something(note: DictionaryObject) -> bool:
    kind = note.get("/Subtype")
    if kind == "/FreeText":
        return bool(note.get("/Contents"))
    if kind != "/Widget":
        return False
    field = note if "/FT" in note else note.get("/Parent", DictionaryObject()).get_object()
    return field.get("/FT") in ("/Tx", "/Ch") and bool(note.get("/V") or field.get("/V"))


def _strip(writer: PdfWriter) -> None:
    if len(writer._objects) > MAX_OBJECTS:
        raise PdfRefused(_("This PDF is made of too many parts. Please print it to a new PDF, or send a photo of it."))
    for entry in writer._objects:
        _strip_entry(entry)


def _strip_entry(entry: Any) -> None:
    if isinstance(entry, ArrayObject):
        for part in entry:
            _strip_entry(part)  # a reference is not followed: its object is in the list itself
    if not isinstance(entry, DictionaryObject):
        return
    unwanted = [key for key in entry if key in NEVER]
    if isinstance(entry, StreamObject):
        unwanted += [key for key in NEVER_OF_A_STREAM if key in entry]
        _strip_photo(entry)
    for key in unwanted:
        del entry[key]
    for part in entry.values():
        _strip_entry(part)


def _strip_photo(stream: StreamObject) -> None:
    """A phone's photo inside a PDF has its place and device in the JPEG's own head."""
    filters = stream.get("/Filter")
    filters = filters.get_object() if filters is not None else None
    chain = list(filters) if isinstance(filters, ArrayObject) else [filters]
    if chain[-1] not in ("/DCTDecode", "/DCT"):
        return
    photo = stream.get_data() if len(chain) > 1 else stream._data
    stream._data = without_places(photo)
    stream[NameObject("/Filter")] = NameObject("/DCTDecode")
    if len(chain) > 1:
        stream.pop("/DecodeParms", None)
    for key in ("/Length", "/DL"):
        stream.pop(key, None)


def without_places(photo: bytes) -> bytes:
    """A JPEG without EXIF, XMP, IPTC and comments. Its colours' own marks stay (APP0 JFIF, APP2 ICC, APP14 Adobe)."""
    kept = [photo[:2]]
    for mark, begin, end in _segments(photo):
        tells = mark == 0xFE or (0xE0 <= mark <= 0xEF and mark not in (0xE0, 0xE2, 0xEE))
        if not tells:
            kept.append(photo[begin:end])
    return b"".join(kept)


def start_of_scan(photo: bytes) -> int:
    """Where the picture itself begins in a JPEG. Raises ValueError when there is none."""
    return next(begin for mark, begin, _end in _segments(photo) if mark == SCAN)


def _segments(photo: bytes) -> Iterator[tuple[int, int, int]]:
    """(mark, begin, end) of a JPEG's head; the last one is the picture with all that follows. Raises ValueError."""
    at = 2
    while photo[:2] == b"\xff\xd8" and at + 4 <= len(photo) and photo[at] == 0xFF:
        mark = photo[at + 1]
        if mark == SCAN:
            yield mark, at, len(photo)
            return
        if mark == 0xFF:  # filling
            at += 1
            continue
        end = at + 2 + int.from_bytes(photo[at + 2 : at + 4], "big")
        yield mark, at, end
        at = end
    raise ValueError("not a whole JPEG")
