"""The PDF of ten landscape pages of tables: our print sheet against WeasyPrint with the page's usual styles.

Both print the same tables, tagged, from the same HTML. The peer links the styles of the screen (Tabler, then ours) and
leaves the rest as WeasyPrint has it. CPU time of the process, median of three, taken by turns in the same run.
"""

import datetime as dt
import io
import logging
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

from reports.renderers import pdf
from reports.tables import Cell, Column, Report, Row, RowKind, Source, Table

GOAL = 0.65
ROUNDS = 3
TABLES, ROWS, COLUMNS = 10, 26, 7
USUAL_STYLES = ("vendor/tabler/css/tabler.min.css", "partaj/css/partaj.css")
CONTENT_TYPES = {".css": "text/css", ".ttf": "font/ttf"}
ORIGIN = "https://static.invalid/"
# The page in landscape, and what anyone would add at once so that the same tables take about as many pages.
USUAL_PAGE = (
    "@page { size: A4 landscape; margin: 16mm; } body { font-size: 10pt; line-height: 1.3; } p { margin: 0; }"
    ".block { margin-top: 5mm; } .table thead th { white-space: normal; }"
    ".table-sm th, .table-sm td { padding: 0.7mm 1mm; }"
)


def measure() -> list[tuple[str, float, float]]:
    """(label, ratio of CPU times, goal) for `make bench`."""
    report = ten_pages()
    ours: list[float] = []
    usual: list[float] = []
    for _ in range(ROUNDS):
        usual.append(_cpu(lambda: _usual_pdf(report)))
        ours.append(_cpu(lambda: pdf.render(report)))
    ratio = statistics.median(ours) / statistics.median(usual)
    return [("PDF de 10 pages paysage de tableaux, contre WeasyPrint et les styles de l’écran", ratio, GOAL)]


def ten_pages() -> Report:
    columns = tuple(Column(f"c{index}", f"Période {index + 1}") for index in range(COLUMNS))
    return Report(
        programme="AP0-000",
        programme_title="Programme de mesure",
        code="annexe-1",
        title="Dix pages de tableaux",
        issued_at=dt.datetime(2026, 11, 21, 14, 5, tzinfo=dt.UTC),
        perimeter="ensemble du programme",
        tables=tuple(
            Table(f"t{number}", f"Tableau {number}", columns, tuple(_row(number, line) for line in range(ROWS)))
            for number in range(TABLES)
        ),
    )


def _row(number: int, line: int) -> Row:
    values = [(number * 131 + line * 17 + index * 7) % 5000 for index in range(COLUMNS)]
    cells = tuple(Cell(text=str(value), value=value, source=Source.COMPUTED) for value in values)
    kind = RowKind.TOTAL if line == ROWS - 1 else RowKind.ROW
    return Row(f"r{line}", f"Territoire {line + 1}", cells, kind=kind)


def _usual_pdf(report: Report) -> bytes:
    """What one writes first: the page's own styles, linked, on Bootstrap's tables."""
    import weasyprint

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # it complains of hundreds of screen properties
    links = "".join(f'<link rel="stylesheet" href="{ORIGIN}{path}">' for path in USUAL_STYLES)
    html = re.sub(r"<style>.*?</style>", "", pdf.render_html(report), flags=re.DOTALL)
    html = html.replace("</head>", f"{links}<style>{USUAL_PAGE}</style></head>")
    html = html.replace("<table>", '<table class="table table-sm">')
    return weasyprint.HTML(string=html, url_fetcher=_static_files()).write_pdf(pdf_variant=pdf.VARIANT)


def _static_files() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class StaticFiles(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            path = Path(finders.find(url.removeprefix(ORIGIN)))
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": CONTENT_TYPES[path.suffix]})

    return StaticFiles()


def _cpu(job: Callable[[], bytes]) -> float:
    start = time.process_time()
    job()
    return time.process_time() - start


def page_counts() -> tuple[int, int]:
    """(ours, usual), to check that the two print about as many pages."""
    from pypdf import PdfReader

    report = ten_pages()
    ours, usual = (PdfReader(io.BytesIO(document)) for document in (pdf.render(report), _usual_pdf(report)))
    return len(ours.pages), len(usual.pages)
