"""Office files are archives: what they hold is looked at before any library opens them.

Refused: bombs, entries that lie about their name or size, passwords, macros, embedded objects, and whatever is
fetched from elsewhere when the file is opened. A link that somebody must click (an e-mail address in a list) may stay.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import NamedTuple
from xml.parsers import expat

from django.core.files.base import File

from partaj.uploads.refusal import UploadRefused, damaged

MOST_ENTRIES = 2_000
MOST_BYTES = 150 * 1024 * 1024  # once unfolded
MOST_RATIO = 250  # a sheet of empty cells folds about a hundredfold
RATIO_FROM = 1024 * 1024  # bytes: under it, a high ratio harms nobody
CHUNK = 64 * 1024
# What XML may make a parser work and remember: fifty thousand people on twenty-four columns, each cell and its value.
MOST_ELEMENTS = 2_500_000
DEEPEST = 500  # elements open at once
LONGEST_TAG = 1024 * 1024  # bytes
MOST_NAMES = 10_000  # of elements, attributes and namespaces
ACTIVE = re.compile(
    r"vbaproject|vbadata|macrosheets/|dialogsheets/|activex/|embeddings/|oleobject|ctrlprops/|externallinks/"
    r"|^basic/|^scripts/|^object [0-9]+$|\.(?:exe|dll|js|vbs|hta|bat|cmd|ps1|jar|html?|swf)$"
)
FIELDS_THAT_FETCH = re.compile(r"\bDDE(?:AUTO)?\b|\bINCLUDE(?:TEXT|PICTURE)\b", re.I)
LONGEST_FIELD_NAME = len("INCLUDEPICTURE")
XLINK = "http://www.w3.org/1999/xlink"
HREF = f"{XLINK} href"
SAFE_LINK = re.compile(r"(?:https?:|mailto:|tel:|#)", re.I)
INSIDE = re.compile(r"(?:#|\./|(?![a-z][a-z0-9+.-]*:)[^/\\.])", re.I)
BROKEN = (zipfile.BadZipFile, zlib.error, LookupError, OSError, RuntimeError, ValueError, EOFError)
MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "wordprocessingml.document",
}
ODF_TYPES = {"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.text"}


def archive_type(file: File) -> str:
    """The MIME type of an office file by what it holds; empty for any other archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                said = _head(archive, "mimetype", 200).decode("ascii", "replace").strip()
                return said if said in ODF_TYPES else ""
            said = _head(archive, "[Content_Types].xml", CHUNK).decode("utf-8", "replace")
    except BROKEN:
        return ""
    found = [kind for part, kind in MAIN_PARTS.items() if f'"{part}"' in said]
    return f"application/vnd.openxmlformats-officedocument.{found[0]}" if len(found) == 1 else ""


def _head(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    with archive.open(name) as entry:
        return entry.read(size)


class Left(NamedTuple):
    """What an archive may still hold."""

    bytes: int
    elements: int


def check_archive(file: File) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            _nothing_around(file, archive)
            _check_entries(archive.infolist(), file.size)
            left = Left(MOST_BYTES, MOST_ELEMENTS)
            for entry in archive.infolist():
                left = _read_through(archive, entry, left)
    except UploadRefused:
        raise
    except BROKEN:
        raise damaged() from None


def _nothing_around(file: File, archive: zipfile.ZipFile) -> None:
    """Nothing before the first entry nor after the last: another kind of file could hide there."""
    file.seek(0)
    begins = file.read(4) == b"PK\x03\x04"
    file.seek(-22, 2)
    ends = file.read(4) == b"PK\x05\x06"
    first = min((entry.header_offset for entry in archive.infolist()), default=-1)
    if not begins or not ends or archive.comment or first != 0:
        raise UploadRefused(
            "Ce fichier cache autre chose qu’un document : enregistrez-le de nouveau depuis son logiciel.", "polyglot"
        )


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    unfolded = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unfolded > MOST_BYTES or unfolded > max(RATIO_FROM, size * MOST_RATIO):
        raise _too_much()
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names) or any(_leads_out(entry) for entry in entries):
        raise damaged()
    if any(entry.flag_bits & 1 for entry in entries):
        raise UploadRefused("Ce fichier est protégé par un mot de passe : retirez-le, puis renvoyez-le.", "encrypted")
    if any(ACTIVE.search(name.lower()) for name in names):
        raise UploadRefused(
            "Ce fichier contient des macros, des objets incorporés ou des liens vers d’autres classeurs : "
            "enregistrez-en une copie sans eux (un classeur : .xlsx, valeurs seules ; un document : PDF).",
            "active",
        )


