"""Electronic licences over the provincial line (contract §6): one question for each kind, with purpose and consent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from xiangtong.identity.ports import Claims, Licence, LicencesUnavailable
from xiangtong.push.ports import Answer

_KINDS = ("resident_id", "household_register", "disability_certificate", "marriage_certificate")
_ID_TYPES = ("", "resident_id", "id_card")


class _Line(Protocol):
    def query_licences(self, query: Mapping[str, str]) -> Answer: ...


class _Lines(Protocol):
    def line(self, city_code: str) -> _Line: ...


class HttpLicences:
    """The province's licences of people with an identity card; `fields` are taken as its contract names them."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines

    @property
    def kinds(self) -> Collection[str]:
        """The kinds whose fields we know."""
        return _KINDS

    def of(
        self, *, claims: Claims, kinds: Sequence[str], city_code: str, purpose: str, consent_ref: str
    ) -> Sequence[Licence]:
        """The person's licences of these kinds; raises LicencesUnavailable as soon as one question is not answered."""
        if claims.id_type not in _ID_TYPES or not claims.id_number:
            return ()
        line = self._lines.line(city_code)
        asked = {"holder_id_type": "resident_id", "holder_id_number": claims.id_number, "purpose": purpose}
        found = []
        for kind in kinds:
            answer = line.query_licences(asked | {"licence_type": kind, "consent_ref": consent_ref})
            if answer.status != 200 or answer.body is None:
                raise LicencesUnavailable
            found += [_licence(one) for one in _listed(answer.body) if one.get("licence_type") == kind]
        return found


def _listed(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    told = body.get("licences")
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _licence(told: Mapping[str, Any]) -> Licence:
    fields = told.get("fields") if isinstance(told.get("fields"), dict) else {}
    words = {name: value for name, value in (fields or {}).items() if isinstance(value, str) and value}
    until = told.get("valid_until")
    try:
        valid_until = date.fromisoformat(until) if isinstance(until, str) else None
    except ValueError:
        valid_until = date.min  # Nobody can say until when it holds: it is not relied on.
    return Licence(
        kind=str(told.get("licence_type", "")), name=str(told.get("name", "")), holder=str(told.get("holder_name", "")),
        number=words.get("number", ""), valid_until=valid_until, fields=words,
        demo=(fields or {}).get("demo") is True,
    )  # fmt: skip
