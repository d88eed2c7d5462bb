"""The words of the standard kit in the reader's language; what a township wrote itself stays as it wrote it.

`{{ title|local }}` in a page: the known words and the names of forms in English, for whoever reads English; anything
else as it is, marked as Chinese so that a voice reads it rightly.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext
from markupsafe import Markup

from xiangtong.channels.blocks import Line, Pairs
from xiangtong.dialect.plan import Material
from xiangtong.doors.citizen._case import english_of
from xiangtong.doors.shared.frame import language

_HAN = re.compile("[\u3007\u4e00-\u9fff]")
#: What `channel_templates/standard` and `xiangtong.channels` say; the keys are written out for the catalogue.
_WORDS = {
    "今天想办什么事？": lazy_gettext("今天想办什么事？"),
    "建房、低保、高龄津贴、医保…": lazy_gettext("建房、低保、高龄津贴、医保…"),
    "我要办": lazy_gettext("我要办"),
    "网上申报": lazy_gettext("网上申报"),
    "我要查": lazy_gettext("我要查"),
    "办件进度": lazy_gettext("办件进度"),
    "我要问": lazy_gettext("我要问"),
    "电话咨询": lazy_gettext("电话咨询"),
    "我要评": lazy_gettext("我要评"),
    "好差评": lazy_gettext("好差评"),
    "我要约": lazy_gettext("我要约"),
    "办事时间": lazy_gettext("办事时间"),
    "我要看": lazy_gettext("我要看"),
    "公示公告": lazy_gettext("公示公告"),
    "大家常办": lazy_gettext("大家常办"),
    "村和社区": lazy_gettext("村和社区"),
    "可网上办": lazy_gettext("可网上办"),
    "免跑腿": lazy_gettext("免跑腿"),
    "当场办结": lazy_gettext("当场办结"),
    "演示数据": lazy_gettext("演示数据"),
    "（待补）": lazy_gettext("（待补）"),
    "地址": lazy_gettext("地址"),
    "时间": lazy_gettext("时间"),
    "电话": lazy_gettext("电话"),
    "主办": lazy_gettext("主办"),
    "承办": lazy_gettext("承办"),
    "网站标识码": lazy_gettext("网站标识码"),
    "联系电话": lazy_gettext("联系电话"),
    "多久办好": lazy_gettext("多久办好"),
    "法定期限": lazy_gettext("法定期限"),
    "要不要跑": lazy_gettext("要不要跑"),
    "收费": lazy_gettext("收费"),
    "不收费": lazy_gettext("不收费"),
    "办好了得到": lazy_gettext("办好了得到"),
    "由谁办": lazy_gettext("由谁办"),
    "事项类型": lazy_gettext("事项类型"),
    "办件类型": lazy_gettext("办件类型"),
    "基本编码": lazy_gettext("基本编码"),
    "实施编码": lazy_gettext("实施编码"),
    "必须交": lazy_gettext("必须交"),
    "有就交": lazy_gettext("有就交"),
    "可以后补": lazy_gettext("可以后补"),
}


def local(text: str) -> str | Markup:
    """`text` for this reader; in Chinese pages it is what it is."""
    if language() != "en":
        return text
    known = _WORDS.get(text)
    if known is not None:
        return str(known)
    if english := english_of(text):
        return Markup('{} <small class="soft official" lang="zh-CN">{}</small>').format(english, text)
    return Markup('<span lang="zh-CN">{}</span>').format(text) if _HAN.search(text) else text


def plain(text: str) -> str:
    """`text` for an attribute: the known words in the reader's language, and no marks."""
    known = _WORDS.get(text) if language() == "en" else None
    return text if known is None else str(known)


def local_line(line: Line) -> Line:
    """A row of a list in the reader's words."""
    return replace(line, text=local(line.text), tags=tuple((plain(words), look) for words, look in line.tags))


def local_facts(pairs: Pairs) -> Pairs:
    """Labels and values in the reader's words."""
    return [(local(label), local(value)) for label, value in pairs]


def local_material(material: Material) -> Material:
    """A material as its form names it in the reader's language."""
    if language() != "en":
        return material
    return replace(material, name=material.name_en or material.name, when=material.when_en or material.when)


FILTERS: dict[str, Callable[..., Any]] = {
    "local": local,
    "plain": plain,
    "local_line": local_line,
    "local_facts": local_facts,
}
