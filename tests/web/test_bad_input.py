"""Bad input at every address that takes any: a clear sentence, nothing lost, never an accident.

The addresses come from the application itself, so that a form which is added tomorrow is tried tomorrow.
"""

from __future__ import annotations

import io
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from attachment_flow import jpeg
from citizen_desk import FORM
from world import Place, World, a_world, begin, unknown_id
from xiangtong.doors.shared.access import stated
from xiangtong.kernel.embedded import Cluster
from xiangtong.tenancy.keys import KeyRing
from xiangtong.wiring import ROOT

_CHINESE = re.compile("[\u4e00-\u9fff]")
# Signing out would end the session that the next request needs; printing a slip ends somebody's.
_NOT_TRIED = {"sign_in.leave", "sign_in.sign_out", "account.end_session", "staff.disable", "apply.discard"}
# Each proves who asks by a signature, a permit or a secret of its own.
_EXEMPT = {"uploads.store", "callbacks.province", "api.filing.file_case", "api.filing.hand_in"}
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


@pytest.fixture(scope="module")
def world(cluster: Cluster, keys: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(cluster, keys, tmp_path_factory.mktemp("world")) as made:
        yield made


def _rules(world: World, method: str) -> Iterator[tuple[str, Rule]]:
    for app, prefix in ((world.app, ""), (world.console, "/console")):
        for rule in app.url_map.iter_rules():
            if method in (rule.methods or ()) and stated(app, rule.endpoint) and rule.endpoint not in _NOT_TRIED:
                yield prefix, rule


def _address(place: Place, prefix: str, rule: Rule) -> str:
    """The rule with what is one's own."""
    values = {name: str(getattr(place, name)) for name in Place.__dataclass_fields__}
    values |= {
        "form_code": FORM, "key": place.notice, "step_id": "who", "verb": "rename", "move": "accept", "name": "elder",
        "digest": "0", "path": "app.css", "upload_id": unknown_id(), "item_id": unknown_id(), "fact_id": unknown_id(),
        "place_id": unknown_id(), "machine_id": unknown_id(), "proof": "A" * 26, "token": "x" * 22, "version": "1",
    }  # fmt: skip
    return prefix + re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda found: values[found.group(1)], rule.rule)


def _actor(prefix: str, rule: Rule) -> str:
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
    if not _CHINESE.search(said):
        yield f"{answer.status_code} without a sentence: {said[:200]}"
    if re.search(r"Traceback|psycopg|sqlalchemy|werkzeug|File \"|格式错误", said):
        yield f"{answer.status_code} tells of the machine: {said[:200]}"


@pytest.mark.timeout(600)
def test_whatever_is_posted_is_answered_with_a_sentence(world: World) -> None:
    found = []
    for prefix, rule in _rules(world, "POST"):
        client = world.client(_actor(prefix, rule))
        for name, given in _BAD.items():
            answer = client.post(_address(world.here, prefix, rule), **_fresh(given))
            found += [f"{rule.endpoint}, {name}: {fault}" for fault in _faults(answer)]
    assert found == []
    # Nothing was lost: what was filed and what was typed before is there.
    mine = world.client("citizen")
    assert mine.get(f"/{world.here.code}/cases/{world.here.case_no}").status_code == 200
    assert mine.get(f"/{world.here.code}/apply/{FORM}/{world.here.draft_id}/who").status_code == 200


@pytest.mark.timeout(600)
def test_whatever_an_address_is_asked_is_answered(world: World) -> None:
    odd = (
        "x=" + "a" * 16_000, "q=%00", "q=%ff%fe", "lang=xx&lang=%00", "next=//evil.example&next=%0d%0aX:y", "page=-1",
        "page=99999999999999999999", "parent=%EF%BC%91", "q=" + "%F0%9F%98%80" * 200, "&&&===", "wait=%00", "small",
        "place=" + "1" * 5000, "after=x&q='\"><script>",
    )  # fmt: skip
    found = []
    for prefix, rule in _rules(world, "GET"):
        client, address = world.client(_actor(prefix, rule)), _address(world.here, prefix, rule)
        for query in odd:
            answer = client.get(f"{address}?{query}")
            if rule.endpoint != "sign_in.start":  # There is no province in these tests: 503, with a sentence.
                found += [f"{rule.endpoint}?{query[:40]}: {fault}" for fault in _faults(answer)]
            if b"'\"><script>" in answer.get_data():
                found.append(f"{rule.endpoint} passes markup on")
    assert found == []


def test_no_form_is_taken_without_its_token(world: World) -> None:
    """On every address that is not proved by a signature: 400, and a sentence that says what to do."""
    for app in (world.app, world.console):
        app.config["WTF_CSRF_ENABLED"] = True
    try:
        found = [
            f"{rule.endpoint}: {answer.status_code}"
            for prefix, rule in _rules(world, "POST")
            for answer in [world.client(_actor(prefix, rule)).post(_address(world.here, prefix, rule), data={"x": "1"})]
            if rule.endpoint not in _EXEMPT and not (answer.status_code == 400 and "再点一次" in answer.text)
        ]
    finally:
        for app in (world.app, world.console):
            app.config["WTF_CSRF_ENABLED"] = False
    assert found == []


@pytest.mark.parametrize("cookie", ["x", "", "\x7f", "a" * 3000, "' or 1=1 --", "é", "eyJfIjp7fX0.x.y"])
def test_a_tampered_cookie_is_nobodys(world: World, cookie: str) -> None:
    for path, name in (("/mine", "xiangtong"), ("/console/", "xiangtong_staff"), ("/console/", "xiangtong_console")):
        client = world.client()
        for other in ("xt_unsent", "mode", "lang", "session", name):
            client.set_cookie(other, cookie, path="/")
        answer = client.get(path)
        assert (answer.status_code, "sign-in" in answer.location) == (303, True)
    (mine,) = world.tokens["citizen"].values()
    for tampered in (mine[:-1], mine[:-1] + ("A" if mine[-1] != "A" else "B"), mine.swapcase(), f"{mine}x"):
        client = world.client()
        client.set_cookie("xiangtong", tampered)
        assert client.get("/mine").status_code == 303


