"""Bad input for every address that takes any. The addresses come from the application itself, so that a form which is
added tomorrow is tried tomorrow.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from citizen_desk import FORM
from world import Place, World, unknown_id
from xiangtong.doors.shared.access import stated
from xiangtong.wiring import ROOT

CHINESE = re.compile("[\u4e00-\u9fff]")
# Signing out would end the session that the next request needs; printing a slip ends somebody's.
_NOT_TRIED = {"sign_in.leave", "sign_in.sign_out", "account.end_session", "staff.disable", "apply.discard"}
# Each proves who asks by a signature, a permit or a secret of its own.
EXEMPT = {"uploads.store", "callbacks.province", "api.filing.file_case", "api.filing.hand_in"}
_DEEP = b"[" * 100_000 + b"]" * 100_000
_ROWS = [
    None, 1, "x", [], {"pointer": 1, "value": "x"}, {"pointer": "/applicant/phone", "value": {"a": 1}},
    {"pointer": "/applicant/phone", "value": [[["x"]]]}, {"pointer": "/applicant/phone/-1/x", "value": "x"},
    {"pointer": "applicant", "value": "x", "revision": "x"}, {"pointer": "", "value": ""},
    {"pointer": "/applicant/\u0000", "value": "\u0000"}, {"pointer": "/~2", "value": "x", "revision": 1e99},
    {"pointer": "/__proto__/x", "value": "x"}, {"pointer": "/" + "a" * 100_000, "value": "x"},
]  # fmt: skip
_FORMS = "application/x-www-form-urlencoded"
_JSON = "application/json"
_PARTS = "multipart/form-data; boundary=b"
# Whatever our pages call their fields, so that one that is added tomorrow is tried tomorrow.
_PAGES = (ROOT / "platform" / "xiangtong" / "templates").rglob("*.html")
_FIELD = re.compile(r'(?:\bname="|_field\(")([a-z_]+)"')
_NAMES = sorted({"/applicant/registered_address"}.union(*(_FIELD.findall(page.read_text("utf-8")) for page in _PAGES)))
_BAD: dict[str, dict[str, Any]] = {
    "nothing": {},
    "half a JSON": {"data": b'{"pointer": "/applica', "content_type": _JSON},
    "JSON that nests deep": {"data": _DEEP, "content_type": _JSON},
    "JSON of odd rows": {"data": json.dumps(_ROWS), "content_type": _JSON},
    "JSON with half a character": {
        "data": b'[{"pointer": "/applicant/registered_address", "value": "\\ud800"}]', "content_type": _JSON,
    },
    "half a character in a name": {"data": b'{"name": "\\udfff.jpg", "pointer": "\\ud800", "size": 5}', "content_type": _JSON},
    "JSON numbers beyond all": {"data": b'{"size": 1e999, "pointer": NaN, "x": -Infinity}', "content_type": _JSON},
    "JSON size beyond the database": {
        "data": json.dumps({"pointer": "/materials/portrait", "name": "a.jpg", "size": 10**30}), "content_type": _JSON,
    },
    "JSON digits without end": {"data": b'{"size": ' + b"9" * 10_000 + b"}", "content_type": _JSON},
    "a double key": {"data": b'{"pointer": "/a", "pointer": "/b"}', "content_type": _JSON},
    "a doubled field": {"data": b"account=a&account=b&phone=1&phone=2&_action=next&_action=back", "content_type": _FORMS},
    "ten thousand fields": {"data": "&".join(f"f{n}=x" for n in range(10_000)).encode(), "content_type": _FORMS},
    "a name of 200 kB": {"data": b"/" + b"a" * 200_000 + b"=x", "content_type": _FORMS},
    "a value of 1 MB": {"data": b"/applicant/lives=" + b"a" * 1_000_000, "content_type": _FORMS},
    "a value of 3 MB": {"data": b"name=" + b"a" * 3_000_000, "content_type": _FORMS},
    "NUL everywhere": {"data": dict.fromkeys(_NAMES, "\0x\0")},
    "bytes that are no UTF-8": {"data": b"%ff%fe=%c3%28&name=%ed%a0%80&phone=%ff&account=%ff&number=%ff", "content_type": _FORMS},
    "raw bytes": {"data": bytes(range(256)) * 10, "content_type": _FORMS},
    "another content type": {"data": b"<x/>", "content_type": "application/xml"},
    "no content type worth the name": {"data": b"x=1", "content_type": "\x01;;=;charset=nonsense"},
    "a charset that is none": {"data": b'{"x":1}', "content_type": "application/json; charset=klingon"},
    "parts without a boundary": {"data": b"--b\r\n\r\nx", "content_type": "multipart/form-data"},
    "parts that break off": {
        "data": b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nxxx', "content_type": _PARTS,
    },
    "rows that are not there": {"data": {"_action": "remove:/household/-1", "/household/-1/name": "x"}},
    "a row beyond all": {"data": {"_action": "remove:/household/" + "9" * 5000, f"/household/{'9' * 30}/name": "x"}},
    "a button that is none": {"data": {"_action": "drop:/materials/portrait:not-an-id"}},
    "files at odd places": {"data": {"file": (io.BytesIO(b"MZ"), "../../etc/passwd"), "pointer": "/bank/holder"}},
    "words for numbers": {"data": {"after": "x", "page": "-1", "seq": "NaN", "upload_id": "x", "digits": "１２３４"}},
}  # fmt: skip


_ODD = (
    "x=" + "a" * 16_000, "q=%00", "q=%ff%fe", "lang=xx&lang=%00", "next=//evil.example&next=%0d%0aX:y", "page=-1",
    "page=99999999999999999999", "parent=%EF%BC%91", "q=" + "%F0%9F%98%80" * 200, "&&&===", "wait=%00", "small",
    "place=" + "1" * 5000, "after=x&q='\"><script>",
)  # fmt: skip


def faults_of_posts(world: World, *, parts: int = 1) -> list[str]:
    """Post every bad input to every address, or to each address every `parts`-th of them, each address another part."""
    found = []
    for number, (prefix, rule) in enumerate(rules(world, "POST")):
        client = world.client(actor(prefix, rule))
        for name, given in list(_BAD.items())[number % parts :: parts]:
            answer = client.post(address(world.here, prefix, rule), **_fresh(given))
            found += [f"{rule.endpoint}, {name}: {fault}" for fault in _faults(answer)]
    return found


def faults_of_queries(world: World, *, parts: int = 1) -> list[str]:
    """Ask every address with every odd query, or each with every `parts`-th of them, each address another part."""
    found = []
    for number, (prefix, rule) in enumerate(rules(world, "GET")):
        client, place = world.client(actor(prefix, rule)), address(world.here, prefix, rule)
        for query in _ODD[number % parts :: parts]:
            answer = client.get(f"{place}?{query}")
            if rule.endpoint != "sign_in.start":  # There is no province in these tests: 503, with a sentence.
                found += [f"{rule.endpoint}?{query[:40]}: {fault}" for fault in _faults(answer)]
            if b"'\"><script>" in answer.get_data():
                found.append(f"{rule.endpoint} passes markup on")
    return found


def rules(world: World, method: str) -> Iterator[tuple[str, Rule]]:
    for app, prefix in ((world.app, ""), (world.console, "/console")):
        for rule in app.url_map.iter_rules():
            if method in (rule.methods or ()) and stated(app, rule.endpoint) and rule.endpoint not in _NOT_TRIED:
                yield prefix, rule


def address(place: Place, prefix: str, rule: Rule) -> str:
    """The rule with what is one's own."""
    values = {name: str(getattr(place, name)) for name in Place.__dataclass_fields__}
    values |= {
        "form_code": FORM, "key": place.notice, "step_id": "who", "verb": "rename", "move": "accept", "name": "elder",
        "digest": "0", "path": "app.css", "upload_id": unknown_id(), "item_id": unknown_id(), "fact_id": unknown_id(),
        "difference_id": unknown_id(),
        "place_id": unknown_id(), "machine_id": unknown_id(), "proof": "A" * 26, "token": "x" * 22, "version": "1",
    }  # fmt: skip
    return prefix + re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda found: values[found.group(1)], rule.rule)


