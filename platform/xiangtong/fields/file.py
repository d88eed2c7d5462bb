"""Files: scans and photos of papers."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind


class File(Kind):
    """A list of attachments; the bytes are kept elsewhere and named by their digest."""

    name = "file"
    normal = ""
    schema = {"type": "array"}
    needs = ("items", "maxItems")
    ask = "请上传"
    ask_en = "Please upload"

    def parse(self, raw: str) -> Any:
        """Files never come as text."""
        return None

    def generic(self, value: Any, question: Question, keyword: str, limit: Any) -> tuple[str, str]:
        """How many files are wanted."""
        if keyword == "minItems":
            return f"请至少上传 {limit} 个文件", f"Please upload at least {limit}"
        if keyword == "maxItems":
            return f"最多上传 {limit} 个文件，请删去几个", f"Please upload at most {limit}"
        return "这个文件没有传好，请删掉再传一次", "This file did not arrive whole; please upload it again"

    def display(self, value: Any, question: Question) -> str:
        """The names of the files."""
        if not isinstance(value, list):
            return ""
        return "、".join(str(one.get("name", "")) for one in value if isinstance(one, dict))

    def mask(self, value: Any) -> str:
        """How many files there are; their names may say too much."""
        return f"{len(value) if isinstance(value, list) else 0} 个文件"

    def mask_en(self, value: Any) -> str:
        """How many there are."""
        return f"{len(value) if isinstance(value, list) else 0} file(s)"
