"""Operands and operations: how ``x-derive`` and ``x-rules`` read answers.

An operation is compiled once into a function of the *frames*: the effective objects from the form inward to
the one in which the operation is written, each with its pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from xiangtong.dialect.operators import OPERATORS, Found
from xiangtong.dialect.vocabulary import DialectError, Facts

#: An effective object and its JSON Pointer.
Frame = tuple[str, Mapping[str, Any]]
Operand = Callable[[Sequence[Frame], Facts], list[Found]]
Operation = Callable[[Sequence[Frame], Facts], Any]


def compile_operation(spec: Mapping[str, Any]) -> Operation:
    """Make the function that computes an operation; it gives None where nothing can be said."""
    operands = compile_operands(spec)
    operator = OPERATORS.get(spec["op"])
    if operator is None:
        raise DialectError(f"there is no operator {spec['op']}")
    compute = operator.compute

    def run(frames: Sequence[Frame], facts: Facts) -> Any:
        return compute([operand(frames, facts) for operand in operands], spec, facts)

    return run


def compile_operands(spec: Mapping[str, Any]) -> list[Operand]:
    """Make one reading function for each operand of an operation."""
    return [_operand(one) for one in listed(spec.get("of", []))]


def compile_reads(spec: Mapping[str, Any]) -> list[Operand]:
    """Make one reading function for each path of an operation, nested operations included."""
    found: list[Operand] = []
    for operand in listed(spec.get("of", [])):
        if isinstance(operand, str):
            found.append(_path(operand))
        elif isinstance(operand, Mapping) and "op" in operand:
            found.extend(compile_reads(operand))
    return found


def listed(of: Any) -> list[Any]:
    """Give the operands as a list; one operand may stand alone."""
    return list(of) if isinstance(of, list) else [of]


def paths(spec: Mapping[str, Any], scope: str) -> Iterator[str]:
    """Yield the pattern of every path an operation reads, nested operations included."""
    for operand in listed(spec.get("of", [])):
        if isinstance(operand, str):
            yield absolute(operand, scope)
        elif isinstance(operand, Mapping) and "op" in operand:
            yield from paths(operand, scope)


def absolute(path: str, scope: str) -> str:
    """Give the pattern that a path means in the object of pattern ``scope``."""
    return path if path.startswith("/") else f"{scope}/{path}"


def parameters(spec: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the tenant parameters an operation reads."""
    for operand in listed(spec.get("of", [])):
        if isinstance(operand, Mapping) and "param" in operand:
            yield operand["param"]
        elif isinstance(operand, Mapping) and "op" in operand:
            yield from parameters(operand)


def _operand(operand: Any) -> Operand:
    if isinstance(operand, str):
        return _path(operand)
    if "param" in operand:
        name = operand["param"]
        return lambda frames, facts: _given(facts.params.get(name))
    if "const" in operand:
        constant = operand["const"]
        return lambda frames, facts: [("", constant)]
    operation = compile_operation(operand)
    return lambda frames, facts: _given(operation(frames, facts))


def _given(value: Any) -> list[Found]:
    return [] if value is None else [("", value)]


def _path(path: str) -> Operand:
    frame_index = 0 if path.startswith("/") else -1
    tokens = path.lstrip("/").split("/")

    def read(frames: Sequence[Frame], facts: Facts) -> list[Found]:
        found: list[Found] = [frames[frame_index]]
        for token in tokens:
            found = list(_deeper(found, token))
        return found

    return read


def values_at(data: Mapping[str, Any], pattern: str) -> list[Found]:
    """Find every value of a pattern in effective data, with its pointer."""
    found: list[Found] = [("", data)]
    for name in pattern.split("/")[1:]:
        found = list(_deeper(found, name))
    return found


def _deeper(found: list[Found], name: str) -> Iterator[Found]:
    for pointer, value in found:
        if name == "*":
            if isinstance(value, list):
                yield from ((f"{pointer}/{index}", item) for index, item in enumerate(value))
        elif isinstance(value, dict) and name in value:
            yield f"{pointer}/{name}", value[name]
