"""Workbooks of the old Excel (.xls): a small file system with one stream of records, checked before it is read."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from lotsplit.workbook.grid import Faults
from lotsplit.workbook.scan import Extent, Refused

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFE
_FREE = 0xFFFFFFFF
_FAT_SECTOR = 0xFFFFFFFD
_SECTOR = 4096
_DAMAGED = "damaged: its inner structure is broken; save it anew in the program it comes from"

_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}

# Records of one cell each, by number: NUMBER, LABEL, BOOLERR, RK, LABELSST, FORMULA. MULRK holds several.
_CELL_RECORDS = {0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x0006}
_MULRK, _BOOLERR, _FORMULA, _DIMENSIONS = 0x00BD, 0x0205, 0x0006, 0x0200
_BOF, _EOF, _BOUNDSHEET, _SST, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x00FC, 0x002F


def open_xls(data: bytes) -> tuple[bytes, list[Faults]]:
    """The workbook with its stream of records alone, and what stands in each sheet that is no value, in order.

    Raises Refused: damaged, encrypted, no workbook, or too far between the outermost cells of a sheet.
    """
    try:
        streams = _streams(data)
        for name in ("EncryptedPackage", "EncryptionInfo"):
            if name in streams:
                raise Refused("encrypted: open it with its password and save it without one")
        if "WordDocument" in streams or "PowerPoint Document" in streams:
            raise Refused("not a workbook: it is a text document or a presentation")
        stream = streams.get("Workbook", streams.get("Book"))
        if stream is None:
            raise Refused("not a workbook: it is another kind of old Office file")
        return _packed(stream), _look_through(stream)
    except (struct.error, IndexError) as error:
        raise Refused(_DAMAGED) from error


def _streams(data: bytes) -> dict[str, bytes]:
    """Every stream of an OLE file by name. Chains that run in circles or out of the file are Refused."""
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise Refused(_DAMAGED)
    size = 1 << shift
    directory, cutoff, mini_fat_start = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
    difat = list(struct.unpack_from("<109I", data, 76))
    following, seen = struct.unpack_from("<I", data, 68)[0], set()
    while following not in (_END, _FREE):
        if following in seen:
            raise Refused(_DAMAGED)
        seen.add(following)
        words = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        difat += words[:-1]
        following = words[-1]
    fat: list[int] = []
    for sector in difat:
        if sector != _FREE:
            fat += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)

    def chain(start: int, table: list[int], source: bytes, step: int, offset: int) -> bytes:
        pieces, visited, at = [], 0, start
        while at != _END:
            visited += 1
            if at >= len(table) or visited > len(table):
                raise Refused(_DAMAGED)
            pieces.append(source[at * step + offset : (at + 1) * step + offset])
            at = table[at]
        return b"".join(pieces)

    entries = chain(directory, fat, data, size, size)
    mini_fat: list[int] = []
    if mini_fat_start not in (_END, _FREE):
        raw = chain(mini_fat_start, fat, data, size, size)
        mini_fat = list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))
    mini = b""
    streams: dict[str, bytes] = {}
    for at in range(0, len(entries) - 127, 128):
        entry = entries[at : at + 128]
        length, kind = struct.unpack_from("<H", entry, 64)[0], entry[66]
        name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        start, extent = struct.unpack_from("<II", entry, 116)
        if kind == 5 and start not in (_END, _FREE):
            mini = chain(start, fat, data, size, size)
        elif kind == 2 and name in _WANTED and name not in streams:
            if extent < cutoff:
                streams[name] = chain(start, mini_fat, mini, 64, 0)[:extent] if extent else b""
            else:
                streams[name] = chain(start, fat, data, size, size)[:extent]
    return streams


_WANTED = {"Workbook", "Book", "EncryptedPackage", "EncryptionInfo", "WordDocument", "PowerPoint Document"}


def _records(stream: bytes, at: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Position, number and content of each record from a position to its EOF record."""
    while at + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        if at + 4 + length > len(stream):
            raise Refused(_DAMAGED)
        yield at, number, stream[at + 4 : at + 4 + length]
        if number == _EOF:
            return
        at += 4 + length
    raise Refused(_DAMAGED)


