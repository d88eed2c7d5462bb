"""The contract's own schema of a message, for dry runs and publishing checks (`contract.json`, from openapi.yaml)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from xiangtong.kernel.errors import Problem

_FILE = Path(__file__).with_name("contract.json")


def problems(body: bytes) -> tuple[Problem, ...]:
    """Everything the contract's schema finds wrong with the bytes of a message; values are never quoted."""
    message = json.loads(body)
    return tuple(
        Problem("".join(f"/{step}" for step in error.instance_path), f"不符合上级接口的要求（{_keyword(error)}）")
        for error in _validator().iter_errors(message)
    )


@cache
def _validator() -> Any:
    schema = json.loads(_FILE.read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def _keyword(error: Any) -> str:
    path = list(error.schema_path)
    return str(path[-1]) if path else "schema"
