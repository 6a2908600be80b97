"""Through the gate of sent files, with what a list alone has to fear told before the gate reads everything."""

from __future__ import annotations

import io
import re
import zipfile

from django.core.files.base import ContentFile

from beneficiaries.lists.bounds import MOST_CELLS, MOST_EMPTY, MOST_UNFOLDED, too_many_lines
from beneficiaries.lists.ods import CONTENT
from beneficiaries.lists.xlsx import MOST_ROWS
from partaj.uploads.archives import BROKEN, archive_type
from partaj.uploads.gate import OLD_OFFICE, Accepted, accept
from partaj.uploads.kinds import CSV, KINDS, Purpose
from partaj.uploads.refusal import UploadRefused, damaged

# In an ODS, a cell or a row that holds nothing; in an XLSX, any cell, and any row.
EMPTY = re.compile(rb"<(?:\w+:)?(?:(?:covered-)?table-cell|table-row)\b[^<>]*/>")
CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
SHEETS = "xl/worksheets/"
CHUNK = 256 * 1024
ZIP = b"PK\x03\x04"
MANIFEST = "META-INF/manifest.xml"


def receive(content: bytes) -> Accepted:
    """The list, under a name that suits what it holds: the one it came with decides nothing.

    Raises UploadRefused. Nothing is written anywhere.
    """
    if content.startswith(OLD_OFFICE):
        raise UploadRefused(
            "Ce classeur est protégé par un mot de passe, ou d’un ancien format (.xls) : ouvrez-le, retirez le mot de "
            "passe, et enregistrez-le au format .xlsx.",
            "encrypted",
        )
    too_large = len(content) > Purpose.LIST.value.largest
    extension = _extension_of_archive(content) if content.startswith(ZIP) and not too_large else CSV.extensions[0]
    return accept(ContentFile(content, f"liste.{extension}"), Purpose.LIST)


def _extension_of_archive(content: bytes) -> str:
    mime = archive_type(ContentFile(content))
    kind = next((kind for kind in KINDS if kind.mime == mime), None)
    if kind:
        _check_size_and_password(content)
        return kind.extensions[0]
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise damaged()
    raise UploadRefused(
        "Ce fichier est une archive, et non un tableau : sortez-en la liste, puis envoyez-la seule.", "archive"
    )


def _check_size_and_password(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNFOLDED:
                raise too_many_lines()
            _refuse_endless_sheet(archive)
            manifest = archive.read(MANIFEST) if MANIFEST in archive.namelist() else b""
    except BROKEN:
        raise damaged() from None
    if b"encryption-data" in manifest:
        raise UploadRefused("Ce fichier est protégé par un mot de passe : retirez-le, puis renvoyez-le.", "encrypted")


def _refuse_endless_sheet(archive: zipfile.ZipFile) -> None:
    """More than the reader of such a file bears, said in a moment, where the gate would walk it whole before the reader
    says so. What is written otherwise, or in a workbook of several sheets, is still counted by the reader."""
    sheets = [name for name in archive.namelist() if name.startswith(SHEETS) and name.endswith(".xml")]
    if CONTENT in archive.NameToInfo:
        _refuse_beyond(archive, CONTENT, {EMPTY: MOST_EMPTY + MOST_CELLS})
    elif len(sheets) == 1:
        _refuse_beyond(archive, sheets[0], {CELL: MOST_CELLS, ROW: MOST_ROWS})


def _refuse_beyond(archive: zipfile.ZipFile, part: str, most: dict[re.Pattern[bytes], int]) -> None:
    if archive.getinfo(part).flag_bits & 1:  # locked: the gate says so
        return
    left = dict(most)
    with archive.open(part) as opened:
        while piece := opened.read(CHUNK):
            for told in left:
                left[told] -= len(told.findall(piece))
            if min(left.values()) < 0:
                raise too_many_lines()
