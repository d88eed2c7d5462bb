"""Where a city's files come from: a folder on disk, or files that an operator has just uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol


class Folder(Protocol):
    """Some named files. A name is relative (`units.csv`, `../jiangsu/divisions.csv`)."""

    def names(self) -> list[str]:
        """The names of the files directly inside, sorted."""

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, or None where there is none."""


@dataclass(frozen=True, slots=True)
class PathFolder:
    """A folder on disk. A name may reach into a neighbouring folder, never further."""

    path: Path

    def names(self) -> list[str]:
        """The names of the files directly inside, sorted."""
        return sorted(item.name for item in self.path.iterdir() if item.is_file()) if self.path.is_dir() else []

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, or None where there is none."""
        wanted = (self.path / name).resolve()
        if not wanted.is_relative_to(self.path.resolve().parent) or not wanted.is_file():
            return None
        return wanted.read_bytes()


@dataclass(frozen=True, slots=True)
class MemoryFolder:
    """Uploaded files by their plain names; a name with a folder in front finds the plain one."""

    files: Mapping[str, bytes]

    def names(self) -> list[str]:
        """The names of the files, sorted."""
        return sorted(self.files)

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, or None where there is none."""
        return self.files.get(name) or self.files.get(PurePosixPath(name).name)
