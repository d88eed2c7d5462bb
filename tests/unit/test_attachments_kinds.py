"""What we take, what we refuse, and what we cut out of photos."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from PIL import ExifTags, Image

from xiangtong.attachments import Rules, Unfit
from xiangtong.attachments.kinds import DOCX, MB, examine, sniff
from xiangtong.attachments.photos import thumbnail
from xiangtong.kernel.crypto import sm3_hex

# Pillow warns of damaged tags where it skips them; we want to see that it goes on.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
EVERYTHING = Rules(media_types=Rules().media_types | {DOCX})


def picture(form: str = "JPEG", *, size: tuple[int, int] = (40, 20), tags: bool = False, **options: object) -> bytes:
    if tags:
        exif = options["exif"] = Image.Exif()
        exif[ExifTags.Base.Orientation] = 6
        exif[ExifTags.Base.Model] = "phone-of-somebody"
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (32.0, 24.0, 0.0)
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, form, **options)
    return out.getvalue()


def docx(*, macro: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
        if macro:
            archive.writestr("word/vbaProject.bin", "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture(), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (b"%PDF-1.7\n%%EOF", "application/pdf"),
        (docx(), DOCX),
    ],
)
def test_the_content_says_what_a_file_is(data: bytes, media_type: str) -> None:
    examined = examine(data, rules=EVERYTHING)
    assert (examined.media_type, examined.sm3) == (media_type, sm3_hex(examined.data))


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script>",
        b"MZ\x90\x00",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        docx(macro=True),
        b"PK\x03\x04broken",
        b" %PDF",
    ],
)
def test_other_files_are_refused_with_what_to_do_instead(data: bytes) -> None:
    with pytest.raises(Unfit, match="拍照上传") as refusal:
        examine(data, rules=EVERYTHING)
    assert (refusal.value.code, refusal.value.status) == ("FILE_TYPE", 422)


def test_a_pdf_is_no_photo() -> None:
    with pytest.raises(Unfit, match=r"这里只收照片，您选的文件不是"):
        examine(b"%PDF-1.7", rules=Rules(media_types=frozenset({"image/jpeg", "image/png", "image/webp"})))


@pytest.mark.parametrize(
    ("data", "rules", "code"),
    [
        (b"", Rules(), "FILE_EMPTY"),
        (picture() + bytes(MB), Rules(max_bytes=MB), "FILE_TOO_LARGE"),
        (picture()[:-200], Rules(), "FILE_DAMAGED"),
        (b"\xff\xd8\xff\xe0 this is no picture", Rules(), "FILE_DAMAGED"),
        (picture("PNG")[:60], Rules(), "FILE_DAMAGED"),
        (b"\0\0\0\x18ftypheic" + bytes(40), Rules(), "FILE_HEIC"),
    ],
)
def test_every_refusal_has_its_code(data: bytes, rules: Rules, code: str) -> None:
    with pytest.raises(Unfit) as refusal:
        examine(data, rules=rules)
    assert refusal.value.code == code


def test_the_limit_is_told_in_megabytes() -> None:
    with pytest.raises(Unfit, match=r"这个文件有 12\.5 MB，最大只能传 10 MB"):
        examine(bytes(int(12.5 * MB)), rules=Rules())


def test_what_was_announced_must_come() -> None:
    data = picture()
    assert examine(data, rules=Rules(), size=len(data)).media_type == "image/jpeg"
    for wrong in ({"size": len(data) + 1}, {"sha256": "0" * 64}):
        with pytest.raises(Unfit, match="没有传完整"):
            examine(data, rules=Rules(), **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(("form", "size"), [("PNG", (6000, 6000)), ("JPEG", (9000, 9000))])
def test_a_picture_that_would_eat_the_memory_is_never_decoded(form: str, size: tuple[int, int]) -> None:
    out = io.BytesIO()
    Image.new("1" if form == "PNG" else "L", size).save(out, form)
    assert len(out.getvalue()) < MB
    with pytest.raises(Unfit, match="像素太多"):
        examine(out.getvalue(), rules=Rules())


def test_a_picture_that_would_eat_minutes_is_never_decoded() -> None:
    """A few hundred kilobytes: scans over many pixels, scans over few, segments of nothing. Fill bytes are no bomb."""
    for size, more in (((3500, 3500), 80), ((64, 64), 400)):
        data = picture(size=size, progressive=True)
        bomb = data[:-2] + data[data.rfind(b"\xff\xda") : -2] * more + b"\xff\xd9"
        with pytest.raises(Unfit, match="像素太多"):
            examine(bomb, rules=Rules())
    with pytest.raises(Unfit, match="像素太多"):
        examine(b"\xff\xd8\xff" + b"\xe0\x00\x02\xff" * 100_000, rules=Rules())
    filled = picture()[:2] + b"\xff" * (9 * MB) + picture()[2:]
    assert examine(filled, rules=Rules()).data == picture()


def test_what_a_maker_notes_down_beside_the_usual_tags_goes_too() -> None:
    data = picture()
    noted = b"\xff\xe7" + struct.pack("!H", 2 + 24) + b"phone-of-somebody, 32.39N"[:24]
    assert examine(data[:2] + noted + data[2:], rules=Rules()).data == data


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_it_was_taken_is_cut_out(form: str) -> None:
    data = picture(form, tags=True)
    assert b"phone-of-somebody" in data
    kept = examine(data, rules=Rules()).data
    assert b"phone-of-somebody" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif().get_ifd(ExifTags.IFD.GPSInfo)


def test_a_jpeg_keeps_its_picture_and_which_way_is_up() -> None:
    data = picture(tags=True)
    kept = Image.open(io.BytesIO(examine(data, rules=Rules()).data))
    assert kept.getexif() == {ExifTags.Base.Orientation: 6}
    assert kept.tobytes() == Image.open(io.BytesIO(data)).tobytes()


def test_progressive_pictures_stay_whole_and_nothing_is_appended() -> None:
    data = picture(size=(400, 300), progressive=True) + picture(tags=True)
    kept = examine(data, rules=Rules()).data
    assert kept == picture(size=(400, 300), progressive=True)


def test_an_upright_photo_without_tags_is_kept_byte_for_byte() -> None:
    for form in ("JPEG", "PNG", "WEBP"):
        assert examine(picture(form), rules=Rules()).data == picture(form)


@pytest.mark.parametrize("cut", range(2, 300, 7))
def test_no_damage_makes_it_fall(cut: int) -> None:
    data = bytearray(picture(tags=True))
    data[cut : cut + 2] = struct.pack("!H", 0xFFFF - cut)
    assert outcome(bytes(data)) in ("image/jpeg", "FILE_DAMAGED", "FILE_TYPE", "FILE_PIXELS")


def outcome(data: bytes) -> str:
    try:
        return sniff(examine(data, rules=Rules()).data) or ""
    except Unfit as refusal:
        return refusal.code


def test_a_thumbnail_is_small_and_upright() -> None:
    small = Image.open(io.BytesIO(thumbnail(picture(size=(1200, 600), tags=True))))
    assert (small.format, small.size) == ("JPEG", (160, 320))
