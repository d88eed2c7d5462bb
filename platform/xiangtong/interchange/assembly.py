"""An object of elsewhere becomes a group: questions in order, what branches declare lifted, conditions written last."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xiangtong.dialect.walk import escape
from xiangtong.interchange.conditions import Untestable, test_of
from xiangtong.interchange.node import Left, Node
from xiangtong.interchange.scalars import Taken
from xiangtong.interchange.switches import Branch, Switch, read_home
from xiangtong.interchange.words import our_name

_NARROW = ("const", "enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
_NEVER_REQUIRED = frozenset({"readOnly", "deprecated"})

ReadQuestion = Callable[[Node, str], Taken]


@dataclass
class Assembly:
    """One object while it is put together. `fields`: its questions by the names they have in the source."""

    node: Node
    read: ReadQuestion
    fields: dict[str, Taken] = field(default_factory=dict)
    by_name: dict[str, Taken] = field(default_factory=dict)
    lifted: dict[tuple[str, str], str] = field(default_factory=dict)

    def assemble(self) -> dict[str, Any]:
        """`properties`, `required` and `allOf` of the object. Raises Left where nothing remains to be asked."""
        own = [(name, part) for name, part in _properties(self.node) if part is not False]
        home = read_home(self._without_properties(), {name for name, _ in own}, self.node.ui)
        for name, part in own:
            self._own(name, part)
        for branch in home.walk():
            for name, part in branch.declared:
                self._lift(branch, name, part)
        if not self.by_name:
            raise self.node.leave("properties", "这里没有问题可以问", "There is nothing to ask here")
        _move_requirements(home)
        members = [one for one in (self._written(switch) for switch in home.switches) if one]
        always = self._narrowings(home)
        members += [{"properties": always}] if always else []
        required = self._required(home.required)
        found: dict[str, Any] = {"required": required} if required else {}
        found["properties"] = {name: self.by_name[name].schema for name in self._order(members)}
        return found | ({"allOf": members} if members else {})

    def _without_properties(self) -> Node:
        said = {key: value for key, value in self.node.schema.items() if key != "properties"}
        inner = Node(
            said, self.node.pointer, self.node.ui, self.node.root, self.node.report, self.node.origins,
            self.node.depth, self.node.taken,
        )  # fmt: skip
        self.node.keep("properties")
        return inner

    def _own(self, name: str, part: Any) -> None:
        try:
            self._take(name, self.node.part(part, f"/properties/{escape(name)}", self.node.ui.below(name)))
        except Left:
            return

    def _take(self, name: str, node: Node) -> str:
        ours = our_name(name, self.by_name)
        taken = self.read(node, ours)
        if ours != name:
            node.added("x-name", f"问题名 {name} 改成了 {ours}", f"The name {name} became {ours}")
        self.fields.setdefault(name, taken)
        self.by_name[ours] = taken
        return ours

    def _lift(self, branch: Branch, name: str, node: Node) -> None:
        """Take a question that a branch declares; the same question in several branches is asked once."""
        key = (name, json.dumps(node.schema, sort_keys=True, ensure_ascii=False, default=str))
        if key not in self.lifted:
            try:
                self.lifted[key] = self._take(name, node)
            except Left:
                return
        branch.names[name] = self.lifted[key]

    def _written(self, switch: Switch) -> dict[str, Any] | None:
        """A switch in our words; None, with a sentence, for one that cannot be said."""
        try:
            test = test_of(switch.test, self.fields)
        except Untestable as error:
            switch.node.refuse(
                switch.keyword, f"{error.zh}，这个条件没有带过来", f"{error.en}; the condition was left out"
            )
            return None
        then, otherwise = switch.then.lifted(), switch.otherwise.lifted()
        member: dict[str, Any] = {"if": test}
        for keyword, branch, hidden in (
            ("then", switch.then, [one for one in otherwise if one not in then]),
            ("else", switch.otherwise, [one for one in then if one not in otherwise]),
        ):
            written = self._branch(branch, hidden)
            member |= {keyword: written} if written else {}
        return member if len(member) > 1 else None

    def _branch(self, branch: Branch, hidden: Sequence[str]) -> dict[str, Any]:
        ours = {name: taken.name for name, taken in self.fields.items()} | branch.names
        false = [*hidden, *(ours[name] for name in branch.hidden if name in ours)]
        required = [name for name in self._required(branch.required, branch.names) if name not in false]
        found: dict[str, Any] = {"required": required} if required else {}
        properties = self._narrowings(branch) | dict.fromkeys(false, False)
        found |= {"properties": properties} if properties else {}
        members = [one for one in (self._written(switch) for switch in branch.switches) if one]
        return found | ({"allOf": members} if members else {})

    def _required(self, names: Sequence[str], own: Mapping[str, str] | None = None) -> list[str]:
        """Names here of what is required, without what nobody fills in."""
        found = []
        for name in names:
            taken = self.by_name.get((own or {}).get(name, "")) or self.fields.get(name)
            if taken is None or taken.schema["x-kind"] == "notice" or _NEVER_REQUIRED & taken.schema.keys():
                continue
            found.append(taken.name)
        return list(dict.fromkeys(found))

    def _narrowings(self, branch: Branch) -> dict[str, Any]:
        return {
            self.fields[name].name: found
            for name, part in branch.narrowed.items()
            if name in self.fields and (found := _narrowing(part, self.fields[name]))
        }

    def _order(self, members: Sequence[Mapping[str, Any]]) -> list[str]:
        """The order of questions: that of `ui:order`, and nothing before what decides whether it is asked."""
        wanted = self.node.ui.get("order")
        names = list(self.by_name)
        if isinstance(wanted, list):
            self.node.ui.say("order", "kept", "问题按这个次序", "The questions have this order")
            names = _ordered(names, [self.fields[one].name if one in self.fields else one for one in map(str, wanted)])
        for member in members:
            _put_after(names, member, set(self.lifted.values()), set())
        return names


def _properties(node: Node) -> list[tuple[str, Any]]:
    said = node.get("properties")
    return list(said.items()) if isinstance(said, Mapping) else []


def _move_requirements(home: Branch) -> None:
    """What some branch forbids or alone declares is required in the branches where it has its place."""
    for switch in home.switches:
        for one, other in ((switch.then, switch.otherwise), (switch.otherwise, switch.then)):
            for name in [name for name in home.required if name in one.hidden]:
                home.required.remove(name)
                other.required.append(name)
    for branch in home.walk():
        if branch is not home:
            branch.required += [name for name in home.required if name in branch.names and name not in branch.required]
    declared_here = set(home.names)
    declared_below = {name for branch in home.walk() for name in branch.names} - declared_here
    home.required = [name for name in home.required if name not in declared_below]


def _narrowing(node: Node, taken: Taken) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in _NARROW:
        if key in node and (value := _stored(key, node.get(key), taken)) is not None:
            node.keep(key)
            found[key] = value
    for key in ("title", "type", "description"):
        node.change(key, "分支里不用写", "Not needed in a branch")
    node.finish()
    return found


def _stored(key: str, value: Any, taken: Taken) -> Any:
    if key in ("minLength", "maxLength", "minItems", "maxItems"):
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    try:
        return [taken.stored(one) for one in value] if key == "enum" else taken.stored(value)
    except (ValueError, TypeError):
        return None


def _ordered(names: list[str], wanted: list[Any]) -> list[str]:
    first: list[str] = []
    rest = [name for name in names if name not in wanted]
    for name in wanted:
        first += rest if name == "*" else [name] if name in names else []
    return list(dict.fromkeys([*first, *rest]))


def _put_after(names: list[str], member: Mapping[str, Any], lifted: set[str], reads: set[str]) -> None:
    """Move what branches declare behind all that decides about it."""
    reads = reads | set(member["if"].get("required", ()))
    for side in ("then", "else"):
        branch = member.get(side, {})
        for name in branch.get("properties", {}):
            latest = max((names.index(read) for read in reads if read in names), default=-1)
            if name in lifted and name in names and names.index(name) < latest:
                names.remove(name)
                names.insert(latest, name)
        for inner in branch.get("allOf", ()):
            _put_after(names, inner, lifted, reads)
