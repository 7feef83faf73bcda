"""The parts of a workbook that is a zip: found by their relations, changed or added one by one, the others left as they are."""

from __future__ import annotations

import copy
import io
import posixpath
import zipfile
from collections.abc import Mapping

from lotsplit.workbook.places import Place, edited, places, put_in
from lotsplit.workbook.scan import Refused

_NO_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
WORKBOOK = "xl/workbook.xml"


class Parts:
    """The parts of an .xlsx or .xlsm workbook and what was changed of them. Names are matched without regard to case.

    data: the file, already checked (workbook.zips). sheets: sheet name to part, in the workbook's order, sheets of
    cells only. Raises Refused when the workbook has none.
    """

    def __init__(self, data: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._by_name = {name.lower(): name for name in self._zip.namelist()}
        self._changed: dict[str, bytes] = {}
        related = {relation.attributes.get("Id"): relation for relation in self.relations(WORKBOOK)}
        self.sheets: dict[str, str] = {}
        for place in places(self.read(WORKBOOK)):
            relation = related.get(next((v for k, v in place.attributes.items() if k.endswith(":id")), ""))
            if place.name == "sheet" and relation is not None and kind_of(relation) == "worksheet":
                self.sheets[place.attributes.get("name", "")] = self.target(WORKBOOK, relation)
        if not self.sheets:
            raise Refused("it has no sheet of cells")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, as they are spelled."""
        return tuple(self._by_name.values())

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part.lower() in self._by_name

    def read(self, part: str) -> bytes:
        """What a part holds now. Raises Refused when there is none."""
        name = self._by_name.get(part.lower())
        if name is None:
            raise Refused(f"it lacks the part {part}")
        return self._changed[name] if name in self._changed else self._zip.read(name)

    def write(self, part: str, content: bytes) -> None:
        """Changes or adds a part."""
        self._changed[self._by_name.setdefault(part.lower(), part)] = content

    def free_name(self, pattern: str) -> str:
        """A numbered part name that is not taken; `{}` in the pattern stands for the number."""
        number = 1
        while self.has(pattern.format(number)):
            number += 1
        return pattern.format(number)

    def relations(self, part: str) -> list[Place]:
        """The relations of a part to others of the workbook."""
        if not self.has(_relations_of(part)):
            return []
        return [
            place
            for place in places(self.read(_relations_of(part)))
            if place.name == "Relationship" and place.attributes.get("TargetMode") != "External"
        ]

    def target(self, part: str, relation: Place) -> str:
        """The part that a relation of a part leads to: its address is absolute, or relative to the part's folder."""
        target = relation.attributes.get("Target", "").replace("\\", "/")
        return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")

    def relate(self, part: str, kind: str, target: str) -> str:
        """Adds a relation of a part to another, and returns its key."""
        content = self.read(_relations_of(part)) if self.has(_relations_of(part)) else _NO_RELATIONS
        found = places(content)
        taken = {place.attributes.get("Id") for place in found}
        number = 1
        while f"rId{number}" in taken:
            number += 1
        address = posixpath.relpath(target, posixpath.dirname(part))
        line = f'<{found[0].prefix}Relationship Id="rId{number}" Type="{kind}" Target="{address}"/>'
        self.write(_relations_of(part), edited(content, [put_in(content, found[0], line)]))
        return f"rId{number}"

    def declare(self, element: str, attributes: Mapping[str, str]) -> None:
        """Adds a Default or an Override to the list of content types, unless its first attribute stands there already."""
        content = self.read("[Content_Types].xml")
        found = places(content)
        key, value = next(iter(attributes.items()))
        if all(place.attributes.get(key, "").lower() != value.lower() for place in found):
            line = " ".join(f'{name}="{text}"' for name, text in attributes.items())
            addition = put_in(content, found[0], f"<{found[0].prefix}{element} {line}/>")
            self.write("[Content_Types].xml", edited(content, [addition]))

    def zipped(self) -> bytes:
        """The workbook as a zip: every part in its place, new ones at the end."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry in self._zip.infolist():
                kept = copy.copy(entry)
                # The flags tell how the old file was written (encryption, sizes put after the data): not this one.
                kept.flag_bits = 0
                archive.writestr(kept, self.read(entry.filename))
            for name in self._changed:
                if name not in self._zip.namelist():
                    added = zipfile.ZipInfo(name)
                    added.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(added, self._changed[name])
        return target.getvalue()


def kind_of(relation: Place) -> str:
    """What a relation leads to: the last word of its type, "worksheet" or "comments"."""
    return relation.attributes.get("Type", "").rpartition("/")[2]


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
