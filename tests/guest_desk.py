"""Somebody who began the old-age allowance without an account, and the code that leads to their draft."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import update

from citizen_desk import ACCOUNT, START, VILLAGE, WHO, Desk, problems
from xiangtong.drafts import opening, returning
from xiangtong.drafts.models import CitizenDraft
from xiangtong.drafts.opening import Holder
from xiangtong.identity import sessions
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock
from xiangtong.tenancy.scope import Scope

NAME, NUMBER, CARD = "李四", "522701194510013175", ACCOUNT["/bank/card_number"]
BORN = "1945"


def begin(desk: Desk) -> tuple[FlaskClient, str]:
    """A fresh browser and the address of the draft that it began."""
    client = desk.app.test_client()
    return client, begin_another(client)


def begin_another(client: FlaskClient) -> str:
    """One more draft of the same browser."""
    answer = client.post(f"{START}/guest", data={"who": "self", "village": VILLAGE})
    assert answer.status_code == 303, answer.text
    return answer.location


def fill(client: FlaskClient, draft: str) -> None:
    """The first two steps, as a browser without script does."""
    who = WHO | {"/applicant/name": NAME, "/applicant/id_number": NUMBER}
    for step, fields in (("who", who), ("account", ACCOUNT)):
        answer = client.post(f"{draft}/{step}", data=fields)
        assert answer.status_code == 303, problems(answer)


def session_of(desk: Desk, client: FlaskClient) -> SignedIn:
    """What this browser's cookie stands for."""
    cookie = client.get_cookie("xiangtong")
    found = sessions.resolve(desk.services.db, token=cookie.value) if cookie else None
    assert found
    return found


def token(desk: Desk, client: FlaskClient, draft: str) -> str:
    """What the QR code of the page says; the picture itself is segno's business."""
    who, draft_id = session_of(desk, client).subject_id, UUID(draft.rpartition("/")[2])
    with desk.services.db.scope(Scope(tenant_id=1, citizen_id=who)) as session:
        row = opening.load(
            session, keys=desk.services.keys, tenant_id=1, draft_id=draft_id, holder=Holder(citizen_id=who)
        )
        return returning.by_picture(session, keys=desk.services.keys, draft=row)


def wait(desk: Desk, client: FlaskClient) -> None:
    """Some minutes later: another begin is no second tap."""
    with desk.services.db.scope(Scope(citizen_id=session_of(desk, client).subject_id)) as session:
        session.execute(update(CitizenDraft).values(updated_at=clock.now() - timedelta(minutes=5)))
