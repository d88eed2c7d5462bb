"""Every address that the application has, walked by everybody with what belongs to somebody else.

The rules come from the application itself: a route that is added tomorrow is walked tomorrow. What it asks for by a
name that nobody here knows fails the walk until somebody says what stands behind that name.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from citizen_desk import FORM
from world import CITY_ROLES, Place, World, a_world, changed, unknown_id
from xiangtong.doors.shared.access import Access, stated
from xiangtong.identity.roles import ROLES, permissions_of
from xiangtong.kernel.embedded import Cluster
from xiangtong.tenancy.keys import KeyRing

# What names somebody's rows; whoever these do not belong to finds nothing there.
_OWNED = {
    "draft_id",
    "file_id",
    "case_no",
    "case_id",
    "staff_id",
    "upload_id",
    "item_id",
    "fact_id",
    "difference_id",
    "place_id",
    "machine_id",
}
# What everybody may read, in any township.
_PUBLISHED = {
    *(
        "code",
        "village_code",
        "item_code",
        "key",
        "form_code",
        "digest",
        "path",
        "name",
        "locale",
        "filename",
        "proof",
        "token",
    )
}
_WORDS = {"step_id", "verb", "move", "pk", "version"}
# Any citizen may begin a filing in any township, so these two answer everywhere.
# A second tap finds it gone and leads on; another's draft looks just the same, and stays (the rows are compared).
_ALREADY_GONE = {"apply.discard"}
_OPEN_TO_CITIZENS = {"apply.start", "apply.begin", "apply.begin_as_guest"}
# Sign-out ends the walker's own session, which the walk still needs.
_NOT_WALKED = {"sign_in.leave", "sign_in.sign_out", "account.end_session"}
_NOWHERE = {404, 405}
_SIGN_IN = {303, 401, 429}
_ANY = set(range(200, 600))
# Pages that keep what was posted after a session had ended: public, and they ask who it is themselves.
_ASK_WHO_THEMSELVES = {"apply.post", "apply.save"}
# There is no province in these tests; that it is away is told with a page of its own.
_ASKS_THE_PROVINCE = {"sign_in.start"}
# Of 王五 and of whoever works in his township; of 钱七's neighbours nobody here may learn it.
_SECRETS = ("王五", "522701194510013175", "13900139005", "何十一", "13800000203")


@pytest.fixture(scope="module")
def world(cluster: Cluster, keys: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(cluster, keys, tmp_path_factory.mktemp("world")) as made:
        yield made


def _rules(world: World) -> Iterator[tuple[Flask, str, Rule]]:
    for app, prefix in ((world.app, ""), (world.console, "/console")):
        for rule in app.url_map.iter_rules():
            yield app, prefix, rule


def _values(place: Place, code: str) -> dict[str, str]:
    return {
        "code": code, "village_code": place.village_code, "item_code": place.item_code, "key": place.notice,
        "form_code": FORM, "draft_id": place.draft_id, "file_id": place.file_id, "case_no": place.case_no,
        "case_id": place.case_id, "staff_id": place.staff_id, "upload_id": unknown_id(), "item_id": place.case_id,
        "fact_id": place.case_id, "difference_id": unknown_id(), "place_id": unknown_id(), "machine_id": unknown_id(),
        "step_id": "who", "verb": "rename", "move": "accept", "name": "elder",
        "digest": "0", "path": "app.css", "locale": "en", "pk": "1", "filename": "x",
        "proof": "A" * 26, "token": "x" * 22, "version": "1",
    }  # fmt: skip


def _addresses(world: World, prefix: str, rule: Rule) -> list[str]:
    """The rule with everything of the other township, with a foreign thing under one's own code, and with a stranger's."""
    strange = Place(**{name: getattr(world.there, name) for name in Place.__dataclass_fields__} | _unknown(world.there))
    tries = [(world.there, world.there.code), (world.there, world.here.code), (strange, world.here.code)]
    if "code" not in rule.arguments:
        tries = [tries[0], tries[2]]
    return [prefix + _built(rule, _values(place, code)) for place, code in tries]


def _tried(world: World, prefix: str, rule: Rule, access: Access | None, actor: str) -> list[str]:
    """One address is enough where a role may not come in at all: nothing is looked up behind a closed door."""
    addresses = _addresses(world, prefix, rule)
    needed = access.permission if access and access.kind == "staff" else ""
    closed = bool(needed) and actor in ROLES and needed not in permissions_of([actor])
    return addresses[:1] if closed else addresses


def _unknown(place: Place) -> dict[str, str]:
    ids = dict.fromkeys(("draft_id", "file_id", "case_id", "staff_id", "notice"), unknown_id())
    return ids | {"case_no": f"{place.case_no[:15]}9999999", "item_code": "0" * 31, "village_code": "321003999999"}


def _built(rule: Rule, values: dict[str, str]) -> str:
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda found: values[found.group(1)], rule.rule)


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def _ask(client: FlaskClient, method: str, address: str) -> TestResponse:
    data: dict[str, object] = {"into": "321003100", "pointer": "/materials/portrait", "q": "王五"}
    data |= {"file": (io.BytesIO(b"x"), "x.jpg")} if method == "POST" else {}
    return client.open(address, method=method, **{"data" if method == "POST" else "query_string": data})


def test_every_route_states_who_may_come_in_or_is_the_frameworks_and_closed(world: World) -> None:
    """The application refuses to start otherwise; of the console, what states nothing is not ours and answers 404."""
    assert not [rule.rule for rule in world.app.url_map.iter_rules() if stated(world.app, rule.endpoint) is None]
    silent = {
        rule.endpoint for rule in world.console.url_map.iter_rules() if stated(world.console, rule.endpoint) is None
    }
    theirs = re.compile(r"(AuditLog|Divisions|WorkCalendar|UtilView|LocaleView|MenuApi|Nowhere|appbuilder)\.")
    assert [endpoint for endpoint in silent if not theirs.match(endpoint)] == []
    kinds = {stated(app, rule.endpoint).kind for app, _, rule in _rules(world) if stated(app, rule.endpoint)}  # type: ignore[union-attr]
    assert kinds == {"public", "citizen", "staff", "signed"}


def test_whatever_an_address_asks_for_is_known_to_this_walk(world: World) -> None:
    asked = {name for _, _, rule in _rules(world) for name in rule.arguments}
    assert asked - _OWNED - _PUBLISHED - _WORDS == set()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("actor", ["nobody", "citizen", *ROLES])
def test_nobody_finds_what_is_anothers(world: World, actor: str) -> None:
    """As nobody: the sign-in page. As anybody else: nothing, never a refusal that says that there is something.

    Citizens, and every role of the staff of another township; the city's own roles see townships, but no case.
    """
    assert list(_walk(world, actor)) == []


def test_the_city_knows_of_no_other_city(world: World) -> None:
    for role in CITY_ROLES:
        client = world.client(role)
        for address in ("/city/320102002/", "/city/3201/", "/city/321003999/"):
            assert client.get(f"/console{address}").status_code == 404
        for verb in ("suspend", "reopen", "rename", "merge", "first-admin"):
            assert client.post(f"/console/city/320102002/{verb}", data={"name": "新名"}).status_code == 404


def _walk(world: World, actor: str) -> Iterator[str]:
    """Every rule, every method, with what is another's: nothing is shown, nothing is changed, nothing breaks."""
    client, before = world.client(actor), world.rows_of(world.there.tenant_id)
    for app, prefix, rule in _rules(world):
        if app is world.app and actor in ROLES:
            continue  # The staff's session means nothing at the citizens' doors: there they are nobody.
        for address in _tried(world, prefix, rule, stated(app, rule.endpoint), actor):
            for method in _methods(rule):
                if not _passed_over(world, actor, rule, method, address):
                    answer = _ask(client, method, address)
                    yield from (f"{actor}: {method} {address}: {fault}" for fault in _faults(app, rule, actor, answer))
    yield from (f"{actor} changed {table}" for table in changed(before, world.rows_of(world.there.tenant_id)))


