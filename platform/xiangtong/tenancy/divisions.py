"""The divisions of the country as a form lists them: what lies inside each, and the full name of each.

Below the province the list goes as deep as the divisions that were laid down here; people from elsewhere stop where it
ends and write the rest in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from xiangtong.tenancy.models import Division

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


class Divisions(Mapping[str, str]):
    """12-digit code → full name (江苏省扬州市邗江区). Asked of the database one by one: the whole list is long.

    `home` is the division that most people here will choose in.
    """

    def __init__(self, session: Session, *, home: str = "") -> None:
        self._session = session
        self._inside: dict[str, Mapping[str, str]] = {}
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
        """Twelve hexadecimal digits that name what the whole list says; a case keeps them."""
        said = func.string_agg(Division.code + Division.name, aggregate_order_by(literal(","), Division.code))
        whole = func.encode(func.sha256(func.convert_to(said, "UTF8")), "hex")
        found: str | None = self._session.scalar(select(func.left(whole, 12)).where(Division.valid_to.is_(None)))
        return found or "0" * 12

    def __getitem__(self, code: str) -> str:
        """The full name; a division that was merged away since keeps its own. Raises KeyError."""
        names: list[str] = []
        above: str | None = code
        while above and (row := self._session.get(Division, above)) is not None:
            names.append(row.name)
            above = row.parent_code
        if names:
            return "".join(reversed(names))
        return _PROVINCE_CODES[code]

    def __contains__(self, code: object) -> bool:
        """Say whether a division may be chosen: one in use, or a province."""
        if not isinstance(code, str):
            return False
        row = self._session.get(Division, code)
        return code in _PROVINCE_CODES if row is None else row.valid_to is None

    def __iter__(self) -> Iterator[str]:
        """Every code in use."""
        yield from self._session.scalars(select(Division.code).where(Division.valid_to.is_(None)))

    def __len__(self) -> int:
        """How many are in use."""
        return sum(1 for _ in self)
