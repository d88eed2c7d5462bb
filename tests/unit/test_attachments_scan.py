"""clamd's protocol: only a plain OK is clean."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from attachment_flow import EICAR
from xiangtong.attachments import Scan, open_scanner
from xiangtong.attachments.scan import ClamdScanner, NotScanned
from xiangtong.settings import SettingsError


def clamd(data: bytes) -> bytes:
    """What clamd says of `data`."""
    return b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in data else b"stream: OK\0"


@contextmanager
def listening(
    answer: Callable[[bytes], bytes], server: type[socketserver.BaseServer], address: object
) -> Iterator[socketserver.BaseServer]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(10) == b"zINSTREAM\0"
            data = b""
            while length := struct.unpack("!I", self.rfile.read(4))[0]:
                data += self.rfile.read(length)
            self.wfile.write(answer(data))

    with server(address, Handler) as made:  # type: ignore[arg-type]
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def address() -> Iterator[str]:
    with listening(clamd, socketserver.TCPServer, ("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.server_address[1]}"  # type: ignore[index]


def test_clean_and_infected(address: str) -> None:
    for told in (address, f"tcp://{address}"):
        scanner = open_scanner(told)
        assert scanner.scan(bytes(200_000)) == Scan("clean")
        assert scanner.scan(bytes(70_000) + EICAR) == Scan("infected", "Win.Test.EICAR_HDB-1")


def test_over_a_socket_file(tmp_path: Path) -> None:
    path = str(tmp_path / "clamd.ctl")
    with listening(clamd, socketserver.UnixStreamServer, path):
        for told in (path, f"unix://{path}"):
            assert open_scanner(told).scan(EICAR).state == "infected"


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK but", b"\xff\0"])
def test_whatever_is_not_plainly_ok_is_an_error(answer: bytes) -> None:
    with listening(lambda _: answer, socketserver.TCPServer, ("127.0.0.1", 0)) as server:
        scanner = ClamdScanner(f"127.0.0.1:{server.server_address[1]}")  # type: ignore[index]
        assert scanner.scan(b"data") == Scan("error")


def test_a_scanner_that_is_away_is_an_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert ClamdScanner(f"127.0.0.1:{port}").scan(b"data") == Scan("error")
    assert ClamdScanner(str(tmp_path / "nothing.ctl")).scan(b"data") == Scan("error")


def test_without_a_scanner_files_are_not_scanned() -> None:
    assert isinstance(open_scanner(""), NotScanned)
    assert open_scanner("").scan(EICAR) == Scan("not_scanned")


@pytest.mark.parametrize(
    "wrong", ["clamd", "clamd:port", ":3310", "tcp://clamd", "unix://clamd.ctl", "http://clamd:3310"]
)
def test_an_address_that_is_none_is_told_at_the_start(wrong: str) -> None:
    with pytest.raises(SettingsError, match="XIANGTONG_CLAMD"):
        open_scanner(wrong)
