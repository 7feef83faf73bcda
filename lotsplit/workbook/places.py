"""Where the elements of an XML part stand, in bytes: so that something is put in and everything else stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat

from lotsplit.workbook.scan import Refused, parse

_START_TAG = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(/?)>""")


@dataclass(frozen=True, slots=True)
class Place:
    """An element: its name without prefix, its attributes as written, and where it stands.

    start, end: of the whole element. inner_start, inner_end: of what it holds; both are the end of the tag of an
    element that is written without an end tag (`closed`).
    """

    name: str
    prefix: str
    attributes: dict[str, str]
    depth: int
    start: int
    inner_start: int
    inner_end: int
    end: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """At `start`, so many bytes give way to a text."""

    start: int
    bytes_out: int
    text: str


def places(part: bytes, depth: int = 99) -> list[Place]:
    """The elements of a part down to a depth (the root is 0), in the order in which they begin. Raises Refused."""
    found: list[Place] = []
    begun: list[tuple[str, dict[str, str], int]] = []
    level = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal level
        if level <= depth:
            begun.append((name, attributes, parser.CurrentByteIndex))
        level += 1

    def end(name: str) -> None:
        nonlocal level
        level -= 1
        if level <= depth:
            tag, attributes, at = begun.pop()
            found.append(_place(part, tag, attributes, level, at, parser.CurrentByteIndex))

    parser = expat.ParserCreate()
    parser.EndElementHandler = end
    parse(part, start, parser)
    return sorted(found, key=lambda place: place.start)


def _place(part: bytes, tag: str, attributes: dict[str, str], depth: int, start: int, end_tag: int) -> Place:
    match = _START_TAG.match(part, start)
    if match is None:
        raise Refused("a part of it is written in a way that no spreadsheet program uses")
    prefix, _, name = tag.rpartition(":")
    closed = match.group(1) == b"/"
    inner_end = match.end() if closed else end_tag
    end = inner_end if closed else part.index(b">", end_tag) + 1
    return Place(name, f"{prefix}:" if prefix else "", attributes, depth, start, match.end(), inner_end, end, closed)


def put_in(part: bytes, place: Place, content: str) -> Edit:
    """The edit that puts XML at the end of an element."""
    if not place.closed:
        return Edit(place.inner_end, 0, content)
    tag = part[place.start : place.end]
    slash = place.start + tag.rindex(b"/")
    return Edit(slash, place.end - slash, f">{content}</{place.prefix}{place.name}>")


def edited(part: bytes, edits: Iterable[Edit]) -> bytes:
    """The part with all edits done. Text goes in as ASCII, so that it holds in whatever encoding the part is in.

    Raises Refused when what comes out is no sound XML.
    """
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [part[at : edit.start], edit.text.encode("ascii", "xmlcharrefreplace")]
        at = edit.start + edit.bytes_out
    whole = b"".join([*pieces, part[at:]])
    parse(whole, lambda name, attributes: None)
    return whole
