"""A form of elsewhere on the console: converted, its report read, kept as a draft; nothing of it is ever an accident."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from citizen_desk import FORM
from world import World, a_world
from xiangtong.forms import versions
from xiangtong.interchange.package import Signer, seal_package
from xiangtong.kernel.embedded import Cluster
from xiangtong.settings import Settings
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY

AT = "/console/interchange/"
GIVEN = Path(__file__).resolve().parents[1] / "schemas" / "interchange" / "conditions.json"


@pytest.fixture(scope="module")
def world(cluster: Cluster, keys: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with a_world(cluster, keys, tmp_path_factory.mktemp("world"), shelved=FORM) as made:
        yield made


def _convert(world: World, data: bytes, name: str = "zoo.schema.json", ui: bytes = b"") -> Any:
    sent: dict[str, Any] = {"schema": (io.BytesIO(data), name)}
    sent |= {"ui": (io.BytesIO(ui), "ui.json")} if ui else {}
    return world.client("city_operator").post(AT, data=sent)


def test_from_the_file_to_the_draft(world: World) -> None:
    given = json.loads(GIVEN.read_text("utf-8"))
    page = _convert(world, json.dumps(given["schema"]).encode(), ui=json.dumps(given["uiSchema"]).encode())
    assert page.status_code == 200, page.text[-1500:]
    assert "分支里的问题移到了 properties" in page.text
    text = unescape(re.search(r'name="form" value="([^"]*)"', page.text)[1])  # type: ignore[index]
    kept = world.client("city_operator").post(f"{AT}keep", data={"form": text})
    assert kept.location == "/console/forms/zoo/?done=saved", kept.text[-1500:]
    with world.services.db.scope(NOBODY) as session:
        assert versions.draft_of(session, code="zoo") is not None
    assert "检查过了，没有问题" in world.client("city_operator").get("/console/forms/zoo/").text


def test_a_package_comes_in_only_from_those_one_trusts(world: World) -> None:
    form = world.services.library.form(FORM)
    ours = Signer.from_settings(world.services.settings)
    text = seal_package(form, sample={}, signer=ours).encode()
    shown = _convert(world, text, "a.xtform").text
    for words in ("存成草稿", "路上没有被改过", form.title, ours.name, ours.key.public.algorithm):
        assert words in shown
    stranger = Signer.from_settings(Settings(master_key="another", package_signer="3299"))
    refused = _convert(world, seal_package(form, sample={}, signer=stranger).encode(), "a.xtform")
    assert (refused.status_code, "3299" in refused.text) == (422, True)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\xff", b'{"type": "object"}', b"[" * 100_000, b'{"a": "\\ud800"}']
)
def test_what_is_no_form_is_refused_in_words(world: World, data: bytes) -> None:
    assert _convert(world, data).status_code == 422
    assert world.client("city_operator").post(f"{AT}keep", data={"form": data.decode("latin-1")}).status_code == 422


def test_more_options_than_a_phone_bears_are_refused_at_once(world: World) -> None:
    many = {"type": "string", "title": "哪一个", "enum": [f"第{number}个选项" for number in range(30_000)]}
    refused = _convert(world, json.dumps({"type": "object", "title": "表", "properties": {"a": many}}).encode())
    assert refused.status_code == 422
    assert "一份表最多 512 KB" in refused.text


def test_only_the_citys_operators_import(world: World) -> None:
    assert world.client("township_admin").get(AT).status_code == 404
