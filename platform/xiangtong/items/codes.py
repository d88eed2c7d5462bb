"""Codes of items: 实施编码 = credit code of the body (18) + exercise level (1) + basic code (12), domain facts §3.1."""

from __future__ import annotations

TOWNSHIP_LEVEL = "5"  # GB/T 39046 A.2
ITEM_TYPES = {
    "01": "行政许可",
    "02": "行政处罚",
    "03": "行政强制",
    "04": "行政征收",
    "05": "行政给付",
    "06": "行政检查",
    "07": "行政确认",
    "08": "行政奖励",
    "09": "行政裁决",
    "10": "其他行政权力",
    "20": "公共服务",
}
CASE_TYPES = {"1": "即办件", "2": "承诺件", "9": "其他"}


def implementing_code(credit_code: str | None, basic_code: str) -> str | None:
    """The 31 characters, or None while the body's credit code is unknown (待补)."""
    return f"{credit_code}{TOWNSHIP_LEVEL}{basic_code}" if credit_code else None
