"""Tables of attachments."""

from __future__ import annotations

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import of_case, protect

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table. Who holds a file is its draft until a case claims it, so a guest of one case sees no draft's."""
    create_tables("0005")
    protect("attachment", policy=of_case("coalesce(case_id, owner_id)"))


def downgrade() -> None:
    """Drop it."""
    drop_tables("attachment")
