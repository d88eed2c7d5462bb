"""A request to the province byte by byte, for cutting it where one likes."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from xiangtong.province.http import HttpLine


def raw_request(line: HttpLine, url: str, *, case_no: str, message_id: UUID, body: bytes) -> bytes:
    """The bytes of the signed request that posts a message."""
    path = f"/v1/cases/{case_no}/messages"
    headers: dict[str, Any] = line.headers("POST", path, "", body) | {
        "Host": urlsplit(url).netloc, "Idempotency-Key": str(message_id), "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def send_cut(url: str, part: bytes) -> None:
    """Send the first bytes of a request and hang up."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 80), timeout=5) as connection:
        connection.sendall(part)
