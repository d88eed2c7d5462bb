"""Tables of documents."""

from __future__ import annotations

from alembic import op

from xiangtong.documents import models
from xiangtong.tenancy.policies import protect, reference

revision = "0006"
down_revision = "0005"

_TABLES = (models.LibraryVersion, models.Pin, models.DocumentVersion)


def upgrade() -> None:
    """Create the tables; the library is everybody's to read, pins and versions are the township's own."""
    for model in _TABLES:
        model.__table__.create(op.get_bind())  # type: ignore[attr-defined]
    reference("library_version")
    protect("pin", oversight=True)
    protect("document_version", oversight=True)


def downgrade() -> None:
    """Drop them, last first."""
    for model in reversed(_TABLES):
        model.__table__.drop(op.get_bind())  # type: ignore[attr-defined]
