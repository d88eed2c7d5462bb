"""Every kind of field by its name. To add one: a file here, a partial, a row in the docs, a line below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiangtong.fields.address import Address
from xiangtong.fields.area import Area
from xiangtong.fields.area_mu import AreaMu
from xiangtong.fields.bank import Bank
from xiangtong.fields.bank_card import BankCard
from xiangtong.fields.certificate_no import CertificateNo
from xiangtong.fields.choice import Choice
from xiangtong.fields.choices import Choices
from xiangtong.fields.consent import Consent
from xiangtong.fields.credit_code import CreditCode
from xiangtong.fields.date import Date
from xiangtong.fields.date_range import DateRange
from xiangtong.fields.degrees import Degrees
from xiangtong.fields.disability_certificate import DisabilityCertificate
from xiangtong.fields.division import Division
from xiangtong.fields.document import Document
from xiangtong.fields.document_no import DocumentNo
from xiangtong.fields.email import Email
from xiangtong.fields.file import File
from xiangtong.fields.full_address import FullAddress
from xiangtong.fields.group import Group
from xiangtong.fields.integer import Integer
from xiangtong.fields.kind import Kind
from xiangtong.fields.landline import Landline
from xiangtong.fields.length import Length
from xiangtong.fields.lines import Lines
from xiangtong.fields.location import Location
from xiangtong.fields.long_text import LongText
from xiangtong.fields.matrix import Matrix
from xiangtong.fields.mobile_phone import MobilePhone
from xiangtong.fields.money import Money
from xiangtong.fields.month import Month
from xiangtong.fields.notice import Notice
from xiangtong.fields.number import Number
from xiangtong.fields.opinion import Opinion
from xiangtong.fields.person_name import PersonName
from xiangtong.fields.phone import Phone
from xiangtong.fields.photo import Photo
from xiangtong.fields.postcode import Postcode
from xiangtong.fields.radio import Radio
from xiangtong.fields.resident_id import ResidentId
from xiangtong.fields.rows import Rows
from xiangtong.fields.select import Select
from xiangtong.fields.signature import Signature
from xiangtong.fields.text import Text
from xiangtong.fields.time import Time
from xiangtong.fields.village import Village
from xiangtong.fields.yes_no import YesNo

_KINDS: Mapping[str, Kind] = {
    "text": Text(),
    "long-text": LongText(),
    "address": Address(),
    "person-name": PersonName(),
    "integer": Integer(),
    "number": Number(),
    "money": Money(),
    "area": Area(),
    "area-mu": AreaMu(),
    "length": Length(),
    "yes-no": YesNo(),
    "choice": Choice(),
    "radio": Radio(),
    "select": Select(),
    "choices": Choices(),
    "village": Village(),
    "division": Division(),
    "full-address": FullAddress(),
    "location": Location(),
    "degrees": Degrees(),
    "date": Date(),
    "month": Month(),
    "time": Time(),
    "date-range": DateRange(),
    "resident-id": ResidentId(),
    "mobile-phone": MobilePhone(),
    "phone": Phone(),
    "landline": Landline(),
    "postcode": Postcode(),
    "email": Email(),
    "credit-code": CreditCode(),
    "disability-certificate": DisabilityCertificate(),
    "document": Document(),
    "document-no": DocumentNo(),
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
    "matrix": Matrix(),
}

#: Lines are read as what each of them is.
KINDS: Mapping[str, Kind] = {**_KINDS, "lines": Lines(_KINDS)}

#: Kind → name of its normal form, for the browser.
NORMAL_BY_KIND: Mapping[str, str] = {name: kind.normal for name, kind in KINDS.items()}

#: What the dialect's check asks of a question of each kind.
REQUIREMENTS: Mapping[str, Mapping[str, Any]] = {
    name: {"schema": kind.schema, "needs": tuple(kind.needs)} for name, kind in KINDS.items()
}
