"""Which kinds of file are accepted, for what, and how large. What is not named here does not enter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from django.core.files.base import File

from partaj.uploads.archives import check_archive
from partaj.uploads.images import without_metadata
from partaj.uploads.texts import check_pdf, check_text

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """`examine` reads the whole file, raises UploadRefused, and gives the bytes to keep where they change."""

    label: str
    mime: str
    extensions: tuple[str, ...]
    examine: Callable[[File], bytes | None]


_OFFICE, _ODF = "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"
CSV = Kind("CSV", "text/csv", ("csv", "txt"), check_text)
PDF = Kind("PDF", "application/pdf", ("pdf",), check_pdf)
JPEG = Kind("image JPEG", "image/jpeg", ("jpg", "jpeg"), lambda file: without_metadata(file, "JPEG"))
PNG = Kind("image PNG", "image/png", ("png",), lambda file: without_metadata(file, "PNG"))
WEBP = Kind("image WebP", "image/webp", ("webp",), lambda file: without_metadata(file, "WEBP"))
XLSX = Kind("classeur Excel", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",), check_archive)
DOCX = Kind("document Word", f"{_OFFICE}.wordprocessingml.document", ("docx",), check_archive)
ODS = Kind("classeur LibreOffice", f"{_ODF}.spreadsheet", ("ods",), check_archive)
ODT = Kind("document LibreOffice", f"{_ODF}.text", ("odt",), check_archive)
KINDS = (CSV, PDF, JPEG, PNG, WEBP, XLSX, DOCX, ODS, ODT)
PICTURES = (JPEG, PNG, WEBP)


@dataclass(frozen=True, slots=True)
class Rules:
    """`largest`: in bytes; of a photograph, which is kept smaller than it came, `largest_picture`, where that is said.
    `why_not`: by MIME type, what to do with a file that people send often and that does not enter here."""

    kinds: tuple[Kind, ...]
    largest: int
    largest_picture: int = 0
    why_not: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def extensions(self) -> str:
        return ", ".join(f".{extension}" for kind in self.kinds for extension in kind.extensions)

    @property
    def longest(self) -> int:
        return max(self.largest, self.largest_picture)

    def largest_of(self, kind: Kind) -> int:
        return self.longest if kind in PICTURES else self.largest

    @property
    def in_words(self) -> str:
        """« .pdf, .jpg…, 10 Mo au plus »."""
        photograph = f" (une photographie : {self.largest_picture // MEGABYTE}\u00a0Mo)" if self.largest_picture else ""
        return f"{self.extensions}, {self.largest // MEGABYTE}\u00a0Mo au plus{photograph}."


_PHONES = (
    "Cette photographie est au format HEIC, que beaucoup d’ordinateurs ne lisent pas : réglez l’appareil photo sur "
    "« Le plus compatible » (JPEG), ou faites-en une copie d’écran."
)
_SHEETS = (
    "Un classeur n’entre pas dans un dossier : il porte souvent d’autres personnes. Enregistrez la page utile en PDF."
)
_OLD_OFFICE = "Ce document est d’un ancien format : enregistrez-le en .docx, en .odt ou en PDF."
# What a youth's file has no use for, and what to send instead.
NOT_IN_A_FILE = {
    "image/heic": _PHONES, "image/heif": _PHONES, "image/avif": _PHONES,
    XLSX.mime: _SHEETS, ODS.mime: _SHEETS,
    "application/msword": _OLD_OFFICE, "application/rtf": _OLD_OFFICE,
}  # fmt: skip


class Purpose(Enum):
    """What a file is sent for."""

    LIST = Rules((CSV, XLSX, ODS), 20 * MEGABYTE)  # a list of youths to read in
    DOCUMENT = Rules((PDF, JPEG, PNG, WEBP, DOCX, ODT, XLSX, ODS), 10 * MEGABYTE)  # a voucher, a minute
    IMAGE = Rules((JPEG, PNG, WEBP), 10 * MEGABYTE)
    OF_A_FILE = Rules((PDF, JPEG, PNG, DOCX, ODT), 10 * MEGABYTE, 32 * MEGABYTE, NOT_IN_A_FILE)  # of a youth's file


LARGEST = max(purpose.value.longest for purpose in Purpose)  # bytes: nothing longer is even read
