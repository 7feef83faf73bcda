"""Workbooks that are zip files (.xlsx, .xlsm, .ods): every part checked, and only what was checked handed on to be read."""

from __future__ import annotations

import copy
import io
import posixpath
import re
import zipfile
import zlib
from xml.etree import ElementTree

from lotsplit.workbook.grid import MOST_BYTES, Faults
from lotsplit.workbook.scan import Refused, parse, scan_ods_content, scan_xlsx_sheet

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, IndexError, KeyError)
_CHUNK = 1 << 20
# a workbook unpacks to ten or twenty times its size: one far beyond that, and large, is made to fill the memory
_LARGE, _MOST_TIMES = 100_000_000, 200
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def checked_parts(data: bytes) -> dict[str, bytes]:
    """The parts of a zip by name, unpacked whole with their checksums proven, media left out.

    Raises Refused: damaged, encrypted, or unpacked more than MOST_BYTES or than its own size lets expect, whatever the zip itself
    says of its sizes.
    """
    most = min(MOST_BYTES, max(_LARGE, _MOST_TIMES * len(data)))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > most:
                raise Refused(_too_large(most))
            if len({entry.filename for entry in entries}) < len(entries):
                raise Refused("damaged: two of its parts have the same name")
            if any(entry.flag_bits & 1 for entry in entries):
                raise Refused("encrypted: open it with its password and save it without one")
            return _unpacked(archive, entries, most)
    except _BROKEN as error:
        raise Refused(f"damaged: {_reason(error)}; save it anew in the program it comes from") from error


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], most: int) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        # A zip may understate a part's size: read on to its true end, which also proves the checksum of all of it.
        honest = copy.copy(entry)
        honest.file_size = 2 * MOST_BYTES
        keep = entry.filename.lower().endswith((".xml", ".rels", "mimetype"))
        chunks: list[bytes] = []
        with archive.open(honest) as part:
            while chunk := part.read(_CHUNK):
                total += len(chunk)
                if total > most:
                    raise Refused(_too_large(most))
                if keep:
                    chunks.append(chunk)
        parts[entry.filename] = b"".join(chunks)
    return parts


def _too_large(most: int) -> str:
    return f"unreasonably large: unpacked it holds more than {most // 10**6:,} MB"


def _reason(error: BaseException) -> str:
    text = str(error)
    if "CRC" in text:
        return "the checksum of a part of it is wrong"
    if isinstance(error, NotImplementedError):
        return "it is packed in a way that no spreadsheet program uses"
    return "it breaks off or part of it is broken"


def repacked(parts: dict[str, bytes]) -> bytes:
    """A zip of the given parts and no others."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return target.getvalue()


def open_xlsx(parts: dict[str, bytes]) -> tuple[bytes, dict[str, Faults]]:
    """The workbook with the checked parts alone, and what stands in each sheet that is no value. Raises Refused."""
    by_name = {name.lower(): name for name in parts}
    needed = ("[content_types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    for name in needed:
        if name not in by_name:
            raise Refused(f"damaged: it lacks the part {name}")
    kept = {name: parts[by_name[name.lower()]] for name in ("[Content_Types].xml", needed[1], needed[2])}
    for name in ("_rels/.rels", "xl/sharedStrings.xml", "xl/styles.xml"):
        if name.lower() in by_name:
            kept[name] = parts[by_name[name.lower()]]
    for part in kept.values():
        parse(part, _nothing)
    styles = _currency_styles(kept.get("xl/styles.xml", b""))
    faults: dict[str, Faults] = {}
    for sheet, target in _sheet_parts(kept[needed[1]], kept[needed[2]]):
        found = by_name.get(target.lower())
        if found is None:
            raise Refused(f'damaged: the part of sheet "{sheet}" is missing')
        kept[found] = parts[found]
        relations = by_name.get(
            posixpath.join(posixpath.dirname(found), "_rels", posixpath.basename(found) + ".rels").lower()
        )
        if relations is not None:
            parse(parts[relations], _nothing)
            kept[relations] = parts[relations]
        faults[sheet] = scan_xlsx_sheet(sheet, parts[found], styles)
    return repacked(kept), faults


def _nothing(name: str, attributes: dict[str, str]) -> None:
    """Parsing alone is the check."""


def _sheet_parts(workbook: bytes, relations: bytes) -> list[tuple[str, str]]:
    """Sheet names and the parts they are in, chart sheets included."""
    targets = {
        element.get("Id", ""): element.get("Target", "").replace("\\", "/")
        for element in ElementTree.fromstring(relations)
    }
    found = []
    for element in ElementTree.fromstring(workbook).iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        target = targets.get(next((v for k, v in element.attrib.items() if k.endswith("}id")), ""), "")
        if target:
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            found.append((element.get("name", ""), path))
    return found


# [$£-809] names a sign and a language, [$-409] a language alone. Formats up to 163 follow the reader's own country.
_CURRENCY_IN_FORMAT = re.compile(
    r'\[\$([^\]\-]+)(?:-[^\]]*)?\]|(?<!\[)([€£¥₹₺₴₦₱$])|"\s*([A-Z]{3}|[^\W\d_]{1,3}[$€£]?)\s*"'
)


def _currency_styles(styles: bytes) -> dict[str, str]:
    """Style number to the currency sign that its number format shows."""
    if not styles:
        return {}
    root = ElementTree.fromstring(styles)
    formats: dict[str, str] = {}
    numbers: list[str] = []
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmt" and len(element.get("numFmtId", "")) >= 3:
            match = _CURRENCY_IN_FORMAT.search(element.get("formatCode", ""))
            if match:
                formats[element.get("numFmtId", "")] = next(group for group in match.groups() if group).strip()
        elif tag == "cellXfs":
            numbers = [xf.get("numFmtId", "") for xf in element]
    return {str(style): formats[number] for style, number in enumerate(numbers) if number in formats}


def open_ods(parts: dict[str, bytes]) -> tuple[bytes, dict[str, Faults]]:
    """As open_xlsx, of an OpenDocument spreadsheet. Raises Refused."""
    content = parts.get("content.xml")
    manifest = parts.get("META-INF/manifest.xml", b"")
    if b"encryption-data" in manifest:
        raise Refused("encrypted: open it with its password and save it without one")
    if content is None or not manifest:
        raise Refused("damaged: it lacks the part content.xml or META-INF/manifest.xml")
    parse(manifest, _nothing)
    faults = scan_ods_content(content)
    return repacked({"mimetype": _ODS, "META-INF/manifest.xml": manifest, "content.xml": content}), faults
