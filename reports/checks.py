"""What does not add up in annexe 1, said before the funder finds it. A check never blocks: it asks for a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from beneficiaries.models import Situation
from partaj.formats import counted, french_integer
from reports.annexe1 import CODE, PEOPLE_ROWS, PLANNED, Annexe1, Block
from reports.cells import read_typed
from reports.counting import Counts
from reports.models import DeclaredFigure
from reports.percentages import possible_percentage
from reports.spans import TOTAL, YOUTHS, Slice
from reports.tables import Cell, Finding, Report, Row, Severity, Source, Table, Unit

UNDER_16 = ("0-6", "6-10", "10-16")


Place = tuple[str, str]  # row, column


def check_annexe_1(
    report: Report, annexe: Annexe1, counts: Counts, declared: Mapping[Place, DeclaredFigure]
) -> tuple[Finding, ...]:
    """All findings, the gravest first. `report` as its reader sees it; `counts` and `declared` what it is made of."""
    found = [
        *_rows_against_totals(report, annexe, counts),
        *_totals_against_parts(report),
        *declared_against_computed(report),
        *declared_nowhere(report, declared),
        *_impossible_percentages(report, annexe, counts),
        *_planned_totals(report, annexe),
        *_periods_against_total(report),
        *_losses_outside_periods(report, annexe, counts),
        *_pupils_too_old(annexe, counts),
    ]
    return gravest_first(found)


def gravest_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda finding: list(Severity).index(finding.severity)))


def where(table: Table, row: Row | None = None, column: str = "") -> str:
    return " · ".join(part for part in (table.title, row.label if row else "", column) if part)


def _number(cell: Cell) -> int | None:
    return cell.value if isinstance(cell.value, int) and cell.unit is Unit.PERSONS else None


def _rows_against_totals(report: Report, annexe: Annexe1, counts: Counts) -> Iterator[Finding]:
    """Rows of each section against the population that they split: too many is an error, too few a coverage.

    Both as the funder reads them: what is declared stands for what was counted, and a range for its two ends.
    """
    for block in annexe.blocks:
        if block.base is None:
            continue
        table = report.table(block.key)
        population = _population(report, annexe, counts, block)
        low, high = _printed_sum(table, block, counts, annexe)
        if low > population:
            gap = low - population
            yield Finding(
                "rows-exceed-total", Severity.ERROR, CODE, where(table),
                f"{table.title} : les lignes font {french_integer(low)} pour {french_integer(population)} "
                f"{block.base_label}, soit {french_integer(gap)} de trop.",
                low, population, gap,
            )  # fmt: skip
        elif high is not None and high < population:
            gap = high - population
            yield Finding(
                "coverage", Severity.WARNING, CODE, where(table),
                f"{table.title} : {french_integer(high)} personnes renseignées sur {french_integer(population)} "
                f"({block.base_label}) ; {french_integer(-gap)} sans réponse.",
                high, population, gap,
            )  # fmt: skip
    yield from _narrower_bases(annexe, counts)


def _totals_against_parts(report: Report) -> Iterator[Finding]:
    """A printed total and the printed rows that make it, where all are whole numbers."""
    for table, row, column, cell in report.cells():
        parts = [_number(table.cell(key, column.key)) for key in row.sum_of]
        total, known = _number(cell), [part for part in parts if part is not None]
        if total is None or not parts or len(known) < len(parts) or total == sum(known):
            continue
        yield Finding(
            "total-differs", Severity.WARNING, CODE, where(table, row, column.label),
            f"{row.label} : {french_integer(total)} est imprimé, les lignes font {french_integer(sum(known))}.",
            total, sum(known), total - sum(known),
        )  # fmt: skip


def _population(report: Report, annexe: Annexe1, counts: Counts, block: Block) -> int:
    """Whom the section splits: the total printed above it where it prints a whole number, else those counted."""
    assert block.base is not None  # noqa: S101  (the callers pass over the block that splits nothing)
    counted_here = counts.of(annexe.spans[TOTAL], block.base)
    if block.base.reviewed_only:
        return counted_here
    printed = _number(report.table("people").cell(PEOPLE_ROWS[block.base.publics], TOTAL))
    return counted_here if printed is None else printed


def _printed_sum(table: Table, block: Block, counts: Counts, annexe: Annexe1) -> tuple[int, int | None]:
    """The least and the most (None: no bound) that the rows that add up may make, as printed."""
    lows, highs = 0, 0
    unbounded = False
    for row in table.rows:
        line = block.line(row.key)
        if line is None or not line.adds_up:
            continue
        low, high = _ends(row.cells[-1])
        if row.cells[-1].unit is Unit.PERCENT and line.part:
            low = high = counts.of(annexe.spans[TOTAL], line.part)
        lows, highs, unbounded = lows + low, highs + (high or 0), unbounded or high is None
    return lows, None if unbounded else highs


def _ends(cell: Cell) -> tuple[int, int | None]:
    """The whole numbers that a cell allows: « 17 à 20 » → 17 and 20; a text or nothing counts nobody."""
    typed = read_typed(cell.text)
    if typed.unit is not Unit.PERSONS:
        return 0, 0
    return typed.low or 0, typed.high


def _narrower_bases(annexe: Annexe1, counts: Counts) -> Iterator[Finding]:
    span = annexe.spans[TOTAL]
    for block in annexe.blocks:
        if block.base is None or not block.base.reviewed_only:
            continue
        base = counts.of(span, block.base)
        everybody = counts.of(span, Slice("public", block.base.publics, block.base.publics))
        if base != everybody:
            yield Finding(
                "narrower-base", Severity.INFO, CODE, block.title,
                f"{block.title} : compté sur {french_integer(base)} situations traitées en cellule, "
                f"et non sur les {french_integer(everybody)} bénéficiaires.",
                base, everybody, base - everybody,
            )  # fmt: skip


def declared_against_computed(report: Report) -> Iterator[Finding]:
    for table, row, column, cell in report.cells():
        if cell.source is not Source.DECLARED or column.key == PLANNED or not cell.computed_text or _agrees(cell):
            continue
        contradicts = cell.value is not None or read_typed(cell.text).unit is Unit.PERSONS
        reason = cell.declaration.reason if cell.declaration else ""
        yield Finding(
            "declared-computed", Severity.WARNING if contradicts else Severity.INFO, report.code,
            where(table, row, column.label),
            f"{row.label} : « {cell.text} » est déclaré, les dossiers donnent {cell.computed_text}."
            + (f" Raison : {reason}" if reason else " Aucune raison n’est donnée."),
            cell.value, cell.computed, _gap(cell),
        )  # fmt: skip


def _gap(cell: Cell) -> int | Decimal | None:
    """Declared less computed; a share and a count are told side by side, never subtracted."""
    if isinstance(cell.value, int) and isinstance(cell.computed, int):
        return cell.value - cell.computed
    if isinstance(cell.value, Decimal) and isinstance(cell.computed, Decimal):
        return cell.value - cell.computed
    return None


def declared_nowhere(report: Report, declared: Mapping[Place, DeclaredFigure]) -> Iterator[Finding]:
    """Figures whose row or column was removed from the programme's settings: they print nowhere any more."""
    places = {(row.key, column.key) for _, row, column, _ in report.cells()}
    for (row_key, column_key), figure in declared.items():
        if (row_key, column_key) not in places:
            yield Finding(
                "declared-nowhere", Severity.WARNING, report.code, f"{row_key} · {column_key}",
                f"« {figure.text} » est déclaré pour une ligne ou une colonne que le programme n’a plus : "
                "ce chiffre ne s’imprime nulle part. S’il compte encore, déclarez-le là où il va.",
            )  # fmt: skip


