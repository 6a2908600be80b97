"""A page of ours as a tagged PDF. Nothing is fetched: the style is written into the page and the fonts are served from
memory; any other address, network or disk, is refused. WeasyPrint is imported on use, so that the site starts on a
machine without pango.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe

from partaj.collector import collector_waiting

VARIANT = "pdf/ua-1"
FONTS = ("fonts/source-sans/SourceSansPro-Regular.ttf", "fonts/source-sans/SourceSansPro-Semibold.ttf")
# A host that cannot exist (RFC 2606): addresses of the style are resolved under it, and looked up in memory.
ORIGIN = "https://static.invalid/"
SHEETS = f"{ORIGIN}partaj/css/"


class PdfUnavailable(Exception):
    """Pango is missing on this machine; the message says what to type."""


def style(name: str) -> SafeString:
    """A print sheet of ours, to be written into the page; read from our own static files: nothing in it comes from a
    reader."""
    return mark_safe(static_bytes(f"partaj/css/{name}.css").decode())  # noqa: S308


def print_html(html: str, *, most_pages: int = 0) -> bytes:
    """Whatever the page names, nothing is read from the network nor the disk. Raises PdfUnavailable where pango is
    missing, and TooLong where it takes more than `most_pages`, if that is said."""
    weasyprint = _weasyprint()
    with collector_waiting(then_collect=True):
        drawn = weasyprint.HTML(string=html, base_url=f"{SHEETS}print.css", url_fetcher=memory_only())
        laid_out = drawn.render(pdf_variant=VARIANT)
        if most_pages and len(laid_out.pages) > most_pages:
            raise TooLong(len(laid_out.pages))
        return laid_out.write_pdf(pdf_variant=VARIANT)


class TooLong(Exception):
    """More pages than there is room for."""


@cache
def static_bytes(path: str) -> bytes:
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
    """Serves the fonts of the print sheets from memory and refuses every other address."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class MemoryOnly(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            path = url.removeprefix(ORIGIN)
            if path not in FONTS:
                raise PermissionError(f"adresse refusée : {url}")
            return URLFetcherResponse(url, static_bytes(path), {"Content-Type": "font/ttf"})

    return MemoryOnly()
