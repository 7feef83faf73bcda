"""Notes on cells: what they say, and the XML of a note's text (comments part) and of its box (VML drawing part)."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

from lotsplit.problems import Problem, column_letters
from lotsplit.sheets import normalised
from lotsplit.workbook.grid import Address

AUTHOR = "lotsplit"
_NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
# Excel takes 32,767 characters in a cell's note.
_MOST_CHARACTERS = 30_000
_LINE = 44
_LAST_COLUMN, _LAST_ROW = 16_383, 1_048_575
_BOTTOM = re.compile(rb"(<x:Anchor>\s*(?:\d+\s*,\s*){6})(\d+)")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BOX_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"{spaces}>'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_BOX = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;visibility:hidden"'
    ' fillcolor="#ffffe1" o:insetmode="auto"{spaces}><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


def notes_of(problems: Sequence[Problem], sheets: Sequence[str]) -> dict[str, dict[Address, str]]:
    """The text of each note, by sheet (of those given, in the workbook's order) and cell (row, column, from 0).

    A problem of a whole row goes on its first cell, one of a whole sheet on A1, one of no sheet that the workbook has
    on A1 of the first. Only where it is not on its own cell does the note say where the problem is.
    """
    by_name = {normalised(name): name for name in reversed(sheets)} | {name: name for name in sheets}
    told: dict[tuple[str, Address], list[str]] = defaultdict(list)
    for problem in problems:
        source = problem.source
        sheet = None if source is None else by_name.get(source.sheet) or by_name.get(normalised(source.sheet))
        cell, on_its_cell = (0, 0), False
        if source is not None and sheet is not None and source.row is not None:
            cell = source.row, source.column or 0
            on_its_cell = source.column is not None
        sentence = str(replace(problem, source=None)) if on_its_cell else str(problem)
        told[sheet or sheets[0], cell].append(f"{'Error' if problem.stops else 'Warning'}: {sentence}")
    notes: dict[str, dict[Address, str]] = defaultdict(dict)
    for (sheet, cell), sentences in told.items():
        notes[sheet][cell] = _one_text(sentences)
    return {sheet: dict(sorted(notes[sheet].items())) for sheet in sheets if sheet in notes}


def _one_text(sentences: Sequence[str]) -> str:
    text = ""
    for number, sentence in enumerate(sentences):
        if number and len(text) + len(sentence) > _MOST_CHARACTERS:
            return f"{text}\n\nand {len(sentences) - number} more"
        text += ("\n\n" if text else "") + sentence[:_MOST_CHARACTERS]
    return text


def reference(cell: Address) -> str:
    """The address of a cell as Excel writes it: "F17"."""
    return f"{column_letters(cell[1])}{cell[0] + 1}"


def text_xml(text: str) -> str:
    """Text as the content of an element; characters that XML cannot hold become a mark."""
    return escape(_NO_XML.sub("\ufffd", text), quote=False)


def run_xml(text: str, prefix: str = "") -> str:
    """A run of text in a note, as Excel shows its own."""
    p = prefix
    return (
        f'<{p}r><{p}rPr><{p}sz val="9"/><{p}color indexed="81"/><{p}rFont val="Tahoma"/><{p}family val="2"/></{p}rPr>'
        f'<{p}t xml:space="preserve">{text_xml(text)}</{p}t></{p}r>'
    )


def comment_xml(cell: Address, text: str, author: int, prefix: str = "") -> str:
    """A note in the comments part, by the author with that number."""
    p = prefix
    return f'<{p}comment ref="{reference(cell)}" authorId="{author}"><{p}text>{run_xml(text, p)}</{p}text></{p}comment>'


def comments_part(namespace: str) -> bytes:
    """A comments part without notes."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{namespace}">'
        "<authors></authors><commentList></commentList></comments>"
    ).encode()


def drawing_part(block: int) -> bytes:
    """A VML drawing part without boxes, whose boxes are numbered from block * 1024 on."""
    spaces = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in _NAMESPACES.items())
    return (
        f'<xml{spaces}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{block}"/></o:shapelayout></xml>'
    ).encode()


def with_boxes(drawing: bytes, notes: Mapping[Address, str], block: int) -> bytes:
    """A VML drawing part with a hidden box for each note, at its end. VML need not be sound XML: it is taken as text.

    block: boxes are numbered from block * 1024 + 1 on; no other drawing of the workbook may have that block.
    """
    head, end, tail = drawing.rpartition(b"</xml>")
    root = head[: head.find(b">") + 1]
    spaces = "".join(f' xmlns:{p}="{name}"' for p, name in _NAMESPACES.items() if f"xmlns:{p}=".encode() not in root)
    boxes = [] if b'id="_x0000_t202"' in head else [_BOX_TYPE.format(spaces=spaces)]
    for number, (cell, text) in enumerate(notes.items(), start=block * 1024 + 1):
        row, column = cell
        boxes.append(_BOX.format(number=number, spaces=spaces, anchor=_anchor(cell, text), row=row, column=column))
    blocks = sorted({block + number // 1024 for number in range(1, len(notes) + 1)})
    head = re.sub(rb'(<o:idmap\b[^>]*\bdata=")([^"]*)"', lambda match: _idmap(match, blocks), head, count=1)
    return head + "".join(boxes).encode() + end + tail


def with_taller_boxes(drawing: bytes, additions: Mapping[Address, str]) -> bytes:
    """A VML drawing part in which the boxes of some cells have grown by as much as the text added to them needs."""

    def grown(box: re.Match[bytes]) -> bytes:
        row, column = (re.search(rb"<x:%s>(\d+)<" % name, box[0]) for name in (b"Row", b"Column"))
        if row is None or column is None or (int(row[1]), int(column[1])) not in additions:
            return box[0]
        more = _lines(additions[int(row[1]), int(column[1])]) + 1
        return _BOTTOM.sub(lambda m: m[1] + str(min(int(m[2]) + more, _LAST_ROW)).encode(), box[0], count=1)

    return re.sub(rb"<v:shape\b.*?</v:shape>", grown, drawing, flags=re.DOTALL)


def _idmap(match: re.Match[bytes], blocks: Sequence[int]) -> bytes:
    listed = [b for b in match.group(2).split(b",") if b.strip()]
    listed += [str(block).encode() for block in blocks if str(block).encode() not in listed]
    return match.group(1) + b",".join(listed) + b'"'


def _anchor(cell: Address, text: str) -> str:
    """A box right of the cell, four columns wide and as high as the text needs: eight numbers, as VML has them."""
    row, column = cell
    left = min(column + 1, _LAST_COLUMN - 4)
    top = max(0, row - 1)
    bottom = min(top + _lines(text) + 1, _LAST_ROW)
    return f"{left}, 15, {top}, 4, {left + 4}, 15, {bottom}, 4"


def _lines(text: str) -> int:
    """So many lines a text takes in a box; a long one ends in a box that has to be scrolled."""
    return min(30, sum(max(1, math.ceil(len(line) / _LINE)) for line in text.split("\n")))
