"""The embedded PostgreSQL: it opens nobody's folder, starts again with its data, and runs without root as well."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg
import pytest

from xiangtong.kernel import embedded
from xiangtong.kernel.embedded import Cluster, default_home, wheel_engine

_QUICK = ("-c", "fsync=off")
_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose parents only their owner may enter, as a home is."""
    parent = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    made = Path(tempfile.mkdtemp(prefix="xt-embedded-", dir=parent))
    (made / "home").mkdir(mode=0o711)
    yield made / "home"
    shutil.rmtree(made)


def _modes(path: Path) -> dict[str, tuple[int, int, int]]:
    """Mode, owner and group of every folder above `path`, and of the place the engine came from."""
    above = [*path.parents, wheel_engine(), *wheel_engine().parents, _ROOT]
    return {
        str(one): (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) for one in above for found in [one.stat()]
    }


def _left_half_made(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended while the engine was copied, again while the data was made, and again before there were roles."""

    def ended(_: Cluster) -> None:
        raise KeyboardInterrupt

    for name in ("engine.new", "data.new"):
        (cluster.home / name).mkdir(parents=True)
        (cluster.home / name / "PG_VERSION").write_text("1")
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Cluster, "_make_roles", ended)
        cluster.start()


def test_no_folder_above_is_opened_and_a_second_start_has_the_data(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.parent.chmod(0o711)
    before = _modes(folder / "pg")
    cluster = Cluster(folder / "pg", wheel_engine(), _QUICK)
    cluster.stop()  # Nothing is there yet.
    _left_half_made(cluster, monkeypatch)
    cluster.start()
    try:
        assert _modes(folder / "pg") == before
        assert stat.S_IMODE((folder / "pg").stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "pg" / "s").stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "pg" / "roles.json").stat().st_mode) == 0o600
        assert not (folder / "pg" / "pw").exists()
        cluster.create_database("kept")
        with psycopg.connect(cluster.url("xiangtong_owner", "kept")) as connection:
            connection.execute("create table kept (word text)")
            connection.execute("insert into kept values ('still here')")
        wrong = re.sub(":[0-9a-f]{32}@", ":wrong@", cluster.url("xiangtong_app", "kept"))
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(wrong)
        cluster.stop("immediate")
        again = Cluster(folder / "pg", wheel_engine(), _QUICK)
        again.start()
        again.start()
        with psycopg.connect(again.url("xiangtong_owner", "kept")) as connection:
            assert connection.execute("select word from kept").fetchone() == ("still here",)
            assert connection.execute("show listen_addresses").fetchone() == ("",)
        assert _modes(folder / "pg") == before
    finally:
        cluster.stop("immediate")


def test_root_never_puts_it_below_a_home() -> None:
    home = default_home(Path("/home/someone/var"))
    if os.geteuid() == 0:
        assert home.is_relative_to("/var/lib/xiangtong-demo")
    else:
        assert home == Path("/home/someone/var/postgresql")


def _start_without_root(folder: Path, engine: Path, done: Connection) -> None:
    """In a process of its own: give up what root may, start a cluster, ask it who one is."""
    try:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
        cluster = Cluster(folder / "pg", engine, _QUICK)
        cluster.start()
        try:
            cluster.create_database("mine")
            with psycopg.connect(cluster.url("xiangtong_app", "mine")) as connection:
                row = connection.execute("select current_user").fetchone()
                done.send((os.geteuid(), row and row[0], sorted(one.name for one in (folder / "pg").iterdir())))
        finally:
            cluster.stop("immediate")
    except BaseException as error:
        done.send(repr(error))


def test_it_runs_without_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As whoever runs the tests; root becomes an account that may do nothing, with copies of what it must read."""
    engine = wheel_engine()
    if os.geteuid() == 0:
        engine = _reachable(folder, engine, monkeypatch)
    here, there = Pipe(duplex=False)
    child = get_context("fork").Process(target=_start_without_root, args=(folder, engine, there))
    child.start()
    assert here.poll(90), "no answer"
    told = here.recv()
    child.join(30)
    assert isinstance(told, tuple), told
    uid, user, names = told
    assert (uid != 0, user) == (True, "xiangtong_app")
    assert "engine" not in names, "only root needs a copy of the engine"


def _reachable(folder: Path, engine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies of the engine and of the roles' SQL where everybody may read, and the folder given away."""
    package = engine.parent
    copied = folder / "wheel"
    shutil.copytree(package.with_suffix(".libs"), copied / f"{package.name}.libs")
    shutil.copytree(engine, copied / package.name / engine.name, symlinks=True)
    monkeypatch.setattr(embedded, "_ROLES_SQL", Path(shutil.copy(embedded._ROLES_SQL, copied / "roles.sql")))
    folder.parent.chmod(0o711)
    shutil.chown(folder, "nobody")
    return copied / package.name / engine.name
