"""A JPEG as the list of its segments, read without decoding anything (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
from collections.abc import Iterator

START, START_OF_SCAN, END = 0xD8, 0xDA, 0xD9
# Of what applications add, a picture needs three: its density, its colours (ICC) and how they are coded (Adobe).
_APPLICATIONS, _NEEDED = range(0xE0, 0xF0), (0xE0, 0xE2, 0xEE)
# A colour profile of four megabytes has 64 segments, a progressive picture some forty.
_MOST_SEGMENTS = 2_000
# Inside a scan 0xFF is followed by a stuffed zero or a restart marker; anything else begins the next segment.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_FILL = re.compile(rb"\xff+")

Segment = tuple[int, bytes]


class Overlong(Exception):
    """There are more segments than a picture has: somebody wants us to read for minutes."""


def segments(data: bytes) -> list[Segment]:
    """Marker and bytes of each segment up to the picture's end, without the bytes that fill gaps; raises Overlong.

    What phones append after the end (a second picture, a short film) goes: it carries its own tags. A picture that was
    cut off has no end here either, so that decoding it shows it.
    """
    found: list[Segment] = [(START, data[:2])]
    for segment in _following(data):
        found.append(segment)
        if len(found) > _MOST_SEGMENTS:
            raise Overlong
    return found


def scans(found: list[Segment]) -> int:
    """How often a decoder goes over the whole picture."""
    return sum(marker == START_OF_SCAN for marker, _ in found)


def joined(found: list[Segment]) -> bytes:
    """The picture again."""
    return b"".join(body for _, body in found)


def without_tags(found: list[Segment]) -> list[Segment]:
    """Without Exif and XMP (APP1), IPTC (APP13) and whatever else an application or a maker of phones notes down."""
    return [(marker, body) for marker, body in found if marker not in _APPLICATIONS or marker in _NEEDED]


def _following(data: bytes) -> Iterator[Segment]:
    at = 2
    while at + 2 <= len(data):
        filled = _FILL.match(data, at)
        at = filled.end() - 1 if filled else at
        if data[at + 1 : at + 2] == b"\xd9":
            yield END, b"\xff\xd9"
        if at + 4 > len(data) or data[at + 1] == END:
            return
        end = _end_of(data, at)
        yield data[at + 1], data[at:end]
        at = end


def _end_of(data: bytes, at: int) -> int:
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    if data[at + 1] != START_OF_SCAN:
        return end
    following = _NEXT_MARKER.search(data, end)
    return following.start() if following else len(data)