def _passed_over(world: World, actor: str, rule: Rule, method: str, address: str) -> bool:
    if rule.endpoint in _NOT_WALKED or (rule.endpoint in _OPEN_TO_CITIZENS and method == "POST"):
        return True
    # The operator's own business: every township of the city is within reach.
    return rule.endpoint.startswith("city.") and world.there.code in address and actor == "city_operator"


def _faults(app: Flask, rule: Rule, actor: str, answer: TestResponse) -> Iterator[str]:
    access, status = stated(app, rule.endpoint), answer.status_code
    if status >= 500 and rule.endpoint not in _ASKS_THE_PROVINCE:
        yield f"{status}"
    # A signature that does not hold is refused before anybody looks for anything.
    if status == 403 and not (access and access.kind == "signed"):
        yield "403: a refusal says that there is something"
    if actor != "city_operator" or not rule.endpoint.startswith("city."):
        yield from (f"told {word}" for word in _SECRETS if word in _said(answer))
    if status not in _expected(access, rule, actor):
        yield f"{status}, not one of {sorted(_expected(access, rule, actor))}"


def _expected(access: Access | None, rule: Rule, actor: str) -> set[int]:
    """What a stranger may be answered."""
    if access is None:
        return _NOWHERE
    at_home = {"citizen": actor == "citizen", "staff": actor in ROLES}.get(access.kind, False)
    if rule.endpoint in _ASK_WHO_THEMSELVES:
        at_home = actor == "citizen"
    elif access.kind in ("public", "signed"):
        return _ANY
    if not at_home:
        return _SIGN_IN
    if rule.endpoint in _ALREADY_GONE:
        return _NOWHERE | {303}
    return _NOWHERE if rule.arguments & _OWNED else _ANY


