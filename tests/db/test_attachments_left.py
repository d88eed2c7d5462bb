"""What nobody claimed, and what the rows and the store do not agree on: it goes in its time, and nothing else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from attachment_flow import Desk, FixedScanner, jpeg, post
from xiangtong import attachments
from xiangtong.attachments import Scan, jobs, purge
from xiangtong.attachments.models import Attachment
from xiangtong.kernel import clock


def test_orphans_go_after_a_day_and_nothing_else_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "_BATCH", 1)  # However many there are, one sweep takes them all.
    kept = desk.upload(jpeg(1))
    data = jpeg(2)
    waiting, offer = desk.begin(data)
    post(desk.storage, offer, data)
    desk.scanner = FixedScanner(Scan("error"))
    refused = desk.upload(b"no picture at all")
    assert jobs.sweep_tenant(desk, tenant_id=1) == purge.Comparison()
    with clock.frozen(clock.now() + timedelta(hours=25)):
        jobs.sweep_tenant(desk, tenant_id=1)
    assert desk.objects() == {f"clean/{kept.object_key}"}
    with desk.scope() as session:
        states = {row.id: row.state for row in session.scalars(select(Attachment))}
    assert states == {kept.id: "clean", waiting.id: "purged", refused.id: "purged"}


def test_what_a_draft_was_filed_without_goes_after_a_day(desk: Desk) -> None:
    filed, left = desk.upload(jpeg(1)), desk.upload(jpeg(2))
    with desk.scope() as session:
        attachments.claim(
            session, key=desk.key, tenant_id=1, owner_id=desk.owner_id, case_id=desk.owner_id, ids=[filed.id]
        )
    jobs.sweep_tenant(desk, tenant_id=1)
    assert desk.objects() == {f"clean/{filed.object_key}", f"clean/{left.object_key}"}
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert jobs.sweep_tenant(desk, tenant_id=1) == purge.Comparison()
    assert desk.objects() == {f"clean/{filed.object_key}"}


def test_rows_and_objects_are_compared_both_ways(desk: Desk) -> None:
    lost, kept = desk.upload(jpeg(1)), desk.upload(jpeg(2))
    desk.storage.delete(f"clean/{lost.object_key}")
    desk.storage.put("clean/t/1/2020/01/stray", b"x")
    desk.storage.put("clean/t/2/2020/01/of-another-township", b"x")
    assert jobs.sweep_tenant(desk, tenant_id=1) == purge.Comparison(missing=[lost.id])
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert jobs.sweep_tenant(desk, tenant_id=1) == purge.Comparison(["clean/t/1/2020/01/stray"], [lost.id])
    assert {stat.key for stat in desk.storage.list("")} == {
        f"clean/{kept.object_key}",
        "clean/t/2/2020/01/of-another-township",
    }


def test_what_is_sent_again_after_the_look_changes_nothing_and_does_not_stay(desk: Desk) -> None:
    """The address holds a while longer. It takes the same bytes only, and nobody reads them again."""
    one, other = jpeg(1), jpeg(2)
    assert len(one) == len(other)
    pending, offer = desk.begin(one)
    assert post(desk.storage, offer, one) == 204
    row = desk.settle(pending)
    assert row is not None
    assert post(desk.storage, offer, other) in (400, 403)
    assert post(desk.storage, offer, one) == 204
    assert desk.objects() == {f"clean/{row.object_key}", f"quarantine/{row.object_key}"}
    assert attachments.read(desk.storage, key=desk.key, file=row) == one
    with clock.frozen(clock.now() + timedelta(hours=25)):
        jobs.sweep_tenant(desk, tenant_id=1)
    assert desk.objects() == {f"clean/{row.object_key}"}


def test_an_erased_draft_takes_its_files_along(desk: Desk) -> None:
    data = jpeg()
    pending, offer = desk.begin(data)
    post(desk.storage, offer, data)
    with desk.scope() as session:
        desk.keys.destroy(session, tenant_id=1, key_id=desk.key.id)
    jobs.verify(desk, tenant_id=1, attachment_id=str(pending.id))
    jobs.sweep_tenant(desk, tenant_id=1)
    assert desk.objects() == set()
