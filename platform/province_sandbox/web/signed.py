"""Taking a signed request: headers first, then the body, then what the two say together."""

from collections.abc import Iterator
from typing import Any

from flask import request
from werkzeug.exceptions import HTTPException

from province_sandbox import digests, schemas
from province_sandbox.gate import Caller
from province_sandbox.materials import Arrival
from province_sandbox.problems import Refused
from province_sandbox.web.local import province

_PIECE = 64 * 1024


def admitted() -> Caller:
    """The caller whose signature over the headers holds; the body is not read yet."""
    target = str(request.environ.get("RAW_URI") or request.environ["REQUEST_URI"])
    path, _, query = target.partition("?")
    return province().gate.admit(method=request.method, path=path, query=query, headers=request.headers)


def signed_body(limit: int | None = None) -> tuple[Caller, bytes]:
    """Caller and body of a request; raises `Refused` TOO_LARGE, or as the gate does."""
    caller = admitted()
    limit = limit or province().settings.message_bytes
    if (request.content_length or 0) > limit:
        raise Refused("TOO_LARGE", f"正文超过 {limit // 1024} KiB。")
    body = b"".join(_pieces(limit + 1))
    if len(body) > limit:
        raise Refused("TOO_LARGE", f"正文超过 {limit // 1024} KiB。")
    province().gate.accept(caller, digests.sm3_hex(body))
    return caller, body


def signed_without_body() -> Caller:
    """Caller of a reading request."""
    caller, _ = signed_body()
    return caller


def signed_upload(digest: str) -> bool:
    """Take the bytes of a material. Returns whether they are new."""
    caller = admitted()
    materials, limit = province().materials, province().settings.material_bytes
    schemas.require("Digest", digest)
    if (request.content_length or 0) > limit:
        raise Refused("TOO_LARGE", "材料超过 50 MiB。")
    arrival = materials.arrive(_pieces(limit + 1))
    try:
        return _accept_upload(caller, arrival, digest)
    finally:
        materials.discard(arrival)


def idempotency_key() -> str:
    """The key of a POST, which must be a UUID; raises `Refused` INVALID."""
    key = request.headers.get("Idempotency-Key", "")
    if schemas.problems_in("Receipt", _receipt_shape(key)):
        raise Refused("INVALID", "Idempotency-Key 应为 UUID。", errors=[("", "Idempotency-Key is no UUID")])
    return key


def _accept_upload(caller: Caller, arrival: Arrival, digest: str) -> bool:
    province().gate.accept(caller, arrival.digest)
    if arrival.digest != digest:
        raise Refused("INVALID", "材料内容与摘要不符。", errors=[("", "bytes do not match the digest")])
    return province().materials.keep(arrival, now=province().clock.calendar())


def _pieces(limit: int) -> Iterator[bytes]:
    """At most `limit` bytes of the body. A sender that breaks off just ends the pieces early."""
    left = limit
    while left:
        try:
            piece = request.stream.read(min(_PIECE, left))
        except (HTTPException, OSError):
            return
        if not piece:
            return
        left -= len(piece)
        yield piece


def _receipt_shape(key: str) -> dict[str, Any]:
    zeros = "0" * 64
    return {
        "receipt_no": "",
        "message_id": key,
        "message_digest": zeros,
        "received_at": "2000-01-01T00:00:00Z",
        "seq": 1,
        "chain": zeros,
    }