def _look_through(stream: bytes) -> list[Faults]:
    sheets: list[tuple[str, int]] = []
    first = True
    for _, number, content in _records(stream):
        if first and number != _BOF:
            raise Refused("not a workbook that can be read: it is older than Excel 5; save it as .xlsx")
        first = False
        if number == _FILEPASS:
            raise Refused("encrypted: open it with its password and save it without one")
        if number == _BOUNDSHEET:
            wide = content[7] & 1
            raw = content[8 : 8 + content[6] * (2 if wide else 1)]
            sheets.append(
                (raw.decode("utf-16-le" if wide else "latin-1", "replace"), struct.unpack_from("<I", content)[0])
            )
        # The number of strings is believed by readers before there is room for one: hold it against the file's size.
        if number == _SST and struct.unpack_from("<I", content, 4)[0] > len(stream) // 3:
            raise Refused(_DAMAGED)
    if len({at for _, at in sheets}) < len(sheets):
        raise Refused(_DAMAGED)
    return [_sheet_faults(name, stream, at) for name, at in sheets]


def _sheet_faults(name: str, stream: bytes, start: int) -> Faults:
    if struct.unpack_from("<H", stream, start)[0] != _BOF:
        raise Refused(_DAMAGED)
    faults, extent = Faults(), Extent(name)
    for _, number, content in _records(stream, start):
        if number in _CELL_RECORDS or number == _MULRK:
            row, column = struct.unpack_from("<HH", content)
            if column > 255:
                raise Refused(_DAMAGED)
            extent.take_in(row, column)
            if number == _MULRK:
                extent.take_in(row, struct.unpack_from("<H", content, len(content) - 2)[0])
            elif number == _BOOLERR and content[7]:
                faults.errors[row, column] = _ERRORS.get(content[6], "an error")
            elif number == _FORMULA and content[12:14] == b"\xff\xff" and content[6] == 2:
                faults.errors[row, column] = _ERRORS.get(content[8], "an error")
        elif number == _DIMENSIONS and len(content) == 14:
            top, bottom, left, right = struct.unpack_from("<IIHH", content)
            if bottom > 65536 or right > 256 or top > bottom or left > right:
                raise Refused(_DAMAGED)
    return faults


def _packed(stream: bytes) -> bytes:
    """An OLE file that holds one stream, named Workbook, and an empty sector for short streams: sectors of 4096 bytes."""
    stream = stream.ljust(_SECTOR, b"\0")
    count = -(-len(stream) // _SECTOR)
    per_fat = _SECTOR // 4
    fat_sectors = 1
    while fat_sectors * per_fat < count + 2 + fat_sectors:
        fat_sectors += 1
    if fat_sectors > 109:
        raise Refused("unreasonably large for an .xls workbook")
    directory, short, first_fat = count, count + 1, count + 2
    fat = [*range(1, count), _END, _END, _END] + [_FAT_SECTOR] * fat_sectors
    fat += [_FREE] * (fat_sectors * per_fat - len(fat))
    difat = [*range(first_fat, first_fat + fat_sectors)] + [_FREE] * (109 - fat_sectors)
    header = _OLE + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 4, 0xFFFE, 12, 6)
    header += struct.pack("<9I", 1, fat_sectors, directory, 0, 4096, _END, 0, _END, 0) + struct.pack("<109I", *difat)
    entries = _entry("Root Entry", 5, short, _SECTOR, child=1) + _entry("Workbook", 2, 0, len(stream))
    return b"".join(
        (
            header.ljust(_SECTOR, b"\0"),
            stream.ljust(count * _SECTOR, b"\0"),
            entries.ljust(_SECTOR, b"\0"),
            bytes(_SECTOR),
            struct.pack(f"<{len(fat)}I", *fat),
        )
    )


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    entry = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, _FREE, _FREE, child)
    return entry.ljust(116, b"\0") + struct.pack("<IQ", start, size)
