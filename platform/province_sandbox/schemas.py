"""What may be said: openapi.yaml's components, compiled once, and the rules a schema cannot say."""

import uuid
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs
import yaml

from province_sandbox.problems import Refused

_ROOT = "urn:province:contract"
_PAYLOADS = {
    "apply": "ApplyPayload",
    "pre_review": "PreReviewPayload",
    "accept": "AcceptPayload",
    "reject": "StaffReasonPayload",
    "supplement_notice": "SupplementNoticePayload",
    "supplement": "SupplementPayload",
    "step": "StepPayload",
    "special_start": "SpecialStartPayload",
    "special_end": "SpecialEndPayload",
    "extend": "ExtendPayload",
    "decide": "DecidePayload",
    "deliver": "DeliverPayload",
    "withdraw": "WithdrawPayload",
    "void": "StaffReasonPayload",
    "rate": "RatePayload",
    "transfer": "TransferPayload",
    "correct": "CorrectPayload",
}

Problems = list[tuple[str, str]]


@cache
def contract() -> dict[str, Any]:
    """openapi.yaml as shipped inside this package."""
    text = resources.files("province_sandbox").joinpath("contract/openapi.yaml").read_text("utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def problems_in(component: str, value: Any, *, at: str = "") -> Problems:
    """Every way in which `value` does not fit a component, as (JSON Pointer, sentence).

    Sentences never quote the value: it may be somebody's number.
    """
    return _found(_validator(f"/components/schemas/{component}"), value, at)


def request_problems(address: str, value: Any) -> Problems:
    """As `problems_in`, for the JSON body that openapi.yaml gives for a POST to an address."""
    escaped = address.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
    place = f"/paths/{escaped}/post/requestBody/content/application~1json/schema"
    return _found(_validator(place), value, "")


def require(component: str, value: Any) -> None:
    """Raise `Refused` INVALID with all problems unless the value fits."""
    refuse_if_any(problems_in(component, value))


def refuse_if_any(problems: Problems) -> None:
    """Raise `Refused` INVALID when there are problems."""
    if problems:
        raise Refused("INVALID", f"内容有 {len(problems)} 处不合要求。", errors=problems)


def message_problems(message: Any, *, case_no: str, divisions: tuple[str, ...]) -> Problems:
    """Schema problems, or else those of the rules beside it: path and body agree, the id is a
    UUID version 7, every division named is known and a transfer stays within its province."""
    problems = problems_in("Message", message)
    if problems:
        return problems
    if message["case_no"] != case_no:
        problems.append(("/case_no", "differs from the address"))
    if uuid.UUID(message["message_id"]).version != 7:
        problems.append(("/message_id", "is not a UUID version 7"))
    named = {"/division_code": message["division_code"]}
    if message["type"] == "transfer":
        named["/payload/from_division"] = message["payload"]["from_division"]
        named["/payload/to_division"] = message["payload"]["to_division"]
        if len({code[:2] for code in named.values()}) > 1:
            problems.append(("/payload/to_division", "lies in another province"))
    problems += [(at, "unknown division") for at, code in named.items() if not code.startswith(divisions)]
    return problems


def correction_problems(message: dict[str, Any], corrected_type: str | None) -> Problems:
    """Problems of a `correct` message; `corrected_type` is None when that seq is not stored."""
    if corrected_type is None:
        return [("/payload/seq", "names no stored message")]
    return problems_in(_PAYLOADS[corrected_type], message["payload"]["payload"], at="/payload/payload")


def materials_named(payload: dict[str, Any]) -> dict[str, str]:
    """JSON Pointer → digest of every material that a payload (or a corrected payload) names."""
    named = {}
    if "data_digest" in payload:
        named["/payload/data_digest"] = payload["data_digest"]
    for index, material in enumerate(payload.get("materials", ())):
        if "digest" in material:
            named[f"/payload/materials/{index}/digest"] = material["digest"]
    return named


@cache
def _validator(place: str) -> jsonschema_rs.Draft202012Validator:
    registry = jsonschema_rs.Registry([(_ROOT, contract())], draft=jsonschema_rs.Draft202012)
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"{_ROOT}#{place}"},
        registry=registry,
        validate_formats=True,
        mask="(value)",
    )


def _found(validator: jsonschema_rs.Draft202012Validator, value: Any, at: str) -> Problems:
    try:
        return [(at + _pointer(error), error.message) for error in validator.iter_errors(value)]
    except ValueError:
        return [(at, "is nested too deeply")]


def _pointer(error: jsonschema_rs.ValidationError) -> str:
    path = [str(part) for part in error.instance_path]
    missing = getattr(error.kind, "property", None)
    if isinstance(missing, str):
        path.append(missing)
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
