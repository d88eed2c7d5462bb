"""A small form with every kind of field, for tests of rendering."""

from __future__ import annotations

from typing import Any

from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.plan import Plan
from xiangtong.dialect.vocabulary import Vocabulary

_SHAPES: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "money": {"type": "integer", "x-unit": "元"},
    "area": {"type": "integer", "x-unit": "平方米"},
    "area-mu": {"type": "integer"},
    "number": {"type": "integer", "x-unit": "吨"},
    "degrees": {"type": "integer"},
    "length": {"type": "integer", "x-unit": "米"},
    "yes-no": {"type": "boolean"},
    "consent": {"type": "boolean", "const": True, "x-text": "以上所填都是真的。"},
    "notice": {"type": "null", "x-text": "请先准备好户口簿。"},
}


def ask(kind: str, label: str, **more: Any) -> dict[str, Any]:
    """Give a question of a kind, as a form would state it."""
    return {**_SHAPES.get(kind, {"type": "string"}), "x-kind": kind, "x-label": label, **more}


def choose(kind: str, label: str, **options: str) -> dict[str, Any]:
    """Give a question with options, value = words."""
    listed = [{"value": value, "label": words} for value, words in options.items()]
    if kind == "choices":
        items = {"type": "string", "enum": list(options)}
        return ask(kind, label, **{"type": "array", "items": items, "uniqueItems": True, "x-options": listed})
    return ask(kind, label, **{"enum": list(options), "x-options": listed})


def files(kind: str, label: str, most: int = 9) -> dict[str, Any]:
    """Give a question that is answered with files."""
    return ask(kind, label, type="array", maxItems=most, items={"type": "object"})


def group(label: str, **properties: Any) -> dict[str, Any]:
    """Give a group of questions."""
    closed = {"additionalProperties": False, "properties": properties}
    return ask("group", label, **{"type": "object", **closed})


def together(kind: str, label: str, **properties: Any) -> dict[str, Any]:
    """Give a group of questions that is asked as one thing."""
    return {**group(label, **properties), "x-kind": kind}


def rows(label: str, **properties: Any) -> dict[str, Any]:
    """Give rows of questions."""
    items = {"type": "object", "additionalProperties": False, "required": ["name"], "properties": properties}
    words = {"noun": "家人", "measure": "位", "add": "再加一位家人"}
    return ask("rows", label, **{"type": "array", "maxItems": 20, "items": items, "x-row": words})


PROPERTIES: dict[str, Any] = {
    "before": ask("notice", "填之前"),
    "applicant": group(
        "申请人",
        name=ask("person-name", "您叫什么名字"),
        id_number=ask("resident-id", "您的身份证号码"),
        phone=ask("mobile-phone", "您的手机号"),
        fixed=ask("phone", "家里的电话"),
    ),
    "village": ask("village", "您是哪个村的", **{"x-options-from": "villages"}),
    "home": ask("address", "您住在哪里"),
    "leased": ask("yes-no", "这块地是租来的吗", **{"x-en": {"label": "Is the land rented?"}}),
    "owner": ask("person-name", "您从谁那里租的"),
    "area": ask("area", "一共多大", minimum=1),
    "income": ask("money", "去年收入多少"),
    "height": ask("length", "房子多高"),
    "floors": ask("integer", "盖几层"),
    "since": ask("date", "从哪天开始"),
    "yield": ask("number", "去年收了多少稻子"),
    "land": ask("area-mu", "承包地有几亩"),
    "wed": ask("month", "哪年哪月结的婚"),
    "opens": ask("time", "每天几点开门"),
    "lease": together("date-range", "从哪天租到哪天", **{"from": ask("date", "从哪天"), "to": ask("date", "到哪天")}),
    "landline": ask("landline", "家里的座机"),
    "postcode": ask("postcode", "邮编"),
    "email": ask("email", "邮箱"),
    "company": ask("credit-code", "合作社的统一社会信用代码"),
    "disabled": ask("disability-certificate", "残疾人证号"),
    "papers_of": together(
        "document",
        "用什么证件",
        type=choose("select", "证件类型", passport="护照", other="其他证件"),
        number=ask("document-no", "证件号码"),
    ),
    "sex": choose("radio", "性别", male="男", female="女"),
    "full_home": together(
        "full-address",
        "现在住在哪里",
        division=ask("division", "哪个村", **{"x-options-from": "divisions"}),
        detail=ask("address", "组和门牌号"),
    ),
    "plot": together(
        "location",
        "这块地在哪里",
        note=ask("text", "说说在哪里"),
        longitude=ask("degrees", "经度"),
        latitude=ask("degrees", "纬度"),
    ),
    "incomes": together(
        "matrix",
        "一年收入多少",
        wages=group("工资", amount=ask("money", "多少钱"), note=ask("text", "哪里来的")),
        farm=group("种养", amount=ask("money", "多少钱"), note=ask("text", "哪里来的")),
    ),
    "relation": choose("choice", "与户主的关系", spouse="配偶", child="子女", parent="父母"),
    "troubles": choose("choices", "有哪些困难", ill="重病", disabled="残疾"),
    "card": ask("bank-card", "银行卡号"),
    "bank": ask("bank", "是哪家银行的卡"),
    "deed": ask("certificate-no", "权属证书号"),
    "title": ask("text", "这块地叫什么"),
    "crops": ask(
        "lines",
        "地里种了哪些东西",
        type="array",
        maxItems=5,
        uniqueItems=True,
        items={"type": "string", "maxLength": 20},
    ),
    "story": ask("long-text", "还有什么要说的"),
    "household": rows("家里有哪些人", name=ask("person-name", "姓名"), id_number=ask("resident-id", "身份证号码")),
    "heads": ask("integer", "一共几口人", **{"x-derive": {"op": "count", "of": ["/household/*"]}, "x-unit": "人"}),
    "papers": files("file", "证明材料"),
    "photos": files("photo", "户口簿照片"),
    "opinion": {**group("镇里的意见", words=ask("text", "意见")), "x-kind": "opinion", "x-office": True},
    "sign": files("signature", "签名", most=1),
    "promise": ask("consent", "承诺"),
}


