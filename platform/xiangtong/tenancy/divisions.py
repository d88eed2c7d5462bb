"""The divisions of the country as a form lists them: what lies inside each, and the full name of each.

Below the province the list goes as deep as the divisions that were laid down here; people from elsewhere stop where it
ends and write the rest in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Row, Select, bindparam, event, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.models import Division
from xiangtong.tenancy.scope import current

#: The provinces by the first two digits of their codes (GB/T 2260), for those whose divisions nobody laid down here.
PROVINCES: Mapping[str, str] = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区", "21": "辽宁省",
    "22": "吉林省", "23": "黑龙江省", "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省",
    "36": "江西省", "37": "山东省", "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省",
    "45": "广西壮族自治区", "46": "海南省", "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省",
    "54": "西藏自治区", "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区", "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区",
}  # fmt: skip
_PROVINCE_CODES: Mapping[str, str] = {code.ljust(12, "0"): name for code, name in PROVINCES.items()}

_KEEP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Version:
    digits: str
    until: float


_versions: WeakKeyDictionary[Any, _Version] = WeakKeyDictionary()


@event.listens_for(ScopedSession, "after_commit")
def _forget(session: ScopedSession) -> None:
    # Divisions are laid down in the city's scope alone.
    if current(session).city:
        _versions.clear()


def _version(session: Session) -> str:
    said = func.string_agg(Division.code + Division.name, aggregate_order_by(literal(","), Division.code))
    whole = func.encode(func.sha256(func.convert_to(said, "UTF8")), "hex")
    found: str | None = session.scalar(select(func.left(whole, 12)).where(Division.valid_to.is_(None)))
    return found or "0" * 12


@cache
def _line_query() -> Select[Any]:
    columns: Sequence[Any] = (Division.code, Division.name, Division.parent_code, Division.valid_to)
    line = select(*columns, literal(0).label("above")).where(Division.code == bindparam("code")).cte(recursive=True)
    line = line.union_all(select(*columns, line.c.above + 1).join(line, Division.code == line.c.parent_code))
    return select(line.c.name, line.c.valid_to).order_by(line.c.above.desc())


class Divisions(Mapping[str, str]):
    """12-digit code → full name (江苏省扬州市邗江区). Asked of the database one by one: the whole list is long.

    `home` is the division that most people here will choose in.
    """

    def __init__(self, session: Session, *, home: str = "") -> None:
        self._session = session
        self._inside: dict[str, Mapping[str, str]] = {}
        self._lines: dict[str, Sequence[Row[Any]]] = {}
        self.home = home

    def below(self, code: str) -> Mapping[str, str]:
        """What lies directly inside a division ("" for the country) and is in use: code → name, in the order of codes."""
        if not code:
            return _PROVINCE_CODES
        if code not in self._inside:
            inside = select(Division.code, Division.name).where(
                Division.parent_code == code, Division.valid_to.is_(None)
            )
            rows = self._session.execute(inside.order_by(Division.code))
            self._inside[code] = {row.code: row.name for row in rows}
        return self._inside[code]

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that name what the whole list says; a case keeps them.

        Told at most a minute late where another process laid divisions down: reading the whole list for every filing
        would cost more with every township.
        """
        bind = self._session.get_bind()
        kept = _versions.get(bind)
        if kept is None or kept.until < monotonic():
            kept = _versions[bind] = _Version(_version(self._session), monotonic() + _KEEP_SECONDS)
        return kept.digits

    def __getitem__(self, code: str) -> str:
        """The full name; a division that was merged away since keeps its own. Raises KeyError."""
        line = self._line(code)
        return "".join(row.name for row in line) if line else _PROVINCE_CODES[code]

    def __contains__(self, code: object) -> bool:
        """Say whether a division may be chosen: one in use, or a province."""
        if not isinstance(code, str):
            return False
        line = self._line(code)
        return line[-1].valid_to is None if line else code in _PROVINCE_CODES

    def _line(self, code: str) -> Sequence[Row[Any]]:
        """The division with all it lies in, the largest first; one query for each code."""
        if code not in self._lines:
            self._lines[code] = self._session.connection().execute(_line_query(), {"code": code}).all()
        return self._lines[code]

    def __iter__(self) -> Iterator[str]:
        """Every code in use."""
        yield from self._session.scalars(select(Division.code).where(Division.valid_to.is_(None)))

    def __len__(self) -> int:
        """How many are in use."""
        return sum(1 for _ in self)
