"""One Report, many formats: each renderer turns the same data into bytes and touches no database.

The screen has its own templates; these are the files that leave the house.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from reports.renderers import csv, docx, json, pdf, xlsx
from reports.renderers.pdf import PdfUnavailable
from reports.tables import Report


@dataclass(frozen=True, slots=True)
class Renderer:
    """`render(report, issued_by=…)` gives the bytes of the file; the PDF one may raise PdfUnavailable."""

    label: str
    content_type: str
    extension: str
    render: Callable[..., bytes]


FORMATS: dict[str, Renderer] = {
    "pdf": Renderer("PDF", "application/pdf", "pdf", pdf.render),
    "xlsx": Renderer("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", xlsx.render),
    "docx": Renderer(
        "DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", docx.render
    ),
    "csv": Renderer("CSV", "text/csv; charset=utf-8", "csv", csv.render),
    "json": Renderer("JSON", "application/json", "json", json.render),
}


def file_name(report: Report, extension: str) -> str:
    """« AP1-261_annexe-1_2026-11-21.pdf »: nothing in it that a file system or a header could misread."""
    parts = (report.programme, report.code, timezone.localtime(report.issued_at).date().isoformat())
    return "_".join(re.sub(r"[^A-Za-z0-9-]+", "-", part).strip("-") for part in parts) + f".{extension}"


__all__ = ["FORMATS", "PdfUnavailable", "Renderer", "file_name"]
