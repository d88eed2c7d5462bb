"""A photo taken or picked on the phone."""

from __future__ import annotations

from xiangtong.fields.file import File


class Photo(File):
    """As a file, asked with the camera."""

    name = "photo"
    ask = "请拍照或选择"
