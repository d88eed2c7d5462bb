"""Refusals: what a person gets when something cannot be done.

A refusal carries a code (stable, for machines), a sentence in Chinese (what is wrong, where, what to do),
the same sentence in English, and the HTTP status a door answers with. Doors translate it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class Refusal(Exception):
    """Something a client asked for that is refused with a sentence.

    Subclasses set `code` and `status`; an instance may override both.
    """

    code = "REFUSED"
    status = 400

    def __init__(self, message: str, message_en: str = "", *, code: str | None = None, status: int | None = None):
        super().__init__(message)
        self.message = message
        self.message_en = message_en or message
        self.code = code or self.code
        self.status = status or self.status


class NotFound(Refusal):
    """Nothing there, or nothing that this person may know of (never 403: it would tell that it exists)."""

    code = "NOT_FOUND"
    status = 404

    def __init__(
        self, message: str = "没有找到这个页面，可能已经搬走了", message_en: str = "There is nothing at this address"
    ):
        super().__init__(message, message_en)


class NotAllowed(Refusal):
    """The person is known and may know of the thing, but may not do this to it."""

    code = "NOT_ALLOWED"
    status = 403


class Conflict(Refusal):
    """What was asked does not fit the present state; the person should look again."""

    code = "CONFLICT"
    status = 409


class TooMany(Refusal):
    """A limit that protects people was reached; `retry_after` is in seconds."""

    code = "TOO_MANY"
    status = 429

    def __init__(self, message: str, message_en: str = "", *, retry_after: int = 60):
        super().__init__(message, message_en)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a form, a file or a document, at the place it is wrong.

    `where` is a JSON Pointer (forms) or a place in words such as “第 3 行 code” (files).
    """

    where: str
    message: str
    message_en: str = ""
    code: str = "INVALID"


class Problems(Refusal):
    """All problems of one form or file together."""

    code = "INVALID"
    status = 422

    def __init__(self, problems: Sequence[Problem], message: str | None = None, message_en: str | None = None):
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(message or f"有 {count} 处要改一改", message_en or f"{count} thing(s) to put right")
