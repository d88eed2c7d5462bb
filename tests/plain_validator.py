"""The reference: plain ``jsonschema``, slow and strict. Differential tests hold the fast validator against it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from xiangtong.dialect.plan import Plan
from xiangtong.fields.formats import CHECKERS


@lru_cache(maxsize=1)
def formats() -> FormatChecker:
    """The named formats of the dialect, as plain ``jsonschema`` asks for them."""
    checker = FormatChecker(formats=())
    for name, fits in CHECKERS.items():
        checker.checks(name)(fits)
    return checker


def plain_validator(plan: Plan) -> Draft202012Validator:
    """Give a plain validator of the resolved schema that asserts the named formats."""
    return Draft202012Validator(plan.schema, format_checker=formats())


def refused_plainly(plan: Plan, stored: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Give (pointer, keyword) of everything the plain validator refuses; a missing one at its own pointer."""
    found = set()
    for error in plain_validator(plan).iter_errors(stored):
        pointer = "".join(f"/{token}" for token in error.absolute_path)
        if error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            found |= {(f"{pointer}/{name}", "required") for name in missing}
        else:
            found.add((pointer, str(error.validator)))
    return found
