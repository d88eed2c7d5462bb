"""A folder as a store of bytes, with upload addresses of our own that refuse what an S3 policy would refuse."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from itsdangerous import BadData, URLSafeSerializer

from xiangtong.attachments.ports import Missing, Offer, OfferRefused, Stat
from xiangtong.kernel import clock

UPLOAD_PATH = "/uploads"
# A key is never a way out of the folder: only these characters, and no part that begins with a dot.
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*\Z")


class LocalStorage:
    """Objects as files below `root`, readable by this account only."""

    origin = ""

    def __init__(self, root: Path, *, secret: bytes) -> None:
        self._root = root
        self._signer = URLSafeSerializer(secret, salt="xiangtong:upload")

    def offer(self, key: str, *, media_type: str, size: int, sha256: str | None = None, seconds: int = 600) -> Offer:
        """A signed policy for our own upload route; see `Storage.offer`."""
        self._path(key)
        expires = clock.now() + timedelta(seconds=seconds)
        policy = {"key": key, "type": media_type, "size": size, "sha256": sha256, "until": expires.timestamp()}
        fields = {"key": key, "Content-Type": media_type, "policy": str(self._signer.dumps(policy))}
        return Offer(UPLOAD_PATH, fields, expires)

    def accept(self, fields: Mapping[str, str], data: bytes) -> None:
        """Store bytes that came to our upload route; raises OfferRefused where they differ from the policy."""
        try:
            policy = self._signer.loads(fields.get("policy", ""))
        except BadData as error:
            raise OfferRefused(
                "这个上传地址不对，请回到申请页面再传一次", "The upload address is not one of ours"
            ) from error
        if clock.now().timestamp() > policy["until"]:
            raise OfferRefused("上传的时间太久了，请再选一次这个文件", "The upload address has expired", code="EXPIRED")
        told = (fields.get("key"), fields.get("Content-Type"), len(data))
        if told != (policy["key"], policy["type"], policy["size"]):
            raise OfferRefused("传上来的文件和选的不一样，请再选一次", "The upload differs from what was announced")
        if policy["sha256"] and hashlib.sha256(data).hexdigest() != policy["sha256"]:
            raise OfferRefused("文件在路上传坏了，请再选一次", "The checksum does not hold", code="CHECKSUM")
        self.put(policy["key"], data)

    def put(self, key: str, data: bytes) -> None:
        """Write beside, then rename, so that a reader never sees half a file."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f".{uuid4().hex}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)

    def get(self, key: str) -> bytes:
        """All bytes; raises Missing."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise Missing(key) from error

    def delete(self, key: str) -> None:
        """Remove an object, or do nothing."""
        self._path(key).unlink(missing_ok=True)

    def list(self, prefix: str) -> Iterator[Stat]:
        """Walk the folder; files that are being written are not listed."""
        for path in self._root.rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                stat = self._stat(path)
                if stat.key.startswith(prefix):
                    yield stat

    def _path(self, key: str) -> Path:
        if not _KEY.match(key):
            raise ValueError("not a key of an object")
        return self._root / key

    def _stat(self, path: Path) -> Stat:
        about = path.stat()
        return Stat(str(path.relative_to(self._root)), about.st_size, datetime.fromtimestamp(about.st_mtime, UTC))
