"""How wide things want to be on paper, by their kind: columns of a table of rows, pairs of a line."""

from __future__ import annotations

from collections.abc import Sequence

from xiangtong.dialect.plan import Question
from xiangtong.printing.sheet import GRID

#: Usable widths of A4 in millimetres, margins taken off.
PORTRAIT, LANDSCAPE = 182, 269
#: The width of one Chinese character in a table, and the padding of a cell.
_CHARACTER, _PADDING = 3.4, 2.2

#: What a column of a kind needs, in characters of Chinese (a digit is half of one).
_NEEDS = {
    "resident-id": 9.5, "bank-card": 10, "credit-code": 9.5, "mobile-phone": 6, "phone": 6, "landline": 6,
    "person-name": 4, "date": 5.5, "month": 4, "time": 3, "yes-no": 3, "integer": 3, "number": 3.5, "money": 4.5, "area": 5,
    "area-mu": 4, "length": 4, "address": 10, "full-address": 12, "division": 8, "village": 5, "long-text": 12, "text": 6,
    "email": 8, "document": 10, "date-range": 7, "lines": 8,
}  # fmt: skip
_LEAST_CHOICE, _MOST_CHOICE, _OTHER = 2.5, 5.0, 6.0

#: Kinds whose pair takes a whole line.
_WHOLE_LINE = frozenset(
    {
        *("long-text", "lines", "address", "full-address", "division", "location", "choices", "consent", "opinion"),
        *("matrix", "email"),
    }
)
#: Options longer than this together want a whole line.
_SHORT_OPTIONS = 17


def needs(question: Question) -> float:
    """The least width of a column, in millimetres; a title breaks once."""
    wanted = _NEEDS.get(question.kind, _OTHER)
    if question.options:
        longest = max((len(one.label) for one in question.options), default=0)
        wanted = min(max(longest, _LEAST_CHOICE), _MOST_CHOICE)
    return max(wanted, len(question.title) / 2) * _CHARACTER + _PADDING


def spans(columns: Sequence[Question], *, landscape: bool) -> list[int] | None:
    """The grid columns of each column of a table beside a column of numbers; None where they do not fit."""
    room = (LANDSCAPE if landscape else PORTRAIT) * (GRID - 1) / GRID
    wanted = [needs(one) for one in columns]
    if not columns or len(columns) > GRID - 1 or sum(wanted) > room:
        return None
    return _shared(wanted, GRID - 1)


def pair(question: Question, columns: int) -> int:
    """The twelfths of a line that a pair of label and value wants."""
    said = question.notes.get("x-print", {})
    if "width" in said:
        return int(said["width"])
    long_choice = sum(len(one.label) + 2 for one in question.options) > _SHORT_OPTIONS
    if said.get("box") or question.kind in _WHOLE_LINE or (long_choice and not question.is_derived):
        return 12
    return 12 // columns


def _shared(wanted: Sequence[float], total: int) -> list[int]:
    """`total` columns shared out by what is wanted, each at least one; what is left goes to the largest remainders."""
    exact = [total * one / sum(wanted) for one in wanted]
    given = [max(1, round(one)) for one in exact]
    while sum(given) != total:
        step = 1 if sum(given) < total else -1
        order = sorted(range(len(given)), key=lambda at: (exact[at] - given[at]) * step, reverse=True)
        at = next(one for one in order if given[one] + step >= 1)
        given[at] += step
    return given
