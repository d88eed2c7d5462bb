"""Tables of documents."""

from __future__ import annotations

from xiangtong.kernel.migrate import create_tables, drop_tables
from xiangtong.tenancy.policies import protect, reference

revision = "0006"
down_revision = "0005"

_TABLES = ("library_version", "pin", "document_version")


def upgrade() -> None:
    """Create the tables; the library is everybody's to read, pins and versions are the township's own."""
    create_tables("0006")
    reference("library_version")
    protect("pin", oversight=True)
    protect("document_version", oversight=True)


def downgrade() -> None:
    """Drop them, last first."""
    drop_tables(*reversed(_TABLES))
