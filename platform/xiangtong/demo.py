"""The demo: everything on one machine, in one process tree, stopped by one Ctrl-C.

Demo only: owner-only sockets, generated passwords, made-up people, a province of our own.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from xiangtong.kernel.embedded import ROLES, Cluster, default_home, wheel_engine
from xiangtong.settings import Settings, SettingsError
from xiangtong.wiring import ROOT

#: What the web process waits for (`demo_web`).
GO = b"go\n"
_DATABASE, _SECRETS = "xiangtong", "secrets.json"
_PORTS = {"XIANGTONG_PORT": "8080", "XIANGTONG_SANDBOX_PORT": "8090"}
# Nobody's work is in the air when a demo ends. A browser holds connections open on which it asked nothing yet, and those
# last five seconds: with less, Ctrl-C ends in words about memory.
_QUICK_STOP = "--graceful-timeout 8"
_VARIABLES = dict(
    zip(
        ROLES,
        ("OWNER_DATABASE_URL", "DATABASE_URL", "OVERSIGHT_DATABASE_URL", "RELAY_DATABASE_URL"),
        strict=True,
    )
)


def say(line: str) -> None:
    """One line of progress."""
    print(line, flush=True)  # noqa: T201 - this is a command for people at a terminal.


@dataclass
class Demo:
    """The demo's folder, cluster and processes."""

    environ: dict[str, str]
    cluster: Cluster | None
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The settings the demo's processes get."""
        return Settings.from_environment(self.environ)

    def run(self, *command: str, stdin: int | None = None) -> subprocess.Popen[bytes]:
        """Start a process that belongs to the demo, which alone hears the terminal's Ctrl-C and ends it in good order."""
        process = subprocess.Popen(command, env=self.environ, cwd=ROOT, stdin=stdin, process_group=0)
        self.processes.append(process)
        return process

    def stop(self) -> None:
        """Stop every process, last started first, then the database."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            _wait(process)
        if self.cluster:
            self.cluster.stop()


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()


def prepare(environ: Mapping[str, str] | None = None, *, fresh: bool = False, home: Path | None = None) -> Demo:
    """The environment of a demo: what is set stays, what is missing is made; starts the embedded database.

    Refuses where real people are served: its staff have sign-ins that everybody can read.
    """
    merged = dict(os.environ if environ is None else environ)
    if Settings.from_environment(merged).production:
        raise SettingsError("正式环境不能运行演示：演示人员的密码是公开的")
    _refuse_taken(merged)
    var = _filled(merged, fresh=fresh)
    cluster = None if merged.get("XIANGTONG_DATABASE_URL") else _start_database(merged, var, fresh=fresh, home=home)
    return Demo(merged, cluster)


def _refuse_taken(environ: Mapping[str, str]) -> None:
    """Raise SettingsError where somebody listens already: perhaps this very demo, whose database must go on."""
    for name, usual in _PORTS.items():
        port = environ.get(name, usual)
        with socket.socket() as tried:
            tried.settimeout(1)
            if tried.connect_ex(("127.0.0.1", int(port))) == 0:
                raise SettingsError(f"端口 {port} 已经有程序在用。先停掉它，或者换一个端口：{name}=18080 make serve")


def beside(environ: Mapping[str, str] | None = None, *, home: Path | None = None) -> Settings | None:
    """The settings of the demo that runs on this machine, for commands that are typed beside it; None when none runs."""
    merged = dict(os.environ if environ is None else environ)
    if not (_folder(merged) / _SECRETS).exists():
        return None
    var = _filled(merged, fresh=False)
    if not merged.get(
        "XIANGTONG_DATABASE_URL"
    ):  # Otherwise it runs on another PostgreSQL, which whoever types has named.
        cluster = Cluster(home or default_home(var), wheel_engine())
        if not cluster.running:
            return None
        _name_database(merged, cluster)
    return Settings.from_environment(merged)


def _folder(environ: dict[str, str]) -> Path:
    return Path(environ.setdefault("XIANGTONG_VAR", str(ROOT / "var"))).resolve()


def _filled(merged: dict[str, str], *, fresh: bool) -> Path:
    """Fill in everything but the database; returns the demo's folder."""
    var = _folder(merged)
    var.mkdir(parents=True, exist_ok=True)
    port, sandbox = (merged.setdefault(name, usual) for name, usual in _PORTS.items())
    merged.setdefault("GUNICORN_CMD_ARGS", _QUICK_STOP)
    merged.setdefault("XIANGTONG_BASE_URL", f"http://127.0.0.1:{port}")
    merged.setdefault("XIANGTONG_PROVINCE_URL", f"http://127.0.0.1:{sandbox}")
    merged.setdefault("XIANGTONG_OIDC_ISSUER", f"http://127.0.0.1:{sandbox}/oidc")
    merged.setdefault("XIANGTONG_STORAGE_URL", f"file://{var}/files")
    for name, value in _secrets(var, fresh=fresh).items():
        merged.setdefault(name, value)
    return var


