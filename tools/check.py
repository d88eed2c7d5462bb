"""Run the checks and say how long each part took. The first part that fails ends the run: nothing re-runs to green."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

LINT = [
    ("style", [BIN / "ruff", "check", "."]),
    ("layout of the code", [BIN / "ruff", "format", "--check", "."]),
    ("templates", [BIN / "djlint", "--lint", "--quiet", "platform/xiangtong/templates"]),
    ("import rules", [BIN / "lint-imports"]),
    ("types", [BIN / "mypy"]),
]
PYTEST = [BIN / "pytest", "-q", "--durations=8"]
TEST = [
    *LINT,
    ("tests without a browser", [*PYTEST, "-n", "3", "tests/unit", "tests/habits", "tests/db", "tests/web"]),
    # Each of the two processes starts a demo of its own: a journey may kill what it runs on.
    ("journeys in a browser", [*PYTEST, "-n", "2", "--dist", "loadfile", "tests/journeys"]),
]
# Citus has no PostgreSQL 18, so what isolation rests on is proved on 15 as well, where the system has one.
if Path("/usr/lib/postgresql/15/bin/postgres").exists():
    _ON_15 = [f"tests/db/test_{name}.py" for name in ("scope", "catalogue", "matrix", "self_check", "submit")]
    TEST.insert(
        -1,
        ("isolation on PostgreSQL 15", ["env", "XIANGTONG_TEST_POSTGRESQL=15", *PYTEST, "-n", "2", *_ON_15]),
    )

# `tools/system.sh prove` installs clamd where it may; where it may not, the run says what was not proved.
_SCANNER = "tests/prove/test_scanner.py"
_WITHOUT = [] if Path("/usr/sbin/clamd").exists() else [f"--ignore={_SCANNER}"]
_UNPROVED = [("NOT PROVED, for want of clamd: a real scanner", ["true"])] if _WITHOUT else []
PROVE = [*_UNPROVED, ("proofs", [*PYTEST, "-rP", "-n", "2", "--dist", "loadfile", *_WITHOUT, "tests/prove"])]
BENCH = [("figures", [sys.executable, "tools/bench/run.py"])]
PARTS = {"lint": LINT[:-1], "test": TEST, "prove": PROVE, "bench": BENCH}


def main(name: str) -> int:
    """Run the parts of `name` in order; returns the exit code of the first that fails, or 0."""
    times = []
    for title, command in PARTS[name]:
        print(f"── {title}", flush=True)
        started = time.monotonic()
        code = subprocess.run([str(word) for word in command], cwd=ROOT, check=False).returncode
        times.append((title, time.monotonic() - started))
        if code:
            print(f"✗ {title}", flush=True)
            return code
    for title, seconds in times:
        print(f"{seconds:7.1f} s  {title}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
