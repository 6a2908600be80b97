"""The report as a tagged PDF, with a print sheet of its own (partaj.printing)."""

from __future__ import annotations

from django.template.loader import render_to_string

from partaj.printing import FONTS, VARIANT, PdfUnavailable, memory_only, print_html, style
from reports.renderers.print_sheet import print_sheet
from reports.tables import Report

__all__ = ["FONTS", "VARIANT", "PdfUnavailable", "memory_only", "print_html", "render", "render_html"]


def render(report: Report, *, issued_by: str = "") -> bytes:
    """Raises PdfUnavailable where pango is missing."""
    return print_html(render_html(report, issued_by=issued_by))


def render_html(report: Report, *, issued_by: str = "") -> str:
    context = {"sheet": print_sheet(report, issued_by), "style": style("print-report")}
    return render_to_string("reports/print/report.html", context)
