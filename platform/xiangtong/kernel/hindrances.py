"""What keeps a command or a process from going on, in words for whoever typed it: never a stack trace for what they can mend."""

from __future__ import annotations

from xiangtong.kernel.errors import Problems, Refusal
from xiangtong.settings import SettingsError


def in_words(error: Exception) -> list[str]:
    """The lines to print; empty where only a stack trace helps."""
    if isinstance(error, Problems):
        return [error.message, *(f"  {problem.where}: {problem.message}" for problem in error.problems)]
    if isinstance(error, Refusal | SettingsError):
        return [str(error)]
    if isinstance(error, OSError) and error.filename:
        return [f"读不了或写不了 {error.filename}：{error.strerror}"]
    return _of_the_database(error)


def _of_the_database(error: Exception) -> list[str]:
    # Loaded by then, or it is none of theirs; commands that ask no database start without.
    from psycopg import OperationalError
    from psycopg.errors import UndefinedColumn, UndefinedTable

    said = getattr(error, "orig", error)
    if isinstance(said, UndefinedTable | UndefinedColumn):
        return ["数据库里的表不是这个版本的：请先运行 xiangtong release"]
    if isinstance(said, OperationalError):
        # Only the first line: others repeat it for each address of the server.
        return [f"数据库连不上，或者中途断了：{(str(said).strip() or '没有回答').splitlines()[0]}"]
    return []
