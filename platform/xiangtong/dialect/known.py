"""What is known of the township on a day: its parameters and lists, as of that day, and what of it a case keeps.

A parameter that is ``dated`` is a list of ``{"from": "2026-01-01", "value": …}``, the oldest first: the last that has
begun is in force. A parameter that a question takes its options from is a list of ``{"value", "label"}``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from xiangtong.dialect.plan import Plan
from xiangtong.dialect.vocabulary import Facts


def as_of_today(plan: Plan, facts: Facts) -> Facts:
    """Fill in what the township has not set with the form's 示例 values, and choose what is in force on the day."""
    missing = [name for name in plan.params if name not in facts.params]
    if not missing and not plan.dated and not plan.lists:
        return facts
    params = {**plan.params, **facts.params}
    for name in plan.dated:
        if _is_dated(params[name]):  # A township may also set one value for good.
            chosen = in_force(params[name], facts.today)
            params[name] = chosen["value"] if chosen else None
    lists = {name: _labels(params[name]) for name in plan.lists if name not in facts.options}
    return Facts(facts.today, params, {**facts.options, **lists})


def in_force(entries: Any, day: date) -> Mapping[str, Any] | None:
    """Give the last of dated entries that has begun on a day; None before the first, and for what is no such list."""
    begun = [one for one in entries if _begins(one) <= day.isoformat()] if _is_dated(entries) else []
    return max(begun, key=_begins, default=None)


def kept(plan: Plan, facts: Facts) -> dict[str, Any]:
    """Give what a case keeps so that its answers can be judged again years later: the day, parameters, versions of lists.

    ``{"day", "params": {name: value}, "dated": {name: from}, "lists": {name: version}, "options": {name: {value:
    label}}}``; the version of a list is the first twelve digits of the SHA-256 of its canonical text, and the options are
    those of the parameters. Nothing in it is personal: the lists are whole.
    """
    today = as_of_today(plan, facts)
    given = {**plan.params, **facts.params}
    chosen = {name: in_force(given[name], facts.today) for name in plan.dated}
    asked = {one.options_from for one in plan.by_pattern.values() if one.options_from}
    return {
        "day": facts.today.isoformat(),
        "params": {name: today.params[name] for name in plan.params if name not in plan.lists},
        "dated": {name: _begins(one) for name, one in sorted(chosen.items()) if one},
        "lists": {name: version_of(today.options[name]) for name in sorted(asked) if name in today.options},
        "options": {name: dict(today.options[name]) for name in sorted(plan.lists)},
    }


def as_filed(plan: Plan, known: Mapping[str, Any], facts: Facts) -> Facts:
    """The facts a case was filed on, of what it kept (`kept`); where it kept nothing, those of its day, or of today.

    Lists that belong to no parameter (villages, divisions) are today's: who moved on keeps a name there.
    """
    day = date.fromisoformat(known["day"]) if "day" in known else facts.today
    then = as_of_today(plan, Facts(day, facts.params, facts.options))
    options = {**then.options, **known.get("options", {})}
    return Facts(day, {**then.params, **known.get("params", {})}, options)


def version_of(options: Mapping[str, str]) -> str:
    """Name the content of a list of options: twelve hexadecimal digits. A list too long to read through knows its own."""
    own = getattr(options, "version", None)
    if isinstance(own, str):
        return own
    return _version_of(tuple(options.items()))


# The same few lists are named in every filing of a township.
@lru_cache(maxsize=1024)
def _version_of(options: tuple[tuple[str, str], ...]) -> str:
    text = json.dumps(options, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _is_dated(entries: Any) -> bool:
    return isinstance(entries, list) and all(
        isinstance(one, Mapping) and {"from", "value"} <= one.keys() for one in entries
    )


def _begins(entry: Mapping[str, Any]) -> str:
    return str(entry["from"])


def _labels(options: Any) -> dict[str, str]:
    listed: Iterable[Any] = options if isinstance(options, list) else ()
    return {str(one["value"]): str(one.get("label", one["value"])) for one in listed if isinstance(one, Mapping)}
