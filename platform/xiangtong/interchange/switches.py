"""Branches of elsewhere: what each declares, requires and forbids. Read first, written once all questions are known.

`dependencies`, `dependentRequired`, `dependentSchemas`, `if/then/else`, and `oneOf`/`anyOf` of objects all become
switches: a test with two branches. A question that a branch declares is lifted into the properties of its object; the
branches in which it has no place say `false`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from xiangtong.dialect.walk import escape
from xiangtong.interchange.node import Left, Node, Ui
from xiangtong.interchange.report import Report

_LIFTED = ("分支里的问题移到了 properties，其余分支里写成 false", "Lifted into properties; false in the other branches")


@dataclass
class Branch:
    """What holds where a test holds."""

    declared: list[tuple[str, Node]] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    narrowed: dict[str, Node] = field(default_factory=dict)
    switches: list[Switch] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # of what it declares: name in the source → name here

    def walk(self) -> Iterator[Branch]:
        """This branch and all below it."""
        yield self
        for switch in self.switches:
            yield from switch.then.walk()
            yield from switch.otherwise.walk()

    def lifted(self) -> dict[str, None]:
        """The names here of all that it and what is below it declare, in order."""
        return {name: None for branch in self.walk() for name in branch.names.values()}


@dataclass
class Switch:
    """A test of the source with its two branches; `keyword` at `node` is where it stands."""

    test: Mapping[str, Any]
    then: Branch
    otherwise: Branch
    node: Node
    keyword: str


def read_home(node: Node, known: set[str], ui: Ui) -> Branch:
    """Read what an object says besides its own properties, `known` by name: what always holds, and its switches."""
    branch = Branch()
    branch.required = _required(node)
    branch.switches = list(switches_of(node, known, ui, branch))
    return branch


def read_branch(node: Node, known: set[str], ui: Ui) -> Branch:
    """Read a branch. `known`: the names that are declared already."""
    branch = Branch()
    for name, part in _mapping(node, "properties").items():
        if part is False:
            branch.hidden.append(name)
        elif isinstance(part, Mapping) and name in known:
            branch.narrowed[name] = _narrowing(node, name, part)
        else:
            _declare(branch, node, name, part, ui)
    node.change("properties", *_LIFTED)
    branch.required = _required(node)
    for keyword in ("type", "title", "description", "additionalProperties"):
        node.change(keyword, "分支里不用写", "Not needed in a branch")
    inside = known | {name for name, _ in branch.declared}
    branch.switches = list(switches_of(node, inside, ui, branch))
    return branch


def _required(node: Node) -> list[str]:
    required = node.get("required")
    if not isinstance(required, list):
        node.refuse("required", "required 要写成问题名称的列表", "required is a list of names")
        return []
    node.keep("required")
    return [one for one in required if isinstance(one, str)]


def _declare(branch: Branch, node: Node, name: str, part: Any, ui: Ui) -> None:
    try:
        branch.declared.append((name, node.part(part, f"/properties/{escape(name)}", ui.below(name))))
    except Left:
        return


def _narrowing(node: Node, name: str, part: Mapping[str, Any]) -> Node:
    ui = Ui({}, node.ui.pointer, node.report)
    return Node(part, f"{node.pointer}/properties/{escape(name)}", ui, node.root, node.report)


def switches_of(node: Node, known: set[str], ui: Ui, home: Branch) -> Iterator[Switch]:
    """The switches that stand in an object or a branch; what always holds goes into `home`."""
    if "if" in node:
        yield from _conditional(node, known, ui)
    yield from _dependencies(node, known, ui)
    for keyword in ("oneOf", "anyOf"):
        if isinstance(node.get(keyword), list):
            yield from _alternatives(node, keyword, known, ui, home)
    members = node.get("allOf")
    for index, member in enumerate(members if isinstance(members, list) else []):
        branch = _below(node, member, f"/allOf/{index}", known | {name for name, _ in home.declared}, ui)
        yield from _always(node, branch, home)


def _conditional(node: Node, known: set[str], ui: Ui) -> Iterator[Switch]:
    test = node.get("if")
    if not isinstance(test, Mapping):
        node.refuse("if", "条件要写成一个 JSON 对象", "A condition is a JSON object")
        return
    node.keep("if")
    then, otherwise = (_side(node, key, known, ui) for key in ("then", "else"))
    yield Switch(test, then, otherwise, node, "if")


def _side(node: Node, keyword: str, known: set[str], ui: Ui) -> Branch:
    if not isinstance(node.get(keyword), Mapping):
        node.refuse(keyword, "分支要写成一个 JSON 对象", "A branch is a JSON object")
        return Branch()
    node.keep(keyword)
    return _below(node, node.get(keyword), f"/{keyword}", known, ui)


def _below(node: Node, part: Any, tail: str, known: set[str], ui: Ui) -> Branch:
    try:
        inner = node.part(part, tail, Ui({}, ui.pointer, node.report))
    except Left:
        return Branch()
    branch = read_branch(inner, known, ui)
    inner.finish()
    return branch


def _dependencies(node: Node, known: set[str], ui: Ui) -> Iterator[Switch]:
    for keyword in ("dependencies", "dependentRequired", "dependentSchemas"):
        for name, wanted in _mapping(node, keyword).items():
            node.change(keyword, "写成了 if/then/else", "Written as if, then and else")
            where = f"/{keyword}/{escape(name)}"
            test = {"required": [name]}
            if isinstance(wanted, list):
                then = Branch(required=[one for one in wanted if isinstance(one, str)])
            elif isinstance(wanted, Mapping):
                then = _below(node, wanted, where, known, ui)
            else:
                continue
            yield Switch(test, then, Branch(), node, keyword)


def _always(node: Node, branch: Branch, home: Branch) -> Iterator[Switch]:
    node.change("allOf", "合并到了一起", "Merged")
    home.declared += branch.declared
    home.required += branch.required
    home.hidden += branch.hidden
    home.narrowed |= branch.narrowed
    yield from branch.switches


def _alternatives(node: Node, keyword: str, known: set[str], ui: Ui, home: Branch) -> Iterator[Switch]:
    members = [one for one in node.get(keyword) if isinstance(one, Mapping)]
    if not any("properties" in one or "$ref" in one for one in members):
        node.refuse(keyword, f"{keyword} 说不清该改哪一项，没有带过来", f"{keyword} cannot say what to mend: left out")
        return
    opened = [_opened(node, keyword, index, one) for index, one in enumerate(members)]
    parts = [one for one in opened if one is not None]
    told, tests = _told_apart(node, keyword, parts, known, home)
    chain = Branch()
    for test, part in reversed(list(zip(tests, parts, strict=True))):
        inner = Node(
            _without(part.schema, told), part.pointer, part.ui, part.root, part.report, part.origins, part.depth
        )
        branch = read_branch(inner, known | {told}, ui)
        inner.finish()
        chain = Branch(switches=[Switch(test, branch, chain, node, keyword)])
    yield from chain.switches


def _told_apart(
    node: Node, keyword: str, parts: list[Node], known: set[str], home: Branch
) -> tuple[str, list[dict[str, Any]]]:
    """The question whose answer says which part it is (a new one where the source has none), and a test a part."""
    told = _discriminator([one.schema for one in parts])
    if told is None:
        node.change(keyword, "加了一个“是哪一种”的问题来区分", "A question asks which one it is")
        told = _ask_which(node, parts, known, home)
        return told, [_chosen(told, str(index + 1)) for index in range(len(parts))]
    node.change(keyword, "写成了 if/then/else", "Written as if, then and else")
    if told not in known:
        _declare_told(node, parts, told, home)
    return told, [{"properties": {told: _only(one.schema["properties"][told])}, "required": [told]} for one in parts]


def _opened(node: Node, keyword: str, index: int, member: Mapping[str, Any]) -> Node | None:
    try:
        return node.part(member, f"/{keyword}/{index}", Ui({}, node.ui.pointer, node.report))
    except Left:
        return None


def _discriminator(members: list[Mapping[str, Any]]) -> str | None:
    """The property whose constants tell the members apart."""
    first = members[0].get("properties", {}) if members else {}
    for name in first if isinstance(first, Mapping) else ():
        values = [_values(one, name) for one in members]
        flat = [repr(value) for each in values for value in each]
        if all(values) and len(set(flat)) == len(flat) and len(members) > 1:
            return str(name)
    return None


def _values(member: Mapping[str, Any], name: str) -> list[Any]:
    properties = member.get("properties")
    part = properties.get(name) if isinstance(properties, Mapping) else None
    if not isinstance(part, Mapping):
        return []
    if "const" in part:
        return [part["const"]]
    return list(part["enum"]) if isinstance(part.get("enum"), list) else []


def _only(part: Mapping[str, Any]) -> dict[str, Any]:
    return {key: part[key] for key in ("const", "enum") if key in part}


def _without(member: Mapping[str, Any], told: str) -> dict[str, Any]:
    found = dict(member)
    if isinstance(member.get("properties"), Mapping):
        found["properties"] = {name: part for name, part in member["properties"].items() if name != told}
    if isinstance(member.get("required"), list):
        found["required"] = [name for name in member["required"] if name != told]
    return found


def _chosen(name: str, value: str) -> dict[str, Any]:
    return {"properties": {name: {"const": value}}, "required": [name]}


def _ask_which(node: Node, parts: list[Node], known: set[str], home: Branch) -> str:
    """A question of our own before the alternatives."""
    taken = known | {name for name, _ in home.declared}
    name = next(one for one in ("which", *(f"which_{n}" for n in range(2, 99))) if one not in taken)
    titles = [one.get("title") if isinstance(one.get("title"), str) else "" for one in parts]
    listed = [{"const": str(at + 1), "title": title or f"第 {at + 1} 种"} for at, title in enumerate(titles)]
    schema = {"type": "string", "title": "是哪一种情况", "oneOf": listed}
    home.declared.append((name, _ours(node, schema)))
    home.required.append(name)
    return name


def _declare_told(node: Node, parts: list[Node], told: str, home: Branch) -> None:
    """The question that tells the alternatives apart, where only they declare it."""
    first = parts[0].schema["properties"][told]
    values = [value for one in parts for value in _values(one.schema, told)]
    kept = {key: value for key, value in first.items() if key in ("type", "title", "description")}
    home.declared.append((told, _ours(node, kept | {"enum": values})))
    home.required.append(told)


def _ours(node: Node, schema: Mapping[str, Any]) -> Node:
    """A schema that the source does not hold: what becomes of its keywords is nobody's concern."""
    silent = Report()
    return Node(schema, node.pointer, Ui({}, "", silent), node.root, silent)


def _mapping(node: Node, keyword: str) -> Mapping[str, Any]:
    value = node.get(keyword, {})
    return value if isinstance(value, Mapping) else {}
