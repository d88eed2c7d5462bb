"""The one generator of demo values. Each is well-formed, lies in a marked range, and is stored with demo = true.

Credit codes carry `DEM` in the body's part, where real ones carry digits or `M`; telephone numbers begin with 0000
after the area code, which no exchange gives out, so that nobody is rung up by a demo.
"""

from __future__ import annotations

import re

from stdnum.cn import uscc

_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_AGENTS = ("张三", "李四", "王五", "赵六", "钱七", "孙八", "周九", "吴十")
_PHONE = re.compile(r"-0000[0-9]{4}\Z")
HOURS = "周一至周五 9:00–17:30"


def credit_code(area_code: str, serial: int = 0) -> str:
    """A unified social credit code (GB 32100) for a demo body in the county of `area_code`, check digits right."""
    body = f"DEM{area_code[6:9] or '000'}{serial % 100:02d}"
    total = sum(int(char, 36) * weight for char, weight in zip(body, _BODY_WEIGHTS, strict=True))
    check = "0123456789X0"[11 - total % 11]
    # GB 32100 has no restriction on X; it is a letter of its alphabet.
    front = f"11{area_code[:6]}{body}{check}"
    return front + str(uscc.calc_check_digit(front))


def is_credit_code(value: str) -> bool:
    """True for 18 characters of the alphabet of GB 32100 whose check character is right."""
    if len(value) != 18 or any(char not in _ALPHABET for char in value):
        return False
    return bool(uscc.calc_check_digit(value[:-1]) == value[-1])


def phone(area: str, code: str) -> str:
    """A telephone number in the range 0000xxxx that cannot be rung."""
    return f"{area or '0000'}-0000{int(code[6:]) * 7 % 10000:04d}"


def is_phone(value: str | None) -> bool:
    """True for a number that `phone` made."""
    return bool(value and _PHONE.search(value))


def agent(code: str) -> str:
    """A made-up name for the agent of a village."""
    return _AGENTS[int(code[9:12] or 0) % len(_AGENTS)]


_ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
