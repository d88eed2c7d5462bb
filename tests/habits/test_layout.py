"""Habits of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import socket
import subprocess
from dataclasses import fields
from pathlib import Path
from unittest.mock import Mock

import psycopg
import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

import xiangtong
from xiangtong import cli, demo
from xiangtong.kernel.hindrances import in_words
from xiangtong.release import refuse_old, release
from xiangtong.settings import DEMO_SECRET, Settings, SettingsError, variable
from xiangtong.wiring import database_of

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted((ROOT / "platform").rglob("*.py"))


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_platform_is_a_source_root_and_not_a_package() -> None:
    # An __init__.py in either place would shadow the standard library's `platform`.
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "tests" / "platform").exists()


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT / "platform")))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400, "over 400 lines: is there a wall to move?"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno <= 50, f"{node.name} is over 50 lines"


def test_most_functions_are_short() -> None:
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    )
    assert lengths[len(lengths) // 2] < 10
    assert lengths[len(lengths) * 9 // 10] <= 25


def test_nobody_names_a_module_after_nothing() -> None:
    vague = {"utils", "helpers", "common", "manager", "misc"}
    assert [path for path in CODE if path.stem in vague] == []


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    for item in fields(Settings):
        assert f"| `{variable(item)}` | {item.metadata['doc']}" in page, f"docs/settings.md lacks {variable(item)}"


@pytest.mark.parametrize("page", [path for path in _tracked() if path.suffix == ".md"], ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_map_names_what_is_there() -> None:
    places = [ROOT, ROOT / "platform", ROOT / "platform" / "xiangtong"]
    named = re.findall(r"`(\w[\w/.-]*(?:/|/[\w-]+\.\w+))`", (ROOT / "docs" / "map.md").read_text("utf-8"))
    assert len(named) > 40
    assert [name for name in named if not any((place / name).exists() for place in places)] == []


def test_the_rooms_are_listed() -> None:
    rooms = {path.parent.name for path in (ROOT / "platform" / "xiangtong").glob("*/__init__.py")}
    assert [room for room in sorted(rooms) if not re.search(rf"^{room} ", xiangtong.__doc__ or "", re.M)] == []


def test_production_refuses_demo_secrets_and_debug() -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings(environment="production", debug="1").refuse_demo()
    said = str(refusal.value)
    assert "XIANGTONG_MASTER_KEY" in said
    assert "FLASK_DEBUG" in said
    assert "XIANGTONG_DATABASE_URL" in said
    assert DEMO_SECRET not in said


def _of_production(**changed: str) -> Settings:
    """Settings that production starts with, but for what is changed."""
    given = {
        item.name: f"{item.name}-" + "k" * 32 for item in fields(Settings) if str(item.default).startswith("demo-")
    }
    given |= {"oidc_issuer": "https://there.example/oidc", "oidc_client_id": "ours"}
    given |= {item.name: "https://there.example" for item in fields(Settings) if item.name.endswith("_url")}
    return Settings(**(given | {"environment": "production"} | changed))


def test_production_starts_when_nothing_is_left_of_the_demo() -> None:
    for off in ("", "0", "false"):
        _of_production(debug=off).refuse_demo()
    for name in ("secret_key", "master_key"):
        with pytest.raises(SettingsError, match="太短"):
            _of_production(**{name: "k" * 31}).refuse_demo()
    with pytest.raises(SettingsError, match="https"):
        _of_production(base_url="http://there.example").refuse_demo()
    for name in ("province_url", "oidc_issuer", "oidc_client_id"):
        with pytest.raises(SettingsError, match=f"XIANGTONG_{name.upper()} 还是演示用的值"):
            _of_production(**{name: getattr(Settings(), name)}).refuse_demo()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "prod"),
        ("ENVIRONMENT", "Production"),
        ("CIPHER", "AES"),
        ("PORT", "80a0"),
        ("SANDBOX_PORT", "0"),
        ("PROVINCE_SECRET", "sm2:zz"),
    ],
)
def test_a_misspelt_word_is_never_taken_for_the_demo(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({f"XIANGTONG_{name}": value})


def test_no_database_is_a_sentence_that_names_what_is_missing() -> None:
    named = dict.fromkeys(("database_url", "relay_database_url"), "postgresql://there.example/xiangtong")
    with pytest.raises(SettingsError, match="请填 XIANGTONG_OVERSIGHT_DATABASE_URL（"):
        database_of(Settings(**named))
    with pytest.raises(SettingsError, match="XIANGTONG_OWNER_DATABASE_URL"):
        release(Settings(**named, oversight_database_url="mysql://there.example/xiangtong"))


def test_a_release_says_why_a_database_will_not_do() -> None:
    with pytest.raises(SettingsError, match="PostgreSQL 14 太旧了"):
        refuse_old(14)
    refuse_old(15)
    nobody = "postgresql://nobody:wrong@127.0.0.1:1/nothing"
    with pytest.raises(SettingsError, match="连不上") as away:
        release(Settings(**{f"{role}database_url": nobody for role in ("", "owner_", "oversight_", "relay_")}))
    assert "wrong" not in str(away.value)


def test_a_command_says_what_keeps_it_from_going_on_and_shows_no_stack(capsys: pytest.CaptureFixture[str]) -> None:
    tables = ProgrammingError("select", {}, psycopg.errors.UndefinedTable('relation "city" does not exist'))
    away = psycopg.OperationalError("connection refused\nconnection refused again")
    for error, words in (
        (away, "数据库连不上，或者中途断了：connection refused"),
        (OperationalError("select", {}, away), "数据库连不上，或者中途断了：connection refused"),
        (tables, "数据库里的表不是这个版本的：请先运行 xiangtong release"),
        (FileNotFoundError(2, "No such file", "out.json"), "读不了或写不了 out.json：No such file"),
        (SettingsError("没有填"), "没有填"),
    ):
        assert in_words(error) == [words]
    assert in_words(ValueError("an accident")) == []
    with pytest.MonkeyPatch.context() as patched, pytest.raises(SystemExit) as end:
        patched.setattr("sys.argv", ["xiangtong", "worker"])
        patched.setattr("xiangtong.wiring.build", Mock(side_effect=away))
        cli.main()
    assert (end.value.code, capsys.readouterr().err) == (2, "数据库连不上，或者中途断了：connection refused\n")


def test_no_demo_runs_where_real_people_are_served() -> None:
    with pytest.raises(SettingsError, match="不能运行演示"):
        demo.prepare({"XIANGTONG_ENVIRONMENT": "production"})


def test_a_port_that_is_taken_is_a_sentence_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(SettingsError, match="已经有程序在用"):
        demo.prepare({"XIANGTONG_PORT": str(other.getsockname()[1]), "XIANGTONG_VAR": str(tmp_path / "var")})
    assert not (tmp_path / "var").exists()


def test_requirements_are_hashed_and_hold_no_address() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index-url|--find-links", text)
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_the_project_stands_alone() -> None:
    # The machine's own paths are asked of the machine, so that none of them stands here.
    here = "|".join(re.escape(f"{path}/") for path in (ROOT, Path.home()) if path != path.parent)
    foreign = re.compile(rf"{here}|\.\./[s]hared|py[p]i\.org|npm[j]s\.(org|com)|deb\.[d]ebian")
    for path in _tracked():
        if path.suffix in {".png", ".docx", ".ico", ".woff2"} or path == Path(__file__):
            continue
        found = foreign.search(path.read_text(errors="ignore"))
        assert not found, f"{path.relative_to(ROOT)} names {found and found.group()}"


def test_nothing_of_others_is_tracked() -> None:
    names = [str(path.relative_to(ROOT)) for path in _tracked()]
    assert [n for n in names if re.search(r"(^|/)(vendor|node_modules)/|\.min\.(js|css)$", n)] == []
