"""Misbehaviour on request, drawn from a seeded source so that a bad day can be repeated."""

import random
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

import jsonschema_rs

from province_sandbox.problems import Refused
from province_sandbox.schemas import refuse_if_any

KINDS = {
    "status": "按比例答复错误状态",
    "delay": "拖延答复",
    "stored_but_no_answer": "收下了但不答复",
    "reset": "还没收就断线",
    "outage": "停机",
    "wrong_receipt": "回执内容不对",
    "html": "答复网页而不是回执",
    "slow": "一个字节一个字节地答复",
    "busy": "答复太忙",
}
SCOPES = ("all", "messages", "cases", "materials", "reconciliation", "services")

_SHAPE = jsonschema_rs.Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["kind"],
        "properties": {
            "kind": {"enum": list(KINDS)},
            "scope": {"enum": list(SCOPES)},
            "rate": {"type": "number", "minimum": 0, "maximum": 1},
            "count": {"type": ["integer", "null"], "minimum": 1},
            "statuses": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "integer", "minimum": 400, "maximum": 599},
            },
            "delay_ms": {"type": "integer", "minimum": 0, "maximum": 120_000},
            "retry_after": {"type": "integer", "minimum": 0, "maximum": 3600},
            "refuse": {"type": "boolean"},
        },
    }
)


@dataclass
class Fault:
    """One knob turned on. `count` strikes are left, None meaning until it is cleared."""

    id: int
    kind: str
    scope: str = "all"
    rate: float = 1.0
    count: int | None = None
    statuses: list[int] = field(default_factory=lambda: [500, 502, 503, 504])
    delay_ms: int = 1000
    retry_after: int = 1
    refuse: bool = False
    struck: int = 0
    status: int = 0


class FaultBook:
    """The knobs that are on. Every method may be called from any thread."""

    def __init__(self, seed: int = 1) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)  # noqa: S311 (a repeatable draw is the point)
        self._faults: list[Fault] = []
        self._last_id = 0

    def seed(self, seed: int) -> None:
        """Begin the draws anew."""
        with self._lock:
            self._random = random.Random(seed)  # noqa: S311 (a repeatable draw is the point)

    def add(self, wish: Any) -> int:
        """Turn a knob on; raises `Refused` INVALID. Returns its number."""
        refuse_if_any(
            [("".join(f"/{part}" for part in error.instance_path), error.message) for error in _SHAPE.iter_errors(wish)]
        )
        with self._lock:
            self._last_id += 1
            self._faults.append(Fault(self._last_id, **wish))
            return self._last_id

    def clear(self, number: int | None = None) -> None:
        """Turn one knob off, or all of them. Raises `Refused` NOT_FOUND for an unknown one."""
        with self._lock:
            left = [one for one in self._faults if number is not None and one.id != number]
            if number is not None and len(left) == len(self._faults):
                raise Refused("NOT_FOUND", "没有这个故障。")
            self._faults = left

    def draw(self, scope: str) -> dict[str, Fault]:
        """The faults that strike this request, by kind; their counts go down."""
        with self._lock:
            struck = {
                one.kind: one
                for one in self._faults
                if one.scope in ("all", scope) and self._random.random() < one.rate
            }
            for one in struck.values():
                self._strike(one)
            self._faults = [one for one in self._faults if one.count != 0]
            return struck

    def listing(self) -> list[dict[str, Any]]:
        """The knobs that are on, as JSON."""
        with self._lock:
            return [asdict(one) for one in self._faults]

    def _strike(self, fault: Fault) -> None:
        fault.struck += 1
        fault.status = self._random.choice(fault.statuses)
        if fault.count is not None:
            fault.count -= 1
