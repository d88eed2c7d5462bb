"""Files from the first byte to a claimed material, in a folder and on a real S3 server alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text

from attachment_flow import Desk, FixedScanner, jpeg, post
from xiangtong import attachments
from xiangtong.attachments import LocalStorage, NotReady, Rules, Scan, Unfit, jobs
from xiangtong.attachments.kinds import examine
from xiangtong.attachments.models import Attachment
from xiangtong.kernel import crypto
from xiangtong.kernel.errors import Conflict, NotFound
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope


def test_a_photo_becomes_a_material(desk: Desk) -> None:
    data = jpeg()
    row = desk.upload(data)
    (file,) = desk.listed()
    assert (file.id, file.name, file.ready, file.scan_state) == (row.id, "房子.jpg", True, "clean")
    assert file.answer() == {
        "id": str(row.id), "name": "房子.jpg", "size": len(data), "media_type": "image/jpeg",
        "digest": crypto.sm3_hex(data),
    }  # fmt: skip
    assert desk.objects() == {f"clean/{row.object_key}"}
    assert attachments.read(desk.storage, key=desk.key, file=file) == data
    case_id = new_id()
    with desk.scope() as session:
        for _ in range(2):
            claimed = attachments.claim(
                session, key=desk.key, tenant_id=1, owner_id=desk.owner_id, case_id=case_id, ids=[row.id]
            )
            assert [(one.id, one.material_code, one.state) for one in claimed] == [(row.id, "M01", "claimed")]
        assert [one.id for one in attachments.of_case(session, key=desk.key, tenant_id=1, case_id=case_id)] == [row.id]


def test_nothing_of_a_file_lies_anywhere_in_the_clear(desk: Desk) -> None:
    data = jpeg()
    row = desk.upload(data, name="张三的身份证.jpg")
    stored = desk.storage.get(f"clean/{row.object_key}")
    assert data[:200] not in stored
    assert b"JFIF" not in stored
    with desk.scope() as session:
        line = session.scalar(text("select attachment::text from attachment"))
    assert "张三" not in line
    assert "张三".encode().hex() not in line


def test_sealed_bytes_open_only_in_their_own_place(desk: Desk) -> None:
    one, two = desk.upload(jpeg(1)), desk.upload(jpeg(2))
    desk.storage.put(f"clean/{two.object_key}", desk.storage.get(f"clean/{one.object_key}"))
    with pytest.raises(crypto.SealBroken):
        attachments.read(desk.storage, key=desk.key, file=two)


@pytest.mark.parametrize("wrong", ["longer", "shorter", "other bytes", "type", "key", "late"])
def test_the_store_refuses_what_it_was_not_offered(desk: Desk, wrong: str) -> None:
    data = jpeg()
    pending, offer = desk.begin(data)
    sent = {"longer": data + b"x", "shorter": data[:-1], "other bytes": data[:-1] + b"x"}.get(wrong, data)
    changes = {"type": {"Content-Type": "text/html"}, "key": {"key": "clean/t/2/2026/11/x"}}.get(wrong)
    if wrong == "late":
        key = f"quarantine/{pending.object_key}"
        offer = desk.storage.offer(key, media_type="image/jpeg", size=len(data), seconds=-1)
    assert post(desk.storage, offer, sent, changes) in (400, 403)
    assert list(desk.storage.list("")) == []
    assert desk.settle(pending) is None


def test_a_file_that_lies_about_itself_is_refused_with_a_sentence(desk: Desk) -> None:
    row = desk.upload(b"<html>not a picture</html>")
    assert (row.state, row.refusal) == ("refused", "FILE_TYPE")
    assert "拍照上传" in Unfit.of(row.refusal or "").message
    assert desk.objects() == set()
    with pytest.raises(NotReady), desk.scope() as session:
        attachments.claim(session, key=desk.key, tenant_id=1, owner_id=desk.owner_id, case_id=new_id(), ids=[row.id])


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"size": 11 * 1024 * 1024}, "FILE_TOO_LARGE"),
        ({"size": 0}, "FILE_EMPTY"),
        ({"media_type": "text/html"}, "FILE_TYPE"),
        ({"media_type": "image/heic"}, "FILE_HEIC"),
    ],
)
def test_what_cannot_be_taken_is_told_before_anything_travels(desk: Desk, told: dict[str, object], code: str) -> None:
    with pytest.raises(Unfit) as refusal:
        desk.begin(jpeg(), **told)
    assert refusal.value.code == code
    assert desk.listed() == []


def test_no_more_files_than_the_question_takes(desk: Desk) -> None:
    row = desk.upload(jpeg(1), rules=Rules(max_files=1))
    with pytest.raises(Conflict, match="最多传 1 个"):
        desk.begin(jpeg(2), rules=Rules(max_files=1))
    with desk.scope() as session:
        attachments.discard(session, tenant_id=1, owner_id=desk.owner_id, attachment_id=row.id)
    assert desk.upload(jpeg(2), rules=Rules(max_files=1)).state == "clean"


def test_a_virus_is_refused_and_does_not_stay(desk: Desk) -> None:
    desk.scanner = FixedScanner(Scan("infected", "Win.Test.EICAR_HDB-1"))
    row = desk.upload(jpeg())
    assert (row.state, row.refusal, row.scan_state) == ("refused", "FILE_INFECTED", "infected")
    assert desk.objects() == set()


def test_without_a_scanner_staff_see_that_nobody_looked(desk: Desk) -> None:
    desk.scanner = attachments.open_scanner("")
    assert (desk.upload(jpeg()).state, desk.listed()[0].scan_state) == ("clean", "not_scanned")


def test_a_scanner_that_fails_leaves_the_file_waiting_and_the_job_tries_again(desk: Desk) -> None:
    desk.scanner = FixedScanner(Scan("error"))
    row = desk.upload(jpeg())
    assert (row.state, row.scan_state) == ("quarantined", "error")
    assert desk.objects() == {f"quarantine/{row.object_key}"}
    desk.scanner = FixedScanner()
    jobs.verify(desk, tenant_id=1, attachment_id=str(row.id))
    assert desk.listed()[0].ready
    assert desk.objects() == {f"clean/{row.object_key}"}


def test_killed_between_upload_and_confirmation_the_job_finishes(desk: Desk) -> None:
    data = jpeg()
    pending, offer = desk.begin(data)
    assert post(desk.storage, offer, data) < 300
    with desk.scope() as session:
        args = session.scalar(text("select args from procrastinate_jobs where task_name = 'attachments.verify'"))
    assert args == {"tenant_id": 1, "attachment_id": str(pending.id)}
    for _ in range(2):
        jobs.verify(desk, **args)
    assert desk.listed()[0].ready
    assert isinstance(desk.scanner, FixedScanner)
    assert desk.scanner.asked == 1


def test_taken_back_while_it_was_looked_at_it_stays_taken_back(desk: Desk) -> None:
    data = jpeg()
    pending, offer = desk.begin(data)
    post(desk.storage, offer, data)
    with desk.scope() as session:
        attachments.discard(session, tenant_id=1, owner_id=desk.owner_id, attachment_id=pending.id)
    row = desk.settle(pending)
    assert row is not None
    assert row.state == "discarded"
    assert desk.listed() == []
    jobs.sweep_tenant(desk, tenant_id=1)
    assert desk.objects() == set()


def through_us(desk: Desk, data: bytes) -> Attachment:
    examined = examine(data, rules=Rules())
    with desk.scope() as session:
        pending = attachments.receive(
            session, key=desk.key, tenant_id=1, owner_id=desk.owner_id, question="/house_photos",
            name="C:\\fakepath\\房子\x00.jpg", examined=examined, rules=Rules(),
        )  # fmt: skip
    verdict = attachments.settle_here(desk.storage, desk.scanner, key=desk.key, file=pending, examined=examined)
    with desk.scope() as session:
        return attachments.finish(session, file=pending, verdict=verdict)


def test_without_script_the_bytes_come_through_us(desk: Desk) -> None:
    data = jpeg()
    through_us(desk, data)
    (file,) = desk.listed()
    assert (file.name, file.ready, file.size) == ("房子.jpg", True, len(data))
    assert attachments.read(desk.storage, key=desk.key, file=file) == data


def test_bytes_that_came_through_us_are_not_lost_when_the_scanner_fails(desk: Desk) -> None:
    desk.scanner = FixedScanner(Scan("error"))
    row = through_us(desk, jpeg())
    assert (row.state, desk.objects()) == ("quarantined", {f"quarantine/{row.object_key}"})
    jobs.verify(desk, tenant_id=1, attachment_id=str(row.id))
    with desk.scope() as session:
        deferred = session.scalar(
            text("select count(*) from procrastinate_jobs where task_name = 'attachments.verify'")
        )
    assert deferred == 2
    desk.scanner = FixedScanner()
    jobs.verify(desk, tenant_id=1, attachment_id=str(row.id))
    assert desk.listed()[0].ready


def test_a_claimed_file_cannot_be_taken_back_nor_claimed_by_another_case(desk: Desk) -> None:
    row = desk.upload(jpeg())
    with desk.scope() as session:
        attachments.claim(session, key=desk.key, tenant_id=1, owner_id=desk.owner_id, case_id=new_id(), ids=[row.id])
    with pytest.raises(NotFound), desk.scope() as session:
        attachments.discard(session, tenant_id=1, owner_id=desk.owner_id, attachment_id=row.id)
    with pytest.raises(NotReady), desk.scope() as session:
        attachments.claim(session, key=desk.key, tenant_id=1, owner_id=desk.owner_id, case_id=new_id(), ids=[row.id])


def test_who_sees_which_file(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> None:
    desk = Desk(db, keys, LocalStorage(tmp_path, secret=b"x"))
    mine, other = desk.upload(jpeg(1)), desk.upload(jpeg(2))
    case_id = new_id()
    with desk.scope() as session:
        attachments.claim(session, key=desk.key, tenant_id=1, owner_id=desk.owner_id, case_id=case_id, ids=[mine.id])

    def seen(scope: Scope) -> set[object]:
        with db.scope(scope) as session:
            return set(session.scalars(select(Attachment.id)))

    assert seen(Scope(tenant_id=1)) == {mine.id, other.id}
    assert seen(Scope(tenant_id=1, case_id=case_id)) == {mine.id}
    assert seen(Scope(tenant_id=1, case_id=new_id())) == set()
    assert seen(Scope(tenant_id=2)) == seen(Scope()) == set()