#: A few divisions, as a township's facts would list them.
DIVISIONS = {
    "110000000000": "北京市", "320000000000": "江苏省", "321000000000": "扬州市", "321003000000": "邗江区",
    "321002000000": "广陵区", "321003108000": "杨寿镇", "321003108209": "东兴村", "321003108210": "墩留村",
    "321003110000": "杨庙镇", "321003110201": "杨庙村",
}  # fmt: skip


def a_schema() -> dict[str, Any]:
    """Give the form document."""
    asked = [name for name in PROPERTIES if name != "opinion"]
    return {
        "$schema": "urn:xiangtong:form-dialect:1",
        "title": "样表",
        "x-form": {"code": "specimen", "applicant": {"name": "/applicant/name", "phone": "/applicant/phone"}},
        "x-steps": [
            {"id": "who", "title": "您是谁", "ask": [f"/{name}" for name in asked[:4]]},
            {"id": "what", "title": "什么事", "ask": [f"/{name}" for name in asked[4:]]},
        ],
        "type": "object",
        "additionalProperties": False,
        "required": ["leased", "area"],
        "properties": PROPERTIES,
    }


def a_plan() -> Plan:
    """Compile the form."""
    return compile_plan(a_schema(), Vocabulary(documents={}, kinds={}, formats={}))


def a_conditional_plan() -> Plan:
    """Compile a small form in which answers decide: a condition, a sum over rows, a rule."""
    rules = [{"code": "house", "op": "at_most", "of": ["/house", "/area"], "message": "住房用地不能比总面积大"}]
    properties = {
        "leased": ask("yes-no", "这块地是租来的吗"),
        "owner": ask("person-name", "您从谁那里租的"),
        "area": ask("area", "一共多大"),
        "house": ask("area", "其中住房多大"),
        "phone": ask("mobile-phone", "您的手机号"),
        "troubles": choose("choices", "有哪些困难", ill="重病", disabled="残疾"),
        "household": rows("家里有哪些人", name=ask("person-name", "姓名"), wage=ask("money", "收入")),
        "total": ask("money", "一共收入", **{"x-derive": {"op": "sum", "of": ["/household/*/wage"]}}),
        "papers": files("file", "证明材料"),
        "photos": files("photo", "照片"),
        "sign": files("signature", "签名", most=1),
    }
    schema = {
        "title": "租地登记",
        "x-form": {"code": "lease"},
        "x-steps": [{"id": "all", "title": "填一填", "ask": [f"/{name}" for name in properties]}],
        "x-rules": rules,
        "type": "object",
        "additionalProperties": False,
        "required": ["leased"],
        "properties": properties,
        "if": {"properties": {"leased": {"const": True}}, "required": ["leased"]},
        "then": {"required": ["owner"]},
        "else": {"properties": {"owner": False}},
    }
    return compile_plan(schema, Vocabulary(documents={}, kinds={}, formats={}))
