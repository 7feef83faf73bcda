"""What a file is, whether it is whole, whether it is reasonably large: told apart in one line each, and nothing crashes."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt

from lotsplit.errors import Unreadable
from lotsplit.workbook import zips
from lotsplit.workbook.files import delimiter_of, open_book
from lotsplit.workbook.oldexcel import _packed

SMALL = "Packages\n| package_id | title | value |\n| A | Paper | 5 |"


def read_all(path: Path) -> None:
    book = open_book(path)
    for name in book.sheet_names:
        book.read(name)


def refusal(path: Path) -> str:
    """The one line that an officer is told."""
    with pytest.raises(Unreadable) as refused:
        read_all(path)
    line = str(refused.value)
    assert "\n" not in line
    assert path.name in line
    return line


def rezip(source: Path, target: Path, **changed: str) -> Path:
    """A copy of a workbook with some of its parts changed: the part's name with _ for / and . and what it says."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = changed.get(name.replace("/", "_").replace(".", "_"))
            new.writestr(name, old.read(name) if text is None else text)
    return target


def sheet_xml(cells: str, before: str = "") -> str:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\0" * 500, "empty"),
        (b"%PDF-1.7 whatever", "it is a PDF"),
        (b"\xef\xbb\xbf<html><table>", "it is a web page"),
        (b"package_id;title\nA;B\n", "not a workbook but text"),
        (b"\x01\x02\x03\x04", "neither .xlsx, .xlsm, .xls nor .ods"),
        (b"PK\x03\x04 and then nothing of the kind", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000, "damaged"),
    ],
)
def test_files_that_are_no_workbooks(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(content)
    assert said in refusal(path)


def test_a_missing_file_and_an_empty_folder(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "plan.xlsx")
    assert "there are no CSV files" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("word/document.xml", "it is a Word document"),
        ("ppt/presentation.xml", "it is a presentation"),
        ("xl/workbook.bin", ".xlsb"),
        ("readme.txt", "an archive of other files"),
    ],
)
def test_other_zips(tmp_path: Path, part: str, said: str) -> None:
    path = tmp_path / "plan.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "x")
    assert said in refusal(path)


def test_a_truncated_workbook_is_damaged(tmp_path: Path, plan_file: Callable[[str], Path]) -> None:
    data = plan_file(SMALL).read_bytes()
    path = tmp_path / "half.xlsx"
    for length in (30, len(data) // 2, len(data) - 5):
        path.write_bytes(data[:length])
        assert "damaged" in refusal(path)


def test_a_changed_byte_is_found_by_its_checksum(tmp_path: Path, plan_file: Callable[[str], Path]) -> None:
    """A workbook with one digit changed behind the checksum's back would be read as another value."""
    stored = tmp_path / "stored.xlsx"
    with zipfile.ZipFile(plan_file(SMALL)) as old, zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert open_book(stored).read("Packages").at(1, 2) == 5
    data = stored.read_bytes()
    assert data.count(b"<v>5</v>") == 1
    stored.write_bytes(data.replace(b"<v>5</v>", b"<v>6</v>"))
    assert "checksum" in refusal(stored)


def test_encrypted_workbooks(tmp_path: Path, plan_file: Callable[[str], Path]) -> None:
    path = tmp_path / "secret.xlsx"
    # An encrypted workbook is an old file whose one stream has this name.
    data = bytearray(_packed(b"\0" * 5000))
    at = data.index("Workbook".encode("utf-16-le"))
    name = "EncryptedPackage\0".encode("utf-16-le")
    data[at : at + len(name)] = name
    data[at + 64 : at + 66] = struct.pack("<H", len(name))
    path.write_bytes(bytes(data))
    assert "encrypted" in refusal(path)

    flagged = bytearray(plan_file(SMALL).read_bytes())
    central = flagged.index(b"PK\x01\x02")
    flagged[central + 8] |= 1
    path.write_bytes(bytes(flagged))
    assert "encrypted" in refusal(path)


def test_far_cells_are_refused_before_they_take_memory(tmp_path: Path, plan_file: Callable[[str], Path]) -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    path = rezip(plan_file(SMALL), tmp_path / "far.xlsx", xl_worksheets_sheet1_xml=sheet_xml(far))
    said = refusal(path)
    assert "unreasonably large" in said
    assert '"Packages" (A1 and XFD1048576)' in said


def test_far_cells_that_hold_nothing_do_no_harm(tmp_path: Path, plan_file: Callable[[str], Path]) -> None:
    styled = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    path = rezip(plan_file(SMALL), tmp_path / "styled.xlsx", xl_worksheets_sheet1_xml=sheet_xml(styled))
    assert open_book(path).read("Packages").rows == [[1.0]]


def test_cells_without_addresses_are_counted_too(tmp_path: Path, plan_file: Callable[[str], Path]) -> None:
    far = '<row><c><v>1</v></c></row><row r="1048576"><c r="XFC1048576"/><c><v>2</v></c></row>'
    path = rezip(plan_file(SMALL), tmp_path / "far.xlsx", xl_worksheets_sheet1_xml=sheet_xml(far))
    assert "(A1 and XFD1048576)" in refusal(path)


@pytest.mark.parametrize("honest", [True, False])
def test_a_zip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, honest: bool) -> None:
    """Whether it owns up to what it unpacks to or not; tried with a limit of 10 MB instead of 1 GB."""
    monkeypatch.setattr(zips, "MOST_BYTES", 10_000_000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 11_000_000)
    if not honest:
        data = bytearray(path.read_bytes())
        central = data.index(b"PK\x01\x02")
        data[central + 24 : central + 28] = struct.pack("<I", 10)
        path.write_bytes(bytes(data))
    assert path.stat().st_size < 100_000
    assert "unreasonably large: unpacked" in refusal(path)


