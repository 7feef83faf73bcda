"""Problems as notes on a copy of a workbook: on their cells, added to what stands there, everything else untouched."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
import xlsxwriter

from lotsplit.errors import Unreadable, Unwritable, WrongUsage
from lotsplit.problems import Kind, Problem, Source
from lotsplit.workbook.annotate import annotate

ERROR = Kind("date-order", "A window ends before it starts", True, "change one of the dates")
WARNING = Kind("no-match", "Matches no item", False, "check the spelling")
LATE = Problem(
    ERROR, Source("Items", 1, 2), "finish 2027-01 is before start 2027-06", "a later one", "swap <them> & go"
)
ODD = Problem(WARNING, Source("Items", 1, 2), 'region "Nord" matches no item')
LATE_NOTE = "Error: finish 2027-01 is before start 2027-06; expected a later one (swap <them> & go)"

Parts = dict[str, bytes]


def plan_file(path: Path) -> Path:
    """A workbook with a table, a drop-down, a chart, a picture of no consequence and a formula, without notes."""
    with xlsxwriter.Workbook(path) as workbook:
        packages = workbook.add_worksheet("Packages")
        packages.add_table(0, 0, 2, 1, {"columns": [{"header": "package_id"}, {"header": "title"}]})
        packages.write_row(1, 0, ["P1", "Roads"])
        items = workbook.add_worksheet("Items")
        items.write_row(0, 0, ["item_id", "package_id", "latest_finish"])
        items.write_row(1, 0, ["I1", "P1", "2027-01"])
        items.write_formula(2, 2, "=1+1", value=2)
        items.data_validation(1, 1, 9, 1, {"validate": "list", "source": ["P1"]})
        chart = workbook.add_chart({"type": "column"})
        chart.add_series({"values": "=Items!$C$2:$C$3"})
        items.insert_chart("F2", chart)
        workbook.add_worksheet("Suppliers").write(0, 0, "supplier_id")
    return path


def parts_of(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def write_parts(path: Path, parts: Parts) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def notes(path: Path, sheet: str) -> dict[str, str]:
    """The notes of a sheet as another program reads them."""
    cells = (cell for row in openpyxl.load_workbook(path)[sheet].iter_rows() for cell in row)
    return {cell.coordinate: cell.comment.text for cell in cells if cell.comment}


def boxes(drawing: bytes) -> list[tuple[int, int]]:
    """Row and column of each note box of a drawing, which must not have two of one number."""
    ids = [part.split(b'"')[0] for part in drawing.split(b'<v:shape id="')[1:]]
    assert len(set(ids)) == len(ids)
    rows = [int(part.split(b"<")[0]) for part in drawing.split(b"<x:Row>")[1:]]
    columns = [int(part.split(b"<")[0]) for part in drawing.split(b"<x:Column>")[1:]]
    return list(zip(rows, columns, strict=True))


def anchor(box: bytes) -> list[int]:
    return [int(number) for number in box.partition(b"<x:Anchor>")[2].partition(b"<")[0].split(b",")]


def test_a_problem_becomes_a_note_on_its_cell_and_all_else_stays(tmp_path: Path) -> None:
    source, target = plan_file(tmp_path / "plan.xlsx"), tmp_path / "marked.xlsx"
    annotate(source, target, [LATE, ODD])
    assert notes(target, "Items") == {"C2": f'{LATE_NOTE}\n\nWarning: region "Nord" matches no item'}
    assert notes(target, "Packages") == notes(target, "Suppliers") == {}
    before, after = parts_of(source), parts_of(target)
    assert list(after)[: len(before)] == list(before)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/_rels/sheet2.xml.rels",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }
    added = (
        b'<legacyDrawing xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId3"/>'
    )
    sheet = after["xl/worksheets/sheet2.xml"]
    assert sheet.replace(added, b"") == before["xl/worksheets/sheet2.xml"]
    assert sheet.index(b"<drawing ") < sheet.index(b"<legacyDrawing ")
    assert boxes(after["xl/drawings/vmlDrawing1.vml"]) == [(1, 2)]
    for name, part in after.items():
        if name.endswith((".xml", ".rels", ".vml")):
            ElementTree.fromstring(part)


def test_the_drawing_stands_before_the_tables_as_the_schema_asks(tmp_path: Path) -> None:
    source, target = plan_file(tmp_path / "plan.xlsx"), tmp_path / "marked.xlsx"
    annotate(source, target, [Problem(ERROR, Source("Packages", 2, 1), "no title")])
    sheet = parts_of(target)["xl/worksheets/sheet1.xml"]
    assert sheet.index(b"<pageMargins") < sheet.index(b"<legacyDrawing ") < sheet.index(b"<tableParts")
    assert notes(target, "Packages") == {"B3": "Error: no title"}


def test_problems_without_a_cell_go_where_they_are_seen(tmp_path: Path) -> None:
    source, target = plan_file(tmp_path / "plan.xlsx"), tmp_path / "marked.xlsx"
    problems = [
        Problem(ERROR, Source("suppliers"), "there is no column size"),
        Problem(ERROR, Source("Items", 2), "figures but no key"),
        Problem(ERROR, Source("Budgets", 4, 1), "no ceiling"),
        Problem(WARNING, None, "the plan has no date"),
    ]
    annotate(source, target, problems)
    assert notes(target, "Suppliers") == {"A1": "Error: suppliers: there is no column size"}
    assert notes(target, "Items") == {"A3": "Error: Items!row 3: figures but no key"}
    assert notes(target, "Packages") == {
        "A1": "Error: Budgets!B5: no ceiling\n\nWarning: the plan has no date",
    }


def test_sheets_are_found_by_name_whatever_their_order_and_spelling(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "plan.xlsx") as workbook:
        for name in ("lot ITEMS", "items", "Items "):
            workbook.add_worksheet(name).write(0, 0, name)
    annotate(
        tmp_path / "plan.xlsx",
        tmp_path / "marked.xlsx",
        [
            Problem(ERROR, Source("Lot items", 0, 0), "one"),
            Problem(ERROR, Source("Items ", 0, 0), "two"),
            Problem(ERROR, Source("Items", 0, 0), "three"),
        ],
    )
    assert [notes(tmp_path / "marked.xlsx", name) for name in ("lot ITEMS", "items", "Items ")] == [
        {"A1": "Error: one"},
        {"A1": "Error: three"},
        {"A1": "Error: two"},
    ]


def noted_file(path: Path) -> Path:
    """A workbook with notes of its own on two sheets."""
    with xlsxwriter.Workbook(path) as workbook:
        for name in ("Packages", "Items"):
            sheet = workbook.add_worksheet(name)
            sheet.write_row(1, 0, [1, 2, 3])
            sheet.write_comment("A1", "ask Ann", {"author": "Bob", "visible": True})
            sheet.write_comment("C2", "from the survey", {"author": "Bob"})
    return path


def test_existing_notes_are_kept_and_added_to(tmp_path: Path) -> None:
    source, target = noted_file(tmp_path / "plan.xlsx"), tmp_path / "marked.xlsx"
    annotate(source, target, [LATE, Problem(ERROR, Source("Items", 1, 0), "no key")])
    assert notes(target, "Items") == {
        "A1": "ask Ann",
        "C2": f"from the survey\n\n{LATE_NOTE}",
        "A2": "Error: no key",
    }
    assert notes(target, "Packages") == {"A1": "ask Ann", "C2": "from the survey"}
    before, after = parts_of(source), parts_of(target)
    assert set(before) == set(after)
    changed = {name for name in after if before[name] != after[name]}
    assert changed == {"xl/comments2.xml", "xl/drawings/vmlDrawing2.vml"}
    drawing = after["xl/drawings/vmlDrawing2.vml"]
    assert boxes(drawing) == [(0, 0), (1, 2), (1, 0)]
    assert b'data="2,3"' in drawing
    # The box of the note that was added to has grown; that of the other has not.
    old = [anchor(box) for box in before["xl/drawings/vmlDrawing2.vml"].split(b"</v:shape>")[:2]]
    now = [anchor(box) for box in drawing.split(b"</v:shape>")[:2]]
    assert now[0] == old[0]
    assert now[1][:6] == old[1][:6]
    assert now[1][6] == old[1][6] + 3
    assert b"_x0000_s3073" in drawing
    assert [c.comment.author for c in openpyxl.load_workbook(target)["Items"]["A"] if c.comment] == ["Bob", "lotsplit"]


def test_absolute_addresses_prefixes_and_plain_text_notes(tmp_path: Path) -> None:
    """As other programs write them: <x:worksheet>, targets from the root of the file, a note without runs."""
    parts = parts_of(noted_file(tmp_path / "plan.xlsx"))
    rels = "xl/worksheets/_rels/sheet2.xml.rels"
    parts[rels] = parts[rels].replace(b"../", b"/xl/")
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"worksheets/", b"/xl/worksheets/"
    )
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/comments2.xml"] = (
        f'<x:comments xmlns:x="{spreadsheet}"><x:authors><x:author/></x:authors><x:commentList>'
        '<x:comment ref="A1" authorId="0"><x:text><x:t>plain</x:t></x:text></x:comment>'
        '<x:comment ref="C2" authorId="0"><x:text/></x:comment></x:commentList></x:comments>'
    ).encode()
    source, target = write_parts(tmp_path / "other.xlsx", parts), tmp_path / "marked.xlsx"
    annotate(
        source,
        target,
        [LATE, Problem(ERROR, Source("Items", 0, 0), "one"), Problem(ERROR, Source("Items", 5, 0), "two")],
    )
    assert notes(target, "Items") == {"A1": "plain\n\nError: one", "C2": f"\n\n{LATE_NOTE}", "A6": "Error: two"}
    part = parts_of(target)["xl/comments2.xml"]
    assert b"<x:text><x:r><x:t>plain</x:t></x:r><x:r>" in part
    assert b"<x:author/><x:author>lotsplit</x:author>" in part


def test_a_sheet_written_with_prefixes_gets_its_drawing(tmp_path: Path) -> None:
    parts = parts_of(plan_file(tmp_path / "plan.xlsx"))
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/worksheets/sheet3.xml"] = f'<x:worksheet xmlns:x="{spreadsheet}"><x:sheetData/></x:worksheet>'.encode()
    source, target = write_parts(tmp_path / "other.xlsx", parts), tmp_path / "marked.xlsx"
    annotate(source, target, [Problem(ERROR, Source("Suppliers", 2, 1), "one")])
    assert notes(target, "Suppliers") == {"B3": "Error: one"}
    assert b"<x:sheetData/><x:legacyDrawing xmlns:r=" in parts_of(target)["xl/worksheets/sheet3.xml"]


def test_buttons_drawn_the_old_way_stay_although_their_drawing_is_no_sound_xml(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "plan.xlsx") as workbook:
        workbook.add_worksheet("Items").insert_button("E1", {"caption": "Go"})
    parts = parts_of(tmp_path / "plan.xlsx")
    drawing = "xl/drawings/vmlDrawing1.vml"
    # Excel itself writes line breaks in a caption so.
    parts[drawing] = parts[drawing].replace(b">Go<", b">Go<br>on<")
    assert b"<br>" in parts[drawing]
    source, target = write_parts(tmp_path / "buttons.xlsx", parts), tmp_path / "marked.xlsx"
    annotate(source, target, [LATE])
    after = parts_of(target)
    head, _, _ = parts[drawing].partition(b"</xml>")
    assert b'data="1"' in head
    assert after[drawing].startswith(head.replace(b'data="1"', b'data="1,2"'))
    assert after[drawing].count(b'<v:shapetype id="_x0000_t202"') == 1
    assert after[drawing].count(b'ObjectType="Note"') == 1
    assert after["xl/worksheets/sheet1.xml"] == parts["xl/worksheets/sheet1.xml"]
    assert (
        LATE_NOTE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode() in after["xl/comments1.xml"]
    )


THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
KINDS = "http://schemas.microsoft.com/office/2017/10/relationships"


def test_a_thread_gets_a_reply(tmp_path: Path) -> None:
    parts = parts_of(noted_file(tmp_path / "plan.xlsx"))
    end = b"</Relationships>"
    rels = "xl/worksheets/_rels/sheet2.xml.rels"
    thread = (
        f'<Relationship Id="rId9" Type="{KINDS}/threadedComment" Target="../threadedComments/threadedComment1.xml"/>'
    )
    person = f'<Relationship Id="rId99" Type="{KINDS}/person" Target="persons/person.xml"/>'
    parts[rels] = parts[rels].replace(end, thread.encode() + end)
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(end, person.encode() + end)
    parts["xl/persons/person.xml"] = (
        f'<personList xmlns="{THREADS}"><person displayName="Bob" id="{{1}}"/></personList>'.encode()
    )
    parts["xl/threadedComments/threadedComment1.xml"] = (
        f'<ThreadedComments xmlns="{THREADS}"><threadedComment ref="C2" dT="2026-01-01T00:00:00.00" personId="{{1}}" id="{{A}}">'
        '<text>from the survey</text></threadedComment><threadedComment ref="C2" personId="{1}" id="{B}" parentId="{A}">'
        "<text>sure?</text></threadedComment></ThreadedComments>"
    ).encode()
    source, target = write_parts(tmp_path / "threads.xlsx", parts), tmp_path / "marked.xlsx"
    annotate(source, target, [LATE, Problem(ERROR, Source("Items", 0, 0), "one")])
    after = parts_of(target)
    threads = ElementTree.fromstring(after["xl/threadedComments/threadedComment1.xml"])
    people = {p.get("displayName"): p.get("id") for p in ElementTree.fromstring(after["xl/persons/person.xml"])}
    replies = [
        (c.get("ref"), c.get("parentId"), c.get("personId"), c[0].text) for c in threads if c.get("personId") != "{1}"
    ]
    assert replies == [("C2", "{A}", people["lotsplit"], LATE_NOTE)]
    assert len({c.get("id") for c in threads}) == 3
    assert notes(target, "Items") == {
        "A1": "ask Ann\n\nError: one",
        "C2": f"from the survey\nReply:\n    {LATE_NOTE}",
    }


def test_more_problems_than_a_note_holds(tmp_path: Path) -> None:
    source, target = plan_file(tmp_path / "plan.xlsx"), tmp_path / "marked.xlsx"
    many = [Problem(ERROR, Source("Items"), f"problem {n:05d} of {'many ' * 8}") for n in range(2000)]
    annotate(source, target, many)
    text = notes(target, "Items")["A1"]
    assert len(text) < 32_767
    shown = text.count("problem ")
    assert text.endswith(f"and {2000 - shown} more")


def test_more_notes_than_a_block_of_boxes_holds(tmp_path: Path) -> None:
    source, target = noted_file(tmp_path / "plan.xlsx"), tmp_path / "marked.xlsx"
    problems = [Problem(ERROR, Source(sheet, n, 5), "x") for sheet in ("Packages", "Items") for n in range(1500)]
    annotate(source, target, problems)
    drawings = [parts_of(target)[f"xl/drawings/vmlDrawing{n}.vml"] for n in (1, 2)]
    assert [len(boxes(drawing)) for drawing in drawings] == [1502, 1502]
    boxes(b"".join(drawings))
    assert b'data="1,3,4"' in drawings[0]
    assert b'data="2,5,6"' in drawings[1]


def test_characters_that_xml_cannot_hold(tmp_path: Path) -> None:
    source, target = plan_file(tmp_path / "plan.xlsx"), tmp_path / "marked.xlsx"
    annotate(source, target, [Problem(ERROR, Source("Items", 1, 0), 'key "a\x0bé€\U0001f6a7\ud800"')])
    assert notes(target, "Items") == {"A2": 'Error: key "a\ufffdé€\U0001f6a7\ufffd"'}


def test_a_copy_without_problems_is_the_same(tmp_path: Path) -> None:
    source, target = noted_file(tmp_path / "plan.xlsx"), tmp_path / "marked.xlsx"
    annotate(source, target, [])
    assert list(parts_of(target).items()) == list(parts_of(source).items())


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "plan.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "only .xlsx and .xlsm workbooks can be annotated",
        ),
        ("plan.ods", None, "only .xlsx and .xlsm workbooks can be annotated"),
        ("plan.csv", b"a;b\n1;2\n", "only .xlsx and .xlsm workbooks can be annotated"),
    ],
)
def test_other_kinds_of_file_are_refused(tmp_path: Path, name: str, content: bytes | None, expected: str) -> None:
    source = tmp_path / name
    if content is None:
        write_parts(source, {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"})
    else:
        source.write_bytes(content)
    with pytest.raises(WrongUsage, match=expected):
        annotate(source, tmp_path / f"marked{source.suffix}", [LATE])
    assert not (tmp_path / f"marked{source.suffix}").exists()


def test_a_folder_of_csv_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    with pytest.raises(WrongUsage, match=r"is a folder: only \.xlsx and \.xlsm"):
        annotate(tmp_path / "plan", tmp_path / "marked.xlsx", [LATE])


def test_a_copy_of_another_kind_is_refused(tmp_path: Path) -> None:
    source = plan_file(tmp_path / "plan.xlsm")
    with pytest.raises(WrongUsage, match=r"must end in \.xlsm too"):
        annotate(source, tmp_path / "marked.xlsx", [LATE])


def test_damaged_and_missing_files_are_told_in_one_line(tmp_path: Path) -> None:
    source = plan_file(tmp_path / "plan.xlsx")
    data = bytearray(source.read_bytes())
    data[len(data) // 3] ^= 0xFF
    (tmp_path / "bad.xlsx").write_bytes(data)
    with pytest.raises(Unreadable, match="damaged"):
        annotate(tmp_path / "bad.xlsx", tmp_path / "marked.xlsx", [LATE])
    with pytest.raises(Unreadable, match="cannot be read"):
        annotate(tmp_path / "none.xlsx", tmp_path / "marked.xlsx", [LATE])
    parts = parts_of(source)
    del parts["xl/worksheets/sheet2.xml"]
    with pytest.raises(Unreadable, match="it lacks the part"):
        annotate(write_parts(tmp_path / "part.xlsx", parts), tmp_path / "marked.xlsx", [LATE])
    assert not (tmp_path / "marked.xlsx").exists()


def test_a_missing_folder_is_told_in_one_line(tmp_path: Path) -> None:
    source = plan_file(tmp_path / "plan.xlsx")
    with pytest.raises(Unwritable, match="does not exist"):
        annotate(source, tmp_path / "nowhere" / "marked.xlsx", [LATE])


def test_macros_and_pictures_stay(tmp_path: Path) -> None:
    parts = parts_of(plan_file(tmp_path / "plan.xlsx"))
    parts |= {"xl/vbaProject.bin": bytes(range(256)) * 20, "xl/media/image1.png": b"\x89PNG" + bytes(range(256))}
    source, target = write_parts(tmp_path / "macros.xlsm", parts), tmp_path / "marked.xlsm"
    annotate(source, target, [LATE])
    after = parts_of(target)
    assert {name: after[name] for name in ("xl/vbaProject.bin", "xl/media/image1.png")} == {
        name: parts[name] for name in ("xl/vbaProject.bin", "xl/media/image1.png")
    }
