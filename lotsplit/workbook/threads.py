"""Threads of comments, as newer Excel keeps them beside the notes: a cell has one or the other, so a problem becomes a reply."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from lotsplit.workbook.grid import Address
from lotsplit.workbook.notes import AUTHOR, reference, text_xml
from lotsplit.workbook.parts import WORKBOOK, Parts, kind_of
from lotsplit.workbook.places import edited, places, put_in


def reply(workbook: Parts, threads: str | None, notes: Mapping[Address, str]) -> set[Address]:
    """Answers, with the text of its note, each thread that stands on a cell with one. Returns the cells answered.

    threads: the part with the sheet's threads, None where it has none. The copy of the thread that older programs
    show is a note, and is not touched here. Raises Refused.
    """
    people = next((r for r in workbook.relations(WORKBOOK) if kind_of(r) == "person"), None)
    if threads is None or people is None:
        return set()
    part = workbook.read(threads)
    found = places(part)
    roots = {
        place.attributes.get("ref", ""): place.attributes.get("id", "")
        for place in found
        if place.name == "threadedComment" and "parentId" not in place.attributes
    }
    answered = {cell for cell in notes if reference(cell) in roots}
    if not answered:
        return answered
    author = _person(workbook, workbook.target(WORKBOOK, people))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.00")
    p = found[0].prefix
    answers = "".join(
        f'<{p}threadedComment ref="{reference(cell)}" dT="{now}" personId="{author}" id="{_unique()}"'
        f' parentId="{roots[reference(cell)]}"><{p}text>{text_xml(notes[cell])}</{p}text></{p}threadedComment>'
        for cell in sorted(answered)
    )
    workbook.write(threads, edited(part, [put_in(part, found[0], answers)]))
    return answered


def _person(workbook: Parts, people: str) -> str:
    """The key of the author of the answers, whom the list of people gets where it does not know it yet."""
    part = workbook.read(people)
    found = places(part)
    for place in found:
        if place.attributes.get("displayName") == AUTHOR and place.attributes.get("providerId") == "None":
            return place.attributes["id"]
    key = _unique()
    person = f'<{found[0].prefix}person displayName="{AUTHOR}" id="{key}" userId="{AUTHOR}" providerId="None"/>'
    workbook.write(people, edited(part, [put_in(part, found[0], person)]))
    return key


def _unique() -> str:
    return f"{{{uuid.uuid4()}}}".upper()