def test_a_part_of_spaces_far_larger_than_its_file_is_refused(
    tmp_path: Path, plan_file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below the limit of any file: reading 750 MB of spaces between the cells of a sheet took 3 GB. Tried with less."""
    monkeypatch.setattr(zips, "_LARGE", 1_000_000)
    path = rezip(plan_file(SMALL), tmp_path / "spaces.xlsx", xl_worksheets_sheet1_xml=sheet_xml(" " * 30_000_000))
    assert 200 * path.stat().st_size < 30_000_000
    assert "unreasonably large: unpacked" in refusal(path)


def test_a_zip_that_understates_its_size_is_not_believed(tmp_path: Path, plan_file: Callable[[str], Path]) -> None:
    data = bytearray(plan_file(SMALL).read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 10)
    path = tmp_path / "understated.xlsx"
    path.write_bytes(bytes(data))
    # Read to its true end, the part has the checksum it should, and is whole.
    assert open_book(path).read("Packages").at(1, 0) == "A"


def test_entities_are_refused_and_nothing_is_fetched(tmp_path: Path, plan_file: Callable[[str], Path]) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("42")
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>'
    path = rezip(plan_file(SMALL), tmp_path / "entity.xlsx", xl_worksheets_sheet1_xml=sheet_xml(cells, doctype))
    assert "document type" in refusal(path)
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst/>'
    path = rezip(plan_file(SMALL), tmp_path / "laughs.xlsx", xl_sharedStrings_xml=laughs)
    assert "document type" in refusal(path)


def test_broken_xml_is_damaged(tmp_path: Path, plan_file: Callable[[str], Path]) -> None:
    path = rezip(plan_file(SMALL), tmp_path / "cut.xlsx", xl_worksheets_sheet1_xml=sheet_xml("<row r='1'>"))
    assert "damaged" in refusal(path)
    path = rezip(
        plan_file(SMALL), tmp_path / "odd.xlsx", xl_worksheets_sheet1_xml=sheet_xml('<row r="1"><c r="1A"/></row>')
    )
    assert "damaged" in refusal(path)


def test_error_cells_and_formulas_are_found_with_their_addresses(
    tmp_path: Path, plan_file: Callable[[str], Path]
) -> None:
    cells = (
        '<row r="2"><c r="B2" t="e"><f>NA()</f><v>#N/A</v></c><c r="C2"><f>A1</f></c><c r="D2"><f>A1</f><v></v></c>'
        '<c r="E2" t="str"><f>""</f><v></v></c><c r="F2"><f>1</f><v>1</v></c></row>'
    )
    path = rezip(plan_file(SMALL), tmp_path / "errors.xlsx", xl_worksheets_sheet1_xml=sheet_xml(cells))
    faults = open_book(path).read("Packages").faults
    assert faults.errors == {(1, 1): "#N/A"}
    assert faults.uncalculated == {(1, 2), (1, 3)}


def xls_workbook() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("Packages")
    for column, text in enumerate(("package_id", "title", "value")):
        page.write(0, column, text)
    page.write(1, 0, "007")
    page.write(1, 1, "NA")
    page.write(1, 2, 12.5)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_an_old_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.xls"
    path.write_bytes(xls_workbook())
    assert open_book(path).read("Packages").rows == [["package_id", "title", "value"], ["007", "NA", 12.5]]


def test_an_old_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(xls_workbook())
    assert open_book(path).read("Packages").at(1, 0) == "007"


def test_old_workbooks_with_hostile_records(tmp_path: Path) -> None:
    """Numbers that a reader would reserve memory by before it has looked, and chains that run in a circle."""
    path = tmp_path / "plan.xls"
    data = xls_workbook()
    number = struct.pack("<HHHH", 0x027E, 10, 1, 2)
    far = data.replace(number, struct.pack("<HHHH", 0x027E, 10, 65535, 60000))
    assert far != data
    path.write_bytes(far)
    assert "damaged" in refusal(path)

    at = data.index(struct.pack("<HH", 0x0200, 14))
    path.write_bytes(data[: at + 4] + struct.pack("<IIHH", 0, 0xFFFFFFFF, 0, 0xFFFF) + data[at + 16 :])
    assert "damaged" in refusal(path)

    at = data.index(struct.pack("<H", 0x00FC), 512)
    path.write_bytes(data[: at + 8] + struct.pack("<I", 0x7FFFFFFF) + data[at + 12 :])
    assert "damaged" in refusal(path)

    # The first sector of the stream follows itself.
    fat = (struct.unpack_from("<I", data, 76)[0] + 1) * 512
    path.write_bytes(data[:fat] + struct.pack("<I", 0) + data[fat + 4 :])
    assert "damaged" in refusal(path)


def test_old_workbooks_of_many_sectors_are_repacked_whole() -> None:
    stream = bytes(range(256)) * 40_000
    packed = _packed(stream)
    assert stream in packed
    assert len(packed) < len(stream) + 30_000


ODS = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="Packages">{rows}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)
MANIFEST = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{inside}</m:manifest>'
TEXT = '<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def ods(path: Path, rows: str, manifest: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST.format(inside=manifest))
        archive.writestr("content.xml", ODS.format(rows=rows))
    return path


def cell(text: str, more: str = "") -> str:
    return TEXT.format(text=text, more=more)


def row(cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


def test_an_open_document_sheet_keeps_its_addresses(tmp_path: Path) -> None:
    path = ods(
        tmp_path / "plan.ods",
        row("<table:table-cell/>", 3) + row("<table:table-cell/>" + cell("a"), 2) + row("", 99999),
    )
    grid = open_book(path).read("Packages")
    assert (grid.top, grid.left, grid.rows) == (3, 1, [["a"], ["a"]])


def test_open_document_errors_formulas_and_merged_cells(tmp_path: Path) -> None:
    error = cell("#N/A", ' table:formula="of:=NA()" calcext:value-type="error" table:number-columns-repeated="2"')
    fresh = '<table:table-cell table:formula="of:=1"/>'
    merged = cell("a", ' table:number-rows-spanned="2" table:number-columns-spanned="1"')
    path = ods(tmp_path / "plan.ods", row(error + fresh + merged) + row(cell("b") + "<table:covered-table-cell/>"))
    grid = open_book(path).read("Packages")
    assert grid.faults.errors == {(0, 0): "#N/A", (0, 1): "#N/A"}
    assert grid.faults.uncalculated == {(0, 2)}
    assert grid.merged == {(0, 3): ((0, 3), (1, 3)), (1, 3): ((0, 3), (1, 3))}


@pytest.mark.parametrize(
    "rows",
    [
        row(cell("a", ' table:number-columns-repeated="900000000"')),
        row(cell("a") * 30, 1_000_000),
        row(cell("a"))
        + row("", 1_000_000_000 - 1)
        + row('<table:table-cell table:number-columns-repeated="99"/>' + cell("b")),
        row('<table:table-cell office:string-value="x" table:number-columns-repeated="900000000"/>'),
        row(cell('a<text:s text:c="900000000"/>')),
    ],
)
def test_repeated_cells_are_counted(tmp_path: Path, rows: str) -> None:
    assert "unreasonably large" in refusal(ods(tmp_path / "plan.ods", rows))


def test_an_encrypted_open_document(tmp_path: Path) -> None:
    path = ods(tmp_path / "plan.ods", row(cell("a")), "<m:file-entry><m:encryption-data/></m:file-entry>")
    assert "encrypted" in refusal(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_folder_of_csv_files(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [["package_id", "title", "value"], ["P1", "Straße", "5"], [], ["P2", '"Brücke; neu, lang"', ""]]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    (tmp_path / "Packages.csv").write_bytes(text.encode(encoding))
    (tmp_path / "notes.txt").write_text("not read")
    book = open_book(tmp_path)
    assert book.sheet_names == ("Packages",)
    grid = book.read("Packages")
    assert grid.rows[1] == ["P1", "Straße", "5"]
    assert grid.rows[2] == [None, None, None]
    assert grid.at(3, 1) == "Brücke; neu, lang"


def test_a_csv_file_that_is_none(tmp_path: Path, plan_file: Callable[[str], Path]) -> None:
    (tmp_path / "Packages.csv").write_bytes(plan_file(SMALL).read_bytes())
    with pytest.raises(Unreadable, match=r"Packages\.csv: not a CSV file"):
        open_book(tmp_path).read("Packages")


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b;c\n1,5;2,5;3\n", ";"),
        ("a,b,c\n1.5,2;5,3\n", ","),
        ("a\tb\n1,5\t2;3\n", "\t"),
        ("title, and more\na;b\n1;2\n", ";"),
        ("", ";"),
        ("alone\nalone\n", ";"),
    ],
)
def test_the_delimiter_is_the_one_that_splits_the_lines_alike(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


def test_the_sum_of_a_folder_is_that_of_its_files_in_order_of_name(tmp_path: Path) -> None:
    (tmp_path / "Packages.csv").write_bytes(b"p")
    (tmp_path / "Items.csv").write_bytes(b"i")
    assert open_book(tmp_path).sha256 == hashlib.sha256(b"ip").hexdigest()


def test_two_csv_files_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "Items.csv").write_text("a")
    (tmp_path / "Items.CSV").write_text("b")
    if len(list(tmp_path.iterdir())) == 2:
        assert "differ only in how .csv is written" in refusal(tmp_path)


def test_a_device_is_not_read() -> None:
    device = Path("/dev/zero")
    if device.exists():
        assert "not a file" in refusal(device)
