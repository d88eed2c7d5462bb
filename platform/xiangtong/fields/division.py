"""A place anywhere in the country, by the code of its administrative division; chosen level by level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xiangtong.dialect.plan import Question
from xiangtong.fields.kind import Kind
from xiangtong.fields.normal import code

#: Digits that say the level: province, city, county, township, village (domain facts §1.1).
LEVELS = (2, 4, 6, 9, 12)


class Division(Kind):
    """Twelve digits; levels above the village are padded with zeros. The list comes with the facts of the day."""

    name = "division"
    normal = "code"
    schema = {"type": "string", "format": "division", "x-options-from": "divisions"}
    ask = "请选择"
    ask_en = "Please choose"

    def gather(self, raws: Sequence[str]) -> str:
        """The deepest choice that lies in the ones before it: who changes the county has not chosen a town yet."""
        kept = ""
        for raw in raws:
            chosen = code(raw)
            if not chosen.startswith(prefix(kept)) or not chosen:
                break
            kept = chosen
        return kept

    def is_listed(self, value: str, allowed: Mapping[str, str]) -> bool:
        """Say whether nothing is left to choose: the division is known, and the list goes no deeper there."""
        return value in allowed and not below(allowed, value)

    def generic(self, value: Any, question: Question, keyword: str, limit: Any) -> tuple[str, str]:
        """What is not chosen to the end, or is not known."""
        return "请接着往下选，选到村（社区）为止", "Please go on choosing, down to the village"


def prefix(division: str) -> str:
    """The leading digits that all divisions inside have in common: ``321003000000`` → ``321003``."""
    inside = (size for size in LEVELS if not division[size:].strip("0"))
    return division[: next(inside, len(division))]


def chain(division: str) -> list[str]:
    """A division and those around it, the province first, twelve digits each."""
    own = prefix(division)
    return [own[:size].ljust(12, "0") for size in LEVELS if size <= len(own)]


def below(allowed: Mapping[str, str], division: str) -> Mapping[str, str]:
    """What may be chosen next inside a division ("" for the country): code → name.

    A list that knows its levels answers itself; a plain one is looked through.
    """
    ask = getattr(allowed, "below", None)
    if ask is not None:
        found: Mapping[str, str] = ask(division)
        return found
    own = prefix(division)
    size = next((size for size in LEVELS if size > len(own)), 0)
    return {one: name for one, name in allowed.items() if one.startswith(own) and len(prefix(one)) == size}


def recognised(allowed: Mapping[str, str], address: str, home: str = "") -> tuple[str, str]:
    """The division that an address in words begins with, as deep as it is written, and the rest of the words.

    People write from the province down, or leave out the province and city they live in (`home` is a division there);
    whoever begins with a town or a village may mean one of the same name elsewhere. ("", address) when none is found.
    """
    for start in ("", *chain(home)[:2]):
        found, rest = start, address
        while (step := _longest(below(allowed, found), rest)) is not None:
            found, rest = step[0], rest[len(step[1]) :].lstrip(" \u3000,，")
        if found != start:
            return found, rest
    return "", address


def _longest(inside: Mapping[str, str], words: str) -> tuple[str, str] | None:
    fitting = [(code, name) for code, name in inside.items() if name and words.startswith(name)]
    return max(fitting, key=lambda one: len(one[1]), default=None)