def _secrets(var: Path, *, fresh: bool) -> dict[str, str]:
    path = var / _SECRETS
    if fresh or not path.exists():
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        names = ("XIANGTONG_SECRET_KEY", "XIANGTONG_MASTER_KEY")
        new.write_text(json.dumps({name: secrets.token_hex(32) for name in names}))
        new.rename(path)
    loaded: dict[str, str] = json.loads(path.read_text())
    return loaded


def _start_database(environ: dict[str, str], var: Path, *, fresh: bool, home: Path | None) -> Cluster:
    cluster = Cluster(home or default_home(var), wheel_engine())
    if fresh:
        cluster.stop("immediate")
        for part in ("data", "roles.json"):
            _remove(cluster.home / part)
        _remove(var / "province")
        _remove(var / "files")
    say("数据库：启动内置的 PostgreSQL（只用于演示）")
    try:
        cluster.start()
        cluster.create_database(_DATABASE)
    except BaseException:  # Ctrl-C among them: nobody else knows of the server yet.
        cluster.stop()
        raise
    _name_database(environ, cluster)
    return cluster


def _name_database(environ: dict[str, str], cluster: Cluster) -> None:
    for role, name in _VARIABLES.items():
        environ[f"XIANGTONG_{name}"] = cluster.url(role, _DATABASE)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def seed(demo: Demo) -> list[str]:
    """Migrate, provision Yangzhou, make the demo's staff and notices; returns the lines to print."""
    from xiangtong import wiring
    from xiangtong.channels.demo import seed as seed_channels
    from xiangtong.channels.founding import provision_path
    from xiangtong.identity.demo import seed as seed_staff
    from xiangtong.release import release

    started = time.monotonic()
    say("数据表：迁移到最新")
    release(demo.settings)
    services = wiring.build(demo.settings)
    say("扬州：98 个乡镇街道、1437 个村和社区")
    provision_path(services.db, services.keys, ROOT / "tenants" / "yangzhou")
    lines = [str(line) for line in seed_staff(services)]
    seed_channels(services)
    services.db.dispose()
    say(f"准备好了，用了 {time.monotonic() - started:.1f} 秒")
    return lines


def up(demo: Demo) -> list[str]:
    """Make the data and start every process; returns the lines to print when all answer."""
    settings, python = demo.settings, sys.executable
    data, config = str(settings.folder / "province"), str(ROOT / "gunicorn.conf.py")
    if settings.province_url == f"http://127.0.0.1:{settings.sandbox_port}":
        demo.run(python, "-m", "province_sandbox", "--port", settings.sandbox_port, "--data", data)
    web = demo.run(python, "-m", "xiangtong.demo_web", "--config", config, "wsgi:app", stdin=subprocess.PIPE)
    lines = seed(demo)
    _tell(web, GO)
    demo.run(python, "-m", "xiangtong.cli", "worker")
    _until_it_answers(demo, f"{settings.base_url}/readyz")
    return lines


def _tell(process: subprocess.Popen[bytes], word: bytes) -> None:
    assert process.stdin
    with suppress(BrokenPipeError), process.stdin as pipe:  # Who died has said why; the next look finds it gone.
        pipe.write(word)


def _until_it_answers(demo: Demo, address: str, seconds: int = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in demo.processes):
            raise SystemExit("有一个进程没有起来，上面写着原因")
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own address.
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{address} 没有回答")


def serve(*, fresh: bool = False) -> None:
    """`make serve`: prepare, seed, start, print, wait for Ctrl-C, or for the terminal to be closed."""
    _answer(signal.default_int_handler, signal.SIGTERM, signal.SIGHUP)
    with suppress(KeyboardInterrupt):
        demo = prepare(fresh=fresh)
        try:
            _print_addresses(demo.settings, up(demo))
            while all(process.poll() is None for process in demo.processes):
                time.sleep(0.3)
            raise SystemExit("有一个程序自己停了，上面写着原因")
        finally:
            _answer(signal.SIG_IGN, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
            with suppress(OSError):  # A terminal that was closed takes no words any more.
                say("\n正在停止……数据都留着，下次接着用")
            demo.stop()


def _answer(how: Callable[[int, FrameType | None], object] | signal.Handlers, *endings: signal.Signals) -> None:
    for ending in endings:
        signal.signal(ending, how)


def _print_addresses(settings: Settings, lines: list[str]) -> None:
    base = settings.base_url
    say(f"""
  群众   {base}/                 找到自己的乡镇
         {base}/321003100/       公道镇
  工作人员 {base}/console/
  省网   http://127.0.0.1:{settings.sandbox_port}/   演示用的省网，看它收到了什么

  群众登录：在登录页点一位演示人员即可
  工作人员登录（演示数据）：""")
    for line in lines:
        say(f"    {line}")
    say("\n  按 Ctrl-C 停止")
