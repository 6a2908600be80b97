"""The columns of the list of youths. Each is declared once: what it asks of the base, how it reads on the page, what it
writes in files. A column that nobody asks for costs nothing; none asks a query per row.

What hangs on a file is seen by whoever sees the file: a column shows nothing more than the list does.
"""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from beneficiaries.ages import AgeBand, age_on
from beneficiaries.models import (
    AdultQuality,
    Contact,
    Contract,
    DiplomaLevel,
    NextAction,
    Notice,
    Obstacle,
    Outcome,
    Public,
    SchoolLevel,
    Sex,
    Situation,
    StepEntry,
)
from partaj.formats import counted, french_date
from partaj.lists import count_of

PARAMETER = "col"  # of the address, once for each column
NAME = "nom"  # always there; alone, it says that no other column is wanted
EMPTY = "—"
WIDE = 9  # columns from which the sheet is printed lengthwise

Row = Mapping[str, Any]
Today = dt.date


def as_it_is(value: Any) -> Any:
    return "" if value is None else value


def words_of(choices: Any) -> Callable[[Any], str]:
    labels = dict(choices.choices)
    return lambda value: str(labels.get(value, "")) if value not in ("", None) else ""


def yes_no(value: bool | None) -> str:
    return {True: "oui", False: "non"}.get(value, "")  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a file: its heading, the value that it reads, and what it writes of it."""

    heading: str
    path: str
    convert: Callable[[Any], Any] = as_it_is


@dataclass(frozen=True, slots=True, eq=False)  # each is itself alone: looked up a few hundred times by page
class Column:
    """`key`: its name in the address. `says(row, today)`: its words on the page, "" where there are none; without
    it, the column is of files only. `css(row)`: the class of these words.

    `annotations(today)`: what has to be computed for it, by name; `asks`: what the page reads, where the cells of its
    files read something else. `wraps`: its words may take several lines.
    """

    key: str
    label: str
    cells: tuple[Cell, ...]
    says: Callable[[Row, Today], str] | None = None
    css: Callable[[Row], str] | None = None
    annotations: Callable[[Today], dict[str, Any]] = lambda today: {}
    asks: tuple[str, ...] = ()
    wraps: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        return self.asks or tuple(cell.path for cell in self.cells)


# -- What they compute --------------------------------------------------------------------------------
def _first(rows: QuerySet, **values: str) -> dict[str, Any]:
    """By name, a value of the first of `rows`, which hang on each youth."""
    theirs = rows.filter(enrolment=OuterRef("pk"))
    return {name: Subquery(theirs.values(path)[:1]) for name, path in values.items()}


def furthest_step(today: Today) -> dict[str, Any]:
    return _first(StepEntry.objects.order_by("-step__position", "-pk"), step="step__label")


def last_contact(today: Today) -> dict[str, Any]:
    rows = Contact.objects.order_by("-happened_on", "-pk")
    return _first(rows, last_contact_on="happened_on", last_contact_result="result", last_contact_channel="channel")


def next_action(today: Today) -> dict[str, Any]:
    return _first(NextAction.objects.still_open().order_by("due_on", "pk"), action_what="what", action_due="due_on")


def open_obstacles(today: Today) -> dict[str, Any]:
    """Their number and never their kinds: a column would carry those of health away in every file."""
    return {"open_obstacles": count_of(Obstacle.objects.still_open(), "enrolment")}


def current_contract(today: Today) -> dict[str, Any]:
    rows = Contract.objects.running(today).order_by("-starts_on", "-pk")
    return _first(rows, contract_employer="employer", contract_type="contract_type", contract_end="ends_on")


def last_outcome(today: Today) -> dict[str, Any]:
    rows = Outcome.objects.order_by("-seen_on", "-is_principal", "-pk")
    return _first(rows, outcome_kind="kind", outcome_moment="moment", outcome_seen_on="seen_on")


def last_notice(today: Today) -> dict[str, Any]:
    return _first(Notice.objects.order_by("-given_on", "-pk"), notice_on="given_on")


# -- What they say ------------------------------------------------------------------------------------
def plain(path: str) -> Callable[[Row, Today], str]:
    return lambda row, today: str(row[path] or "")


def day(path: str) -> Callable[[Row, Today], str]:
    return lambda row, today: french_date(row[path])


def chosen(path: str, convert: Callable[[Any], str]) -> Callable[[Row, Today], str]:
    return lambda row, today: convert(row[path])


def age_in_words(row: Row, today: Today) -> str:
    birth = row["beneficiary__birth_date"]
    return counted(age_on(birth, today), "an") if birth else ""


def age_today(birth: dt.date | None) -> Any:
    return age_on(birth, timezone.localdate()) if birth else ""


def referent_in_words(row: Row, today: Today) -> str:
    name = f"{row['referent__first_name'] or ''} {row['referent__last_name'] or ''}".strip()
    return name or row["referent__email"] or "sans référent"


def referent_css(row: Row) -> str:
    return "" if row["referent__email"] else "youth-missing"


def state_of(row: Row) -> tuple[str, str]:
    """Words and their tone: where the youth stands."""
    if row["lost_on"]:
        return f"parti le {french_date(row['lost_on'])} : {row['loss_reason__label']}", "left"
    if row["exited_on"]:
        return f"sorti le {french_date(row['exited_on'])}", "left"
    return ("présent", "there") if row["entered_on"] else ("pas encore entré", "waiting")


def contact_in_words(row: Row, today: Today) -> str:
    """« 12/01/2026 : rendez-vous pris »; without a result, by what means."""
    on, result = row["last_contact_on"], _RESULTS(row["last_contact_result"])
    return f"{french_date(on)} : {result or _CHANNELS(row['last_contact_channel'])}" if on else ""


def action_in_words(row: Row, today: Today) -> str:
    return f"{row['action_what']}, pour le {french_date(row['action_due'])}" if row["action_due"] else ""


def obstacles_in_words(row: Row, today: Today) -> str:
    return str(row["open_obstacles"] or "")


def contract_in_words(row: Row, today: Today) -> str:
    if not row["contract_type"]:
        return ""
    end = f", jusqu’au {french_date(row['contract_end'])}" if row["contract_end"] else ""
    return f"{_CONTRACTS(row['contract_type'])}, {row['contract_employer']}{end}"


def outcome_in_words(row: Row, today: Today) -> str:
    kind = row["outcome_kind"]
    return f"{_OUTCOMES(kind)} {_MOMENTS(row['outcome_moment'])}" if kind else ""


def notice_in_words(row: Row, today: Today) -> str:
    return f"remise le {french_date(row['notice_on'])}" if row["notice_on"] else "non remise"


_CHANNELS, _RESULTS, _CONTRACTS = words_of(Contact.Channel), words_of(Contact.Result), words_of(Contract.Type)
_OUTCOMES, _MOMENTS, _LEVELS = words_of(Outcome.Kind), words_of(Outcome.Moment), words_of(SchoolLevel)
_SITUATIONS, _SEXES, _PUBLICS, _BANDS = words_of(Situation), words_of(Sex), words_of(Public), words_of(AgeBand)

# -- The columns, as they follow each other on the page -------------------------------------------------
NAMES = Column(
    NAME, "Nom",
    (
        Cell("Dossier", "pk"), Cell("Nom de naissance", "beneficiary__last_name"),
        Cell("Nom d’usage", "beneficiary__usage_name"), Cell("Prénom", "beneficiary__first_name"),
    ),
)  # fmt: skip
COLUMNS = (
    Column("naissance", "Date de naissance", (Cell("Date de naissance", "beneficiary__birth_date"),),
           day("beneficiary__birth_date")),
    Column("age", "Âge", (Cell("Âge", "beneficiary__birth_date", age_today),), age_in_words),
    Column("sexe", "Sexe", (Cell("Sexe", "sex", _SEXES),), chosen("sex", _SEXES)),
    Column("ine", "INE", (Cell("INE", "beneficiary__ine"),)),
    Column("telephone", "Téléphone", (Cell("Téléphone", "beneficiary__phone"),), plain("beneficiary__phone")),
    Column("courriel", "Courriel", (Cell("Courriel", "beneficiary__email"),), plain("beneficiary__email")),
    Column("adresse", "Adresse", (Cell("Adresse", "beneficiary__address"),
                                  Cell("Code postal", "beneficiary__postcode"))),
    Column("commune", "Commune", (Cell("Commune", "beneficiary__city"),), plain("beneficiary__city"), wraps=True),
    Column("public", "Public",
           (Cell("Public", "public", _PUBLICS), Cell("Qualité de l’adulte", "adult_quality", words_of(AdultQuality)),
            Cell("Précision sur la qualité", "adult_quality_other")),
           chosen("public", _PUBLICS)),
    Column("territoire", "Territoire", (Cell("Territoire", "territory__name"),), plain("territory__name"), wraps=True),
    Column("referent", "Référent",
           (Cell("Prénom du référent", "referent__first_name"), Cell("Nom du référent", "referent__last_name")),
           referent_in_words, referent_css,
           asks=("referent__first_name", "referent__last_name", "referent__email")),
    Column("repere", "Repéré par", (Cell("Repéré par", "found_by__name"),), plain("found_by__name"), wraps=True),
    Column("contact", "Premier contact", (Cell("Premier contact", "contacted_on"),), day("contacted_on")),
    Column("entree", "Entrée", (Cell("Entrée", "entered_on"),), day("entered_on")),
    Column("etape", "Étape", (Cell("Étape atteinte", "step"),), plain("step"), annotations=furthest_step, wraps=True),
    Column("etat", "État",
           (Cell("Sortie", "exited_on"), Cell("Départ", "lost_on"), Cell("Motif du départ", "loss_reason__label")),
           lambda row, today: state_of(row)[0], lambda row: f"state state-{state_of(row)[1]}", wraps=True),
    Column("dernier", "Dernier contact",
           (Cell("Dernier contact", "last_contact_on"), Cell("Résultat du dernier contact", "last_contact_result",
                                                             _RESULTS)),
           contact_in_words, annotations=last_contact, wraps=True,
           asks=("last_contact_on", "last_contact_result", "last_contact_channel")),
    Column("action", "Prochaine action",
           (Cell("Prochaine action", "action_what"), Cell("Prochaine action, pour le", "action_due")),
           action_in_words, annotations=next_action, wraps=True),
    Column("freins", "Freins ouverts", (Cell("Freins ouverts", "open_obstacles"),), obstacles_in_words,
           annotations=open_obstacles),
    Column("contrat", "Contrat en cours",
           (Cell("Contrat en cours", "contract_type", _CONTRACTS), Cell("Employeur", "contract_employer"),
            Cell("Fin du contrat", "contract_end")),
           contract_in_words, annotations=current_contract, wraps=True),
    Column("devenir", "Dernier devenir",
           (Cell("Dernier devenir", "outcome_kind", _OUTCOMES), Cell("Constaté", "outcome_moment", _MOMENTS),
            Cell("Constaté le", "outcome_seen_on")),
           outcome_in_words, annotations=last_outcome, wraps=True),
    Column("age-entree", "Âge à l’entrée", (Cell("Âge à l’entrée", "age_band", _BANDS),), chosen("age_band", _BANDS)),
    Column("situation", "Situation à l’entrée",
           (Cell("Situation à l’entrée", "situation", _SITUATIONS),
            Cell("Précision sur la situation", "situation_other")),
           chosen("situation", _SITUATIONS), wraps=True),
    Column("niveau", "Niveau de formation",
           (Cell("Niveau de formation", "school_level", _LEVELS),
            Cell("Diplôme détenu", "diploma_level", words_of(DiplomaLevel))),
           chosen("school_level", _LEVELS), wraps=True),
    Column("mission-locale", "Mission locale", (Cell("Mission locale", "followed_by_mission_locale", yes_no),),
           chosen("followed_by_mission_locale", yes_no)),
    Column("quartier", "Quartier prioritaire", (Cell("Quartier prioritaire", "in_priority_district", yes_no),)),
    Column("handicap", "Situation de handicap", (Cell("Situation de handicap", "has_disability", yes_no),)),
    Column("information", "Information sur les données", (Cell("Information remise le", "notice_on"),),
           notice_in_words, lambda row: "" if row["notice_on"] else "youth-missing", annotations=last_notice),
)  # fmt: skip
BY_KEY = {column.key: column for column in (NAMES, *COLUMNS)}
OFFERED = tuple(column for column in COLUMNS if column.says)
KEYS = {NAME, *(column.key for column in OFFERED)}


def of(keys: str) -> tuple[Column, ...]:
    return tuple(BY_KEY[key] for key in keys.split())


# What the page shows unless told otherwise, and what a file holds unless told otherwise: its order is that of the files
# that people have made until now.
USUAL = of("age territoire referent contact entree etape etat")
FULL = of(
    "nom naissance sexe ine telephone courriel adresse commune public territoire referent repere contact entree etat "
    "etape age-entree situation niveau mission-locale quartier handicap"
)
# What is told of a youth in a line of another page.
TOLD = of("age territoire contact etat")
# What every line reads, whatever its columns: who it is, where, and what the list is sorted by.
ALWAYS = (
    "pk", "sort_name", "contacted_on", "entered_on", "public", "territory",
    "beneficiary__last_name", "beneficiary__usage_name", "beneficiary__first_name",
)  # fmt: skip


# -- Which of them ------------------------------------------------------------------------------------
def columns_of(params: QueryDict) -> tuple[Column, ...]:
    """Those that the address asks for, beside the name; the usual ones where it asks for none that is known."""
    asked = KEYS.intersection(params.getlist(PARAMETER))
    return tuple(column for column in OFFERED if column.key in asked) if asked else USUAL


def keys_of(columns: Sequence[Column]) -> list[str]:
    """What the address says of them: nothing of the usual ones."""
    return [] if columns == USUAL else [column.key for column in columns] or [NAME]


def file_columns(params: QueryDict) -> tuple[Column, ...]:
    """Those of a file: the name and what the address asks for; everything where it asks for nothing that is known."""
    return (NAMES, *columns_of(params)) if KEYS.intersection(params.getlist(PARAMETER)) else FULL


def annotated(youths: QuerySet, columns: Iterable[Column]) -> QuerySet:
    today = timezone.localdate()
    return youths.annotate(**{name: sql for each in columns for name, sql in each.annotations(today).items()})


def read(youths: QuerySet, columns: Sequence[Column], *besides: str) -> QuerySet:
    """A values() queryset of what the page prints of these columns; `besides`: other paths."""
    paths = dict.fromkeys([*ALWAYS, *(path for column in columns for path in column.paths), *besides])
    return annotated(youths, columns).values(*paths)


# -- As the page prints them -----------------------------------------------------------------------------
@lru_cache(maxsize=256)
def headings(columns: tuple[Column, ...]) -> SafeString:
    return format_html_join("", '<th scope="col">{}</th>', ((column.label,) for column in columns))


@lru_cache(maxsize=256)
def boxes(columns: tuple[Column, ...]) -> SafeString:
    """The check boxes of all the columns, those of `columns` ticked."""
    line = (
        '<label class="form-check"><input type="checkbox" class="form-check-input" name="{}" value="{}"{}> {}</label>'
    )
    ticked = {column.key for column in columns}
    return format_html_join(
        "", line, ((PARAMETER, each.key, mark_safe(" checked") if each.key in ticked else "", each.label)
                   for each in OFFERED)
    )  # fmt: skip


@lru_cache(maxsize=256)
def _printers(columns: tuple[Column, ...]) -> list[tuple[Any, Any, str, str]]:
    """Of each: what it says, in what class, how its cell opens, and the cell where it says nothing, which telephones
    leave out."""
    made = []
    for column in columns:
        opening = str(format_html('<td data-label="{}"', column.label)) + (' class="wraps"' if column.wraps else "")
        made.append((column.says, column.css, opening, f"{opening} data-empty>{EMPTY}</td>"))
    return made


def cells(columns: tuple[Column, ...], row: Row, today: Today) -> SafeString:
    """The cells of one line. A page prints hundreds: written by a template, they would take most of its time."""
    made = []
    for says, css, opening, empty in _printers(columns):
        words = html.escape(says(row, today))
        if not words:
            made.append(empty)
        elif css:
            made.append(f'{opening}><span class="{css(row)}">{words}</span></td>')
        else:
            made.append(f"{opening}>{words}</td>")
    return mark_safe("".join(made))  # noqa: S308  (escaped above)
