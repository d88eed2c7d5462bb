"""New versions of the old-age allowance, and services that serve forms from the rows."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any
from uuid import UUID

from citizen_desk import FORM
from door_services import library, make_services
from xiangtong.drafts.survey import ask_for_sheet, survey
from xiangtong.forms import versions
from xiangtong.forms.library import Form, form_of
from xiangtong.forms.models import FormSheet, FormVersion
from xiangtong.tenancy.scope import CITY, NOBODY
from xiangtong.wiring import Services

Edit = Callable[[dict[str, Any]], None]


def shelved(*args: Any, **settings: str) -> Services:
    """Services over released rows."""
    return make_services(*args, shelved=FORM, **settings)


def edited(*edits: Edit, code: str = FORM) -> dict[str, Any]:
    """The form of the repository with changes."""
    schema = copy.deepcopy(dict(library().form(code).schema))
    for edit in edits:
        edit(schema)
    return schema


def as_form(schema: dict[str, Any], version: int = 1) -> Form:
    """A form of a document."""
    return form_of(schema, library().vocabulary, version=version)


def put_in(services: Services, schema: dict[str, Any]) -> UUID:
    """Keep a document as the draft; its id."""
    with services.db.scope(CITY) as session:
        return versions.save_draft(session, schema=schema, vocabulary=library().vocabulary, author="测试").id


def count(services: Services, version_id: UUID) -> FormSheet:
    """Draw up the sheet as the worker does."""
    with services.db.scope(CITY) as session:
        ask_for_sheet(session, version_id=version_id, city_code="3210")
    survey(services, version_id=str(version_id))
    with services.db.scope(NOBODY) as session:
        return session.get_one(FormSheet, version_id)


def publish(services: Services, schema: dict[str, Any]) -> FormVersion:
    """Put in, count, publish."""
    version_id = put_in(services, schema)
    count(services, version_id)
    with services.db.scope(CITY) as session:
        made = versions.publish(session, code=str(schema["x-form"]["code"]), version_id=version_id, by="测试")
    services.library.forget()
    return made


def new_question(name: str, *, required: bool = False, step: int = 0) -> Edit:
    """Ask one more thing, as a text."""

    def edit(schema: dict[str, Any]) -> None:
        one = {
            "type": "string",
            "title": f"新问题 {name}",
            "x-kind": "text",
            "x-label": f"新问题 {name}",
            "maxLength": 50,
        }
        schema["properties"] = {name: one, **schema["properties"]}
        schema["x-steps"][step]["ask"].append(f"/{name}")
        if required:
            schema["required"].append(name)

    return edit


def reworded(schema: dict[str, Any]) -> None:
    """Ask for the account in other words."""
    schema["properties"]["by_agent"]["x-label"] = "您是不是替老人来办的"


def without_portrait(schema: dict[str, Any]) -> None:
    """No photo of the person any more."""
    materials = schema["properties"]["materials"]
    materials["required"].remove("portrait")
    del materials["properties"]["portrait"]


def another_promise(schema: dict[str, Any]) -> None:
    """Agree to another text."""
    schema["properties"]["promise"]["x-text"] = "我知道了新的规定，并且照着做。"
