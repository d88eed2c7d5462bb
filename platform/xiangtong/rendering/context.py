"""What a page knows besides the plan and the answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class ProblemLike(Protocol):
    """A problem as ``validation`` reports it; only its place and its words matter here."""

    @property
    def pointer(self) -> str:
        """The JSON Pointer of the value it is about."""

    @property
    def message(self) -> str:
        """The sentence in Chinese."""

    @property
    def summary(self) -> str:
        """The sentence that also says which field it is about, for the list at the top."""

    @property
    def message_en(self) -> str:
        """The sentence in English; may be empty."""

    @property
    def summary_en(self) -> str:
        """The summary in English; may be empty where `message_en` says it all."""


def _as_is(text: str) -> str:
    return text


def _no_address(attachment_id: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class RenderContext:
    """The township, the reader and the day, as far as the look of a form depends on them.

    ``visible`` and ``required`` are the pointers of ``dialect``'s effective data; None takes every question as
    visible, and asks the plan what is always required. A question that does not apply now is rendered with the
    attribute ``hidden``, so that the script can show it at once. ``options`` are the township's lists, value → label;
    ``params`` its parameters as of today, which texts may name: the form's 示例 stand for what is missing.
    ``locked`` holds pointers of values that came from a source and may not be changed; ``sources`` says in
    words where a value came from. ``file_url`` gives the address of an uploaded file, or nothing.
    """

    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    visible: Collection[str] | None = None
    required: Collection[str] | None = None
    derived: Mapping[str, Any] = field(default_factory=dict)
    locked: Collection[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)
    file_url: Callable[[str], str] = _no_address
    gettext: Callable[[str], str] = _as_is
    locale: str = "zh_CN"
    readonly: bool = False
