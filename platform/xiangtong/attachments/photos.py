"""Photos: are they whole, are they small enough to open, and where they were taken is nobody's business."""

from __future__ import annotations

import io
import struct
from threading import BoundedSemaphore

from PIL import ExifTags, Image, ImageOps

from xiangtong.attachments import jpegs

# What a phone takes by default stays below 50 million; JPEG is opened at an eighth of its size, the others in full.
MAX_PIXELS = {"image/jpeg": 50_000_000, "image/png": 24_000_000, "image/webp": 24_000_000}
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
# A progressive JPEG comes in ten scans or so, and each goes over every pixel; a bomb has thousands in a megabyte.
_MOST_SCANS, _MOST_SCANNED = 100, 800_000_000
# A large picture takes a second and a hundred megabytes: no more than this many at once in one process.
DECODING = BoundedSemaphore(2)
_TAGS = {"exif", "xmp", "XML:com.adobe.xmp", "Raw profile type exif"}
# Opening a small JPEG at an eighth of its size still reads every byte of it.
_SMALL = (64, 64)


class Broken(Exception):
    """The picture cannot be decoded."""


class TooManyPixels(Exception):
    """Decoding the picture would take more memory than a picture is worth (a decompression bomb)."""


def without_place(data: bytes, media_type: str) -> bytes:
    """`data` without the tags that say where and with what it was taken; raises Broken or TooManyPixels.

    JPEG: the tags are cut out and the way up is written back, the picture stays as it is. PNG and WebP are written
    anew, and only when they carry such tags.
    """
    if media_type == "image/jpeg":
        return _jpeg_without_place(data)
    with DECODING:
        picture = _opened(data, media_type)
        return _rewritten(picture) if _TAGS & picture.info.keys() else data


def _jpeg_without_place(data: bytes) -> bytes:
    try:
        segments = jpegs.segments(data)
    except jpegs.Overlong as error:
        raise TooManyPixels from error
    with DECODING:
        picture = _opened(jpegs.joined(segments), "image/jpeg", scans=jpegs.scans(segments))
    return _upright_again(jpegs.joined(jpegs.without_tags(segments)), _way_up(picture))


def thumbnail(data: bytes, *, edge: int = 320) -> bytes:
    """A JPEG at most `edge` pixels on a side, upright, for lists; raises Broken."""
    try:
        with DECODING, Image.open(io.BytesIO(data)) as picture:
            picture.draft("RGB", (edge, edge))
            # Made small before anything else: every copy of a large picture is a hundred megabytes.
            small = picture.convert("RGBA") if picture.mode == "P" else picture
            small.thumbnail((edge, edge))
            return _saved(_on_paper(ImageOps.exif_transpose(small)), "JPEG", quality=80)
    except (OSError, ValueError, SyntaxError) as error:
        raise Broken from error


def _on_paper(picture: Image.Image) -> Image.Image:
    """Without transparency: a drawn signature is ink on nothing, which JPEG would make ink on black."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    drawn = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB")


def _opened(data: bytes, media_type: str, *, scans: int = 1) -> Image.Image:
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=[_FORMATS[media_type]])
        pixels = picture.width * picture.height
        if pixels > MAX_PIXELS[media_type] or scans > _MOST_SCANS or scans * pixels > _MOST_SCANNED:
            raise TooManyPixels
        picture.draft("RGB", _SMALL)
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except (OSError, ValueError, SyntaxError, struct.error) as error:
        raise Broken from error
    return picture


def _way_up(picture: Image.Image) -> int | None:
    try:
        return picture.getexif().get(ExifTags.Base.Orientation)
    except (OSError, ValueError, SyntaxError, struct.error):
        return None  # Damaged tags say nothing; the picture itself is whole.


def _upright_again(kept: bytes, upright: int | None) -> bytes:
    if upright not in range(2, 9):
        return kept
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = upright
    body = tags.tobytes()
    if not body.startswith(b"Exif\0\0"):
        body = b"Exif\0\0" + body
    return kept[:2] + b"\xff\xe1" + struct.pack("!H", len(body) + 2) + body + kept[2:]


def _rewritten(picture: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(picture) if _way_up(picture) else picture
    clean = Image.new(upright.mode, upright.size)
    if upright.mode == "P" and (palette := upright.getpalette()):
        clean.putpalette(palette)
    clean.paste(upright)
    return _saved(clean, picture.format or "PNG", quality=90)


def _saved(picture: Image.Image, form: str, *, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, quality=quality)
    return out.getvalue()
