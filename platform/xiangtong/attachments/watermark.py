"""What a copy of an identity card was made for, and when, written across it: of no use for anything else."""

from __future__ import annotations

import io
import subprocess
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from xiangtong.attachments.kinds import PHOTOS, Examined
from xiangtong.attachments.photos import DECODING, Broken
from xiangtong.kernel import crypto

_FONT = "Noto Sans CJK SC"
# Dark with a light edge: seen on any picture, and what is under it can still be read.
_INK, _EDGE = (60, 60, 60, 130), (255, 255, 255, 110)
_SLANT = 28  # degrees
_MOST = 2400  # pixels on a side: enough to read a card, little enough to draw on


def marked(examined: Examined, *, words: str, plain: str) -> Examined:
    """The photo with `words` written across it again and again; anything else as it is. Its digest is the new one's.

    `plain` (no Chinese) is written where no font here can draw Chinese. Raises Broken.
    """
    if examined.media_type not in PHOTOS:
        return examined
    try:
        with DECODING, Image.open(io.BytesIO(examined.data)) as picture:
            picture.draft("RGB", (_MOST, _MOST))
            picture.thumbnail((_MOST, _MOST))
            data = _drawn(ImageOps.exif_transpose(picture).convert("RGBA"), words if _chinese() else plain)
    except (OSError, ValueError, SyntaxError) as error:
        raise Broken from error
    return Examined(data, "image/jpeg", crypto.sm3_hex(data))


def _drawn(picture: Image.Image, words: str) -> bytes:
    font = _font(max(12, min(picture.size) // 16))
    across = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), words, font=font)
    width, height = int(across[2]) + 1, int(across[3]) + 1
    side = int((picture.width**2 + picture.height**2) ** 0.5) + 1
    sheet = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    pen = ImageDraw.Draw(sheet)
    for line, top in enumerate(range(0, side, height * 4)):
        for left in range(-(line % 2) * width // 2, side, width + height * 2):
            pen.text((left, top), words, font=font, fill=_INK, stroke_width=1, stroke_fill=_EDGE)
    slanted = sheet.rotate(_SLANT, resample=Image.Resampling.BILINEAR)
    left, top = (side - picture.width) // 2, (side - picture.height) // 2
    paper = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    paper.alpha_composite(slanted.crop((left, top, left + picture.width, top + picture.height)))
    out = io.BytesIO()
    paper.convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = _chinese()
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


@cache
def _chinese() -> str:
    """The file of a font that draws Chinese; nothing where the system has none. Asked once a process."""
    try:
        told = subprocess.run(
            ["fc-match", "-f", "%{family}\n%{file}", _FONT], capture_output=True, text=True, check=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    family, _, path = told.stdout.partition("\n")
    return path if "CJK" in family and Path(path).is_file() else ""
