"""Tables of attachments."""

from __future__ import annotations

from alembic import op

from xiangtong.attachments.models import Attachment
from xiangtong.tenancy.policies import of_case, protect

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table. Who holds a file is its draft until a case claims it, so a guest of one case sees no draft's."""
    Attachment.__table__.create(op.get_bind())  # type: ignore[attr-defined]
    protect("attachment", policy=of_case("coalesce(case_id, owner_id)"))


def downgrade() -> None:
    """Drop it."""
    Attachment.__table__.drop(op.get_bind())  # type: ignore[attr-defined]
