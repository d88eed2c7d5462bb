"""What a job that reads sealed rows takes of the services; who needs more says so in a protocol of its own."""

from __future__ import annotations

from typing import Protocol

from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database


class Needs(Protocol):
    """The rows, and the keys they are sealed with."""

    @property
    def db(self) -> Database: ...
    @property
    def keys(self) -> KeyRing: ...
