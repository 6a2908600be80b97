"""What does not add up in annexe 1, said before the funder finds it. A check never blocks: it asks for a reason."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from beneficiaries.models import Situation
from partaj.formats import french_integer
from reports.annexe1 import CODE, PLANNED, Annexe1, Block
from reports.cells import read_typed
from reports.counting import TOTAL, YOUTHS, Counts, Slice
from reports.tables import Cell, Finding, Report, Row, Severity, Source, Table, Unit

UNDER_16 = ("0-6", "6-10", "10-16")


def check_annexe_1(report: Report, annexe: Annexe1, counts: Counts) -> tuple[Finding, ...]:
    """All findings, the gravest first. `report` as its reader sees it; `counts` the figures behind it."""
    found = [
        *_rows_against_totals(report, annexe, counts),
        *_declared_against_computed(report),
        *_impossible_percentages(report, annexe, counts),
        *_planned_totals(report, annexe),
        *_periods_against_total(report),
        *_pupils_too_old(annexe, counts),
    ]
    return tuple(sorted(found, key=lambda finding: list(Severity).index(finding.severity)))


def _where(table: Table, row: Row | None = None, column: str = "") -> str:
    return " · ".join(part for part in (table.title, row.label if row else "", column) if part)


def _number(cell: Cell) -> int | None:
    return cell.value if isinstance(cell.value, int) and cell.unit is Unit.PERSONS else None


def _rows_against_totals(report: Report, annexe: Annexe1, counts: Counts) -> Iterator[Finding]:
    """Rows of each section against the population that they split: too many is an error, too few a coverage."""
    for block in annexe.blocks:
        if block.base is None:
            continue
        table = report.table(block.key)
        population = counts.of(annexe.spans[TOTAL], block.base)
        rows = _printed_sum(table, block, counts, annexe)
        if rows == population:
            continue
        gap = rows - population
        if gap > 0:
            yield Finding(
                "rows-exceed-total", Severity.ERROR, CODE, _where(table),
                f"{table.title} : les lignes font {french_integer(rows)} pour {french_integer(population)} "
                f"{block.base_label}, soit {french_integer(gap)} de trop.",
                rows, population, gap,
            )  # fmt: skip
        else:
            yield Finding(
                "coverage", Severity.WARNING, CODE, _where(table),
                f"{table.title} : {french_integer(rows)} personnes renseignées sur {french_integer(population)} "
                f"({block.base_label}) ; {french_integer(-gap)} sans réponse.",
                rows, population, gap,
            )  # fmt: skip
    yield from _narrower_bases(annexe, counts)


def _printed_sum(table: Table, block: Block, counts: Counts, annexe: Annexe1) -> int:
    """The rows that add up, as printed where they print whole numbers, as counted where they print percents."""
    total = 0
    for row in table.rows:
        line = block.line(row.key)
        if line is None or not line.adds_up:
            continue
        printed = _number(row.cells[-1])
        if printed is None and block.unit is Unit.PERCENT and line.part:
            printed = counts.of(annexe.spans[TOTAL], line.part)
        total += printed or 0
    return total


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
                f"{block.title} : compté sur {french_integer(base)} situations traitées en cellule, "
                f"et non sur les {french_integer(everybody)} bénéficiaires.",
                base, everybody, base - everybody,
            )  # fmt: skip


def _declared_against_computed(report: Report) -> Iterator[Finding]:
    for table, row, column, cell in report.cells():
        if cell.source is not Source.DECLARED or column.key == PLANNED:
            continue
        same = cell.value == cell.computed if cell.computed is not None else cell.text == cell.computed_text
        if same or (cell.computed is None and not cell.computed_text):
            continue
        gap = cell.value - cell.computed if cell.value is not None and cell.computed is not None else None
        reason = cell.declaration.reason if cell.declaration else ""
        yield Finding(
            "declared-computed", Severity.WARNING if gap or cell.value is not None else Severity.INFO, CODE,
            _where(table, row, column.label),
            f"{row.label} : « {cell.text} » est déclaré, les dossiers donnent {cell.computed_text or '0'}."
            + (f" Raison : {reason}" if reason else " Aucune raison n’est donnée."),
            cell.value, cell.computed, gap,
        )  # fmt: skip


def _impossible_percentages(report: Report, annexe: Annexe1, counts: Counts) -> Iterator[Finding]:
    """A declared percentage is impossible only if no whole count of the population rounds to it."""
    for table, row, column, cell in report.cells():
        if cell.source is not Source.DECLARED or cell.unit is not Unit.PERCENT or not isinstance(cell.value, Decimal):
            continue
        found = annexe.block_of(row.key)
        if found is None or found[0].base is None or column.key not in annexe.spans:
            continue
        population = counts.of(annexe.spans[column.key], found[0].base)
        if not possible_percentage(cell.value, population):
            yield Finding(
                "impossible-percentage", Severity.ERROR, CODE, _where(table, row, column.label),
                f"{row.label} : aucun nombre entier de personnes sur {french_integer(population)} ne fait {cell.text}.",
                cell.value, population,
            )  # fmt: skip


def possible_percentage(share: Decimal, population: int) -> bool:
    """Whether some whole count of `population` rounds (half up) to `share`, at the precision that it is written."""
    if population <= 0:
        return share == 0
    decimals = max(0, -int(share.as_tuple().exponent))
    nearest = round(Fraction(share) * population / 100)
    step = Decimal(1).scaleb(-decimals)
    return any(
        (Decimal(number) * 100 / population).quantize(step, rounding=ROUND_HALF_UP) == share
        for number in (nearest - 1, nearest, nearest + 1)
        if 0 <= number <= population
    )


def _planned_totals(report: Report, annexe: Annexe1) -> Iterator[Finding]:
    """The planned sections must split the same number of people, and that number must be the planned one."""
    people = report.table("people")
    sums = {}
    for block in annexe.blocks:
        if block.base is None or YOUTHS[0] not in block.base.publics:
            continue
        table = report.table(block.key)
        numbers = [_number(row.cells[0]) for row in table.rows if row.adds_up]
        if any(number is not None for number in numbers):
            sums[table.title] = sum(number or 0 for number in numbers)
    if len(set(sums.values())) > 1:
        said = ", ".join(f"{title.removeprefix('Jeunes – ').lower()} {french_integer(n)}" for title, n in sums.items())
        yield Finding(
            "planned-totals", Severity.WARNING, CODE, people.columns[0].label,
            f"Les prévisions par caractéristique ne font pas le même total : {said}.",
            min(sums.values()), max(sums.values()), min(sums.values()) - max(sums.values()),
        )  # fmt: skip
    planned = read_typed(people.cell(TOTAL, PLANNED).text)
    for title, number in sums.items():
        if (planned.high is not None and number > planned.high) or (planned.low is not None and number < planned.low):
            yield Finding(
                "planned-outside-total", Severity.WARNING, CODE, f"{title} · {people.columns[0].label}",
                f"{title} : {french_integer(number)} personnes prévues, pour un total prévu de « {planned.text} ».",
                number, planned.high if planned.high is not None else planned.low,
                number - (planned.high if planned.high is not None and number > planned.high else planned.low or 0),
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
                "period-exceeds-total", Severity.WARNING, CODE, _where(people, row, column.label),
                f"{column.label} : {french_integer(number)}, plus que les {french_integer(total)} de la dernière "
                f"colonne. {people.note}",
                number, total, number - total,
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
            f"{french_integer(pupils)} élèves du primaire, mais {french_integer(young)} jeunes de moins de 16 ans.",
            pupils, young, pupils - young,
        )  # fmt: skip
