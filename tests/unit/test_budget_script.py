"""The form's script: one small file, made of today's parts."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import brotli

ROOT = Path(__file__).resolve().parents[2]
BUDGET = 14_000


def _assets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("assets", ROOT / "tools" / "assets.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_is_small() -> None:
    assert len(brotli.compress(_assets().bundled())) <= BUDGET


def test_the_script_is_made_of_every_part() -> None:
    assets = _assets()
    assert {f"{name}.js" for name in assets.PARTS} == {part.name for part in (assets.STATIC / "form").glob("*.js")}


def test_the_script_that_is_served_is_todays() -> None:
    assets = _assets()
    assert assets.BUNDLE.read_bytes() == assets.bundled(), "run: make setup"
