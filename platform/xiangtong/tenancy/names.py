"""Names of places: the short form that people say, and its pinyin for finding it."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# The official lists write the same committee in many ways; what people say is the village or the community.
_VILLAGE = re.compile(r"(?P<name>.+?)(?P<village>村)?(村民委员会|村委会)\Z")
_COMMUNITY = re.compile(r"(?P<name>.+?)(社区)?(社区居民委员会|社区居委会|社区居民会)\Z")
_RESIDENTS = re.compile(r"(?P<name>.+?)(居民委员会|居委会)\Z")
_HAN = re.compile(r"[^\u3400-\u9fffA-Za-z0-9]")


def short_village_name(official: str) -> str:
    """“太平村委会” → 太平村, “西峰社区居委会” → 西峰社区, “花园居委会” → 花园居委会; others stay as they are."""
    if found := _VILLAGE.match(official):
        return f"{found['name']}村"
    if found := _COMMUNITY.match(official):
        return f"{found['name']}社区"
    if found := _RESIDENTS.match(official):
        return f"{found['name']}居委会"
    return official


def short_township_name(official: str, *, strip: tuple[str, ...] = ()) -> str:
    """The name without the longest of the prefixes `strip` that it begins with."""
    for prefix in sorted(strip, key=len, reverse=True):
        if official.startswith(prefix) and len(official) > len(prefix) + 1:
            return official.removeprefix(prefix)
    return official


@lru_cache(maxsize=32768)
def pinyin(name: str) -> tuple[str, str]:
    """The name in pinyin without tones, and its initials: 公道镇 → (gongdaozhen, gdz)."""
    syllables = lazy_pinyin(_HAN.sub("", name), style=Style.NORMAL)
    return "".join(syllables).lower(), "".join(s[0] for s in syllables if s).lower()


def government_of(name: str) -> str | None:
    """Who governs a township by its kind: 镇、乡 → 人民政府, 街道 → 办事处; None where the name does not tell."""
    if name.endswith(("镇", "乡")):
        return f"{name}人民政府"
    return f"{name}办事处" if name.endswith("街道") else None
