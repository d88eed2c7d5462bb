"""Any S3 server as a store of bytes. Keys come from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`)."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from xiangtong.attachments.ports import Missing, Offer, Stat, StorageUnavailable
from xiangtong.kernel import clock

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_log = logging.getLogger(__name__)
_ABSENT = {"404", "NoSuchKey", "NotFound"}


class S3Storage:
    """Objects in one bucket. `public_endpoint` is where browsers reach it, when that is another name."""

    def __init__(
        self, bucket: str, *, endpoint: str | None = None, region: str = "us-east-1", public_endpoint: str | None = None
    ) -> None:
        self._bucket = bucket
        self._client = _client(endpoint, region)
        self._public = _client(public_endpoint, region) if public_endpoint else self._client
        address = urlsplit(self._public.meta.endpoint_url)
        self.origin = f"{address.scheme}://{address.netloc}"

    def offer(self, key: str, *, media_type: str, size: int, sha256: str | None = None, seconds: int = 600) -> Offer:
        """A presigned POST: the server of the bucket refuses another key, type, size or checksum, and a late one."""
        fields = {"Content-Type": media_type} | _checksum(sha256)
        conditions: list[Any] = [{name: value} for name, value in fields.items()]
        post = self._public.generate_presigned_post(
            self._bucket,
            key,
            Fields=fields,
            Conditions=[*conditions, ["content-length-range", size, size]],
            ExpiresIn=seconds,
        )
        return Offer(post["url"], post["fields"], clock.now() + timedelta(seconds=seconds))

    def put(self, key: str, data: bytes) -> None:
        """Store with a checksum that the server compares before it answers."""
        with _reached(key):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ChecksumAlgorithm="SHA256")

    def get(self, key: str) -> bytes:
        """All bytes; raises Missing."""
        with _reached(key):
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def delete(self, key: str) -> None:
        """Remove an object, or do nothing."""
        with _reached(key):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def list(self, prefix: str) -> Iterator[Stat]:
        """Page through the bucket below `prefix`."""
        with _reached(prefix):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                for item in page.get("Contents", ()):
                    yield Stat(item["Key"], item["Size"], item["LastModified"].astimezone(UTC))


def _client(endpoint: str | None, region: str) -> S3Client:
    config = Config(
        signature_version="s3v4",
        # Names of buckets are no host names inside an office network, so they stand in the path.
        s3={"addressing_style": "path"},
        connect_timeout=3,
        read_timeout=20,
        retries={"max_attempts": 3, "mode": "standard"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.session.Session().client("s3", endpoint_url=endpoint, region_name=region, config=config)


def _checksum(sha256: str | None) -> dict[str, str]:
    if not sha256:
        return {}
    return {
        "x-amz-checksum-algorithm": "SHA256",
        "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(sha256)).decode(),
    }


@contextmanager
def _reached(key: str) -> Iterator[None]:
    """The client's errors in our words. What went wrong is logged by its code; a key names nobody."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _ABSENT:
            raise Missing(key) from error
        _log.warning("storage.refused", extra={"code": code})
        raise StorageUnavailable from error
    except BotoCoreError as error:
        _log.warning("storage.unreachable", extra={"reason": type(error).__name__})
        raise StorageUnavailable from error
