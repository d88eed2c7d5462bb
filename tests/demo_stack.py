"""The whole demo on free ports, in a folder of its own: what `make serve` starts, with processes that can be killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from awaiting import until
from servers import free_ports
from xiangtong import demo as demo_of
from xiangtong.demo import Demo

_PARTS = {"province": "province_sandbox", "worker": "xiangtong.cli", "web": "wsgi:app"}


@dataclass(frozen=True)
class Stack:
    """A running demo: where it is, how to sign in, and its processes to kill."""

    demo: Demo
    url: str
    province: str
    staff: list[str]

    def kill(self, *parts: str) -> None:
        """End parts (province, worker, web) as a power cut does: no signal they could answer, children included."""
        for process in self._running(*parts):
            for child in _children(process.pid):
                _kill(child)
            process.kill()
            process.wait(30)
            self.demo.processes.remove(process)

    def start(self, *parts: str) -> None:
        """Start parts that were killed; returns when the web and the province answer."""
        settings, python = self.demo.settings, sys.executable
        commands = {
            "province": ["province_sandbox", "--port", settings.sandbox_port, "--data", f"{settings.folder}/province"],
            "worker": ["xiangtong.cli", "worker"],
            "web": ["gunicorn", "--config", str(demo_of.ROOT / "gunicorn.conf.py"), "wsgi:app"],
        }
        for part in parts:
            self.demo.run(python, "-m", *commands[part])
        for part, address in (("web", f"{self.url}/readyz"), ("province", f"{self.province}/healthz")):
            if part in parts:
                until(lambda address=address: _answers(address), f"{part} answers again")

    def _running(self, *parts: str) -> list[subprocess.Popen[bytes]]:
        modules = {_PARTS[part] for part in parts}
        found = [process for process in self.demo.processes if modules & set(map(str, process.args))]  # type: ignore[arg-type]
        assert len(found) == len(parts), f"not running: {parts}"
        return found


@contextmanager
def demo_stack(**environ: str) -> Iterator[Stack]:
    """Everything, until the block ends; `environ` adds settings."""
    web, sandbox = free_ports(2)
    parent = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    home = Path(tempfile.mkdtemp(prefix="xt-journey-", dir=parent))
    home.chmod(0o755)  # The database runs as an account of its own and must get through.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("XIANGTONG_")}
    demo = demo_of.prepare(
        clean
        | {
            "XIANGTONG_VAR": str(home / "var"),
            "XIANGTONG_PORT": str(web),
            "XIANGTONG_SANDBOX_PORT": str(sandbox),
            "XIANGTONG_ENVIRONMENT": "test",
            "WEB_CONCURRENCY": "1",
        }
        | environ,
        home=home / "pg",
    )
    try:
        staff = demo_of.up(demo)
        yield Stack(demo, f"http://127.0.0.1:{web}", f"http://127.0.0.1:{sandbox}", staff)
    finally:
        demo.stop()
        shutil.rmtree(home, ignore_errors=True)


def _children(pid: int) -> list[int]:
    """The processes a process has started: they would go on listening."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _answers(address: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(address, timeout=2) as answer:
        return bool(answer.status == 200)
    return False
