"""Every sentence of the citizen's pages is said in English too, with the same blanks to fill in."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask
from flask_babel import Babel, gettext

from xiangtong.doors.shared.languages import FOLDER, compile_languages

ROOT = Path(__file__).resolve().parents[2]
_BLANK = re.compile(r"%\([a-z_]+\)s|\{[a-z_]+\}")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """`tools/translations.py`, which is a program and not a package."""
    spec = importlib.util.spec_from_file_location("translations_tool", ROOT / "tools" / "translations.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_sentence_has_its_english(tool: ModuleType) -> None:
    stored = {message.id: message.string for message in tool.english() if message.id}
    missing = [message.id for message in tool.sentences() if message.id and not stored.get(message.id)]
    assert not missing, f"run tools/translations.py and translate: {missing}"


def test_english_is_english_and_has_the_same_blanks(tool: ModuleType) -> None:
    for message in tool.english():
        if message.id:
            assert set(_BLANK.findall(message.id)) == set(_BLANK.findall(message.string)), message.id
            assert re.search("[A-Za-z]", message.string), message.id


def test_a_page_speaks_english_without_any_step_before(tmp_path: Path) -> None:
    folder = tmp_path / "translations"
    catalogue = folder / "en" / "LC_MESSAGES"
    catalogue.mkdir(parents=True)
    (catalogue / "messages.po").write_bytes((FOLDER / "en" / "LC_MESSAGES" / "messages.po").read_bytes())
    app = Flask("translations-test")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = compile_languages.__wrapped__(folder)
    Babel(app, locale_selector=lambda: "en")
    with app.test_request_context():
        assert gettext("提交申请") == "Submit"
