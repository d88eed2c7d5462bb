"""Which files we take. What a file is, its first bytes say; its name and the browser's word are not asked."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass

from xiangtong.attachments import photos
from xiangtong.kernel import crypto
from xiangtong.kernel.errors import Refusal

MB = 1024 * 1024
WORDS = {
    "image/jpeg": "照片",
    "image/png": "照片",
    "image/webp": "照片",
    "application/pdf": "PDF 文件",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word 文档",
    "application/ofd": "OFD 版式文件",
}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# The fixed layout of Chinese offices (GB/T 33190): a zip with OFD.xml at its root.
OFD = "application/ofd"
PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
# iPhones write HEIC, which the computers at the windows cannot show; browsers turn it into JPEG when asked for JPEG.
HEIC = frozenset({"image/heic", "image/heif"})
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What one question takes: at most `max_files` files of at most `max_bytes` bytes each, of these media types.

    exact  nothing is taken out of a photo either: what an office issued stays as it issued it
    """

    max_bytes: int = 10 * MB
    max_files: int = 9
    media_types: frozenset[str] = PHOTOS | {"application/pdf"}
    exact: bool = False

    @property
    def accepted_words(self) -> str:
        """The kinds of file in words, for a sentence."""
        return "、".join(dict.fromkeys(words for media, words in WORDS.items() if media in self.media_types))


# What is wrong with a file, by code: in Chinese, in English.
_SENTENCES = {
    "FILE_EMPTY": ("这个文件是空的，请换一个再选", "The file is empty"),
    "FILE_DAMAGED": ("这个文件没有传完整，或者打不开。请再选一次，照片可以重新拍", "The file is damaged"),
    "FILE_UNSURE": ("这个文件没有说清是哪一个，请刷新页面再传一次", "The announcement has no SHA-256 of the file"),
    "FILE_HEIC": (
        "这是苹果手机的 HEIC 照片，窗口的电脑打不开。请直接点“拍照”再拍一张，或截个屏再选截图",
        "HEIC photos cannot be shown at the window",
    ),
    "FILE_PIXELS": ("这张照片的像素太多，打不开。请把手机相机调到普通清晰度再拍一张", "Too many pixels"),
    "FILE_INFECTED": ("这个文件里查出了病毒，没有收下。请换一部手机拍照再传", "A virus was found"),
    "FILE_TOO_INVOLVED": (
        "这个文件里面的东西太多，查毒查不完，没有收下。请把纸质材料直接拍照上传",
        "There is more in the file than can be scanned",
    ),
    "FILE_TYPE": ("您选的这种文件，窗口打不开。纸质材料请直接拍照上传", "This kind of file is not taken here"),
    "FILE_TOO_LARGE": ("这个文件太大了。请拍一张照片代替，或分成几个文件", "The file is too large"),
}


class Unfit(Refusal):
    """A file cannot be taken; the sentence says why and what to do."""

    code = "FILE_UNFIT"
    status = 422

    @classmethod
    def of(cls, code: str) -> Unfit:
        """The refusal of a code, also of one that a row remembers."""
        message, message_en = _SENTENCES[code]
        return cls(message, message_en, code=code)


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that fits, as it will be kept: bytes, media type by its content, SM3 in hex."""

    data: bytes
    media_type: str
    sm3: str


def examine(data: bytes, *, rules: Rules, sha256: str | None = None, size: int | None = None) -> Examined:
    """Check size, announced checksum, type and soundness of `data`; raises Unfit with the first thing wrong.

    From photos the place where they were taken is removed (the picture itself is not re-encoded for JPEG), unless the
    rules want them exact; other files are kept byte for byte. `sm3` is the digest of what is kept.
    """
    check_size(len(data), rules)
    if (size is not None and size != len(data)) or (sha256 and hashlib.sha256(data).hexdigest() != sha256):
        raise Unfit.of("FILE_DAMAGED")
    media_type = check_type(sniff(data), rules)
    if media_type in PHOTOS:
        sound = _sound_photo(data, media_type)
        data = data if rules.exact else sound
    return Examined(data, media_type, crypto.sm3_hex(data))


def check_size(size: int, rules: Rules) -> None:
    """Raise Unfit for an empty file or one above the limit."""
    if size <= 0:
        raise Unfit.of("FILE_EMPTY")
    if size > rules.max_bytes:
        told, limit = _megabytes(size), _megabytes(rules.max_bytes)
        raise Unfit(
            f"这个文件有 {told} MB，最大只能传 {limit} MB。请拍一张照片代替，或分成几个文件",
            f"The file has {told} MB; {limit} MB is the most",
            code="FILE_TOO_LARGE",
        )


def check_type(media_type: str | None, rules: Rules) -> str:
    """The media type, when the question takes it; raises Unfit."""
    if media_type in HEIC:
        raise Unfit.of("FILE_HEIC")
    if media_type is None or media_type not in rules.media_types:
        raise Unfit(
            f"这里只收{rules.accepted_words}，您选的文件不是。纸质材料请直接拍照上传",
            "This kind of file is not taken here",
            code="FILE_TYPE",
        )
    return media_type


def sniff(data: bytes) -> str | None:
    """The media type that the content itself shows; None when it is nothing we know."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return "image/heic"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    return _of_archive(data) if data.startswith(b"PK\x03\x04") else None


def _of_archive(data: bytes) -> str | None:
    try:
        # Only the list of names is read; nothing is unpacked, so a zip bomb has nothing to explode in.
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except zipfile.BadZipFile:
        return None
    if "word/document.xml" in names and "word/vbaProject.bin" not in names:
        return DOCX
    return OFD if "OFD.xml" in names else None


def _sound_photo(data: bytes, media_type: str) -> bytes:
    try:
        return photos.without_place(data, media_type)
    except photos.TooManyPixels as error:
        raise Unfit.of("FILE_PIXELS") from error
    except photos.Broken as error:
        raise Unfit.of("FILE_DAMAGED") from error


def _megabytes(size: int) -> str:
    return f"{size / MB:.1f}".removesuffix(".0")