def _agrees(cell: Cell) -> bool:
    """Whether what is declared says the same as the records: the same value, or a range that holds it."""
    if cell.value is not None or cell.computed is None:
        return cell.value == cell.computed if cell.computed is not None else cell.text == cell.computed_text
    typed = read_typed(cell.text)
    low, high = typed.low, typed.high
    ranged = typed.unit is Unit.PERSONS
    return ranged and (low is None or cell.computed >= low) and (high is None or cell.computed <= high)


def _impossible_percentages(report: Report, annexe: Annexe1, counts: Counts) -> Iterator[Finding]:
    """A declared percentage is impossible only if no whole count rounds to it, of all or of those who answered."""
    for table, row, column, cell in report.cells():
        if cell.source is not Source.DECLARED or cell.unit is not Unit.PERCENT or not isinstance(cell.value, Decimal):
            continue
        found = annexe.block_of(row.key)
        if found is None or found[0].base is None or column.key not in annexe.spans:
            continue
        population = counts.of(annexe.spans[column.key], found[0].base)
        if not any(possible_percentage(cell.value, base) for base in (population, annexe.informed(found[0], counts))):
            yield Finding(
                "impossible-percentage", Severity.ERROR, CODE, where(table, row, column.label),
                f"{row.label} : aucun nombre entier de personnes sur {french_integer(population)} ne fait {cell.text}.",
                cell.value, population,
            )  # fmt: skip


