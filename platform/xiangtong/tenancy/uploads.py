"""Files an operator has uploaded and looked at, kept until they are provisioned from (or a day has passed)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from xiangtong.kernel import clock, ids
from xiangtong.kernel.db import Base
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.folder import MemoryFolder

_LIFE = timedelta(days=1)
# The files that the city was last provisioned from: what is not uploaded anew is taken from them.
_STANDING = UUID(int=0)


class Upload(Base):
    """One uploaded file of the operator's tenant; `upload_id` joins those that came together."""

    __tablename__ = "provisioning_upload"
    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


def keep(session: Session, *, tenant_id: int, files: Mapping[str, bytes]) -> UUID:
    """Keep the files together; what was kept more than a day ago leaves."""
    old = (Upload.upload_id != _STANDING, Upload.created_at < clock.now() - _LIFE)
    session.execute(delete(Upload).where(Upload.tenant_id == tenant_id, *old))
    upload_id = ids.new_id()
    _add(session, tenant_id, upload_id, files)
    return upload_id


def stand(session: Session, *, tenant_id: int, files: Mapping[str, bytes]) -> None:
    """Keep files for good: the city stands on them now. Those of other names stay."""
    mine = (Upload.tenant_id == tenant_id, Upload.upload_id == _STANDING, Upload.name.in_(files))
    session.execute(delete(Upload).where(*mine))
    _add(session, tenant_id, _STANDING, files)


def standing(session: Session, *, tenant_id: int) -> MemoryFolder:
    """The uploaded files that the city stands on; an empty folder where nothing was uploaded yet."""
    return MemoryFolder(_files(session, tenant_id, _STANDING))


def _add(session: Session, tenant_id: int, upload_id: UUID, files: Mapping[str, bytes]) -> None:
    now = clock.now()
    session.add_all(
        Upload(tenant_id=tenant_id, upload_id=upload_id, name=name, data=data, created_at=now)
        for name, data in files.items()
    )
    session.flush()


def take(session: Session, *, tenant_id: int, upload_id: UUID) -> MemoryFolder:
    """The files that were kept together; raises NotFound when they have left."""
    files = _files(session, tenant_id, upload_id) if upload_id != _STANDING else {}
    if not files:
        raise NotFound("上传的文件已经过期，请重新上传", "Upload the files again")
    return MemoryFolder(files)


def _files(session: Session, tenant_id: int, upload_id: UUID) -> dict[str, bytes]:
    mine = (Upload.tenant_id == tenant_id, Upload.upload_id == upload_id)
    return {row.name: row.data for row in session.scalars(select(Upload).where(*mine))}
