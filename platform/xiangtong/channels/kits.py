"""Kits: the blocks a channel page is made of, checked against `channel_templates/kit.schema.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema

from xiangtong.kernel.errors import Problem, Problems

KIND = "kit"


def read_kits(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Every `<kit>/kit.json` of a folder by its id; raises Problems with everything that is wrong."""
    schema = json.loads((folder / "kit.schema.json").read_text(encoding="utf-8"))
    kits: dict[str, Mapping[str, Any]] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*/kit.json")):
        kit = json.loads(path.read_text(encoding="utf-8"))
        problems += [
            Problem(f"{path.parent.name}{problem.where}", problem.message) for problem in check_kit(kit, schema)
        ]
        kits[path.parent.name] = kit
    if problems:
        raise Problems(problems)
    return kits


def check_kit(kit: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Problem]:
    """What keeps a kit from being published: its schema, and ids that stand twice."""
    validator = jsonschema.Draft202012Validator(schema)
    problems = [
        Problem("/" + "/".join(map(str, error.absolute_path)), error.message) for error in validator.iter_errors(kit)
    ]
    ids = [block.get("id") for block in kit.get("blocks", []) if isinstance(block, dict)]
    problems += [Problem("/blocks", f"有两块的标识都是 {id_}") for id_ in {i for i in ids if ids.count(i) > 1}]
    return problems
