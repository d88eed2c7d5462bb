"""A form as a signed package that another city can take: a JWS (RFC 7515) over the form and the shared parts it names.

Every city has a signer name (its code) and a key: Ed25519, or SM2 with SM3 where the state's algorithms are asked for
(`alg` "SM2", raw r∥s). Whose packages a city takes is one of its settings; its own it always takes. The signature is
checked before anything in the package is read.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xiangtong.dialect.check import DIALECT
from xiangtong.dialect.resolve import resolve
from xiangtong.dialect.vocabulary import DialectError, Vocabulary
from xiangtong.forms.library import Form, form_of, written
from xiangtong.interchange.keys import (
    ALGORITHMS,
    SigningKey,
    VerifyingKey,
    packed,
    signing_key,
    unpacked,
    verifying_key,
)
from xiangtong.kernel.errors import Refusal
from xiangtong.settings import Settings

MEDIA_TYPE = "xiangtong-form+1"
_HEADER = {"alg", "kid", "typ"}
_LARGEST = 4 * 1024 * 1024


class PackageRefused(Refusal):
    """A package of forms that is not taken: unknown signer, altered, or not one."""

    code = "PACKAGE_REFUSED"
    status = 422


@dataclass(frozen=True, slots=True)
class Signer:
    """A city as a signer of packages, and the cities it takes packages of (name → their public keys)."""

    name: str
    key: SigningKey
    trusted: Mapping[str, Sequence[VerifyingKey]]

    @classmethod
    def from_settings(cls, settings: Settings) -> Signer:
        """The signer of a deployment; its key follows from the master key. Raises PackageRefused for keys that are none.

        It takes its own packages of before the setting changed as well.
        """
        own = {name: signing_key(name, master=settings.master_key) for name in ALGORITHMS.values()}
        trusted = {settings.package_signer: [one.public for one in own.values()]}
        for name, key in map(_trusted, filter(str.strip, settings.package_signers.split(","))):
            trusted.setdefault(name, []).append(key)
        return cls(settings.package_signer, own[ALGORITHMS[settings.package_algorithm]], trusted)

    @property
    def public(self) -> str:
        """The public key, as other cities write it into their settings."""
        return self.key.public.text


@dataclass(frozen=True, slots=True)
class Opened:
    """What a package brought: the form with the shared parts of its home, a sample, who signed it and with what.

    `version` is the number it had at its home, 0 where it says none.
    """

    form: Form
    sample: Mapping[str, Any]
    signer: str
    algorithm: str
    version: int


def seal_package(form: Form, *, sample: Mapping[str, Any], signer: Signer) -> str:
    """Write a package: one line of text, a compact JWS."""
    body, parts = written(form)
    content = {"form": body, "parts": parts, "sample": sample, "hash": form.hash, "version": form.version}
    payload = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    header = json.dumps({"alg": signer.key.public.algorithm, "kid": signer.name, "typ": MEDIA_TYPE})
    signed = f"{packed(header.encode())}.{packed(payload.encode())}"
    return f"{signed}.{packed(signer.key.sign(signed.encode()))}"


def open_package(text: bytes, *, signer: Signer, vocabulary: Vocabulary) -> Opened:
    """Check whose package it is and that nothing was altered, then read it. Raises PackageRefused."""
    name = signer_of(text)
    if name not in signer.trusted:
        raise PackageRefused(
            f"签名的是“{name}”，不在我们信任的名单里，没有导入", f"Signed by {name}, whom we do not know; not taken"
        )
    try:
        content = json.loads(_proven(text, signer.trusted[name]))
        documents = json.loads(content["parts"])
        form = form_of(json.loads(content["form"]), replace(vocabulary, documents=documents))
        altered = form.hash != content["hash"] or not isinstance(content["sample"], dict)
        number, algorithm = content.get("version"), str(_header(text)["alg"])
        version = number if isinstance(number, int) else 0
        opened = Opened(_at_home(form, vocabulary), content["sample"], name, algorithm, version)
    except (DialectError, ValueError, TypeError, KeyError, AttributeError):
        raise _altered() from None
    if altered:
        raise _altered()
    return opened


def _proven(text: bytes, keys: Sequence[VerifyingKey]) -> bytes:
    """What was signed, once one of these keys has proven it; raises PackageRefused, ValueError."""
    head, payload, signature = text.strip().decode("ascii").split(".")
    header = json.loads(unpacked(head))
    known = [key for key in keys if key.algorithm == header.get("alg")]
    # A header with more members would mean something that nobody here would honour (`crit`, RFC 7515 §4.1.11).
    if header.keys() != _HEADER or not known:
        raise _altered()
    if not any(key.holds(f"{head}.{payload}".encode(), unpacked(signature)) for key in known):
        raise _altered()
    return unpacked(payload)


def _at_home(form: Form, vocabulary: Vocabulary) -> Form:
    """The form with our shared parts, where they say the same; else with those of its home written into it."""
    same = form_of(form.schema, vocabulary)
    if same.hash == form.hash:
        return same
    return form_of({**resolve(form.schema, form.vocabulary), "$schema": DIALECT}, vocabulary)


def is_package(text: bytes) -> bool:
    """Whether some bytes look like a package: three parts of base64url with dots between them."""
    start = text.strip()[:4]
    return start == b"eyJh" and text.count(b".") == 2


def signer_of(text: bytes) -> str:
    """Who says to have signed a package; nothing is proven by it. Raises PackageRefused for what is none."""
    try:
        if len(text) > _LARGEST:
            raise ValueError
        header = _header(text)
        if header["typ"] != MEDIA_TYPE or not isinstance(header["kid"], str):
            raise ValueError
    except (ValueError, TypeError, KeyError):
        raise PackageRefused("这不是一个表单包", "This is no package of a form") from None
    return str(header["kid"])[:80]


def _header(text: bytes) -> Any:
    head = text.strip().split(b".")[0]
    return json.loads(base64.urlsafe_b64decode(head + b"=" * (-len(head) % 4)))


def _altered() -> PackageRefused:
    return PackageRefused(
        "这个表单包的签名对不上，可能被改过或没有传完整，没有导入",
        "The signature does not fit: altered or incomplete; not taken",
    )


def _trusted(entry: str) -> tuple[str, VerifyingKey]:
    name, _, public = entry.strip().partition(":")
    try:
        return name, verifying_key(public.strip())
    except ValueError:
        raise PackageRefused(
            f"设置里 {name} 的公钥不对，应当是 43 个字符，或者 sm2: 加 130 个十六进制字符",
            f"The public key of {name} in the settings is none",
        ) from None
