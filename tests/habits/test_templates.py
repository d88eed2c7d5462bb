"""Habits of templates: every one parses, none runs anything inline, every sentence can be translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

FOLDER = Path(__file__).resolve().parents[2] / "platform" / "xiangtong" / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
_NAMES = [str(path.relative_to(FOLDER)) for path in TEMPLATES]
_CHINESE = re.compile("[\u4e00-\u9fff]")
_GETTEXT = {"_", "gettext", "ngettext"}
# Where markup is passed on as it is, and why: the framework's widget renders our own template `_rows.html`.
_TRUSTED = {"console/framework/list.html"}
_INLINE = re.compile(
    r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))|<style\b|<iframe\b|<base\b|\bsrcdoc="
    r"|\sstyle=|[\s\"']on[a-z]+\s*=|\bhx-on|javascript:",
    re.I,
)
_FORM = re.compile(r"<form\b[^>]*method=[\"']?post.*?(?=</form>|\Z)", re.I | re.S)
_TOKEN_MACRO = re.compile(r"macro token\(\) %\}<input[^{]*value=\"\{\{ csrf_token\(\) \}\}\"")
_ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def _parsed(path: Path) -> nodes.Template:
    return _ENVIRONMENT.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=_NAMES)
def test_a_template_parses_and_runs_nothing_inline(path: Path) -> None:
    """The content policy forbids it in the browser; here it is found before anybody opens the page."""
    _parsed(path)
    found = _INLINE.search(path.read_text(encoding="utf-8"))
    assert found is None, found and found.group()


@pytest.mark.parametrize("path", TEMPLATES, ids=_NAMES)
def test_every_sentence_can_be_translated(path: Path) -> None:
    assert list(_untranslated(_parsed(path))) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=_NAMES)
def test_every_form_that_is_posted_carries_its_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    token = re.compile(r"csrf_token\(\)" + (r"|\{\{ token\(\) \}\}" if _TOKEN_MACRO.search(text) else ""))
    for form in _FORM.findall(text):
        assert token.search(form), form[:200]


def test_markup_is_passed_on_unescaped_only_where_it_is_listed() -> None:
    unescaped = {name for name, path in zip(_NAMES, TEMPLATES, strict=True) if any(_unescaping(_parsed(path)))}
    assert unescaped == _TRUSTED


def _untranslated(node: nodes.Node, *, translated: bool = False) -> Iterator[str]:
    """Chinese text that stands in a template outside gettext, comments left out."""
    if isinstance(node, nodes.TemplateData) and _CHINESE.search(node.data):
        yield node.data.strip()
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and _CHINESE.search(node.value) and not translated:
        yield node.value
    asked = isinstance(node, nodes.Call) and getattr(node.node, "name", "") in _GETTEXT
    # What something is compared with is not shown; what is put in place of a part was found in a translated sentence.
    inside = translated or asked or (isinstance(node, nodes.Filter) and node.name in ("selectattr", "replace"))
    for child in node.iter_child_nodes():
        yield from _untranslated(child, translated=inside)


def _unescaping(tree: nodes.Template) -> Iterator[nodes.Node]:
    yield from (one for one in tree.find_all(nodes.Filter) if one.name == "safe")
    yield from (one for one in tree.find_all(nodes.ScopedEvalContextModifier))
    yield from (one for one in tree.find_all(nodes.Call) if getattr(one.node, "name", "") == "Markup")


@pytest.mark.parametrize(
    "wrong",
    ["<p onclick='x'>", '<a href="javascript:x">', "<style>", "<div style='a'>", "<script>", "<form hx-on:click=x>"],
)
def test_this_net_holds(wrong: str) -> None:
    assert _INLINE.search(wrong)
    assert list(_untranslated(_ENVIRONMENT.parse("<p>你好</p>{{ '好' }}{{ _('好') }}{# 好 #}"))) == [
        "<p>你好</p>",
        "好",
    ]
    assert any(_unescaping(_ENVIRONMENT.parse("{{ x|safe }}")))
