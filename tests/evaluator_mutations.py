"""Faults planted in the evaluators, one at a time: a corpus that stays green with one of them is worth nothing.

Each is (file, what stands there once, what shall stand there instead).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from evaluator_pair import ROOT, source

Mutation = tuple[str, str, str]

IN_PYTHON: list[Mutation] = [
    ("dialect/effective.py", "return question.office or (", "return question.office and ("),
    ("dialect/effective.py", "condition.holds(frames[condition.depth][1]) is", "condition.holds(frames[0][1]) is"),
    ("dialect/conditions.py", "return found >= least and", "return found > least and"),
    ("dialect/conditions.py", "isinstance(one, bool) == isinstance(other, bool) and bool(one == other)", "bool(one == other)"),
    ("dialect/operators.py", "((on.month, on.day) < (born.month, born.day))", "((on.month, on.day) <= (born.month, born.day))"),
    ("dialect/known.py", "_begins(one) <= day.isoformat()", "_begins(one) < day.isoformat()"),
    ("dialect/rewrite.py", '**({"else": chain} if chain else {})', "**({} if chain else {})"),
    ("dialect/rules.py", "pointer in troubled for pointer in _read", "pointer in () for pointer in _read"),
    ("dialect/resolve.py", "if key in MERGED:", "if key in ():"),
    ("validation/validate.py", "sorted(refused, key=lambda pair: pair[0])", "sorted(refused, key=lambda pair: -pair[0])"),
]  # fmt: skip

IN_BROWSER: list[Mutation] = [
    ("effective", "if (question.deprecated && isEmpty(value)) return;", ""),
    ("effective", "X.holds(condition.if, frames[condition.depth][1])", "X.holds(condition.if, frames[0][1])"),
    ("effective", "one.from <= facts.today", "one.from < facts.today"),
    ("effective", "some((pointer) => troubled.has(pointer))", "some((pointer) => !pointer)"),
    ("operators", 'has(schema, "minContains") ? schema.minContains : 1', "1"),
    ("operators", "const points = (text) => Array.from(text).length", "const points = (text) => text.length"),
    ("operators", "isNumber(value) || value >= limit", "isNumber(value) || value > limit"),
    ("operators", "on[1] === born[1] && on[2] < born[2]", "on[1] === born[1] && on[2] <= born[2]"),
    ("checks", "ORDER.indexOf(one[1]) - ORDER.indexOf(other[1])", "ORDER.indexOf(other[1]) - ORDER.indexOf(one[1])"),
    ("checks", "X.holds(schema.if, value) ? schema.then : schema.else", "X.holds(schema.if, value) ? schema.else : schema.then"),
]  # fmt: skip

_RUN = "import sys; from evaluator_pair import wrong_in_python; sys.exit(3 if wrong_in_python() else 0)"


def planted(text: str, mutation: Mutation) -> str:
    """The text with the fault in it; what the fault replaces must stand there exactly once."""
    _, before, after = mutation
    assert text.count(before) == 1, before
    return text.replace(before, after)


def changed_script(mutation: Mutation) -> dict[str, str]:
    """The changed part of the browser's script, by its name."""
    return {mutation[0]: planted(source(mutation[0]), mutation)}


def notices_in_python(mutation: Mutation | None, folder: Path) -> bool:
    """Say whether the corpus turns red for a copy of the package with a fault in it (or without any)."""
    copy = folder / "xiangtong"
    unwanted = shutil.ignore_patterns("static", "templates", "translations", "__pycache__")
    shutil.copytree(ROOT / "platform" / "xiangtong", copy, ignore=unwanted)
    if mutation is not None:
        file = copy / mutation[0]
        file.write_text(planted(file.read_text(encoding="utf-8"), mutation), encoding="utf-8")
    where = os.pathsep.join([str(folder), str(ROOT / "tests")])
    done = subprocess.run([sys.executable, "-c", _RUN], env={**os.environ, "PYTHONPATH": where}, check=False)
    # A fault that makes the evaluator fail outright is noticed as well.
    return done.returncode != 0
