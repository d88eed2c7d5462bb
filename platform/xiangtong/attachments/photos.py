"""Photos: are they whole, are they small enough to open, and where they were taken is nobody's business."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator

from PIL import ExifTags, Image, ImageOps

# What a phone takes by default stays below 50 million; JPEG is opened at an eighth of its size, the others in full.
MAX_PIXELS = {"image/jpeg": 50_000_000, "image/png": 24_000_000, "image/webp": 24_000_000}
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_APP1, _APP13, _START_OF_SCAN, _END, _FILL = 0xE1, 0xED, 0xDA, 0xD9, 0xFF
# Inside a scan 0xFF is followed by a stuffed zero or a restart marker; anything else begins the next segment.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
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
    picture = _opened(data, media_type)
    if media_type == "image/jpeg":
        return _with_segments(data, _way_up(picture))
    return _rewritten(picture) if _TAGS & picture.info.keys() else data


def thumbnail(data: bytes, *, edge: int = 320) -> bytes:
    """A JPEG at most `edge` pixels on a side, upright, for lists; raises Broken."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.draft("RGB", (edge, edge))
            small = _on_paper(ImageOps.exif_transpose(picture) if _way_up(picture) else picture)
            small.thumbnail((edge, edge))
            return _saved(small, "JPEG", quality=80)
    except (OSError, ValueError, SyntaxError) as error:
        raise Broken from error


def _on_paper(picture: Image.Image) -> Image.Image:
    """Without transparency: a drawn signature is ink on nothing, which JPEG would make ink on black."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    drawn = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB")


def _opened(data: bytes, media_type: str) -> Image.Image:
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=[_FORMATS[media_type]])
        if picture.width * picture.height > MAX_PIXELS[media_type]:
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


def _with_segments(data: bytes, upright: int | None) -> bytes:
    kept = b"".join(_segments(data))
    if upright not in range(2, 9):
        return kept
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = upright
    body = tags.tobytes()
    if not body.startswith(b"Exif\0\0"):
        body = b"Exif\0\0" + body
    return kept[:2] + b"\xff\xe1" + struct.pack("!H", len(body) + 2) + body + kept[2:]


def _segments(data: bytes) -> Iterator[bytes]:
    """The picture's segments without Exif, XMP (APP1) and IPTC (APP13), up to its end.

    What phones append after the end (a second picture, a short film) goes too: it carries its own tags.
    """
    yield data[:2]
    at = 2
    while at + 4 <= len(data):
        marker = data[at + 1]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _START_OF_SCAN:
            following = _NEXT_MARKER.search(data, end)
            end = following.start() if following else len(data)
        elif marker == _FILL:
            end = at + 1
        elif marker == _END:
            break
        if marker not in (_APP1, _APP13, _FILL):
            yield data[at:end]
        at = end
    yield b"\xff\xd9"


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
