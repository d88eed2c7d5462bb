"""Places to die at, for the proofs: a named line of the product kills its process as `kill -9` would.

Honoured only where the environment is `test`; anywhere else arming is an error, so a stray variable cannot hurt.
"""

from __future__ import annotations

import os
import signal

_armed = ""


def arm(name: str, *, environment: str) -> None:
    """Die at `name` from now on; the empty name disarms. Raises ValueError outside tests."""
    global _armed  # noqa: PLW0603 - one process dies once; there is nothing finer to hold it.
    if name and environment != "test":
        raise ValueError("failpoints are honoured only in tests")
    _armed = name


def reach(name: str) -> None:
    """Say that the place `name` is reached; does nothing unless that place is armed."""
    if _armed and _armed == name:
        os.kill(os.getpid(), signal.SIGKILL)
