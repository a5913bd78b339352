"""Letters as people send them, and as people send them to do harm."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

PLACE = b"GPSplaceCanary"


def jpeg(size: tuple[int, int] = (60, 40), *, orientation: int = 1) -> bytes:
    """A photo as a phone takes it: with place, device and orientation; left half red."""
    photo = Image.new("RGB", size, "white")
    photo.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = PLACE.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif, comment=PLACE)
    return out.getvalue()


def heic() -> bytes:
    """The same of an iPhone. From a file: what the site carries can read HEIC, not write it."""
    return (Path(__file__).with_name("photo.heic")).read_bytes()


def png(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Location", PLACE.decode())
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG", pnginfo=told)
    return out.getvalue()


def png_bomb(width: int = 60000, height: int = 60000) -> bytes:
    """A few hundred bytes that declare billions of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")


def pdf(*, pages: int = 1, hostile: bool = False, words: str = "Fit for light massage") -> bytes:
    writer = PdfWriter()
    for _number in range(pages):
        page = writer.add_blank_page(300, 200)
        drawn = DecodedStreamObject()
        drawn.set_data(f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode())
        font = DictionaryObject({
            NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        })  # fmt: skip
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        page[NameObject("/Contents")] = writer._add_object(drawn)
    if hostile:
        _arm(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _arm(writer: PdfWriter) -> None:
    """A script, an attachment, a launch, a link, a place in the metadata and in a photo, and a filled-in field."""
    writer.add_attachment("canary.exe", b"AttachmentCanary")
    script = _action("/JavaScript", {"/JS": TextStringObject("app.alert('JsCanary')")})
    scripts = ArrayObject([TextStringObject("open"), writer._add_object(script)])
    writer._root_object["/Names"][NameObject("/JavaScript")] = DictionaryObject({NameObject("/Names"): scripts})
    writer.add_metadata({"/Author": "AuthorCanary"})
    page = writer.pages[0]
    photo = StreamObject()
    photo._data = jpeg()
    for key, value in {
        "/Type": "/XObject",
        "/Subtype": "/Image",
        "/ColorSpace": "/DeviceRGB",
        "/Filter": "/DCTDecode",
    }.items():
        photo[NameObject(key)] = NameObject(value)
    for key, number in {"/Width": 60, "/Height": 40, "/BitsPerComponent": 8}.items():
        photo[NameObject(key)] = NumberObject(number)
    tells = DecodedStreamObject()
    tells.set_data(b"<x:xmpmeta>XmpCanary</x:xmpmeta>")
    photo[NameObject("/Metadata")] = writer._add_object(tells)
    page["/Resources"][NameObject("/XObject")] = DictionaryObject({NameObject("/Im1"): writer._add_object(photo)})
    launch = _action("/Launch", {"/F": TextStringObject("LaunchCanary.exe")})
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): launch})
    writer._root_object[NameObject("/OpenAction")] = launch
    writer._root_object[NameObject("/Metadata")] = writer._add_object(tells)
    look = DecodedStreamObject()
    look.set_data(b"BT /F1 9 Tf 2 2 Td (FieldShown) Tj ET")
    look.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"),
        NameObject("/BBox"): _box(0, 0, 80, 20), NameObject("/Resources"): page["/Resources"],
    })  # fmt: skip
    field = _note("/Widget", {
        "/FT": NameObject("/Tx"), "/V": TextStringObject("FieldShown"),
        "/AP": DictionaryObject({NameObject("/N"): writer._add_object(look)}),
        "/AA": DictionaryObject({NameObject("/K"): _action("/JavaScript", {"/JS": TextStringObject("JsCanary2")})}),
    })  # fmt: skip
    link = _note("/Link", {"/A": _action("/URI", {"/URI": TextStringObject("http://LinkCanary.example")})})
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(field), writer._add_object(link)])


def unseen_form() -> bytes:
    """A filled-in field that only some programs draw."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 200)
    field = _note("/Widget", {"/FT": NameObject("/Tx"), "/V": TextStringObject("only until May")})
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(field)])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def locked_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _action(kind: str, values: dict[str, Any]) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind), **{NameObject(k): v for k, v in values.items()}})


def _note(kind: str, values: dict[str, Any]) -> DictionaryObject:
    return DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject(kind),
        NameObject("/Rect"): _box(10, 10, 90, 30), **{NameObject(k): v for k, v in values.items()},
    })  # fmt: skip


def _box(*numbers: float) -> ArrayObject:
    return ArrayObject([FloatObject(number) for number in numbers])
