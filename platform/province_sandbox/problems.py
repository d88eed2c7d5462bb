"""The refusals of contract §4, as one exception that becomes one JSON answer."""

from typing import Any

_STATUS = {
    "INVALID": 400,
    "SIGNATURE": 401,
    "SKEW": 401,
    "NONCE": 401,
    "APP": 401,
    "MATERIAL": 404,
    "NOT_FOUND": 404,
    "GAP": 409,
    "CONFLICT": 409,
    "TOO_LARGE": 413,
    "BUSY": 429,
}


class Refused(Exception):
    """The province says no. `errors` lists every problem found, as (JSON Pointer, sentence)."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        errors: list[tuple[str, str]] | None = None,
        expected_seq: int | None = None,
        retry_after: int | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.errors = errors or []
        self.expected_seq = expected_seq
        self.retry_after = retry_after
        self.status = status or _STATUS[code]

    def body(self) -> dict[str, Any]:
        """The `Problem` of openapi.yaml."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.errors:
            body["errors"] = [{"pointer": at, "message": why} for at, why in self.errors]
        if self.expected_seq is not None:
            body["expected_seq"] = self.expected_seq
        return body
