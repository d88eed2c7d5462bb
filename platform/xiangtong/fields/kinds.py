"""Every kind of field by its name. To add one: a file here, a partial, a row in the docs, a line below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiangtong.fields.address import Address
from xiangtong.fields.area import Area
from xiangtong.fields.bank import Bank
from xiangtong.fields.bank_card import BankCard
from xiangtong.fields.certificate_no import CertificateNo
from xiangtong.fields.choice import Choice
from xiangtong.fields.choices import Choices
from xiangtong.fields.consent import Consent
from xiangtong.fields.date import Date
from xiangtong.fields.file import File
from xiangtong.fields.group import Group
from xiangtong.fields.integer import Integer
from xiangtong.fields.kind import Kind
from xiangtong.fields.length import Length
from xiangtong.fields.long_text import LongText
from xiangtong.fields.mobile_phone import MobilePhone
from xiangtong.fields.money import Money
from xiangtong.fields.notice import Notice
from xiangtong.fields.opinion import Opinion
from xiangtong.fields.person_name import PersonName
from xiangtong.fields.phone import Phone
from xiangtong.fields.photo import Photo
from xiangtong.fields.resident_id import ResidentId
from xiangtong.fields.rows import Rows
from xiangtong.fields.signature import Signature
from xiangtong.fields.text import Text
from xiangtong.fields.village import Village
from xiangtong.fields.yes_no import YesNo

KINDS: Mapping[str, Kind] = {
    "text": Text(),
    "long-text": LongText(),
    "address": Address(),
    "person-name": PersonName(),
    "integer": Integer(),
    "money": Money(),
    "area": Area(),
    "length": Length(),
    "yes-no": YesNo(),
    "choice": Choice(),
    "choices": Choices(),
    "village": Village(),
    "date": Date(),
    "resident-id": ResidentId(),
    "mobile-phone": MobilePhone(),
    "phone": Phone(),
    "bank-card": BankCard(),
    "bank": Bank(),
    "certificate-no": CertificateNo(),
    "file": File(),
    "photo": Photo(),
    "signature": Signature(),
    "consent": Consent(),
    "notice": Notice(),
    "opinion": Opinion(),
    "group": Group(),
    "rows": Rows(),
}

#: Kind → name of its normal form, for the browser.
NORMAL_BY_KIND: Mapping[str, str] = {name: kind.normal for name, kind in KINDS.items()}

#: What the dialect's check asks of a question of each kind.
REQUIREMENTS: Mapping[str, Mapping[str, Any]] = {
    name: {"schema": kind.schema, "needs": tuple(kind.needs)} for name, kind in KINDS.items()
}
