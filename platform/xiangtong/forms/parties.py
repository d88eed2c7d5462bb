"""Who files: the applicant and the agent, read from answers by the pointers of ``x-form``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiangtong.dialect.plan import Plan


def applicant_of(plan: Plan, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Give name, id_type, id_number, phone, address, village of the applicant, as far as they are stored."""
    return _party(plan.form.get("applicant", {}), stored)


def agent_of(plan: Plan, stored: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give the same of the agent; None where the applicant files in person."""
    found = _party(plan.form.get("agent", {}), stored)
    return found if "name" in found else None


def _party(mapping: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    values = {role: _value(source, stored) for role, source in mapping.items()}
    return {role: value for role, value in values.items() if value is not None}


def _value(source: Any, stored: Mapping[str, Any]) -> Any:
    if isinstance(source, list):
        found = (_value(one, stored) for one in source)
        return next((value for value in found if value is not None), None)
    if isinstance(source, Mapping):
        return source.get("const")
    here: Any = stored
    for name in source.split("/")[1:]:
        here = here.get(name) if isinstance(here, Mapping) else None
    return here
