"""Office files are archives: what they hold is looked at before any library opens them.

Refused: bombs, entries that lie about their name or size, passwords, macros, embedded objects, and whatever is
fetched from elsewhere when the file is opened. A link that somebody must click (an e-mail address in a list) may stay.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from xml.parsers import expat

from django.core.files.base import File

from partaj.uploads.refusal import UploadRefused, damaged

MOST_ENTRIES = 2_000
MOST_BYTES = 150 * 1024 * 1024  # once unfolded
MOST_RATIO = 250  # a sheet of empty cells folds about a hundredfold
RATIO_FROM = 1024 * 1024  # bytes: under it, a high ratio harms nobody
CHUNK = 64 * 1024
ACTIVE = re.compile(
    r"vbaproject|vbadata|macrosheets/|dialogsheets/|activex/|embeddings/|oleobject|ctrlprops/|externallinks/"
    r"|^basic/|^scripts/|^object [0-9]+$|\.(?:exe|dll|js|vbs|hta|bat|cmd|ps1|jar|html?|swf)$"
)
FIELDS_THAT_FETCH = re.compile(r"\bDDE(?:AUTO)?\b|\bINCLUDE(?:TEXT|PICTURE)\b", re.I)
XLINK = "http://www.w3.org/1999/xlink"
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


def check_archive(file: File) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            _nothing_around(file, archive)
            _check_entries(archive.infolist(), file.size)
            left = MOST_BYTES
            for entry in archive.infolist():
                left -= _read_through(archive, entry, left)
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
        raise UploadRefused(
            "Ce fichier, une fois déplié, serait démesuré : gardez seulement la feuille utile, puis renvoyez-le.",
            "bomb",
        )
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names) or any(_leads_out(entry) for entry in entries):
        raise damaged()
    if any(entry.flag_bits & 1 for entry in entries):
        raise UploadRefused("Ce fichier est protégé par un mot de passe : retirez-le, puis renvoyez-le.", "encrypted")
    if any(ACTIVE.search(name.lower()) for name in names):
        raise UploadRefused(
            "Ce fichier contient des macros, des objets incorporés ou des liens vers d’autres classeurs : "
            "enregistrez-en une copie sans eux (« Classeur Excel .xlsx », valeurs seules).",
            "active",
        )


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    kind = entry.external_attr >> 28  # 0o12: a symbolic link
    return "\\" in name or name.startswith("/") or ".." in name.split("/") or ":" in name or kind == 0o12


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int:
    """How many bytes the entry truly holds; XML is walked, so that nothing outside is asked for when it is opened."""
    reader = _Reader(entry.filename) if entry.filename.lower().endswith((".xml", ".rels", ".rdf")) else None
    count = 0
    with archive.open(entry) as opened:
        for piece in iter(lambda: opened.read(CHUNK), b""):
            count += len(piece)
            if count > left:
                raise damaged()
            if reader:
                reader.feed(piece)
    if reader and count:
        reader.end()
    return count


class _Reader:
    """Walks one XML part: no DOCTYPE, no address fetched without anybody's click, no field that fetches."""

    def __init__(self, name: str) -> None:
        self.relations = name.lower().endswith(".rels")
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.field: list[str] = []
        self.in_field = False

    def feed(self, piece: bytes) -> None:
        self._parse(piece, False)

    def end(self) -> None:
        self._parse(b"", True)
        if FIELDS_THAT_FETCH.search("".join(self.field)):
            raise _fetches()

    def _parse(self, piece: bytes, final: bool) -> None:
        try:
            self.parser.Parse(piece, final)
        except expat.ExpatError:
            raise damaged() from None

    def _doctype(self, *said: object) -> None:
        raise damaged()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = name.rpartition(" ")[2]
        self.in_field = element == "instrText"
        if self.relations and attributes.get("TargetMode", "").lower() == "external":
            clicked = attributes.get("Type", "").endswith("/hyperlink")
            if not clicked or not SAFE_LINK.match(attributes.get("Target", "")):
                raise _fetches()
        if element.startswith("dde-") or (element == "fldSimple" and _asks(attributes)):
            raise _fetches()
        for key, value in attributes.items():
            if key == f"{XLINK} href" and not _stays(element, value):
                raise _fetches()

    def _end(self, name: str) -> None:
        self.in_field = False

    def _text(self, text: str) -> None:
        if self.in_field and sum(map(len, self.field)) < CHUNK:
            self.field.append(text)


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
