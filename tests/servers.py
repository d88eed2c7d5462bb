"""Real servers for tests, each a process of its own on free ports: SeaweedFS (S3), clamd, the little province."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

_PLATFORM = Path(__file__).resolve().parents[1] / "platform"
_WEED = Path(sys.executable).with_name("weed")
CLAMD = Path("/usr/sbin/clamd")
ACCESS_KEY, SECRET_KEY = "access-key-for-tests", "secret-key-for-tests"


@dataclass(frozen=True)
class Server:
    """A running server: its address and its process."""

    url: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it without notice."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def seaweedfs(folder: Path, *, bucket: str = "xiangtong") -> Iterator[Server]:
    """SeaweedFS with its S3 door, a bucket and an account; about 165 MB of memory. A folder may be started again.

    The keys stand in `ACCESS_KEY` and `SECRET_KEY`; put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
    """
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    accounts = folder / "accounts.json"
    account = {
        "name": "tests",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    accounts.write_text(json.dumps({"identities": [account]}))
    master, volume, filer, s3 = _ports_of(folder, 4, with_grpc=True)
    # Every volume that is asked for beyond the maximum is a refused put, so there is room for many small ones.
    command = [
        str(_WEED), "-logtostderr=false", f"-logdir={folder}", "server", f"-dir={data}", "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1", f"-master.port={master}", f"-volume.port={volume}", "-volume.max=100",
        "-master.volumeSizeLimitMB=64", "-filer", f"-filer.port={filer}", "-s3", f"-s3.port={s3}",
        f"-s3.config={accounts}", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false",
    ]  # fmt: skip
    url = f"http://127.0.0.1:{s3}"
    with _running(command, url, ready=lambda: _bucket_made(url, bucket)) as server:
        yield server


@contextmanager
def province(folder: Path, *arguments: str) -> Iterator[Server]:
    """The little province over real HTTP, with its data in `folder`."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "province_sandbox", "--port", str(port), "--data", str(folder), *arguments]
    url = f"http://127.0.0.1:{port}"
    ready = f"{url}/oidc/.well-known/openid-configuration"
    with _running(command, url, ready=lambda: httpx.get(ready, timeout=2).status_code == 200) as server:
        yield server


@contextmanager
def clamd(folder: Path, *settings: str) -> Iterator[Server]:
    """The system's clamd with the one signature in `folder`/own.ndb, at `tcp://…`, and in `folder` at a socket.

    Its own database is hundreds of megabytes from the internet; which signatures it has is not what is proved. Started
    again on a folder, it is at the same address.
    """
    assert CLAMD.exists(), "this proof needs clamd (Debian: sudo apt-get install clamav-daemon)"
    (port,) = _ports_of(folder, 1)
    conf = folder / "clamd.conf"
    told = ["Foreground yes", f"DatabaseDirectory {folder}", f"TCPSocket {port}", "TCPAddr 127.0.0.1"]
    conf.write_text("\n".join([*told, f"LocalSocket {folder / 'clamd.ctl'}", "AlertExceedsMax yes", *settings, ""]))
    with _running([str(CLAMD), "-c", str(conf)], f"tcp://127.0.0.1:{port}", ready=lambda: _pong(port)) as server:
        yield server


def _pong(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 2) as asked:
        asked.sendall(b"zPING\0")
        return asked.recv(16) == b"PONG\0"


def _ports_of(folder: Path, count: int, *, with_grpc: bool = False) -> list[int]:
    """The ports of a server belong to its data: a cluster does not know itself at others."""
    kept = folder / "ports.json"
    if not kept.exists():
        kept.write_text(json.dumps(free_ports(count, with_grpc=with_grpc)))
    ports: list[int] = json.loads(kept.read_text())
    return ports


def free_ports(count: int, *, with_grpc: bool = False) -> list[int]:
    """`count` ports nobody listens at; with `with_grpc` the ones 10000 above are free as well."""
    found: list[int] = []
    while len(found) < count:
        # Below the range (with the 10000 above) that the kernel hands out to connections of its own.
        port = random.randint(10_000, 22_000)
        if port not in found and _free(port) and (not with_grpc or _free(port + 10_000)):
            found.append(port)
    return found


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def _running(command: list[str], url: str, *, ready: Callable[[], bool]) -> Iterator[Server]:
    environment = os.environ | {"PYTHONPATH": str(_PLATFORM)}
    process = subprocess.Popen(
        command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, ready)
        yield Server(url, process)
    finally:
        # Nothing of a test's server is worth a tidy end, and a tidy end takes seconds.
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with suppress(Exception):
            if ready():
                return
        time.sleep(0.2)
    raise TimeoutError(f"{process.args!r} was not ready in {seconds:.0f} s")


def _bucket_made(url: str, bucket: str) -> bool:
    import boto3
    from botocore.config import Config

    client = boto3.session.Session().client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, connect_timeout=2, read_timeout=5),
    )
    with suppress(client.exceptions.BucketAlreadyExists, client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket=bucket)
    # Only when a put succeeds there are volumes to write to.
    client.put_object(Bucket=bucket, Key="ready", Body=b"x")
    client.delete_object(Bucket=bucket, Key="ready")
    return True
