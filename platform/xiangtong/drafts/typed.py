"""What was typed into a draft: raw values by JSON Pointer, hidden questions included, and how many rows there are.

Raw means as the person typed it, so that nothing is lost because it does not fit yet. `answers.answers` makes data
of it when somebody needs data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from xiangtong.dialect.vocabulary import MOST_ROWS
from xiangtong.kernel.errors import Refusal

#: A raw value: a text, several texts (check boxes), the files of a question, or a value taken over from a case.
Raw = Any

_MOST_BYTES, _MOST_VALUES = 256 * 1024, 2_000


class TooMuchTyped(Refusal):
    """More was typed than any form of ours could hold."""

    code = "TOO_MUCH"
    status = 413


@dataclass(frozen=True)
class Typed:
    """The content of a draft.

    values  pointer → what was typed there
    rows    pointer of a repeating question → how many rows it shows (a fresh row has no values yet)
    """

    values: Mapping[str, Raw] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)

    def changed(self, values: Mapping[str, Raw]) -> Typed:
        """With `values` written over what was there; raises TooMuchTyped."""
        merged = {**self.values, **values}
        if len(merged) > _MOST_VALUES or len(json.dumps(merged)) > _MOST_BYTES:
            raise TooMuchTyped("填的内容太多了，请缩短一些", "More was typed than this form can hold")
        return Typed(merged, self._rows_of(merged))

    def row_count(self, pointer: str) -> int:
        """How many rows the repeating question at `pointer` shows."""
        return self.rows.get(pointer, 0)

    def with_row(self, pointer: str) -> Typed:
        """One more, empty row at the end."""
        count = self.row_count(pointer) + 1
        if count > MOST_ROWS:
            raise TooMuchTyped(f"最多可以加 {MOST_ROWS} 个", f"At most {MOST_ROWS} rows")
        return Typed(self.values, {**self.rows, pointer: count})

    def without_row(self, pointer: str, index: int) -> Typed:
        """Without row `index` (from 0); the rows after it move up. Nothing changes where there is no such row."""
        count = self.row_count(pointer)
        if not 0 <= index < count:
            return self
        kept = dict(self._moved_up(pointer, index))
        return Typed(kept, {**self.rows, pointer: count - 1})

    def _moved_up(self, pointer: str, index: int) -> Iterator[tuple[str, Raw]]:
        for name, raw in self.values.items():
            row, rest = _row_in(name, pointer)
            if row is None or row < index:
                yield name, raw
            elif row > index:
                yield f"{pointer}/{row - 1}{rest}", raw

    def _rows_of(self, values: Mapping[str, Raw]) -> dict[str, int]:
        counts = dict(self.rows)
        for name in values:
            for pointer, row in _rows_named(name):
                counts[pointer] = min(max(counts.get(pointer, 0), row + 1), MOST_ROWS)
        return counts


def to_bytes(typed: Typed) -> bytes:
    """`typed` as it is sealed."""
    return json.dumps({"values": dict(typed.values), "rows": dict(typed.rows)}).encode()


def from_bytes(plain: bytes) -> Typed:
    """What `to_bytes` made."""
    kept: dict[str, Any] = json.loads(plain)
    return Typed(kept["values"], kept["rows"])


def _row_in(name: str, pointer: str) -> tuple[int | None, str]:
    match = re.match(rf"{re.escape(pointer)}/([0-9]+)(/.*)?\Z", name)
    return (int(match[1]), match[2] or "") if match else (None, "")


def _rows_named(name: str) -> Iterator[tuple[str, int]]:
    for match in re.finditer(r"/([0-9]{1,3})(?=/|\Z)", name):
        yield name[: match.start()], int(match[1])
