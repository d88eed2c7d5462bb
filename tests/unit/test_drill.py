"""Drills: the plan follows from the seed, the verdict sees whatever goes wrong, and only a sandbox is drilled."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ledger_writer import facts_document
from xiangtong import demo
from xiangtong.drill.plan import FAULTS, plan
from xiangtong.drill.run import Drill, NoGround, run
from xiangtong.drill.verdict import Journal, expected
from xiangtong.settings import Settings

_CASE = "3210031002611210000017"


def test_the_same_seed_gives_the_same_plan_with_every_fault_in_it() -> None:
    steps = plan(20261121, 300)
    assert steps == plan(20261121, 300)
    assert steps != plan(20261122, 300)
    assert sum(step.seconds for step in steps) == pytest.approx(300)
    first = [step.fault["kind"] if step.fault else "" for step in steps[: len(FAULTS) + 1]]
    assert len(set(first)) == len(FAULTS) + 1, "every fault once before any comes again, and one quiet step"
    assert {"status", "delay", "stored_but_no_answer", "reset", "outage"} <= set(first)
    assert sum(step.seconds for step in plan(1, 3)) == pytest.approx(3)


def _held(*messages: dict[str, Any]) -> Any:
    return lambda case_no: [{"body": message} for message in messages if message["case_no"] == case_no]


def _verdict(*messages: dict[str, Any]) -> tuple[int, ...]:
    journal = Journal()
    for seq in (1, 2):
        journal.enter(facts_document(case_no=_CASE, seq=seq))
    figures = journal.compare(_held(*messages))
    assert figures.clean == (not (figures.lost or figures.wrong or figures.doubled or figures.phantom))
    return figures.acknowledged, figures.lost, figures.wrong, figures.doubled, figures.phantom


def test_the_verdict_compares_content() -> None:
    first, second = (expected(facts_document(case_no=_CASE, seq=seq)) for seq in (1, 2))
    assert _verdict(first, second) == (2, 0, 0, 0, 0)
    assert _verdict({**first, "message_id": "whatever it travels under"}, second) == (2, 0, 0, 0, 0)
    assert _verdict(first) == (2, 1, 0, 0, 0)
    assert _verdict(first, {**second, "payload": {}}) == (2, 0, 1, 0, 0)
    assert _verdict(first, second, second) == (2, 0, 0, 1, 0)
    assert _verdict(first, second, {**second, "seq": 3}) == (2, 0, 0, 0, 1)


def test_nothing_acknowledged_proves_nothing() -> None:
    assert not Journal().compare(_held()).clean


def test_where_no_demo_runs_no_command_finds_one(tmp_path: Path) -> None:
    """Commands typed beside `make serve` find its settings; nothing is made where there are none."""
    assert demo.beside({"XIANGTONG_VAR": str(tmp_path)}) is None
    (tmp_path / "secrets.json").write_text("{}")
    assert demo.beside({"XIANGTONG_VAR": str(tmp_path)}, home=tmp_path / "pg") is None
    assert [one.name for one in tmp_path.iterdir()] == ["secrets.json"]
    # A demo on another PostgreSQL is found by the address that it was started with.
    elsewhere = {"XIANGTONG_VAR": str(tmp_path), "XIANGTONG_DATABASE_URL": "postgresql://there.example/demo"}
    found = demo.beside(elsewhere)
    assert found is not None
    assert (found.database_url, found.storage_url) == ("postgresql://there.example/demo", f"file://{tmp_path}/files")


@pytest.mark.parametrize(("environment", "words"), [("production", "正式环境不能演练"), ("demo", "不是演示用的省网")])
def test_only_beside_the_demos_own_province(environment: str, words: str) -> None:
    """Refused before a single case is filed: nothing listens at that port."""
    settings = Settings(environment=environment, province_url="http://127.0.0.1:9")
    with pytest.raises(NoGround, match=words):
        run(SimpleNamespace(settings=settings), Drill(1, 1), say=print)  # type: ignore[arg-type]
