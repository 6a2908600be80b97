"""The list of youths as a file: CSV for machines, XLSX with typed dates. Streamed; a million rows stay out of memory.

A cell that a spreadsheet would run as a formula is neutralised: an apostrophe in CSV, a cell typed as text in XLSX.
The last lines (CSV) or the second sheet (XLSX) say the programme, the perimeter, the filters, who and when; once
printed, the foot of each page says who and when as well.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet

from beneficiaries.ages import AgeBand
from beneficiaries.models import AdultQuality, DiplomaLevel, Public, SchoolLevel, Sex, Situation
from partaj.formats import french_date

CHUNK = 2000


def words_of(choices: Any) -> Callable[[Any], str]:
    labels = dict(choices.choices)
    return lambda value: str(labels.get(value, "")) if value not in ("", None) else ""


def yes_no(value: bool | None) -> str:
    return {True: "oui", False: "non"}.get(value, "")  # type: ignore[arg-type]


def as_it_is(value: Any) -> Any:
    return "" if value is None else value


COLUMNS: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("Dossier", "pk", as_it_is),
    ("Nom de naissance", "beneficiary__last_name", as_it_is),
    ("Nom d’usage", "beneficiary__usage_name", as_it_is),
    ("Prénom", "beneficiary__first_name", as_it_is),
    ("Date de naissance", "beneficiary__birth_date", as_it_is),
    ("Sexe", "sex", words_of(Sex)),
    ("INE", "beneficiary__ine", as_it_is),
    ("Téléphone", "beneficiary__phone", as_it_is),
    ("Courriel", "beneficiary__email", as_it_is),
    ("Adresse", "beneficiary__address", as_it_is),
    ("Code postal", "beneficiary__postcode", as_it_is),
    ("Commune", "beneficiary__city", as_it_is),
    ("Public", "public", words_of(Public)),
    ("Qualité de l’adulte", "adult_quality", words_of(AdultQuality)),
    ("Précision sur la qualité", "adult_quality_other", as_it_is),
    ("Territoire", "territory__name", as_it_is),
    ("Prénom du référent", "referent__first_name", as_it_is),
    ("Nom du référent", "referent__last_name", as_it_is),
    ("Repéré par", "found_by__name", as_it_is),
    ("Premier contact", "contacted_on", as_it_is),
    ("Entrée", "entered_on", as_it_is),
    ("Sortie", "exited_on", as_it_is),
    ("Départ", "lost_on", as_it_is),
    ("Motif du départ", "loss_reason__label", as_it_is),
    ("Étape atteinte", "step", as_it_is),
    ("Âge à l’entrée", "age_band", words_of(AgeBand)),
    ("Situation à l’entrée", "situation", words_of(Situation)),
    ("Précision sur la situation", "situation_other", as_it_is),
    ("Niveau de formation", "school_level", words_of(SchoolLevel)),
    ("Diplôme détenu", "diploma_level", words_of(DiplomaLevel)),
    ("Mission locale", "followed_by_mission_locale", yes_no),
    ("Quartier prioritaire", "in_priority_district", yes_no),
    ("Situation de handicap", "has_disability", yes_no),
]
HEADERS = [label for label, _, _ in COLUMNS]


@dataclass(frozen=True, slots=True)
class Colophon:
    """What the file says of itself."""

    programme: str
    perimeter: str
    filters: str
    author: str
    issued_at: dt.datetime

    @property
    def when(self) -> str:
        return f"{french_date(self.issued_at)} à {self.issued_at:%H:%M}"

    @property
    def margin(self) -> str:
        """The foot of each printed page, in the language of Excel: a « & » of ours is doubled."""
        said = f"{self.programme[:60]} — exporté par {self.author[:60]} le {self.when}".replace("&", "&&")
        return f"&L{said}&RPage &P / &N"

    def lines(self) -> list[tuple[str, str]]:
        return [
            ("Programme", self.programme),
            ("Périmètre", self.perimeter),
            ("Filtres", self.filters),
            ("Exporté par", self.author),
            ("Le", self.when),
        ]


def rows_of(youths: QuerySet) -> Iterator[list[Any]]:
    """`youths` is annotated by with_last_step, in the order of the page."""
    converters = [convert for _, _, convert in COLUMNS]
    for row in youths.values_list(*[path for _, path, _ in COLUMNS]).iterator(chunk_size=CHUNK):
        yield [convert(value) for convert, value in zip(converters, row, strict=True)]


def xlsx_file(rows: Iterable[list[Any]], colophon: Colophon) -> IO[bytes]:
    """A temporary file, open at its beginning; it disappears when closed."""
    target = tempfile.TemporaryFile()  # noqa: SIM115  # the response that streams it closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Jeunes")
        sheet.freeze_panes(1, 4)
        sheet.set_column(0, len(HEADERS) - 1, 18)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.set_footer(colophon.margin)
        for place, header in enumerate(HEADERS):
            sheet.write_string(0, place, header, bold)
        for line, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if value == "":
                    continue
                if isinstance(value, str):
                    sheet.write_string(line, place, value)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(line, place, value, day)
                else:
                    sheet.write_number(line, place, value)
        about = book.add_worksheet("À propos de ce fichier")
        about.set_column(0, 1, 40)
        about.set_footer(colophon.margin)
        for line, (label, words) in enumerate(colophon.lines()):
            about.write_string(line, 0, label, bold)
            about.write_string(line, 1, words)
    target.seek(0)
    return target
