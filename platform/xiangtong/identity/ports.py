"""Signing in at the province, and its electronic licences: what we ask of it, and what it tells us about a person.

The OpenID Connect driver is `province.sign_in_oidc`; provinces that hand out tickets get a driver behind the same port:
their ticket stands in the place of the code.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from xiangtong.kernel.errors import Refusal


@dataclass(frozen=True, slots=True)
class Claims:
    """What the province says of whoever signed in. Unknown is empty.

    issuer, sub    who said it, and its own lasting name for the person; together they are the person
    id_type        kind of document as in the contract (`resident_id`, …)
    assurance      1 none, 2 primary, 3 advanced real-name check (contract §6)
    org_name, uscc the body the person acts for, when signed in as one
    """

    issuer: str
    sub: str
    name: str = ""
    id_type: str = ""
    id_number: str = ""
    phone: str = ""
    assurance: int = 1
    org_name: str = ""
    uscc: str = ""


@dataclass(frozen=True, slots=True)
class Journey:
    """One way to the province and back: where to send the browser, and what must be true on return.

    `state` ties the return to this browser, `nonce` the identity to this journey, `verifier` (PKCE) the code to us.
    """

    url: str
    state: str
    nonce: str
    verifier: str


class SignInFailed(Refusal):
    """The province did not let the person in, or its answer cannot be trusted. Nothing was changed."""

    code = "SIGN_IN_FAILED"
    status = 400


class SignInUnavailable(SignInFailed):
    """The province cannot be reached now; the person should try again, nothing is wrong with them."""

    code = "SIGN_IN_UNAVAILABLE"
    status = 503


class SignIn(Protocol):
    """The province's sign-in. Both ways in may be slow: no transaction is open meanwhile."""

    def authorize(self, *, redirect_uri: str) -> Journey:
        """Where to send the browser; raises SignInUnavailable."""
        ...

    def exchange(self, *, code: str, verifier: str, nonce: str, redirect_uri: str) -> Claims:
        """Who came back with `code`; raises SignInFailed or SignInUnavailable."""
        ...

    def logout_url(self, *, return_to: str) -> str | None:
        """Where the browser ends the province's own session; None where there is no such place."""
        ...


@dataclass(frozen=True, slots=True)
class Licence:
    """One electronic licence of a person.

    kind     as forms name it in `x-prefill` (`licence.<kind>.<field>`), and as the province is asked for it
    name     what is printed on it, like 残疾人证
    fields   what it says, as texts in the form in which forms keep them; `number` is always the licence's own
    demo     made up: pages say so
    """

    kind: str
    name: str
    holder: str
    number: str = ""
    valid_until: date | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    demo: bool = False


class LicencesUnavailable(Exception):
    """Nobody answers now; a form is filled in by hand then."""


class Licences(Protocol):
    """Electronic licences of people who agreed that they are looked at. May be slow: no transaction is open meanwhile."""

    @property
    def kinds(self) -> Collection[str]:
        """The kinds there are; nothing where no source is connected."""
        ...

    def of(
        self, *, claims: Claims, kinds: Sequence[str], city_code: str, purpose: str, consent_ref: str
    ) -> Sequence[Licence]:
        """The person's licences of these kinds; raises LicencesUnavailable."""
        ...
