"""Which materials a filing needs: the file questions that its answers leave visible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xiangtong.dialect.effective import Effective
from xiangtong.dialect.plan import Material, Plan


@dataclass(frozen=True, slots=True)
class Wanted:
    """A material that this filing asks for, and what was given so far."""

    material: Material
    pointer: str
    required: bool
    files: tuple[dict[str, Any], ...]


def materials_of(plan: Plan, counted: Effective) -> list[Wanted]:
    """List the materials of effective data, in the form's order."""
    required = set(counted.required)
    found = []
    for pointer in counted.visible:
        question = plan.question_at(pointer)
        if question is not None and question.material is not None:
            found.append(Wanted(question.material, pointer, pointer in required, files_at(counted.data, pointer)))
    return found


def files_at(data: Any, pointer: str) -> tuple[dict[str, Any], ...]:
    """Give the attachments at a visible pointer of effective data; none where nothing was given."""
    here = data
    for name in pointer.split("/")[1:]:
        here = here[int(name)] if isinstance(here, list) else here.get(name, [])
    return tuple(one for one in here if isinstance(one, dict)) if isinstance(here, list) else ()
