"""What staff doors ask of a request, and how they put a refusal on a page."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from xiangtong.doors.shared.person import person
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel.errors import NotFound, Problem, Problems, Refusal


def address() -> str:
    """The network address of the browser (the proxy in front is trusted by the server's own setting)."""
    return request.remote_addr or ""


def device() -> str:
    """What the person reads in the list of their sessions: enough to know their own, nothing more."""
    agent = request.user_agent.string
    return "手机" if "Mobile" in agent or "Android" in agent else "电脑"


def staff() -> SignedIn:
    """Whoever is signed in as staff (the route states that somebody is)."""
    found = person()
    if found is None or found.kind != "staff":
        raise NotFound
    return found


def sentences(error: Refusal) -> list[tuple[str, str]]:
    """The problems of a refusal as (field, sentence), for the summary at the top of a page."""
    if isinstance(error, Problems):
        return [(field_of(problem), problem.message) for problem in error.problems]
    return [("main", error.message)]


def by_field(error: Refusal | None) -> dict[str, str]:
    """The problems of a refusal by field; several sentences about one field are joined."""
    found: dict[str, str] = {}
    for field, sentence in sentences(error) if error else []:
        found[field] = f"{found[field]}；{sentence}" if field in found else sentence
    return found


def field_of(problem: Problem) -> str:
    """The field a problem belongs to: the last part of its pointer."""
    return problem.where.rpartition("/")[2]


def lines(problems: Iterable[Problem]) -> list[list[str]]:
    """Problems of a file as rows of a table: place and sentence."""
    return [[problem.where, problem.message] for problem in problems]
