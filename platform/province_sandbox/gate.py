"""Who may speak: headers, signature, skew, body digest, nonce, rate (contract §3 and §7).

Nonces and rates live in this process's memory, so the sandbox runs as one process. A restart
forgets nonces; what a replay could then do is nothing, because message ids are remembered for ever.
"""

import math
import re
import threading
from collections import deque
from dataclasses import dataclass

from werkzeug.datastructures import Headers

from province_sandbox import signatures
from province_sandbox.clock import Clock
from province_sandbox.problems import Refused
from province_sandbox.settings import Account, Settings

_HEX_32 = re.compile(r"[0-9a-f]{32}\Z")
_HEX_64 = re.compile(r"[0-9a-f]{64}\Z")
_MILLISECONDS = re.compile(r"[0-9]{10,15}\Z")


@dataclass(frozen=True)
class Caller:
    """Someone whose signature holds, and the digest that it promises for the body."""

    account: Account
    nonce: str
    content_sm3: str


class Gate:
    """Admits signed requests; every method may be called from any thread."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._accounts = {account.app_id: account for account in settings.accounts}
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._nonces: dict[tuple[str, str], int] = {}
        self._ages: deque[tuple[int, tuple[str, str]]] = deque()
        self._recent: dict[str, deque[int]] = {}

    def admit(self, *, method: str, path: str, query: str, headers: Headers) -> Caller:
        """Check all that headers alone can tell. Raises `Refused` APP, SKEW, NONCE or SIGNATURE."""
        account = self._accounts.get(headers.get("X-App-Id", ""))
        if account is None:
            raise Refused("APP", "没有这个接入账号。")
        timestamp = self._fresh_timestamp(headers.get("X-Timestamp", ""))
        nonce = headers.get("X-Nonce", "")
        if not _HEX_32.match(nonce):
            raise Refused("NONCE", "X-Nonce 应为 32 位小写十六进制。")
        content_sm3 = headers.get("X-Content-SM3", "")
        text = signatures.string_to_sign(
            method=method,
            path=path,
            query=query,
            app_id=account.app_id,
            timestamp=timestamp,
            nonce=nonce,
            content_sm3=content_sm3,
        )
        if not _HEX_64.match(content_sm3) or not _signed(account, text, headers.get("X-Signature", "")):
            raise Refused("SIGNATURE", "签名不符。")
        return Caller(account, nonce, content_sm3)

    def accept(self, caller: Caller, body_sm3: str) -> None:
        """Check the body's digest, then spend the nonce and a place in this second.

        Only now is anything remembered: a sender that died halfway leaves no trace.
        """
        if body_sm3 != caller.content_sm3:
            raise Refused(
                "INVALID",
                "正文与 X-Content-SM3 不符，可能没有传完。",
                errors=[("", "body does not match X-Content-SM3")],
            )
        now = self._clock.now_ms()
        with self._lock:
            self._spend_nonce((caller.account.app_id, caller.nonce), now)
            self._take_place(caller.account.app_id, now)

    def _fresh_timestamp(self, timestamp: str) -> str:
        if not _MILLISECONDS.match(timestamp):
            raise Refused("SKEW", "X-Timestamp 应为毫秒数。")
        if abs(self._clock.now_ms() - int(timestamp)) > self._settings.skew_ms:
            raise Refused("SKEW", "时间相差超过 300 秒。")
        return timestamp

    def _spend_nonce(self, key: tuple[str, str], now: int) -> None:
        while self._ages and now - self._ages[0][0] > self._settings.nonce_memory_ms:
            self._nonces.pop(self._ages.popleft()[1], None)
        if key in self._nonces:
            raise Refused("NONCE", "这个随机数十分钟内用过。")
        self._nonces[key] = now
        self._ages.append((now, key))

    def _take_place(self, app_id: str, now: int) -> None:
        recent = self._recent.setdefault(app_id, deque())
        while recent and now - recent[0] >= 1000:
            recent.popleft()
        if len(recent) >= self._settings.requests_per_second:
            wait = max(1, math.ceil((1000 - (now - recent[0])) / 1000))
            raise Refused("BUSY", "请求太密，请稍后再发。", retry_after=wait)
        recent.append(now)


def _signed(account: Account, text: bytes, signature: str) -> bool:
    if signature.startswith("hmac-sm3:"):
        # Every key is tried, so that timing does not tell which one holds.
        return sum(signatures.hmac_matches(key, text, signature) for key in account.hmac_secrets) > 0
    if signature.startswith("sm2:"):
        return any(signatures.sm2_matches(key, text, signature) for key in account.sm2_public_keys)
    return False
