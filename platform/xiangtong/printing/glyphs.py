"""Which characters can be drawn here. What cannot is named to people, never left as a silent box."""

from __future__ import annotations

import subprocess
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache

#: The fonts of the paper, the first that knows a character draws it: the everyday one, then those with rare characters.
FONTS = ("Noto Serif CJK SC", "BabelStone Han", "HanaMinA", "HanaMinB")
#: Stands where a character cannot be drawn, as printers have always done (U+3013).
GETA = "〓"
_NEEDS_NO_GLYPH = frozenset(" \t\n\u3000\u00a0\u200b\ufeff")
_EVERYDAY = "农村申请表〓□■√"


def unprintable(texts: Iterable[str]) -> tuple[str, ...]:
    """The characters of `texts` that none of the fonts has, each once, in code point order."""
    wanted = {char for text in texts for char in text} - _NEEDS_NO_GLYPH
    return tuple(sorted(char for char in wanted if not _covered(ord(char))))


def ready() -> bool:
    """Whether there are fonts here that can draw an everyday form."""
    return not unprintable([_EVERYDAY])


def named(char: str) -> str:
    """A character with its code, for people who have to find it: 𠮷（U+20BB7）."""
    return f"{char}（U+{ord(char):04X}）"


def _covered(code: int) -> bool:
    starts, ends = _ranges()
    at = bisect_right(starts, code) - 1
    return at >= 0 and code <= ends[at]


@cache
def _ranges() -> tuple[list[int], list[int]]:
    """The code points of all the fonts as merged ranges, read from fontconfig's own index once a process."""
    found: list[tuple[int, int]] = []
    for family in FONTS:
        for part in _charset(family):
            low, _, high = part.partition("-")
            found.append((int(low, 16), int(high or low, 16)))
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(found):
        if ends and start <= ends[-1] + 1:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def _charset(family: str) -> list[str]:
    try:
        asked = ["fc-list", "--format", "%{charset} ", f":family={family}:style=Regular"]
        return subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return []
