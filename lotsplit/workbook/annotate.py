"""A copy of somebody's workbook with each problem as a note on its cell, every other part left byte for byte as it was.

A workbook is a zip of parts. A note stands in two of them, the sheet's comments part and its VML drawing part; the
sheet's relations name both, the sheet itself names the drawing, and the list of content types knows their kinds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from lotsplit.errors import Unreadable, WrongUsage
from lotsplit.problems import Problem
from lotsplit.whole_file import whole_file
from lotsplit.workbook.grid import MOST_BYTES, Address
from lotsplit.workbook.notes import (
    AUTHOR,
    comment_xml,
    comments_part,
    drawing_part,
    notes_of,
    reference,
    run_xml,
    with_boxes,
    with_taller_boxes,
)
from lotsplit.workbook.parts import WORKBOOK, Parts, kind_of
from lotsplit.workbook.places import Edit, Place, edited, places, put_in
from lotsplit.workbook.scan import Refused
from lotsplit.workbook.threads import reply
from lotsplit.workbook.zips import checked_parts

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = {
    "http://purl.oclc.org/ooxml/spreadsheetml/main": "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_ONLY = "only .xlsx and .xlsm workbooks can be annotated"
# What follows legacyDrawing in a sheet, in the order that the schema asks for.
_AFTER_DRAWING = {
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
}


def annotate(source: Path, target: Path, problems: Sequence[Problem]) -> None:
    """Writes to `target` a copy of an .xlsx or .xlsm workbook with the problems as notes on their cells.

    Where a note or a thread of comments stands already, the problem is added to it. Raises WrongUsage for other kinds
    of file and for a target of another kind than the source, Unreadable for a damaged one, Unwritable.
    """
    source, target = Path(source), Path(target)
    if source.is_dir():
        raise WrongUsage(f"{source} is a folder: {_ONLY}")
    data = _content(source)
    if target.suffix.lower() != source.suffix.lower():
        # Excel opens neither macros in a file named .xlsx nor a file named .xlsm without its kind.
        raise WrongUsage(
            f"{target.name}: the marked copy of a {source.suffix} workbook must end in {source.suffix} too"
        )
    try:
        if not data.startswith(b"PK") or not any(n.lower() == WORKBOOK for n in checked_parts(data)):
            raise WrongUsage(f"{source.name}: {_ONLY}; save the plan as .xlsx first")
        workbook = Parts(data)
        for sheet, notes in notes_of(problems, list(workbook.sheets)).items():
            _annotate_sheet(workbook, workbook.sheets[sheet], notes)
    except Refused as refusal:
        raise Unreadable(f"{source.name} cannot be annotated: {refusal}") from refusal
    with whole_file(target) as temporary:
        temporary.write_bytes(workbook.zipped())


def _content(source: Path) -> bytes:
    try:
        if source.stat().st_size > MOST_BYTES:
            raise Unreadable(f"{source.name}: unreasonably large: more than {MOST_BYTES // 10**9} GB")
        return source.read_bytes()
    except OSError as error:
        raise Unreadable(f"{source.name}: cannot be read ({error.strerror or error})") from error


def _annotate_sheet(workbook: Parts, sheet: str, notes: Mapping[Address, str]) -> None:
    top = places(workbook.read(sheet), depth=1)
    spreadsheet = top[0].attributes.get(f"xmlns:{top[0].prefix[:-1]}" if top[0].prefix else "xmlns", "")
    office = _STRICT.get(spreadsheet, _OFFICE)
    by_kind = {kind_of(relation): workbook.target(sheet, relation) for relation in workbook.relations(sheet)}
    comments = by_kind.get("comments")
    if comments is None:
        comments = workbook.free_name("xl/comments{}.xml")
        workbook.write(comments, comments_part(spreadsheet))
        workbook.declare("Override", {"PartName": f"/{comments}", "ContentType": _COMMENTS_TYPE})
        workbook.relate(sheet, f"{office}/comments", comments)
    replies = reply(workbook, by_kind.get("threadedComment"), notes)
    new = _add_texts(workbook, comments, notes, replies)
    added = {cell: text for cell, text in notes.items() if cell not in new}
    _add_boxes(workbook, sheet, top, office, new, added)


def _add_texts(
    workbook: Parts, comments: str, notes: Mapping[Address, str], replies: set[Address]
) -> dict[Address, str]:
    """Puts the texts into the comments part. Returns the notes on cells that had none: they need a box."""
    part = workbook.read(comments)
    found = places(part)
    authors = next((place for place in found if place.name == "authors"), None)
    listed = next((place for place in found if place.name == "commentList"), None)
    if authors is None or listed is None:
        raise Refused(f"its part {comments} has no list of authors or notes")
    prefix = found[0].prefix
    here = {place.attributes.get("ref", "").replace("$", ""): place for place in found if place.name == "comment"}
    edits, new = [], {}
    for cell, text in notes.items():
        if reference(cell) not in here:
            new[cell] = text
        else:
            inside = [p for p in found if here[reference(cell)].start < p.start < here[reference(cell)].end]
            addition = f"\nReply:\n    {text}" if cell in replies else f"\n\n{text}"
            edits += _added_to_text(inside, addition)
    if new:
        number = sum(place.name == "author" for place in found)
        edits.append(put_in(part, authors, f"<{prefix}author>{AUTHOR}</{prefix}author>"))
        texts = "".join(comment_xml(cell, text, number, prefix) for cell, text in new.items())
        edits.append(put_in(part, listed, texts))
    workbook.write(comments, edited(part, edits))
    return new


def _added_to_text(inside: Sequence[Place], addition: str) -> list[Edit]:
    """The edits that add a run to the text of a note; `inside`: the elements of the note, in order."""
    text = next((place for place in inside if place.name == "text"), None)
    if text is None:
        raise Refused("a note of it has no text")
    run = run_xml(addition, text.prefix)
    children = [place for place in inside if place.depth == text.depth + 1 and place.name in ("t", "r")]
    if text.closed:
        return [Edit(text.start, text.end - text.start, f"<{text.prefix}text>{run}</{text.prefix}text>")]
    if not children:
        return [Edit(text.inner_start, 0, run)]
    last = children[-1]
    if last.name == "r":
        return [Edit(last.end, 0, run)]
    # Plain text beside runs is not what Excel writes: the plain text becomes a run of its own.
    return [Edit(last.start, 0, f"<{text.prefix}r>"), Edit(last.end, 0, f"</{text.prefix}r>{run}")]


def _add_boxes(
    workbook: Parts,
    sheet: str,
    top: Sequence[Place],
    office: str,
    new: Mapping[Address, str],
    added: Mapping[Address, str],
) -> None:
    """Puts a box for each new note into the sheet's VML drawing part, and the part into the sheet where it has none.

    top: the elements of the sheet. added: what older notes were added to; their boxes grow.
    """
    block = _free_block(workbook)
    named = next((place for place in top[1:] if place.name == "legacyDrawing"), None)
    if named is not None:
        key = next((value for name, value in named.attributes.items() if name.endswith(":id")), "")
        relation = next((r for r in workbook.relations(sheet) if r.attributes.get("Id") == key), None)
        if relation is None:
            raise Refused(f"its part {sheet} names a drawing that is not there")
        drawing = workbook.target(sheet, relation)
        content = with_taller_boxes(workbook.read(drawing), added)
        if b"</xml>" not in content:
            raise Refused(f"its part {drawing} is written in a way that no spreadsheet program uses")
        workbook.write(drawing, with_boxes(content, new, block) if new else content)
        return
    if not new:
        return
    drawing = workbook.free_name("xl/drawings/vmlDrawing{}.vml")
    workbook.write(drawing, with_boxes(drawing_part(block), new, block))
    workbook.declare("Default", {"Extension": "vml", "ContentType": _DRAWING_TYPE})
    key = workbook.relate(sheet, f"{office}/vmlDrawing", drawing)
    part = workbook.read(sheet)
    after = next((place for place in top[1:] if place.depth == 1 and _follows_drawing(part, place)), None)
    element = f'<{top[0].prefix}legacyDrawing xmlns:r="{office}" r:id="{key}"/>'
    edit = put_in(part, top[0], element) if after is None else Edit(after.start, 0, element)
    workbook.write(sheet, edited(part, [edit]))


def _follows_drawing(part: bytes, place: Place) -> bool:
    """Whether an element of a sheet comes after legacyDrawing; of alternatives, what they hold decides."""
    if place.name == "AlternateContent":
        held = part[place.start : place.end]
        return any(name in held for name in (b"controls", b"oleObjects", b"picture", b"legacyDrawingHF"))
    return place.name in _AFTER_DRAWING


def _free_block(workbook: Parts) -> int:
    """The first block of 1,024 box numbers above those of every drawing of the workbook."""
    taken = [0]
    for name in workbook.names:
        if name.lower().endswith(".vml"):
            for data in re.findall(rb'<o:idmap\b[^>]*\bdata="([\d, ]*)"', workbook.read(name)):
                taken += [int(block) for block in data.split(b",") if block.strip()]
    return max(taken) + 1
