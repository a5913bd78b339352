"""What is kept of an upload: decided by its bytes, without places, scripts or attachments."""

import io
import struct
import zipfile

import pytest
from PIL import Image, ImageFile
from pypdf import PdfReader

from clients.letters.sanitize_file import FileRefused, clean_file
from tests import make_letters


def refusal(data: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        clean_file(data)
    return str(refused.value)


def test_a_photo_keeps_its_picture_and_loses_its_place() -> None:
    sent = make_letters.jpeg()
    assert make_letters.PLACE in sent
    kept = clean_file(sent)
    assert kept.content_type == "image/jpeg"
    assert make_letters.PLACE not in kept.data
    picture = Image.open(io.BytesIO(kept.data))
    assert not picture.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(picture.info)
    red, green, _blue = picture.getpixel((5, 20))
    assert red > 200
    assert green < 60


def test_a_photo_taken_sideways_is_upright() -> None:
    kept = Image.open(io.BytesIO(clean_file(make_letters.jpeg((60, 40), orientation=6)).data))
    assert kept.size == (40, 60)
    assert kept.getpixel((20, 5))[1] < 60  # what was left is on top


def test_a_photo_of_an_iphone_becomes_an_upright_jpeg_without_its_place() -> None:
    """HEIC: 128 by 96, red on the left, held sideways, with a place and a device."""
    sent = make_letters.heic()
    assert make_letters.PLACE in sent
    kept = clean_file(sent)
    assert kept.content_type == "image/jpeg"
    assert make_letters.PLACE not in kept.data
    picture = Image.open(io.BytesIO(kept.data))
    assert (picture.format, picture.size) == ("JPEG", (96, 128))
    assert not picture.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(picture.info)
    assert picture.getpixel((48, 5))[1] < 60  # what was left is on top
    assert picture.getpixel((48, 120))[1] > 200


@pytest.mark.parametrize("cut", [30, 200, -200, -1])
def test_a_cut_photo_of_an_iphone_is_refused(cut: int) -> None:
    assert "damaged" in refusal(make_letters.heic()[:cut])


def test_what_a_phone_hangs_behind_its_photo_is_gone() -> None:
    kept = clean_file(make_letters.heic() + b"<script>PolyglotCanary</script>").data
    assert b"PolyglotCanary" not in kept


def test_a_heic_that_declares_too_many_pixels_is_not_drawn() -> None:
    sent = make_letters.heic()
    place = sent.index(b"ispe") + 8
    claimed = sent[:place] + struct.pack(">II", 30000, 30000) + sent[place + 8 :]
    assert refusal(claimed)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_every_kind_of_png_is_taken(mode: str) -> None:
    kept = clean_file(make_letters.png(mode=mode))
    assert kept.content_type == "image/jpeg"
    assert make_letters.PLACE not in kept.data


def test_a_large_photo_is_made_smaller() -> None:
    assert max(Image.open(io.BytesIO(clean_file(make_letters.jpeg((5000, 3000))).data)).size) <= 3508


def test_a_pdf_keeps_its_words_and_loses_what_acts_or_tells() -> None:
    sent = make_letters.pdf(hostile=True)
    kept = clean_file(sent)
    assert kept.content_type == "application/pdf"
    for canary in (
        b"JsCanary", b"AttachmentCanary", b"AuthorCanary", b"XmpCanary", b"LaunchCanary", b"LinkCanary",
        make_letters.PLACE,
    ):  # fmt: skip
        assert canary in sent, canary
        assert canary not in kept.data, canary
    for key in (
        b"/JS",
        b"/JavaScript",
        b"/OpenAction",
        b"/AA",
        b"/Launch",
        b"/EmbeddedFile",
        b"/URI",
        b"/Metadata",
        b"/Info",
    ):
        assert key not in kept.data, key
    reader = PdfReader(io.BytesIO(kept.data))
    assert "Fit for light massage" in reader.pages[0].extract_text()
    assert len(reader.pages[0].images) == 1
    note = reader.pages[0]["/Annots"][0].get_object()
    assert note["/Subtype"] == "/Stamp"
    assert b"FieldShown" in note["/AP"]["/N"].get_data()


def test_every_page_is_kept() -> None:
    assert len(PdfReader(io.BytesIO(clean_file(make_letters.pdf(pages=3)).data)).pages) == 3


def test_what_stands_behind_a_picture_is_gone() -> None:
    """A polyglot: a JPEG that is a ZIP as well, and one that is a page with a script."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("run.js", "PolyglotCanary")
    for behind in (archive.getvalue(), b"<html><script>PolyglotCanary</script>"):
        kept = clean_file(make_letters.jpeg() + behind).data
        assert b"PolyglotCanary" not in kept
        assert not zipfile.is_zipfile(io.BytesIO(kept))


def test_what_stands_behind_a_pdf_is_gone() -> None:
    kept = clean_file(make_letters.pdf() + b"\n<html><script>PolyglotCanary</script>").data
    assert b"PolyglotCanary" not in kept


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script></html>", "not a PDF, JPEG, PNG or HEIC"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not a PDF, JPEG, PNG or HEIC"),
        (b"GIF89a" + b"\0" * 40, "not a PDF, JPEG, PNG or HEIC"),
        (b"MZ" + b"\0" * 200, "not a PDF, JPEG, PNG or HEIC"),
        (b"\n%PDF-1.7\n", "not a PDF, JPEG, PNG or HEIC"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "damaged"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 40, "not a PDF, JPEG, PNG or HEIC"),
        (b"%PDF-1.7\n<html><script>alert(1)</script>", "damaged"),
        (b"%PDF-1.7\n1 0 obj\n" + b"[" * 50_000, "damaged"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
    ],
)  # fmt: skip
def test_disguised_and_broken_files_are_refused_with_a_reason(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_half_a_file_is_refused_even_where_pillow_was_told_to_draw_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does
    drawing = make_letters.png((900, 900))
    assert "damaged" in refusal(drawing[: len(drawing) // 2])
    photo, paper = make_letters.jpeg((900, 900)), make_letters.pdf()
    assert "damaged" in refusal(photo[: len(photo) // 2])
    assert "damaged" in refusal(paper[: len(paper) // 3])


def test_bombs_are_not_opened() -> None:
    assert "too many pixels" in refusal(make_letters.png_bomb())
    assert "too many pixels" in refusal(make_letters.png_bomb(12000, 12000))
    assert "at most 30 pages" in refusal(make_letters.pdf(pages=31))


def test_a_locked_pdf_says_what_to_do() -> None:
    assert "password" in refusal(make_letters.locked_pdf())


def test_a_field_that_would_not_be_seen_is_not_lost_silently() -> None:
    assert "would not be seen" in refusal(make_letters.unseen_form())


def test_the_size_limit(settings: object) -> None:
    settings.LETTER_MAX_BYTES = 1_000_000  # type: ignore[attr-defined]
    assert "up to 1 MB" in refusal(b"%PDF-" + b"0" * 1_000_000)
