"""Whether a pattern is answered swiftly by readers that try one way after the other, as Python and every browser do.

Such a reader needs a time that grows without end for `(a+)+` or `.*.*.*`, and a phone stands still. A pattern is swift
where it never has many ways to read the same text:

- what stands in a repeated group either is always of one length, or each of its alternatives begins with a sign that
  occurs nowhere else in the group, so that it is certain where the next round begins;
- next to each other, repetitions of overlapping signs leave at most about a million ways to share a text of a thousand
  signs; a sign that none of them may take parts them.

And it must not grow beyond what the validator in Rust compiles when every `{n}` is written out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

_ENDLESS, _MOST_WAYS, _LARGEST = 1_000, 2_000_000, 5_000
_COUNTED = re.compile(r"\{([0-9]+)(,?)([0-9]*)\}")


@dataclass(frozen=True, slots=True)
class _Item:
    """An atom or a group (its alternatives), and how often it stands there; no `most`: without end."""

    atom: str
    group: tuple[tuple[_Item, ...], ...]
    least: int
    most: int | None

    @property
    def rounds(self) -> int:
        return _ENDLESS if self.most is None else self.most

    @property
    def varies_inside(self) -> bool:
        return len(self.group) > 1 or any(one.varies for part in self.group for one in part)

    @property
    def varies(self) -> bool:
        return self.least != self.most or self.varies_inside

    def atoms(self) -> Iterator[str]:
        if self.atom:
            yield self.atom
        for part in self.group:
            for one in part:
                yield from one.atoms()

    def size(self) -> int:
        inside = 1 if self.atom else sum(one.size() for part in self.group for one in part)
        return inside * max(self.least if self.most is None else self.most, 1)

    def ways(self) -> int:
        """In how many ways it may take up a text of a thousand signs."""
        rounds = self.rounds - self.least + 1
        # Rounds are certain (or the pattern was refused): what matters is where they end, or how one was read.
        return max(rounds, *(_ways(part) for part in self.group)) if self.group else rounds

    def begins_apart(self, beside: Sequence[str]) -> bool:
        """Whether it begins with a sign that is there in any case and that nothing beside it may take."""
        if self.atom:
            return self.least > 0 and not _meets([self.atom], beside)
        return all(part and part[0].least > 0 and part[0].begins_apart(beside) for part in self.group)


def is_swift(tokens: Sequence[tuple[str, str]]) -> bool:
    """Say so of a pattern, given as (sort, text) of its tokens: atom, open, close, or, times; `^` and `$` left out."""
    alternatives, _ = _parsed(tokens, 0)
    whole = _Item("", alternatives, 1, 1)
    return whole.size() <= _LARGEST and _certain(alternatives) and max(map(_ways, alternatives)) <= _MOST_WAYS


def _parsed(tokens: Sequence[tuple[str, str]], at: int) -> tuple[tuple[tuple[_Item, ...], ...], int]:
    parts: list[list[_Item]] = [[]]
    while at < len(tokens) and tokens[at][0] != "close":
        sort, text = tokens[at]
        at += 1
        if sort == "or":
            parts.append([])
            continue
        group: tuple[tuple[_Item, ...], ...] = ()
        if sort == "open":
            group, at = _parsed(tokens, at)
            at += 1
        least, most = 1, 1
        if at < len(tokens) and tokens[at][0] == "times":
            least, most = _times(tokens[at][1])  # type: ignore[assignment]
            at += 1
        parts[-1].append(_Item("" if group else text, group, least, most))
    return tuple(tuple(part) for part in parts), at


def _times(text: str) -> tuple[int, int | None]:
    if text in "*+?":
        return (1 if text == "+" else 0), (1 if text == "?" else None)
    found = _COUNTED.fullmatch(text)
    least = int(found[1]) if found else 0
    if found is None or not found[2]:
        return least, least
    return least, int(found[3]) if found[3] else None


def _certain(alternatives: tuple[tuple[_Item, ...], ...]) -> bool:
    items = [one for part in alternatives for one in part]
    return all(_rounds_are_certain(one) and _certain(one.group) for one in items if one.group)


def _rounds_are_certain(item: _Item) -> bool:
    if item.rounds <= 1 or not item.varies_inside:
        return True
    for part in item.group:
        if not part or not part[0].atom or part[0].least != part[0].most or not part[0].least:
            return False
        rest = [atom for other in item.group for one in other if one is not part[0] for atom in one.atoms()]
        if _meets([part[0].atom], rest):
            return False
    return all(map(_read_in_one_way, item.group))


def _read_in_one_way(part: tuple[_Item, ...]) -> bool:
    """Whether neighbours never share: two ways a round are too many ways in many rounds."""
    return not _shared(part)[1] and all(_told_apart(one.group) for one in part if one.group)


def _told_apart(alternatives: tuple[tuple[_Item, ...], ...]) -> bool:
    firsts = [part[0].atom if part and part[0].least else "" for part in alternatives]
    alone = len(firsts) == 1 or all(
        one and other and not _overlap(one, other) for one, other in combinations(firsts, 2)
    )
    return alone and all(map(_read_in_one_way, alternatives))


def _ways(part: tuple[_Item, ...]) -> int:
    """The most ways in which neighbours that vary may share a text, with nothing certain between them."""
    return _shared(part)[0]


def _shared(part: tuple[_Item, ...]) -> tuple[int, bool]:
    """The most ways, and whether any neighbours that vary may take the same signs."""
    most, ways, shared = 1, 1, False
    beside: list[str] = []
    for one in part:
        atoms = list(one.atoms())
        apart = one.begins_apart(beside)
        if apart and one.least:
            ways, beside = 1, []
        if apart and not one.least:
            most, beside = max(most, one.ways()), [*beside, *atoms]  # It may be missing: then its neighbours meet.
        elif one.varies:
            overlaps = _meets(atoms, beside)
            ways = ways * one.ways() if overlaps else one.ways()
            beside = [*beside, *atoms] if overlaps else atoms
            most, shared = max(most, ways), shared or overlaps
    return most, shared


def _meets(some: Sequence[str], others: Sequence[str]) -> bool:
    return any(_overlap(one, other) for one in some for other in others)


@lru_cache(maxsize=4096)
def _overlap(one: str, other: str) -> bool:
    """Whether some sign fits both: where two sets of ranges meet, one of them begins."""
    signs = {"\x00", "\n", *one, *other, *(chr(ord(sign) + 1) for sign in one + other)}
    return any(re.fullmatch(one, sign, re.S) and re.fullmatch(other, sign, re.S) for sign in signs)
