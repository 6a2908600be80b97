"""Which kinds of file are accepted, for what, and how large. What is not named here does not enter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Rules:
    kinds: tuple[Kind, ...]
    largest: int  # bytes

    @property
    def extensions(self) -> str:
        return ", ".join(f".{extension}" for kind in self.kinds for extension in kind.extensions)


class Purpose(Enum):
    """What a file is sent for."""

    LIST = Rules((CSV, XLSX, ODS), 20 * MEGABYTE)  # a list of youths to read in
    DOCUMENT = Rules((PDF, JPEG, PNG, WEBP, DOCX, ODT, XLSX, ODS), 10 * MEGABYTE)  # a piece of a file
    IMAGE = Rules((JPEG, PNG, WEBP), 10 * MEGABYTE)


LARGEST = max(purpose.value.largest for purpose in Purpose)  # bytes: nothing longer is even read