def _too_much() -> UploadRefused:
    return UploadRefused(
        "Ce fichier, une fois déplié, serait démesuré : gardez seulement la feuille utile, puis renvoyez-le.", "bomb"
    )


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    kind = entry.external_attr >> 28  # 0o12: a symbolic link
    return "\\" in name or name.startswith("/") or ".." in name.split("/") or ":" in name or kind == 0o12


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: Left) -> Left:
    """Reads what the entry truly holds; XML is walked, so that nothing outside is asked for when it is opened."""
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".rdf"))
    reader = _Reader(entry.filename, left.elements) if is_xml else None
    count = 0
    with archive.open(entry) as opened:
        for piece in iter(lambda: opened.read(CHUNK), b""):
            count += len(piece)
            if count > left.bytes:
                raise damaged()
            if reader:
                reader.feed(piece)
    if reader and count:
        reader.end()
    return Left(left.bytes - count, reader.left if reader else left.elements)


class _Reader:
    """Walks one XML part: no DOCTYPE, no address fetched without anybody's click, no field that fetches, and no more
    than a parser can bear."""

    def __init__(self, name: str, left: int) -> None:
        self.relations = name.lower().endswith(".rels")
        self.left = left  # elements
        self.depth = self.fed = 0
        self.prefixes: set[str | None] = set()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartNamespaceDeclHandler = lambda prefix, address: self.prefixes.add(prefix)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.harmless: set[str] = set()  # names of elements that do nothing by themselves
        self.field = ""  # what fields hold, end to end: Word cuts their words in two
        self.in_field = False

    def feed(self, piece: bytes) -> None:
        self._parse(piece, False)
        self.fed += len(piece)
        if self.fed - self.parser.CurrentByteIndex > LONGEST_TAG:
            raise damaged()
        if len(self.parser.intern) + len(self.prefixes) > MOST_NAMES:
            raise damaged()

    def end(self) -> None:
        self._parse(b"", True)
        self._look_at_fields()

    def _parse(self, piece: bytes, final: bool) -> None:
        try:
            self.parser.Parse(piece, final)
        except expat.ExpatError:
            raise damaged() from None

    def _doctype(self, *said: object) -> None:
        raise damaged()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.left -= 1
        self.depth += 1
        if self.left < 0 or self.depth > DEEPEST:
            raise _too_much()
        if name not in self.harmless or HREF in attributes or self.relations:
            self._look_at(name, attributes)

    def _look_at(self, name: str, attributes: dict[str, str]) -> None:
        element = name.rpartition(" ")[2]
        if element == "instrText":
            self.in_field, self.parser.CharacterDataHandler = True, self._text
        elif element.startswith("dde-") or (element == "fldSimple" and _asks(attributes)):
            raise _fetches()
        elif element != "fldSimple":
            self.harmless.add(name)
        if self.relations and attributes.get("TargetMode", "").lower() == "external":
            clicked = attributes.get("Type", "").endswith("/hyperlink")
            if not clicked or not SAFE_LINK.match(attributes.get("Target", "")):
                raise _fetches()
        if not _stays(element, attributes.get(HREF, "")):
            raise _fetches()

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.in_field:
            self.in_field, self.parser.CharacterDataHandler = False, None

    def _text(self, text: str) -> None:
        self.field += text
        if len(self.field) > CHUNK:
            self._look_at_fields()
            self.field = self.field[-LONGEST_FIELD_NAME:]

    def _look_at_fields(self) -> None:
        if FIELDS_THAT_FETCH.search(self.field):
            raise _fetches()


def _asks(attributes: dict[str, str]) -> bool:
    return any(FIELDS_THAT_FETCH.search(value) for value in attributes.values())


def _stays(element: str, address: str) -> bool:
    """A link of a text (`a`) may lead to the web; whatever else is linked must lie inside the file."""
    return bool(not address or INSIDE.match(address) or (element == "a" and SAFE_LINK.match(address)))


def _fetches() -> UploadRefused:
    return UploadRefused(
        "Ce fichier va chercher du contenu ailleurs à l’ouverture (image, modèle ou classeur lié) : "
        "rompez ces liens, puis renvoyez-le.",
        "external",
    )
