"""The unified social credit code of an organisation."""

from __future__ import annotations

import re

from xiangtong.fields.checked_code import CheckedCode


class CreditCode(CheckedCode):
    """Eighteen characters with a check character (GB 32100—2015)."""

    name = "credit-code"
    schema = {"type": "string", "format": "credit-code"}
    paper = "营业执照"
    paper_en = "licence"

    def wrong(self, code: str) -> tuple[str, str]:
        """Letters that do not occur, a missing character, or one that does not fit."""
        size = len(code)
        if not re.fullmatch("[0-9A-Z]*", code):
            return "代码里只有数字和大写字母", "There are only digits and capital letters"
        if size != 18:
            sentence = f"还少 {18 - size} 位" if size < 18 else f"多了 {size - 18} 位"
            return f"代码是 18 位，现在是 {size} 位，{sentence}", f"There are {size} of 18 characters"
        if re.search("[IOSVZ]", code):
            return "代码里不会有字母 I、O、S、V、Z，可能是 1、0、5 看错了", "The letters I, O, S, V, Z do not occur"
        return "代码里有一位对不上，可能抄错了", "One character does not fit the others"