def test_a_tampered_draft_address_is_not_there(world: World) -> None:
    client, here, there = world.client("citizen"), world.here, world.there
    for wrong in (
        f"/{here.code}/apply/{FORM}/{there.draft_id}/who", f"/{there.code}/apply/{FORM}/{here.draft_id}/who",
        f"/{here.code}/apply/temporary-relief/{here.draft_id}/who", f"/{here.code}/apply/{FORM}/{here.draft_id}/nowhere",
        f"/{here.code}/apply/{FORM}/{here.draft_id[:-1]}/who", f"/{here.code}/apply/{FORM}/{unknown_id()}/who",
        f"/{here.code}/apply/no-such-form/{here.draft_id}/who", f"/{here.code}/apply/..%2f..%2fetc/{here.draft_id}/who",
    ):  # fmt: skip
        for answer in (client.get(wrong), client.post(wrong, data={"/bank/holder": "李四"})):
            assert answer.status_code in (404, 405), wrong
    assert "李四" not in client.get(f"/{here.code}/apply/{FORM}/{here.draft_id}/account").text


def _huge_picture() -> bytes:
    """A PNG of 30,000 × 30,000 points in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    side = (30_000).to_bytes(4, "big")
    rows = zlib.compress(bytes(3751) * 30_000, 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", side * 2 + b"\x01\x00\x00\x00\x00")
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def test_files_that_are_none_are_refused_and_the_others_stay(world: World) -> None:
    client, here = world.client("citizen"), world.here
    draft = begin(client, here).rpartition("/")[2]
    good = {"pointer": "/materials/portrait", "file": (io.BytesIO(jpeg(3)), "照片.jpg")}
    assert client.post(f"/{here.code}/drafts/{draft}/files", data=good).status_code in (201, 409)
    bad = {
        "a programme": b"MZ" + b"\0" * 500, "a page": b"<html><script>alert(1)</script></html>", "nothing": b"",
        "half a picture": jpeg(1)[:60], "a drawing": b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
        "an archive": b"PK\x03\x04" + b"\0" * 200, "11 MB": jpeg(1) + b"\0" * 11_000_000, "a bomb": _huge_picture(),
        "13 MB": b"\0" * 13_000_000,
    }  # fmt: skip
    for name, data in bad.items():
        upload = {"pointer": "/materials/id_card", "file": (io.BytesIO(data), "照片.jpg")}
        answer = client.post(f"/{here.code}/drafts/{draft}/files", data=upload)
        assert answer.status_code in (413, 415, 422), (name, answer.status_code, answer.text[:300])
        assert _CHINESE.search(answer.text), name
    page = client.get(f"/{here.code}/apply/{FORM}/{draft}/papers").text
    assert "照片.jpg" in page
    assert page.count("data-file=") <= 1 or page.count("照片.jpg") >= 1
    for name in ("../../etc/passwd", "a" * 5000 + ".jpg", "\0.jpg", " ", "<script>.jpg", "照片\r\nX: y.jpg"):
        upload = {"pointer": "/materials/household_book", "file": (io.BytesIO(jpeg(9)), name)}
        answer = client.post(f"/{here.code}/drafts/{draft}/files", data=upload)
        assert answer.status_code in (201, 409, 422), (name, answer.status_code)


_BROKEN_TABLES = {
    "nothing": b"", "zeros": b"\0" * 1000, "UTF-16": "code,name\n1,张".encode("utf-16"), "no head": b"1,2,3\n4,5,6\n",
    "an open quote": b'code,name,level,parent_code\n"3210,x', "uneven": b"code,name,level,parent_code\n1\n1,2,3,4,5,6\n",
    "wide": b"a," * 50_000, "a long line": b"code,name,level,parent_code\n" + b"x" * 500_000, "half": b"\xe5\xbc",
    "an archive": b"PK\x03\x04broken", "a bell": b"code,name,level,parent_code\n\x07,\x1b[2J,x,y\n",
    "its own parent": "code,name,level,parent_code\n321003100000,公道镇,township,321003100000\n".encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", _BROKEN_TABLES)
def test_broken_tables_are_refused_in_words(world: World, name: str) -> None:
    data, tries = _BROKEN_TABLES[name], [("township_admin", "/console/staff/import", "file", "list.csv")]
    tries += [("township_admin", "/console/staff/import", "file", "list.xlsx")]
    tries += [
        ("city_operator", "/console/city/provision", "files", file)
        for file in ("divisions.csv", "units.csv", "city.toml")
    ]
    before = world.rows_of(1)["staff"]
    for role, address, field, file in tries:
        answer = world.client(role).post(address, data={field: (io.BytesIO(data), file), "kit": "standard"})
        # Units may be left out, so an empty file of them is none; what would change is shown, and nothing is changed.
        expected = {200} if (file, data) == ("units.csv", b"") else {422, 403}
        assert answer.status_code in expected, (file, answer.status_code, answer.text[-800:])
        assert _CHINESE.search(answer.text)
        assert "Traceback" not in answer.text
    assert world.rows_of(1)["staff"] == before


def test_a_wrong_method_says_so(world: World) -> None:
    client = world.client("citizen")
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "X" * 200):
        for path in ("/mine", f"/{world.here.code}/", "/api/v1/forms", "/console/sign-in", "/sign-out"):
            assert client.open(path, method=method).status_code in (404, 405), (method, path)
