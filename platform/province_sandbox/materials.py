"""Materials, each named by the SM3 of its bytes and kept once as a file."""

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from province_sandbox.digests import Sm3
from province_sandbox.problems import Refused
from province_sandbox.store import Store


@dataclass(frozen=True)
class Arrival:
    """Bytes that have arrived but are not accepted yet."""

    path: Path
    digest: str
    size: int


class Materials:
    """The folder of materials and its list in the store."""

    def __init__(self, store: Store, folder: Path, *, limit: int) -> None:
        self._store = store
        self._folder = folder
        self._limit = limit
        folder.mkdir(parents=True, exist_ok=True)

    def known(self, digest: str) -> bool:
        """Whether these bytes have been stored."""
        return self._store.one("select 1 from material where digest = ?", digest) is not None

    def arrive(self, pieces: Iterable[bytes]) -> Arrival:
        """Write pieces to a temporary file. Raises `Refused` TOO_LARGE beyond the limit."""
        sm3, size = Sm3(), 0
        handle, name = tempfile.mkstemp(dir=self._folder, prefix="arriving-")
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > self._limit:
                    os.unlink(name)
                    raise Refused("TOO_LARGE", "材料超过 50 MiB。")
                sm3.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        return Arrival(Path(name), sm3.hexdigest(), size)

    def keep(self, arrival: Arrival, *, now: datetime) -> bool:
        """Give the bytes their name. Returns whether they are new."""
        os.replace(arrival.path, self._folder / arrival.digest)
        self._sync_folder()
        with self._store.writing() as connection:
            added = connection.execute(
                "insert into material values (?, ?, ?) on conflict do nothing",
                (arrival.digest, arrival.size, now.isoformat(timespec="milliseconds")),
            )
            return added.rowcount == 1

    def discard(self, arrival: Arrival) -> None:
        """Forget bytes that were not accepted."""
        arrival.path.unlink(missing_ok=True)

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
