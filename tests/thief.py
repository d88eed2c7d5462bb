"""Look through a database and a folder as a thief of the disk would: for words, however they are disguised."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from world import World
from xiangtong.kernel.crypto import sm3_hex


def _disguises(word: str) -> list[bytes]:
    """A word as it may lie in a column: as it is, in hexadecimal, in Base64, escaped, or as a digest without a key."""
    raw = word.encode()
    digests = [hashlib.new(name, raw).hexdigest() for name in ("md5", "sha1", "sha256")] + [sm3_hex(raw)]
    shapes = [word, raw.hex(), base64.b64encode(raw).decode().rstrip("=")[:-1], json.dumps(word)[1:-1], *digests]
    return [shape.encode() for shape in shapes] + [raw[::-1]]


def found_in(dump: bytes, words: tuple[str, ...]) -> list[str]:
    low = dump.lower()
    return [word for word in words if any(shape in dump or shape.lower() in low for shape in _disguises(word))]


def _columns(world: World) -> Iterator[tuple[str, bytes]]:
    """Every column of every table of the database, whoever made it, as (table.column, all of its values)."""
    with psycopg.connect(world.cluster_url) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns join information_schema.tables"
            " using (table_schema, table_name) where table_type = 'BASE TABLE'"
            " and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2, ordinal_position"
        ).fetchall()
        for schema, table, column in columns:
            ask = sql.SQL("select {c}::text from {s}.{t} where {c} is not null").format(
                c=sql.Identifier(column), s=sql.Identifier(schema), t=sql.Identifier(table)
            )
            values = [str(value).encode() for (value,) in connection.execute(ask)]
            # bytea is printed in hexadecimal; the bytes themselves are searched as well.
            raw = [bytes.fromhex(one[2:].decode()) for one in values if re.fullmatch(rb"\\x([0-9a-f]{2})*", one)]
            yield f"{table}.{column}", b"\n".join([*values, *raw])


def readable(world: World, words: tuple[str, ...]) -> dict[str, list[str]]:
    """Where which of the words stands."""
    return {place: found for place, dump in _columns(world) if (found := found_in(dump, words))}


def stored_files(world: World, folder: Path) -> bytes:
    # The demo's short messages are for reading, on the demo's own page.
    return b"\n".join(
        str(path.relative_to(folder)).encode() + b"\n" + path.read_bytes()
        for path in folder.rglob("*") if path.is_file() and "demo-sms" not in path.parts
    )  # fmt: skip
