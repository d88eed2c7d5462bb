"""Processes that may be killed, started in a moment: forked from a server that has imported the product already.

Starting Python and importing everything for each worker took most of the time of the fault proofs.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).parent


def start(task: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Run `task`, a function of a module, in a process of its own; it dies with this one."""
    process: BaseProcess = _nursery().Process(target=_quietly, args=(task, arguments), daemon=True)
    process.start()
    return process


def _quietly(task: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    task(*arguments)


@cache
def _nursery() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fault_worker", "fault_submitter", "fault_nursery"])
    with _python_path():
        forkserver.ensure_running()
    return context


@contextmanager
def _python_path() -> Iterator[None]:
    """The server imports before it is told our path, so it must find everything by its environment."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(_TESTS.parent / "platform"), str(_TESTS)])
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
