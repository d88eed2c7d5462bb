"""What the benches share: where the project is, a database of their own, medians and percentiles."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for _folder in ("platform", "tests"):
    if str(ROOT / _folder) not in sys.path:
        sys.path.insert(0, str(ROOT / _folder))

from xiangtong.kernel.embedded import Cluster, wheel_engine  # noqa: E402


@contextmanager
def running_cluster() -> Iterator[tuple[Cluster, Path]]:
    """A PostgreSQL with its default settings for durability, and the folder around it; gone afterwards."""
    parent = "/var/lib" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="xt-bench-", dir=parent) as home:
        Path(home).chmod(0o755)  # The database runs as an account of its own and must get through.
        cluster = Cluster(Path(home) / "pg", wheel_engine())
        cluster.start()
        try:
            yield cluster, Path(home)
        finally:
            cluster.stop("immediate")


def median_ms(work: Callable[[], object], runs: int) -> float:
    """The median of `runs` runs in milliseconds, after a warm-up."""
    work()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of a hundred do not exceed."""
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
