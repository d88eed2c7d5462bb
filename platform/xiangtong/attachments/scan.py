"""The virus scanner: clamd over its socket where there is one, else files are marked “not scanned”."""

from __future__ import annotations

import logging
import socket
import struct

from xiangtong.attachments.ports import Scan
from xiangtong.settings import SettingsError

_log = logging.getLogger(__name__)
_CHUNK = 64 * 1024
_SECONDS = 30.0


class NotScanned:
    """There is no scanner here; staff see “未查毒” beside each file."""

    def scan(self, data: bytes) -> Scan:
        """Always `not_scanned`."""
        del data
        return Scan("not_scanned")


class ClamdScanner:
    """clamd's INSTREAM command, at `/run/clamav/clamd.ctl` or `host:3310`.

    clamd refuses what is larger than its StreamMaxLength (25 MB by default; our own limit is below) and calls a file
    beyond its limits clean: set AlertExceedsMax in its configuration. Whatever is not plainly OK is not clean.
    """

    def __init__(self, address: str) -> None:
        self._path = address if address.startswith("/") else ""
        self._host, _, port = address.rpartition(":")
        if not self._path and not (self._host and "/" not in self._host and port.isdigit()):
            raise SettingsError("XIANGTONG_CLAMD 要写明 clamd 在哪里：tcp://主机:端口，或者 unix:///套接字")
        self._port = int(port) if not self._path else 0

    def scan(self, data: bytes) -> Scan:
        """Send `data`, read one line; any failure on the way is `error`."""
        try:
            with self._connect() as connection:
                _send(connection, data)
                answer = _receive(connection)
        except OSError:
            _log.warning("scanner.unreachable")
            return Scan("error")
        return _verdict(answer)

    def _connect(self) -> socket.socket:
        if not self._path:
            return socket.create_connection((self._host, self._port), _SECONDS)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_SECONDS)
        try:
            connection.connect(self._path)
        except OSError:
            connection.close()
            raise
        return connection


def _send(connection: socket.socket, data: bytes) -> None:
    connection.sendall(b"zINSTREAM\0")
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        connection.sendall(struct.pack("!I", len(chunk)) + chunk)
    connection.sendall(struct.pack("!I", 0))


def _receive(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _CHUNK:
        part = connection.recv(4096)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0\n").decode(errors="replace")


def _verdict(answer: str) -> Scan:
    if answer == "stream: OK":
        return Scan("clean")
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Scan("infected", answer.removeprefix("stream: ").removesuffix(" FOUND"))
    _log.warning("scanner.error")
    return Scan("error")
