"""Many requests at once over connections that are kept, and what they took."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, Queue

from bench import percentile

CONNECTIONS = 8


@dataclass(frozen=True)
class Shot:
    """One POST to send: where, and the cookies and body that make it good."""

    path: str
    cookie: str
    body: str


@dataclass(frozen=True)
class Figure:
    """Requests a second, and what half and 95 of 100 requests took at most, in milliseconds."""

    rate: float
    p50: float
    p95: float


@dataclass(frozen=True)
class Volley:
    """What each request took, and all of them together, in seconds."""

    times: Sequence[float]
    whole: float


def figure(volleys: Sequence[Volley]) -> Figure:
    """Several volleys as one."""
    times = [one for volley in volleys for one in volley.times]
    rate = len(times) / sum(volley.whole for volley in volleys)
    return Figure(rate, percentile(times, 50) * 1000, percentile(times, 95) * 1000)


def volley(port: int, shots: Sequence[Shot], *, expect: int, a_second: float | None = None) -> Volley:
    """Send every shot once over CONNECTIONS kept-alive connections, as fast as they go or `a_second` of them."""
    queue: Queue[tuple[Shot, float]] = Queue()
    now = time.perf_counter()
    for number, shot in enumerate(shots):
        queue.put((shot, now + number / a_second if a_second else 0.0))
    times: list[float] = []
    wrong: list[int] = []
    threads = [threading.Thread(target=_gunner, args=(port, queue, times, wrong, expect)) for _ in range(CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - started
    if wrong:
        raise SystemExit(f"{len(wrong)} answers were not {expect}: {sorted(set(wrong))}")
    return Volley(times, spent)


def _gunner(port: int, queue: Queue[tuple[Shot, float]], times: list[float], wrong: list[int], expect: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        try:
            shot, due = queue.get_nowait()
        except Empty:
            return
        headers = {"Cookie": shot.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        time.sleep(max(0.0, due - time.perf_counter()))
        started = due or time.perf_counter()
        connection.request("POST", shot.path, shot.body, headers)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - started)
        if answer.status != expect:
            wrong.append(answer.status)
