"""What an operator sees and may do: status, parking, replay, mending only where nothing was stored; callbacks."""

import json
import re
import uuid
from dataclasses import replace
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from flask import Flask

from ledger_writer import APPLICANT, Writer
from pushing import rows, send_all, serials, states
from sandbox_sender import Sender
from xiangtong.cli import cli
from xiangtong.kernel.crypto import sm3_hex
from xiangtong.kernel.errors import NotFound
from xiangtong.province import mapping
from xiangtong.province.callbacks import counts
from xiangtong.province.jobs import understand_callback
from xiangtong.push import cli as push_cli
from xiangtong.push import replay, status
from xiangtong.push.sweep import sweep
from xiangtong.tenancy.scope import NOBODY, Scope

BAD = APPLICANT | {"id_number": "1"}


@pytest.fixture
def parked(services):
    """A message the province refused: the applicant's number is too short for it."""
    writer = Writer(services)
    (fact,) = writer.case(next(serials), applicant=BAD)
    assert send_all(services, [fact]) == ["park"]
    return fact


@pytest.fixture
def mended_mapping(monkeypatch):
    """Today's mapping knows how to say what yesterday's could not."""
    before = mapping._party
    monkeypatch.setattr(mapping, "_party", lambda party: before(party) | {"id_number": "11010519491231002X"})


def test_the_city_sees_what_waits_and_why_and_no_name(services, parked):
    Writer(services, tenant_id=2, township="321003108").case(next(serials), events=2)
    with services.db.oversight("3210") as session:
        found, stopped = status.status(session), status.parked(session)
    assert found.waiting == 3
    assert {(cause.state, cause.code, cause.waiting) for cause in found.causes} == {
        ("parked", "INVALID", 1),
        ("due", "", 2),
    }
    assert [(town.name, town.waiting, town.parked) for town in found.townships] == [("公道镇", 0, 1), ("杨寿镇", 2, 0)]
    assert stopped[0].reason.startswith("/payload/applicant")
    assert "张三" not in repr((found, stopped))


def test_the_city_sees_only_its_reach(services, parked):
    with services.db.oversight("321003108") as session:
        assert status.status(session).waiting == 0


def test_the_province_s_words_are_for_the_township_only(services, parked):
    (fact,) = rows(services, "select key_id from ledger_fact")
    with services.db.scope(Scope(tenant_id=1)) as session:
        key = services.keys.open(session, tenant_id=1, key_id=fact.key_id)
        assert "id_number" in replay.last_words(session, key=key, tenant_id=1, fact_id=parked)


def test_replaying_sends_the_same_bytes(services, parked):
    before = rows(services, "select message_id from ledger_fact")[0].message_id
    with services.db.scope(Scope(tenant_id=1)) as session:
        replay.replay(session, tenant_id=1, fact_id=parked)
    assert send_all(services, [parked]) == ["park"]
    assert rows(services, "select message_id from ledger_fact")[0].message_id == before


def test_only_what_is_parked_is_replayed(services):
    (fact,) = Writer(services).case(next(serials))
    for wanted in (fact, uuid.uuid4()):
        with pytest.raises((replay.NotParked, NotFound)), services.db.scope(Scope(tenant_id=1)) as session:
            replay.replay(session, tenant_id=1, fact_id=wanted)


def test_a_dry_run_says_what_is_wrong_and_what_would_change(services, parked, mended_mapping):
    tried = replay.dry_run(services, tenant_id=1, fact_id=parked)
    assert (tried.problems, tried.changed) == ((), ("/payload/applicant/id_number",))
    assert states(services) == ["parked"]


def test_a_dry_run_of_the_same_mapping_finds_the_province_s_own_reason(services, parked):
    tried = replay.dry_run(services, tenant_id=1, fact_id=parked)
    assert tried.changed == ()
    assert any(problem.where.startswith("/payload/applicant") for problem in tried.problems)


def test_a_dry_run_never_calls_fitting_what_the_province_called_too_large(services, province):
    province.turn("status", statuses=[413], scope="messages", count=1)
    (fact,) = Writer(services).case(next(serials))
    assert send_all(services, [fact]) == ["park"]
    (problem,) = replay.dry_run(services, tenant_id=1, fact_id=fact).problems
    assert re.search(r"有 \d{3,5} 字节，我们记的上限是 65536 字节", problem.message)


def test_a_dry_run_says_how_large_a_message_is_and_how_large_it_may_be(services, parked, monkeypatch):
    line = services.transport.line("3210")
    monkeypatch.setattr(line, "_profile", replace(line._profile, message_bytes=200))
    (problem,) = replay.dry_run(services, tenant_id=1, fact_id=parked).problems
    assert re.search(r"消息有 \d{3,5} 字节，省网一次最多收 200 字节", problem.message)


def test_mending_makes_a_new_message_for_the_same_step(services, parked, province, mended_mapping):
    replay.remap(services, tenant_id=1, fact_id=parked)
    assert send_all(services, [parked]) == ["delivered"]
    sent = rows(services, "select state, message_id from wire_message order by message_id")
    assert [row.state for row in sent] == ["superseded", "live"]
    held = province.held(rows(services, "select case_no from ledger_fact")[0].case_no)
    assert [message["body"]["message_id"] for message in held] == [str(sent[1].message_id)]