def _planned_totals(report: Report, annexe: Annexe1) -> Iterator[Finding]:
    """The planned sections must split the same number of people, and that number must be the planned one."""
    people = report.table("people")
    sums, totals = {}, {}
    for block in annexe.blocks:
        if block.base is None or YOUTHS[0] not in block.base.publics:
            continue
        table = report.table(block.key)
        numbers = [_number(row.cells[0]) for row in table.rows if row.adds_up]
        if any(number is not None for number in numbers):
            sums[table.title] = sum(number or 0 for number in numbers)
            totals[table.title] = PEOPLE_ROWS[block.base.publics]
    if len(set(sums.values())) > 1:
        said = ", ".join(f"{title.removeprefix('Jeunes – ').lower()} {french_integer(n)}" for title, n in sums.items())
        yield Finding(
            "planned-totals", Severity.WARNING, CODE, people.columns[0].label,
            f"Les prévisions par caractéristique ne font pas le même total : {said}.",
            min(sums.values()), max(sums.values()), min(sums.values()) - max(sums.values()),
        )  # fmt: skip
    for title, number in sums.items():
        planned = read_typed(people.cell(totals[title], PLANNED).text or people.cell(TOTAL, PLANNED).text)
        if planned.high is not None and number > planned.high:
            bound = planned.high
        elif planned.low is not None and number < planned.low:
            bound = planned.low
        else:
            continue
        yield Finding(
            "planned-outside-total", Severity.WARNING, CODE, f"{title} · {people.columns[0].label}",
            f"{title} : {french_integer(number)} personnes prévues, pour un total prévu de « {planned.text} ».",
            number, bound, number - bound,
        )  # fmt: skip


def _periods_against_total(report: Report) -> Iterator[Finding]:
    """More people entered one period than the last column holds: the last column counts something else."""
    people = report.table("people")
    row = next(row for row in people.rows if row.key == TOTAL)
    total = _number(row.cells[-1])
    for column, cell in zip(people.columns, row.cells, strict=True):
        number = _number(cell)
        if column.kind == "period" and number is not None and total is not None and number > total:
            yield Finding(
                "period-exceeds-total", Severity.WARNING, CODE, where(people, row, column.label),
                f"{column.label} : {french_integer(number)}, plus que les {french_integer(total)} de la dernière "
                f"colonne. {people.note}",
                number, total, number - total,
            )  # fmt: skip


def _losses_outside_periods(report: Report, annexe: Annexe1, counts: Counts) -> Iterator[Finding]:
    """Abandonments that the last column counts and that no period does: no step noted, or a date outside them all."""
    people, total = report.table("people"), counts.lost(annexe.spans[TOTAL])
    periods = [span for key, span in annexe.spans.items() if key != TOTAL]
    inside = sum(counts.lost(span) for span in periods)
    if periods and inside < total:
        yield Finding(
            "losses-outside-periods", Severity.WARNING, CODE, f"{people.title} · {people.rows[-1].label}",
            f"{french_integer(total)} abandons ou exclusions en tout, {french_integer(inside)} dans les colonnes : "
            "les autres n’ont pas d’étape notée, ou leur date est hors des périodes.",
            inside, total, inside - total,
        )  # fmt: skip


def _pupils_too_old(annexe: Annexe1, counts: Counts) -> Iterator[Finding]:
    """Pupils in elementary school cannot outnumber the youths under 16."""
    span = annexe.spans[TOTAL]
    pupils = counts.of(span, Slice("situation", (Situation.PRE_ELEMENTARY.value, Situation.ELEMENTARY.value)))
    young = counts.of(span, Slice("age_band", UNDER_16))
    aged = young + counts.of(span, Slice("age_band", ("16-18", "18-26", "26+")))
    if pupils > young and aged:
        yield Finding(
            "pupils-too-old", Severity.WARNING, CODE, "Jeunes – Situation · Elèves en élémentaire",
            f"{french_integer(pupils)} élèves du primaire, mais "
            f"{counted(young, 'jeune') if young else 'aucun jeune'} de moins de 16 ans.",
            pupils, young, pupils - young,
        )  # fmt: skip
