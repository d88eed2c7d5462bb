"""How a raw text becomes a value, the same way in Python and in the browser (``docs/dialect.md`` §5).

What cannot become a value stays as it was typed: the person sees it again, beside a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from xiangtong.dialect.vocabulary import LARGEST_INTEGER

# Written out, since Python and JavaScript differ on what white space is.
_WHITE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_EDGES = re.compile(f"^[{_WHITE}]+|[{_WHITE}]+$")
_GAPS = re.compile(f"[{_WHITE}]+")
# Controls would break rows and documents; lone surrogates are no text at all.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?|\n")
# A line end, with what stands around it.
_BREAK = re.compile("[ \t\u3000]*\n[ \t\n\u3000]*")
_DASHES = re.compile("[-\u2010-\u2015\u2212]")
_DOTS = re.compile("(?<=[\u3400-\u9fff])[•・‧.](?=[\u3400-\u9fff])")
_INTEGER = re.compile("-?[0-9]{1,16}")
_HUNDREDTHS = re.compile("(-?)([0-9]{1,13})(?:\\.([0-9]{1,2})0*)?")
_UNITS = re.compile(
    "(元|平方米|㎡|m2|m²|亩|米|m|人|口|岁|层|户|间|台|头|只|株|次|天|个月|年|小时|公斤|吨|%)$", re.IGNORECASE
)
_DATES = (
    re.compile("([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"),
    re.compile("([0-9]{4})([0-9]{2})([0-9]{2})"),
)

_MONTHS = (re.compile("([0-9]{4})[-/.年]([0-9]{1,2})月?"), re.compile("([0-9]{4})([0-9]{2})"))
_TIMES = (
    re.compile("(上午|下午|晚上)?([0-9]{1,2}):([0-9]{2})"),
    re.compile("(上午|下午|晚上)?([0-9]{1,2})[点时](?:([0-9]{1,2})分?|(半)|整)?"),
    re.compile("()([0-9]{2})([0-9]{2})"),
)
_DEGREES = re.compile("(-?)([0-9]{1,3})(?:\\.([0-9]{1,15}))?°?")
_CAPITALS = re.compile("[A-Z]+")
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def scrub(text: str) -> str:
    """Take away characters that are no text: controls, lone surrogates."""
    if text.isprintable():
        return text
    return _UNSPEAKABLE.sub("", text)


def text(raw: str) -> Any:
    """Trim; line ends become ``\\n``."""
    if raw.isprintable() and raw[:1] != " " and raw[-1:] != " ":
        return raw
    return _EDGES.sub("", scrub(raw.replace("\r\n", "\n").replace("\r", "\n")))


def name(raw: str) -> Any:
    """Trim; rare characters, ``·`` and inner spaces stay; look-alikes of ``·`` become it, full-width digits digits."""
    return _DOTS.sub("·", text(raw)).translate(_WIDE_DIGITS)


def line(raw: str) -> Any:
    """A text in one line, however many it was written in: an address is copied from a card in two."""
    return _BREAK.sub(" ", text(raw))


def code(raw: str) -> str:
    """A number or a code: full-width to plain, no spaces, no dashes, upper case."""
    if raw.isascii() and raw.isalnum():
        return raw.upper()
    plain = unicodedata.normalize("NFKC", scrub(raw))
    # An upper case letter may be written in two ways again, hence once more.
    return unicodedata.normalize("NFKC", _DASHES.sub("", _GAPS.sub("", plain)).upper())


def phone(raw: str) -> Any:
    """As a code, without the country's prefix that phone books add."""
    return code(raw).removeprefix("+86")


def integer(raw: str) -> Any:
    """``１，２００ 人`` becomes 1200."""
    plain = _UNITS.sub("", _plain_number(raw))
    return _within(int(plain), raw) if _INTEGER.fullmatch(plain) else text(raw)