def test_what_the_province_holds_is_never_mended(services, province):
    serial = next(serials)
    send_all(services, Writer(services).case(serial))
    (again,) = Writer(services).case(serial, answers={"bank": "another"})
    assert send_all(services, [again]) == ["conflict"]
    with pytest.raises(replay.Unproved):
        replay.remap(services, tenant_id=1, fact_id=again)


def test_nothing_is_mended_while_the_province_cannot_be_asked(services, parked, province):
    province.turn("outage")
    with pytest.raises(replay.Unproved):
        replay.remap(services, tenant_id=1, fact_id=parked)
    assert rows(services, "select state from wire_message")[0].state == "live"


def test_a_message_parked_by_hand_stays_until_it_is_replayed(services):
    (fact,) = Writer(services).case(next(serials))
    with services.db.scope(Scope(tenant_id=1)) as session:
        replay.park(session, tenant_id=1, fact_id=fact, reason="核实中")
    assert send_all(services, [fact]) == ["parked"]
    assert sweep(services) == 0
    with services.db.scope(Scope(tenant_id=1)) as session:
        replay.replay(session, tenant_id=1, fact_id=fact)
    assert send_all(services, [fact]) == ["delivered"]


def test_the_commands(services, parked, monkeypatch):
    monkeypatch.setattr(push_cli, "services_of", lambda _: services)
    said = {" ".join(line): CliRunner().invoke(cli, ["push", *line]) for line in (
        ["status"], ["park"], ["replay", "--dry-run"], ["replay", "--code", "INVALID"], ["park", str(parked)],
    )}  # fmt: skip
    assert "parked\tINVALID\t1" in said["status"].output
    assert str(parked) in said["park"].output
    assert "/payload/applicant" in said["replay --dry-run"].output
    assert "replayed" in said["replay --code INVALID"].output
    assert said[f"park {parked}"].exit_code == 2
    assert states(services) == ["due"]


@pytest.fixture
def door(services):
    """The callbacks door alone, over the test's own services."""
    from xiangtong.doors.callbacks import routes
    from xiangtong.doors.shared import errors

    app = Flask("callbacks-under-test")
    settings = SimpleNamespace(
        province_url="http://x", province_app_id="city-3210", province_secret="s", province_callback_secret="old,new"
    )
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(
        routes, "services", lambda: SimpleNamespace(settings=settings, db=services.db, keys=services.keys)
    )
    monkeypatch.setattr(errors, "get_locale", lambda: "zh_CN")
    app.register_blueprint(routes.blueprint)
    errors.install(app)
    yield app.test_client()
    monkeypatch.undo()


def _call(door, event, payload, *, secret="new", event_id=None, **spoil):
    body = json.dumps(
        {
            "event_id": event_id or str(uuid.uuid4()),
            "event": event,
            "occurred_at": "2026-11-21T10:00:00+08:00",
            "payload": payload,
        }
    ).encode()
    headers = Sender(door, app_id="province", secret=secret).headers("POST", "/callbacks/province", body) | spoil
    return door.post("/callbacks/province", data=body, headers=headers)


def _understand_all(services):
    for row in rows(
        services, "select args->>'event_id' as id from procrastinate_jobs where task_name = 'province.understand'"
    ):
        understand_callback(services, event_id=row.id)


def test_callbacks_are_stored_sealed_once_and_understood_once(services, door):
    send_all(services, Writer(services).case(next(serials)))
    message_id = str(rows(services, "select message_id from wire_message")[0].message_id)
    event_id = str(uuid.uuid4())
    payload = {"message_id": message_id, "result": "invalid", "errors": []}
    answers = [_call(door, "receipt.result", payload, event_id=event_id) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    (row,) = rows(services, "select body from callback")
    assert message_id.encode() not in bytes(row.body)
    _understand_all(services)
    _understand_all(services)
    assert [row.kind for row in rows(services, "select kind from difference")] == ["invalid"]


def test_unknown_events_are_kept_and_counted_and_broken_ones_too(services, door):
    assert _call(door, "weather.changed", {"sun": True}).status_code == 200
    assert _call(door, "receipt.result", {"message_id": str(uuid.uuid4()), "result": "invalid"}).status_code == 200
    assert _call(door, "receipt.result", {"message_id": 5, "result": "invalid"}).status_code == 200
    assert _call(door, "receipt.result", {}, secret="old").status_code == 200
    _understand_all(services)
    with services.db.scope(NOBODY) as session:
        assert counts(session) == {"unknown": 1, "failed": 3}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ({"X-Signature": "hmac-sm3:" + "0" * 64}, "SIGNATURE"),
        ({"X-Content-SM3": sm3_hex(b"other")}, "SIGNATURE"),
        ({"X-Timestamp": "1"}, "SKEW"),
        ({"X-Timestamp": "soon"}, "SKEW"),
        ({"X-Signature": ""}, "SIGNATURE"),
    ],
)
def test_nobody_else_may_call(services, door, spoil, code):
    answer = _call(door, "item.changed", {}, **spoil)
    assert (answer.status_code, answer.json["code"]) == (401, code)
    assert rows(services, "select 1 from callback") == []


NO_EVENT = json.dumps({"event_id": str(uuid.UUID(int=1)), "event": "<b>", "payload": {}}).encode()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event_id": 7}', b"\xff", b"[" * 5000, NO_EVENT])
def test_a_signed_body_that_is_no_callback_is_refused_with_a_sentence(services, door, body):
    headers = Sender(door, app_id="province", secret="new").headers("POST", "/callbacks/province", body)
    answer = door.post("/callbacks/province", data=body, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "INVALID")
