"""Made-up people, licences, items and work orders. Nothing here belongs to anybody.

The numbers are the check-valid examples of GB 11643 and made-up ones for the pilot areas.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in at the demo OpenID provider. `assurance`: 1 none to 3 advanced."""

    sub: str
    name: str
    phone: str
    assurance: int
    id_type: str = "resident_id"
    id_number: str = ""
    org_name: str = ""
    uscc: str = ""
    note: str = ""

    def claims(self) -> dict[str, Any]:
        """The claims of contract §6; a legal person has `org_name` and `uscc` besides."""
        claims: dict[str, Any] = {
            "sub": self.sub,
            "name": self.name,
            "id_type": self.id_type,
            "id_number": self.id_number,
            "phone": self.phone,
            "assurance": self.assurance,
        }
        if self.uscc:
            claims |= {"org_name": self.org_name, "uscc": self.uscc}
        return claims


PEOPLE = (
    Person("demo-zhangsan", "张三", "13800138000", 3, id_number="11010519491231002X"),
    Person("demo-lisi", "李四", "13800138001", 3, id_number="321003198801010016"),
    Person("demo-wangwu", "王五", "13800138002", 2, id_number="321002200002291230"),
    Person(
        "demo-zhaoliu",
        "赵六",
        "13800138003",
        1,
        id_number="421303195708152040",
        note="还没有核验身份",
    ),
    Person("demo-qianqi", "钱七", "13800138004", 3, id_number="321003194003051288", note="高龄老人"),
    Person("demo-sunba", "孙八", "13800138005", 2, id_number="440402201011120057", note="未成年人"),
    Person("demo-zhoujiu", "周九", "13800138006", 3, id_number="522701194510013175"),
    Person("demo-wushi", "吴十", "13800138007", 3, id_number="340802199206300427"),
    Person(
        "demo-hezuoshe",
        "李四",
        "13800138001",
        3,
        id_number="321003198801010016",
        org_name="示例蔬菜专业合作社",
        uscc="93321003MA0000001P",
        note="法人",
    ),
)

_LICENCE_TYPES = {
    "resident_id": "居民身份证",
    "household_register": "居民户口簿",
    "disability_certificate": "残疾人证",
    "marriage_certificate": "结婚证",
}
#: Who has which licence besides the two that everybody has, and what it says.
_SAYS: dict[tuple[str, str], dict[str, str]] = {
    ("demo-zhoujiu", "disability_certificate"): {"number": "52270119451001317542"},
    ("demo-zhangsan", "marriage_certificate"): {"number": "J321003-2020-000001", "date": "2020-05-20", "status": "2"},
    ("demo-lisi", "marriage_certificate"): {"number": "J321003-2020-000001", "date": "2020-05-20", "status": "2"},
}


def licences_of(id_type: str, id_number: str, licence_type: str) -> list[dict[str, Any]]:
    """The demo licences of a holder, of one type; none for anybody who is not a demo person."""
    return [
        {
            "licence_id": f"demo-{kind}-{person.sub}",
            "licence_type": kind,
            "name": name,
            "holder_name": person.name,
            "issued_on": "2020-01-01",
            "valid_until": None,
            "issuer": "演示发证机关",
            "fields": {"name": person.name, "id_number": person.id_number, "demo": True} | said,
        }
        for person in PEOPLE
        if (person.id_type, person.id_number) == (id_type, id_number) and not person.uscc
        for kind, name in _LICENCE_TYPES.items()
        if kind == licence_type and (said := _says(person, kind)) is not None
    ]


def _says(person: Person, kind: str) -> dict[str, str] | None:
    """What a licence says besides its holder; None where the person has no such licence."""
    if kind == "resident_id":
        return {"number": person.id_number, "ethnic": "01"}
    if kind == "household_register":
        return {"address": "江苏省扬州市邗江区公道镇太平村三组12号"}
    return _SAYS.get((person.sub, kind))


def licence_document(licence_id: str) -> bytes | None:
    """A one-page PDF that says it is a demo, or None for an unknown licence."""
    known = {
        f"demo-{kind}-{person.sub}" for person in PEOPLE for kind in _LICENCE_TYPES if _says(person, kind) is not None
    }
    return _pdf(f"DEMO LICENCE, NOT VALID: {licence_id}") if licence_id in known else None


def items() -> list[dict[str, Any]]:
    """A small item library; names as in the pilot township's list, days left unknown."""
    return [
        _item("11321003MB0123456B5321017001000", "农村村民宅基地申请", "05"),
        _item("11321003MB0123456B5321011002000", "临时救助对象认定", "05"),
        _item("11321003MB0123456B5321011003000", "高龄津贴申领", "05"),
    ]


def work_orders(now_text: str, due_on: str) -> list[dict[str, Any]]:
    """Two 12345 work orders for the pilot township."""
    return [
        {
            "order_no": f"DEMO12345-{number}",
            "kind": kind,
            "title": title,
            "text": text,
            "division_code": "321003100000",
            "created_at": now_text,
            "reply_due_on": due_on,
            "anonymous": True,
        }
        for number, kind, title, text in (
            ("0001", "consult", "咨询高龄津贴", "想问高龄津贴要带什么材料。（演示数据）"),
            ("0002", "help", "路灯不亮", "村口路灯坏了三天，请派人看看。（演示数据）"),
        )
    ]


def _item(item_code: str, name: str, item_type: str) -> dict[str, Any]:
    return {
        "item_code": item_code,
        "name": name,
        "item_type": item_type,
        "exercise_level": "5",
        "division_code": "321003100000",
        "unit": {"name": "公道镇人民政府", "code": "11321003MB0123456B"},
        "case_type": "2",
        "statutory_days": None,
        "promised_days": None,
        "version": 1,
        "state": "in_use",
        "elements": {"demo": True},
    }


def _pdf(text: str) -> bytes:
    stream = f"BT /F1 14 Tf 72 760 Td ({text}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    count = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table) + trailer % (count, len(out))
