"""The closed list of operators: each a small pure function, each with a twin in the browser's script.

An operator is given, for each operand, the values found there with their pointers; its settings; and the
facts of the day. It gives None where nothing can be said. Their meaning in words: ``docs/dialect.md`` §6.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import prod
from typing import Any

from xiangtong.dialect import identity_numbers
from xiangtong.dialect.conditions import same
from xiangtong.dialect.vocabulary import LARGEST_INTEGER, Facts

#: A value and the pointer at which it was found ("" for a constant, a parameter, a computed value).
Found = tuple[str, Any]
Operands = Sequence[Sequence[Found]]
Compute = Callable[[Operands, Mapping[str, Any], Facts], Any]


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: what it computes, whether it is a rule, and the settings it takes."""

    compute: Compute
    rule: bool = False
    operands: tuple[int, int] = (1, 50)  # the least and the greatest number of them
    settings: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    compares: bool = False  # it answers yes or no, and so may be the derived value of a yes-no


def _values(operands: Operands) -> Iterator[Any]:
    return (value for operand in operands for _, value in operand)


def _integers(operands: Operands) -> list[int]:
    return [value for value in _values(operands) if isinstance(value, int) and not isinstance(value, bool)]


def _single(operands: Operands, index: int) -> Any:
    """The one value of an operand; None where there is none or there are several."""
    if index >= len(operands) or len(operands[index]) != 1:
        return None
    return operands[index][0][1]


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _lacks(operands: Operands, spec: Mapping[str, Any]) -> bool:
    """Say whether the setting ``all`` wants every operand to be there and one is not."""
    return bool(spec.get("all")) and not all(operands)


def _sum(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> int | None:
    return None if _lacks(operands, spec) else sum(_integers(operands))


def _count(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> int:
    if "equals" in spec:
        return sum(1 for value in _values(operands) if same(value, spec["equals"]))
    return sum(1 for _ in _values(operands))


def _min(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> int | None:
    return None if _lacks(operands, spec) else min(_integers(operands), default=None)


def _max(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> int | None:
    return None if _lacks(operands, spec) else max(_integers(operands), default=None)


def _pair(operands: Operands) -> tuple[Any, Any] | None:
    """Two single values of one comparable sort: two integers, or two texts."""
    one, other = _single(operands, 0), _single(operands, 1)
    for sort in (int, str):
        if isinstance(one, sort) and isinstance(other, sort):
            return None if isinstance(one, bool) or isinstance(other, bool) else (one, other)
    return None


def _divide(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> int | None:
    pair = _pair(operands)
    if pair is None or not isinstance(pair[0], int) or pair[1] <= 0 or pair[0] < 0:
        return None
    return int(pair[0] // pair[1])


def _minus(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> int | None:
    pair = _pair(operands)
    if pair is None or not isinstance(pair[0], int):
        return None
    return pair[0] - pair[1] if pair[0] >= pair[1] else None


def _multiply(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> int | None:
    factors = _integers([operand for operand in operands if len(operand) == 1])
    if len(factors) != len(operands):
        return None
    product = prod(factors)
    return product if abs(product) <= LARGEST_INTEGER else None


def _today(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> str:
    return facts.today.isoformat()


def _birth_of(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> str | None:
    born = identity_numbers.birth_of(_single(operands, 0))
    return born.isoformat() if born else None


def _sex_of(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> str | None:
    return identity_numbers.sex_of(_single(operands, 0))


def _age_at(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> int | None:
    born = _day(_single(operands, 0))
    on = _day(_single(operands, 1)) if len(operands) > 1 else facts.today
    on = months_later(on, spec.get("after_months", 0)) if on else None
    if born is None or on is None:
        return None
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return years if years >= 0 else None


def months_later(day: date, months: int) -> date | None:
    """Give the same day ``months`` later; the month's last day where there is no such day, None after the year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _days_between(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> int | None:
    first, last = _day(_single(operands, 0)), _day(_single(operands, 1))
    return (last - first).days if first and last else None


def _band(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> Any:
    numbers = _integers(operands[:1])
    reached = [value for floor, value in spec["bands"] if numbers and floor <= numbers[0]]
    return reached[-1] if reached else None


def _lookup(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> Any:
    key, table = _single(operands, 0), _single(operands, 1)
    if not isinstance(table, Mapping) or isinstance(key, bool) or not isinstance(key, (int, str)):
        return None
    if not spec.get("floor"):
        return table.get(str(key))
    floors = [int(name) for name in table if isinstance(key, int) and name.isdecimal() and int(name) <= key]
    return table[str(max(floors))] if floors else None


def _disability_of(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> str | None:
    return identity_numbers.disability_of(_single(operands, 0), spec["part"])


def _equals(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> bool | None:
    one, other = _single(operands, 0), _single(operands, 1)
    return None if one is None or other is None else same(one, other)


def _differs(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> bool | None:
    equal = _equals(operands, spec, facts)
    return None if equal is None else not equal


def _at_most(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> bool | None:
    pair = _pair(operands)
    return None if pair is None else bool(pair[0] <= pair[1])


def _at_least(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> bool | None:
    pair = _pair(operands)
    return None if pair is None else bool(pair[0] >= pair[1])


def _unique_by(operands: Operands, spec: Mapping[str, Any], facts: Facts) -> list[str]:
    """The pointers of values that occurred before; an empty list where all differ."""
    seen: list[Any] = []
    repeated = []
    for pointer, value in (found for operand in operands for found in operand):
        if any(same(value, other) for other in seen):
            repeated.append(pointer)
        seen.append(value)
    return repeated


_ALL = frozenset({"all"})

OPERATORS: Mapping[str, Operator] = {
    "sum": Operator(_sum, settings=_ALL),
    "count": Operator(_count, settings=frozenset({"equals"})),
    "min": Operator(_min, settings=_ALL),
    "max": Operator(_max, settings=_ALL),
    "divide": Operator(_divide, operands=(2, 2)),
    "minus": Operator(_minus, operands=(2, 2)),
    "multiply": Operator(_multiply, operands=(2, 5)),
    "today": Operator(_today, operands=(0, 0)),
    "birth_of": Operator(_birth_of, operands=(1, 1)),
    "sex_of": Operator(_sex_of, operands=(1, 1)),
    "age_at": Operator(_age_at, operands=(1, 2), settings=frozenset({"after_months"})),
    "days_between": Operator(_days_between, operands=(2, 2)),
    "band": Operator(_band, operands=(1, 1), settings=frozenset({"bands"}), needs=frozenset({"bands"})),
    "lookup": Operator(_lookup, operands=(2, 2), settings=frozenset({"floor"})),
    "disability_of": Operator(_disability_of, operands=(1, 1), settings=frozenset({"part"}), needs=frozenset({"part"})),
    "equals": Operator(_equals, rule=True, operands=(2, 2), compares=True),
    "differs": Operator(_differs, rule=True, operands=(2, 2), compares=True),
    "at_most": Operator(_at_most, rule=True, operands=(2, 2), compares=True),
    "at_least": Operator(_at_least, rule=True, operands=(2, 2), compares=True),
    "unique_by": Operator(_unique_by, rule=True),
}