def _said(answer: TestResponse) -> str:
    """What an answer says, without what the asker typed (the words that were searched for come back)."""
    return (
        re.sub(r'value="[^"]*"|<title>.*?</title>|“[^”]*”', "", answer.get_data(as_text=True)) if _text(answer) else ""
    )


def _text(answer: TestResponse) -> bool:
    return answer.mimetype.startswith("text/") or answer.mimetype == "application/json"


def test_the_neighbour_finds_what_is_theirs(world: World) -> None:
    """The walk would pass over an application that answers 404 to everything: this one does not."""
    there, client = world.there, world.client("neighbour")
    found = [
        f"/{there.code}/cases/{there.case_no}", f"/{there.code}/apply/{FORM}/{there.draft_id}/who",
        f"/{there.code}/drafts/{there.draft_id}/files/{there.file_id}", f"/{there.code}/notices/{there.notice}",
        f"/{there.code}/items", f"/{there.code}/v/{there.village_code}/",
    ]  # fmt: skip
    assert {address: client.get(address).status_code for address in found} == dict.fromkeys(found, 200)


def test_a_published_thing_under_another_townships_code_is_not_there(world: World) -> None:
    """Notices, villages and items are read under their own township's code only."""
    there, code, client = world.there, world.here.code, world.client()
    for address in (f"/{code}/notices/{there.notice}", f"/{code}/v/{there.village_code}/"):
        assert client.get(address).status_code == 404, address


def test_a_code_of_no_township_is_a_page_that_is_not_there(world: World) -> None:
    client = world.client("citizen")
    for code in ("321003999", "000000000", "320102002x", "32100310a", "' or 1=1", "３２１００３１００"):
        for tail in (
            "/",
            "/items",
            "/notices",
            "/villages",
            "/contact",
            "/search?q=津贴",
            f"/apply/{FORM}",
            "/progress",
        ):
            assert client.get(f"/{code}{tail}").status_code == 404, (code, tail)
