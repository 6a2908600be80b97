"""The report as a tagged PDF, with a print sheet of its own.

Nothing is fetched: the style is written into the page and the fonts are served from memory; any other address,
network or disk, is refused. WeasyPrint is imported on use, so that the site starts on a machine without pango.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from partaj.collector import collector_waiting
from reports.renderers.print_sheet import print_sheet
from reports.tables import Report

VARIANT = "pdf/ua-1"
STYLE = "partaj/css/print-report.css"
FONTS = ("fonts/source-sans/SourceSansPro-Regular.ttf", "fonts/source-sans/SourceSansPro-Semibold.ttf")
# A host that cannot exist (RFC 2606): addresses of the style are resolved under it, and looked up in memory.
ORIGIN = "https://static.invalid/"


class PdfUnavailable(Exception):
    """Pango is missing on this machine; the message says what to type."""


def render(report: Report, *, issued_by: str = "") -> bytes:
    """Raises PdfUnavailable where pango is missing."""
    return print_html(render_html(report, issued_by=issued_by))


def print_html(html: str) -> bytes:
    """Whatever the page names, nothing is read from the network nor the disk. Raises PdfUnavailable, as `render`."""
    weasyprint = _weasyprint()
    with collector_waiting(then_collect=True):
        return weasyprint.HTML(string=html, base_url=ORIGIN + STYLE, url_fetcher=memory_only()).write_pdf(
            pdf_variant=VARIANT
        )


def render_html(report: Report, *, issued_by: str = "") -> str:
    # The style is a file of ours, read from our own static files: nothing in it comes from a reader.
    context = {"sheet": print_sheet(report, issued_by), "style": mark_safe(_static(STYLE).decode())}  # noqa: S308
    return render_to_string("reports/print/report.html", context)


@cache
def _static(path: str) -> bytes:
    found = finders.find(path)
    if not found:
        raise FileNotFoundError(path)
    return Path(found).read_bytes()


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as missing:
        raise PdfUnavailable(
            "Le PDF ne peut pas être produit : il manque la bibliothèque pango sur cette machine. Pour l’installer, "
            "tapez : sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0"
        ) from missing
    return weasyprint


def memory_only() -> Any:
    """Serves the fonts of the print sheet from memory and refuses every other address."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class MemoryOnly(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            path = url.removeprefix(ORIGIN)
            if path not in FONTS:
                raise PermissionError(f"adresse refusée : {url}")
            return URLFetcherResponse(url, _static(path), {"Content-Type": "font/ttf"})

    return MemoryOnly()