def actor(prefix: str, rule: Rule) -> str:
    if not prefix:
        return "citizen"
    return "city_operator" if rule.endpoint.startswith(("city.", "push")) else "township_admin"


def _fresh(given: dict[str, Any]) -> dict[str, Any]:
    """The same request again: files are read once."""
    data = given.get("data")
    if isinstance(data, dict):
        data = {
            name: (io.BytesIO(one[0].getvalue()), one[1]) if isinstance(one, tuple) else one
            for name, one in data.items()
        }
    return {**given, "data": data}


def _faults(answer: TestResponse) -> Iterator[str]:
    if answer.status_code >= 500:
        yield f"{answer.status_code}"
    elif answer.status_code >= 400 and "text" in answer.mimetype + answer.content_type.replace("json", "text"):
        yield from _unclear(answer)


def _unclear(answer: TestResponse) -> Iterator[str]:
    """A refusal is a page or an object with a sentence that people understand, and nothing of the machine."""
    said = str(answer.json) if answer.is_json else answer.text
    if not CHINESE.search(said):
        yield f"{answer.status_code} without a sentence: {said[:200]}"
    if re.search(r"Traceback|psycopg|sqlalchemy|werkzeug|File \"|格式错误", said):
        yield f"{answer.status_code} tells of the machine: {said[:200]}"
