"""A copy of an identity card says all over what it was made for; whatever is no photo stays as it is."""

import io

import pytest
from PIL import Image, ImageStat

from xiangtong.attachments.kinds import Examined
from xiangtong.attachments.photos import Broken
from xiangtong.attachments.watermark import marked
from xiangtong.kernel.crypto import sm3_hex

WORDS = {"words": "仅用于办理高龄津贴申请 2026-11-22", "plain": "ONLY FOR ONE APPLICATION 2026-11-22"}


def white(width: int, height: int) -> Examined:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "JPEG")
    return Examined(out.getvalue(), "image/jpeg", sm3_hex(out.getvalue()))


def picture(examined: Examined) -> Image.Image:
    return Image.open(io.BytesIO(examined.data))


@pytest.mark.parametrize("size", [(856, 540), (540, 856)])
def test_no_quarter_of_a_copy_is_left_without_words(size):
    given = white(*size)
    made = marked(given, **WORDS)
    width, height = picture(made).size
    assert (width, height) == size
    for left, top in ((0, 0), (width // 2, 0), (0, height // 2), (width // 2, height // 2)):
        quarter = picture(made).crop((left, top, left + width // 2, top + height // 2)).convert("L")
        assert ImageStat.Stat(quarter).extrema[0][0] < 200, (left, top)
    assert (made.media_type, made.sm3) == ("image/jpeg", sm3_hex(made.data))
    assert made.sm3 != given.sm3


def test_what_stands_under_the_words_can_still_be_read():
    assert ImageStat.Stat(picture(marked(white(856, 540), **WORDS)).convert("L")).mean[0] > 200


def test_a_document_stays_as_it_is():
    paper = Examined(b"%PDF-1.4", "application/pdf", sm3_hex(b"%PDF-1.4"))
    assert marked(paper, **WORDS) is paper


def test_what_is_no_picture_inside_is_refused():
    with pytest.raises(Broken):
        marked(Examined(b"\xff\xd8\xff garbage", "image/jpeg", ""), **WORDS)
