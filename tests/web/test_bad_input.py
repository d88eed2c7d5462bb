"""Bad input at every address that takes any: a clear sentence, nothing lost, never an accident.

What is tried everywhere is in `bad_input`.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

import pytest

from attachment_flow import jpeg
from bad_input import CHINESE, EXEMPT, actor, address, faults_of_posts, faults_of_queries, rules
from citizen_desk import FORM
from world import World, a_world, begin, unknown_id
from xiangtong.kernel.embedded import Cluster
from xiangtong.tenancy.keys import KeyRing


@pytest.fixture(scope="module")
def world(cluster: Cluster, keys: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(cluster, keys, tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.mark.timeout(600)
def test_whatever_is_posted_is_answered_with_a_sentence(world: World) -> None:
    """A third of it at each address; `make prove` posts all of it everywhere."""
    assert faults_of_posts(world, parts=3) == []
    # Nothing was lost: what was filed and what was typed before is there.
    mine = world.client("citizen")
    assert mine.get(f"/{world.here.code}/cases/{world.here.case_no}").status_code == 200
    assert mine.get(f"/{world.here.code}/apply/{FORM}/{world.here.draft_id}/who").status_code == 200


@pytest.mark.timeout(600)
def test_whatever_an_address_is_asked_is_answered(world: World) -> None:
    """A third of the odd queries at each address; `make prove` asks all of them everywhere."""
    assert faults_of_queries(world, parts=3) == []


def test_no_form_is_taken_without_its_token(world: World) -> None:
    """On every address that is not proved by a signature: 400, and a sentence that says what to do."""
    for app in (world.app, world.console):
        app.config["WTF_CSRF_ENABLED"] = True
    try:
        found = [
            f"{rule.endpoint}: {answer.status_code}"
            for prefix, rule in rules(world, "POST")
            for answer in [world.client(actor(prefix, rule)).post(address(world.here, prefix, rule), data={"x": "1"})]
            if rule.endpoint not in EXEMPT and not (answer.status_code == 400 and "再点一次" in answer.text)
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
        assert CHINESE.search(answer.text), name
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
    for role, place, field, file in tries:
        answer = world.client(role).post(place, data={field: (io.BytesIO(data), file), "kit": "standard"})
        # Units may be left out, so an empty file of them is none; what would change is shown, and nothing is changed.
        expected = {200} if (file, data) == ("units.csv", b"") else {422, 403}
        assert answer.status_code in expected, (file, answer.status_code, answer.text[-800:])
        assert CHINESE.search(answer.text)
        assert "Traceback" not in answer.text
    assert world.rows_of(1)["staff"] == before


def test_a_wrong_method_says_so(world: World) -> None:
    client = world.client("citizen")
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "X" * 200):
        for path in ("/mine", f"/{world.here.code}/", "/api/v1/forms", "/console/sign-in", "/sign-out"):
            assert client.open(path, method=method).status_code in (404, 405), (method, path)
