"""Service items as a spreadsheet: a template to fill, and its rows read as entries of the catalogue."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from xiangtong.items.catalogue import CatalogueItem, problems_of
from xiangtong.items.codes import CASE_TYPES
from xiangtong.kernel import sheets
from xiangtong.kernel.errors import Problem, Problems

#: Column → the member of the entry, and whether it has to be filled in.
_COLUMNS: dict[str, tuple[str, bool]] = {
    "事项代号": ("key", True), "名称": ("name", True), "基本编码": ("basic_code", True),
    "办件类型": ("case_type", True), "申请表": ("form", False), "谁能办": ("who", True), "条件": ("conditions", True),
    "流程": ("flow", True), "费用": ("fee", True), "依据": ("basis", True), "承诺工作日": ("promised", False),
    "法定工作日": ("statutory", False), "跑几次": ("visits", False), "办理结果": ("result", False),
    "别的叫法": ("words", False),
}  # fmt: skip
HEAD = tuple(_COLUMNS)
_HEADING = {member: heading for heading, (member, _) in _COLUMNS.items()} | {"item_type": "基本编码"}
#: A row that shows how.
EXAMPLE = (
    "tea-register", "茶园登记", "000720001000", "承诺件", "", "本镇有茶园的农户", "茶园在本镇；不欠承包费",
    "受理：当场收材料；审核：五天内看地", "不收费", "《某某管理办法》第三条", "5", "20", "1", "登记表", "茶叶 茶园",
)  # fmt: skip
_KEY = re.compile(r"[a-z][a-z0-9-]{1,39}\Z")
_SPLIT = re.compile(r"[；;\n]+")
_TITLED = re.compile(r"[：:]")
_CASE_TYPE = {name: code for code, name in CASE_TYPES.items()}
_LONGEST = 2000
# After the base catalogue's own items.
_POSITION = 1000


def template() -> bytes:
    """An xlsx to fill in, with one row that shows how."""
    return sheets.write(HEAD, [EXAMPLE])


def read(data: bytes) -> list[tuple[int, CatalogueItem]]:
    """The items of an uploaded sheet, each with its line.

    Raises sheets.SheetUnreadable, and Problems with every bad row together.
    """
    rows = sheets.read(data)
    missing = [name for name, (_, needed) in _COLUMNS.items() if needed and rows and name not in rows[0].cells]
    if not rows or missing:
        what = f"缺少这些列：{'、'.join(missing)}" if missing else "除了表头没有内容"
        raise Problems([Problem("第 1 行", f"{what}。请用下载的模板填写", "Use the template", "COLUMNS")])
    read_rows = [(row.line, *_entry(row.cells)) for row in rows]
    problems = [one for line, entry, wrong in read_rows for one in _wrong(line, entry, wrong)]
    problems += _doubles([(line, entry) for line, entry, _ in read_rows])
    if problems:
        raise Problems(problems, f"表格里有 {len(problems)} 处要改，改好后重新上传。这次没有改动任何事项")
    return [(line, CatalogueItem(entry["key"], entry | {"position": _POSITION + line})) for line, entry, _ in read_rows]


def at(line: int, member: str) -> str:
    """Where a problem stands, in the words of the sheet."""
    return f"第 {line} 行 {_HEADING.get(member, member)}"


def _entry(cells: dict[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """A row as an entry of the catalogue, and (member, sentence) for what could not be read."""
    given = {member: cells.get(heading, "") for heading, (member, _) in _COLUMNS.items()}
    wrong = [(member, f"太长了，最多 {_LONGEST} 个字") for member, text in given.items() if len(text) > _LONGEST]
    entry: dict[str, Any] = {name: given[name] for name in ("key", "name", "basic_code", "who", "fee")}
    entry |= {name: given[name] for name in ("form", "result", "words") if given[name]}
    entry["short"], entry["online"], entry["item_type"] = given["name"], bool(given["form"]), given["basic_code"][2:4]
    entry["case_type"] = _CASE_TYPE.get(given["case_type"], given["case_type"])
    entry["conditions"] = _parts(given["conditions"])
    entry["flow"] = [_step(place, text) for place, text in enumerate(_parts(given["flow"]), start=1)]
    entry["basis"] = [{"title": title} for title in _parts(given["basis"])]
    numbers, unread = _numbers(given, ("promised", "statutory", "visits"))
    entry |= {"visits": numbers.pop("visits")} if "visits" in numbers else {}
    return entry | {"limits": numbers}, wrong + unread


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SPLIT.split(text) if part.strip()]


def _step(place: int, text: str) -> dict[str, str]:
    title, *rest = _TITLED.split(text, maxsplit=1)
    return {"id": f"s{place}", "title": title.strip(), "text": rest[0].strip() if rest else ""}


def _numbers(given: dict[str, str], names: Sequence[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    said = {name: given[name] for name in names if given[name]}
    good = {name: int(text) for name, text in said.items() if text.isascii() and text.isdigit() and len(text) < 4}
    return good, [(name, "请填数字，比如 20") for name in said if name not in good]


def _wrong(line: int, entry: dict[str, Any], unread: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    for member, sentence in unread:
        yield Problem(at(line, member), sentence)
    for problem in problems_of("", entry):
        if problem.where.strip("/") != "item_type" or entry["basic_code"]:
            yield Problem(at(line, problem.where.strip("/")), problem.message, problem.message_en, problem.code)
    if entry["key"] and not _KEY.match(entry["key"]):
        yield Problem(at(line, "key"), "用小写字母、数字和短横，字母开头，2 到 40 个")


def _doubles(entries: Sequence[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    for member in ("key", "basic_code", "form"):
        often = Counter(entry.get(member, "") for _, entry in entries)
        for line, entry in entries:
            if entry.get(member) and often[entry[member]] > 1:
                yield Problem(at(line, member), "在表里出现了不止一次", "More than once", "DOUBLE")
