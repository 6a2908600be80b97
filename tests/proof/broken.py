"""Random people for « parcours », « devenir » and « ruptures », counted without a database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from beneficiaries.models import Outcome
from partaj.programmes.models import FunnelStep, LossReason, Period, Programme
from reports.breaks import UNKNOWN, Rows
from reports.cells import computed_cell
from reports.devenir import Devenir
from reports.funnel import LEFT, LOST, NOBODY, THERE, UNSAID, Funnel, Stop
from reports.issuing import report_of
from reports.parcours import Parcours
from reports.perimeter import Perimeter
from reports.ruptures import Ruptures
from reports.spans import TOTAL, column_key
from reports.tables import Cell, Column, Report, Row, RowKind, Table

REASONS = (1, 2)
HEARD = ("appointment", "wrong", UNSAID, NOBODY)
KINDS = ("cdi", "cdd", "apprentice", "resumed", "training", "civic", "moved", None)
SMALL = st.integers(1, 8)


def for_counts() -> Perimeter:
    return Perimeter(Programme(number="ISOLE-2", title="Nulle part"), None, names=False, label="ensemble du programme")


# -- Parcours -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Path:
    """`steps`: those that it went through, in order; `stop`: the one where it stopped (None: no step at all)."""

    public: str
    steps: tuple[int, ...]
    stop: Stop
    heard: str


class Walked(Funnel):
    """What `Funnel` would find in the database, had it held these paths."""

    def __init__(self, perimeter: Perimeter, steps: int, paths: list[Path]) -> None:
        self.perimeter = perimeter
        self.steps = [FunnelStep(pk=pk, position=pk, label=f"Étape {pk}") for pk in range(1, steps + 1)]
        self.reasons = [LossReason(pk=pk, label=f"Motif {pk}", counts_as_abandonment=pk == 1) for pk in REASONS]
        self.passed = Counter((step, path.public) for path in paths for step in path.steps)  # type: ignore[misc]
        self.stops = Counter((path.stop, path.public) for path in paths)  # type: ignore[misc]
        self.heard = Counter((path.heard, path.public) for path in paths if path.stop.step == 1)  # type: ignore[misc]


@st.composite
def paths(draw: st.DrawFn, steps: int, *, straight: bool) -> Path:
    public = draw(st.sampled_from(["youth", "youth", "adult"]))
    furthest = draw(st.integers(0 if draw(st.integers(0, 4)) == 0 else 1, steps))
    walked = list(range(1, furthest + 1))
    if not straight:
        walked = [step for step in walked if step == furthest or draw(st.integers(0, 4))]
    ending = draw(st.sampled_from([LOST, LOST, LEFT, THERE]))
    stop = furthest or None
    if ending == LOST and walked and not straight and draw(st.integers(0, 3)) == 0:
        stop = draw(st.sampled_from(walked))  # left at an earlier step than the furthest
    reason = draw(st.sampled_from(REASONS)) if ending == LOST else None
    return Path(public, tuple(walked), Stop(stop, ending, reason), draw(st.sampled_from(HEARD)))


@st.composite
def funnels(draw: st.DrawFn, *, straight: bool) -> Parcours:
    steps = draw(st.integers(1, 4))
    kinds = draw(st.lists(st.tuples(paths(steps, straight=straight), SMALL), min_size=1, max_size=9))
    return Parcours(Walked(for_counts(), steps, [path for path, number in kinds for _ in range(number)]))


def annexe_of(funnel: Funnel, phases: list[Period]) -> Report:
    """What annexe 1 would say of the same paths, had everybody entered the scheme once: whom each phase holds, whom
    there is in all, and who abandoned."""
    rows: dict[str, list[Cell]] = {"youths": [], "adults": [], TOTAL: [], "abandons": []}
    starts = [period.step_id for period in phases]
    for rank, step in enumerate([*starts, None]):
        end = starts[rank + 1] if rank + 1 < len(starts) else len(funnel.steps) + 1
        here = range(step, end) if step else ()
        entered = {
            public: funnel.passed[step, public] if step else sum(
                number for (_, of), number in funnel.stops.items() if of == public
            )
            for public in ("youth", "adult")
        }  # fmt: skip
        lost = sum(
            number for (stop, _), number in funnel.stops.items() if stop.reason == 1 and (not step or stop.step in here)
        )
        for row, number in (("youths", entered["youth"]), ("adults", entered["adult"]), (TOTAL, sum(entered.values())),
                            ("abandons", lost)):  # fmt: skip
            rows[row].append(computed_cell(number, str(number), records=number))
    printed = [
        Row(row, row, tuple(cells), kind=RowKind.TOTAL if row == TOTAL else RowKind.ROW, adds_up=row != "abandons")
        for row, cells in rows.items()
    ]
    columns = (*(Column(column_key(period), "Phase") for period in phases), Column(TOTAL, "En tout", "total"))
    table = Table("people", "Bénéficiaires", columns, tuple(printed))
    return report_of(for_counts(), code="annexe-1", title="Annexe 1", tables=[table])


# -- Devenir --------------------------------------------------------------------------------------------
@st.composite
def becomings(draw: st.DrawFn) -> Devenir:
    code = st.sampled_from(KINDS)
    return becoming(draw(st.lists(st.tuples(st.tuples(code, code, code), SMALL), min_size=1, max_size=9)))


def becoming(kinds: list[Any]) -> Devenir:
    """`kinds`: what so many of them do at each of the three moments."""
    found = Devenir(for_counts())
    counts: Counter[tuple[str, str | None]] = Counter()
    for codes, number in kinds:
        for moment, kind in zip(Outcome.Moment.values, codes, strict=True):
            counts[moment, kind] += number
    found.__dict__["counts"] = counts
    return found


# -- Ruptures ---------------------------------------------------------------------------------------------
MOTIVES = ("Mésentente", "mesentente", "Absences", "Trajet", "Fermeture", "")
SECTORS = ("Boulangerie", "Coiffure", "boulangerie", "Bâtiment", "")


@st.composite
def apprenticeships(draw: st.DrawFn) -> Rows:
    row = st.fixed_dictionaries({
        "motive": st.sampled_from(MOTIVES), "sector": st.sampled_from(SECTORS),
        "level": st.sampled_from(["VI", "Vbis", "V", "IV", "NC", ""]),
        "delay": st.sampled_from(["trial", "half-year", "longer", UNKNOWN]),
        "chosen": st.sampled_from(["chosen", "suffered", "unknown"]),
        "solution_found": st.sampled_from([True, False, None]),
    })  # fmt: skip
    kinds = draw(st.lists(st.tuples(row, SMALL), max_size=8))
    return [row | {"enrolment": 0, "number": 1} for row, number in kinds for _ in range(number)]


@st.composite
def work(draw: st.DrawFn) -> Rows:
    kinds = []
    for _ in range(draw(st.integers(0, 7))):
        row: dict[str, Any] = {"contract_type": draw(st.sampled_from(["cdi", "cdd", "pro", "aided"])), "is_over": "",
                               "break_motive": "", "initiative": "", "in_trial": None}  # fmt: skip
        if draw(st.booleans()):
            row |= {
                "is_over": "broken", "break_motive": draw(st.sampled_from(["trial", "conflict", "fault", "unknown"])),
                "initiative": draw(st.sampled_from(["youth", "employer", "unknown"])),
                "in_trial": draw(st.sampled_from([True, False, None])),
            }  # fmt: skip
        kinds.append(row | {"number": draw(SMALL)})
    return kinds


@st.composite
def breakings(draw: st.DrawFn) -> Ruptures:
    return Ruptures(for_counts(), draw(apprenticeships()), draw(work()))
