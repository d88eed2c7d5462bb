"""Tables of drafts: filings in progress, the citizens' pointers to them, work items."""

from __future__ import annotations

from alembic import op

from xiangtong.drafts import models
from xiangtong.tenancy.policies import CITIZEN, protect

revision = "0010"
down_revision = "0009"

_TABLES = (models.Draft, models.CitizenDraft, models.WorkItem)


def upgrade() -> None:
    """Create the tables, then protect them."""
    for model in _TABLES:
        model.__table__.create(op.get_bind())  # type: ignore[attr-defined]
    protect("draft")
    protect("citizen_draft", policy=CITIZEN)
    protect("work_item")


def downgrade() -> None:
    """Drop them, last first."""
    for model in reversed(_TABLES):
        model.__table__.drop(op.get_bind())  # type: ignore[attr-defined]