def hundredths(raw: str) -> Any:
    """``120.5`` becomes 12050: fen of yuan, 0.01 m² of m², cm of m."""
    match = _HUNDREDTHS.fullmatch(_UNITS.sub("", _plain_number(raw)))
    if match is None:
        return text(raw)
    sign, whole, part = match.groups()
    value = int(whole) * 100 + int((part or "").ljust(2, "0"))
    return _within(-value if sign else value, raw)


def boolean(raw: str) -> Any:
    """``true``, ``on``, ``1`` and ``false``, ``0``."""
    return {"true": True, "on": True, "1": True, "false": False, "0": False}.get(text(raw), text(raw))


def day(raw: str) -> Any:
    """``2026年1月31日`` and its like become ``2026-01-31``."""
    plain = _plain(raw)
    for shape in _DATES:
        match = shape.fullmatch(plain)
        if match:
            return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
    return text(raw)


def month(raw: str) -> Any:
    """``2026年1月`` and its like become ``2026-01``."""
    plain = _plain(raw)
    for shape in _MONTHS:
        match = shape.fullmatch(plain)
        if match:
            return f"{match[1]}-{int(match[2]):02d}"
    return text(raw)


def clock(raw: str) -> Any:
    """``8点半``, ``下午2:05`` and ``1405`` become ``08:30`` and ``14:05``."""
    match = next((found for shape in _TIMES if (found := shape.fullmatch(_plain(raw)))), None)
    if match is None:
        return text(raw)
    hour, late = int(match[2]), match[1] in ("下午", "晚上")
    # Nobody knows whether 晚上12点 is the end of today or its beginning.
    if match[1] == "晚上" and hour == 12:
        return text(raw)
    minutes = 30 if match.lastindex == 4 else int(match[3] or 0)
    return f"{hour + 12 if late and hour < 12 else hour:02d}:{minutes:02d}"


def email(raw: str) -> str:
    """An address without spaces, in lower case; ``。`` is what a Chinese keyboard gives for a point."""
    plain = _plain(raw).replace("。", ".")
    # Only plain letters: languages differ on the lower case of others. They may meet accents anew, hence once more.
    return unicodedata.normalize("NFKC", _CAPITALS.sub(lambda found: found[0].lower(), plain))


def lines(raw: str) -> Any:
    """The lines of a text, each trimmed; empty ones are left out."""
    return lines_of([raw], text)


def lines_of(given: Sequence[Any], read: Callable[[str], Any]) -> list[Any]:
    """Split the texts among `given` at their line ends and read each line; what is no text stays as it is."""
    found: list[Any] = []
    for one in given:
        found += [read(line) for line in _LINE_END.split(one)] if isinstance(one, str) else [one]
    return [one for one in found if one != ""]


def millionths(raw: str) -> Any:
    """``119.412345`` becomes 119412345; decimals beyond the sixth are cut off."""
    match = _DEGREES.fullmatch(_plain(raw).replace("−", "-"))
    if match is None:
        return text(raw)
    sign, whole, part = match.groups()
    value = int(whole) * 1_000_000 + int((part or "").ljust(6, "0")[:6])
    return -value if sign else value


def _plain(raw: str) -> str:
    return _GAPS.sub("", unicodedata.normalize("NFKC", scrub(raw)))


def _plain_number(raw: str) -> str:
    return _plain(raw).replace(",", "").replace("−", "-")


def _within(value: int, raw: str) -> Any:
    return value if abs(value) <= LARGEST_INTEGER else text(raw)


NORMAL_FORMS: Mapping[str, Callable[[str], Any]] = {
    "text": text,
    "name": name,
    "line": line,
    "code": code,
    "phone": phone,
    "integer": integer,
    "hundredths": hundredths,
    "boolean": boolean,
    "date": day,
    "month": month,
    "time": clock,
    "email": email,
    "millionths": millionths,
    "lines": lines,
}


def today_or_before(value: Any, today: date) -> bool:
    """Say whether a date in text is not in the future; what is no date passes."""
    try:
        return not isinstance(value, str) or date.fromisoformat(value) <= today
    except ValueError:
        return True
