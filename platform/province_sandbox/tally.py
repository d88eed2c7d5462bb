"""Counts that nobody's case depends on: duplicates absorbed, refusals by code.

They live in a file of their own that does not wait for the disk, so counting costs a message nothing.
"""

from pathlib import Path

from province_sandbox.store import Store


class Tally:
    """Named counters that survive a killed process (though perhaps not a power cut)."""

    def __init__(self, path: Path) -> None:
        self._store = Store(path, synchronous="OFF")
        with self._store.writing() as connection:
            connection.execute("create table if not exists tally (name text primary key, n integer not null)")

    def add(self, name: str) -> None:
        """Count one more."""
        with self._store.writing() as connection:
            connection.execute("insert into tally values (?, 1) on conflict (name) do update set n = n + 1", (name,))

    def figures(self) -> dict[str, int]:
        """All counters by name."""
        return {row["name"]: row["n"] for row in self._store.all("select * from tally")}

    def close(self) -> None:
        """Close the file."""
        self._store.close()
