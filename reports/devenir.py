"""« Devenir »: what became of the youths, at the exit, six and twelve months later, over a stated base (DESIGN §5).

Source: AP1-261, « devenir des jeunes » (29 % in work, 34 % in alternating training, 31 % at school, 6 % in qualifying
training, of the 450 followed more closely); AP1-485, the eight who stayed to the end. One outcome of a youth counts at
each moment, the principal one; somebody who came back counts once, by the last of their paths in the base.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.text import capfirst

from beneficiaries.models import Enrolment, Outcome, Public, StepEntry, seen_before_exit
from partaj.formats import counted, french_integer
from partaj.programmes.models import Programme
from reports.cells import computed_cell, percent_cell
from reports.checks import declared_against_computed, declared_nowhere, gravest_first
from reports.declaring import Declared, declared_in, with_declared
from reports.figures import Figure, place_of
from reports.issuing import report_of
from reports.perimeter import Perimeter
from reports.snapshot import one_moment
from reports.suppression import Sum, Together, hide_shares, hide_small_counts, shares
from reports.tables import Cell, Column, Drawing, Finding, Report, Row, RowKind, Severity, Table

CODE = "devenir"
TITLE = "Devenir des jeunes"
OUTCOMES = "outcomes"  # the table
BASE, UNKNOWN = "base", "unknown"  # rows; those of a group and of a code bear its name
Kind, Moment = Outcome.Kind, Outcome.Moment


@dataclass(frozen=True, slots=True)
class Group:
    """A row of the table; where it holds several codes, each has a row of its own below. `always`: printed at 0."""

    key: str
    label: str
    kinds: tuple[str, ...]
    always: bool = False


# As AP1-261 groups them; then what it leaves aside.
GROUPS = (
    Group("work", "Emploi (CDD, CDI, intérim, contrat aidé)",
          (Kind.PERMANENT, Kind.FIXED_TERM, Kind.AGENCY, Kind.AIDED), always=True),
    Group("alternation", "Contrat d’apprentissage ou de professionnalisation",
          (Kind.APPRENTICESHIP, Kind.PROFESSIONAL), always=True),
    Group("school", "Maintien ou reprise de scolarité", (Kind.STAYED, Kind.RESUMED), always=True),
    Group("training", "Formation qualifiante", (Kind.TRAINING,), always=True),
    *(
        Group(str(kind), str(capfirst(kind.label)), (kind,))
        for kind in (Kind.CIVIC, Kind.BUSINESS, Kind.OTHER, Kind.UNREACHABLE, Kind.REFUSAL, Kind.MOVED, Kind.NONE)
    ),
)  # fmt: skip
KINDS_OF = {group.key: group.kinds for group in GROUPS} | {f"kind-{kind}": (kind,) for kind in Kind}


def build_devenir(perimeter: Perimeter) -> Report:
    """What became of the youths for one reader, from one consistent moment; small counts hidden from who reads no
    names."""
    with one_moment():
        found = Devenir(perimeter)
        report = found.report()
        declared = declared_in(perimeter, CODE)
        elsewhere, early = found.to_put_right() if perimeter.names else (0, 0)
    report = with_declared(report, declared)
    if not perimeter.names:
        return found.for_counts(report)
    return replace(report, findings=found.findings(report, declared, elsewhere, early))


def share_of(moment: str) -> str:
    """The key of the column of shares beside that of a moment."""
    return f"{moment}-share"


class Devenir:
    """The outcomes of the youths of one perimeter: counted in one query, listed from the same annotations."""

    def __init__(self, perimeter: Perimeter) -> None:
        self.perimeter = perimeter
        self.programme = perimeter.programme

    # -- Whom, and what they became -----------------------------------------------------------------
    def in_base(self) -> Q:
        base, bases = self.programme.outcomes_base, Programme.OutcomesBase
        entered = Q(public=Public.YOUTH, entered_on__isnull=False)
        if base == bases.GONE:
            return entered & (Q(exited_on__isnull=False) | Q(lost_on__isnull=False))
        if base == bases.REINFORCED:
            return entered & Q(is_reinforced=True)
        if base == bases.STEP:
            passed = StepEntry.objects.filter(step=self.programme.outcomes_step_id)
            return entered & Q(pk__in=passed.values("enrolment"))
        return entered

    def base(self) -> QuerySet[Enrolment]:
        """Each youth once. The paths that the reader's perimeter leaves out are not looked at."""
        within = self.perimeter.enrolments().filter(self.in_base())
        later = within.filter(beneficiary=OuterRef("beneficiary"), entry_rank__gt=OuterRef("entry_rank"))
        return within.exclude(Exists(later))

    def became(self) -> QuerySet[Enrolment]:
        """The base, each with the code of its principal outcome at each moment (None: nobody noted one)."""
        principal = Outcome.objects.filter(enrolment=OuterRef("pk"), is_principal=True)
        codes = {f"at_{m}": Subquery(principal.filter(moment=m).values("kind")[:1]) for m in Moment.values}
        return self.base().annotate(**codes)

    @cached_property
    def counts(self) -> Counter[tuple[str, str | None]]:
        """(moment, code) → youths; code None: not known."""
        names = [f"at_{moment}" for moment in Moment.values]
        counts: Counter[tuple[str, str | None]] = Counter()
        for *codes, number in self.became().order_by().values_list(*names).annotate(number=Count("*")):
            for moment, code in zip(Moment.values, codes, strict=True):
                counts[moment, code] += number
        return counts

    def number(self, moment: str, kinds: tuple[str, ...]) -> int:
        return sum(self.counts[moment, kind] for kind in kinds)

    @cached_property
    def total(self) -> int:
        return sum(number for (moment, _), number in self.counts.items() if moment == Moment.EXIT)

    def listed(self, row: str, moment: str) -> QuerySet[Enrolment]:
        if row == BASE:
            return self.base()
        if row == UNKNOWN:
            return self.became().filter(**{f"at_{moment}": None})
        return self.became().filter(**{f"at_{moment}__in": KINDS_OF[row]})

    # -- Table -----------------------------------------------------------------------------------------
    @cached_property
    def moments(self) -> list[str]:
        """The exit, and the later moments at which enough outcomes are noted for this reader to be told of them."""
        least = 1 if self.perimeter.names else settings.SMALL_CELL_THRESHOLD
        known = {moment: self.total - self.counts[moment, None] for moment in Moment.values}
        return [moment for moment in Moment.values if moment == Moment.EXIT or known[moment] >= least]

    @property
    def columns(self) -> tuple[Column, ...]:
        labels = dict(Moment.choices)
        return tuple(
            column
            for moment in self.moments
            for column in (
                Column(moment, capfirst(labels[moment]), "moment"),
                Column(share_of(moment), "Part" if len(self.moments) == 1 else f"Part, {labels[moment]}", "share"),
            )
        )

    def row(self, key: str, label: str, kinds: tuple[str | None, ...], level: int = 0) -> Row:
        cells: list[Cell] = []
        for moment in self.moments:
            number = sum(self.counts[moment, kind] for kind in kinds)
            share = percent_cell(number, self.total) if self.total else Cell()
            cells += [computed_cell(number, french_integer(number), records=number), share]
        return Row(key, label, tuple(cells), level, adds_up=level == 0)

    def rows(self) -> Iterator[Row]:
        for group in GROUPS:
            if not group.always and not any(self.number(moment, group.kinds) for moment in self.moments):
                continue
            yield self.row(group.key, group.label, group.kinds)
            for kind in group.kinds if len(group.kinds) > 1 else ():
                if any(self.counts[moment, kind] for moment in self.moments):
                    label = kind.label if kind.label.isupper() else capfirst(kind.label)
                    yield self.row(f"kind-{kind}", str(label), (kind,), level=1)
        if any(self.counts[moment, None] for moment in self.moments):
            yield self.row(UNKNOWN, "Devenir non renseigné", (None,))
        total = computed_cell(self.total, french_integer(self.total), records=self.total)
        cells = [cell for _ in self.moments for cell in (total, Cell())]
        yield Row(BASE, "Ensemble des jeunes comptés", tuple(cells), kind=RowKind.TOTAL)

    @property
    def base_in_words(self) -> str:
        if self.programme.outcomes_base == Programme.OutcomesBase.STEP:
            return f"les jeunes passés par l’étape « {self.programme.outcomes_step.label} »"  # type: ignore[union-attr]
        return f"les jeunes {self.programme.get_outcomes_base_display()}"

    def report(self) -> Report:
        rows = tuple(self.rows())
        note = (
            f"Base : {self.base_in_words} ({french_integer(self.total)}). Un devenir par jeune et par date, "
            "le principal ; qui est revenu compte une fois."
        )
        drawn = tuple(row.key for row in rows if row.level == 0 and row.key != BASE)
        drawing = Drawing(drawn, str(Moment.EXIT), share_of(Moment.EXIT))
        table = Table(OUTCOMES, TITLE, self.columns, rows, note, drawing)
        return report_of(self.perimeter, code=CODE, title=TITLE, tables=[table])

    def for_counts(self, report: Report) -> Report:
        """As who reads no names gets it."""
        spared = Together(spared=frozenset({BASE}))  # another report may tell it
        report = hide_small_counts(report, tuple(self.sums(report)), together=spared)
        for moment in self.moments:
            bases = {row.key: (BASE, moment) for row in report.table(OUTCOMES).rows if row.key != BASE}
            report = hide_shares(report, OUTCOMES, share_of(moment), bases)
        return report

    def sums(self, report: Report) -> Iterator[Sum]:
        """Besides the rows that make the base, which is the same at every moment: the codes of a group, and a share and
        its figure."""
        table, first = report.table(OUTCOMES), self.moments[0]
        keys = {row.key for row in table.rows}
        for moment in self.moments:
            if moment != first:
                yield Sum(((OUTCOMES, BASE, moment),), whole=(OUTCOMES, BASE, first))
            yield from shares(table, moment, share_of(moment))
            for group in GROUPS:
                inner = [f"kind-{kind}" for kind in group.kinds if f"kind-{kind}" in keys]
                if inner:
                    yield Sum(tuple((OUTCOMES, key, moment) for key in inner), whole=(OUTCOMES, group.key, moment))

    # -- Checks ----------------------------------------------------------------------------------------
    def to_put_right(self) -> tuple[int, int]:
        """Youths who have an outcome and are not of the base; outcomes seen before the exit that is noted."""
        outcomes = Outcome.objects.filter(enrolment__in=self.perimeter.enrolments().filter(public=Public.YOUTH))
        outside = outcomes.filter(is_principal=True).exclude(enrolment__in=self.base().values("pk"))
        return outside.values("enrolment").distinct().count(), outcomes.filter(seen_before_exit()).count()

    def findings(self, report: Report, declared: Declared, elsewhere: int, early: int) -> tuple[Finding, ...]:
        """`elsewhere` and `early`: as `to_put_right` says."""
        found = [*declared_against_computed(report), *declared_nowhere(report, declared)]
        known = self.total - self.counts[Moment.EXIT, None]
        if known < self.total:
            found.append(Finding(
                "coverage", Severity.WARNING, CODE, TITLE,
                f"Devenir à la sortie : {counted(known, 'jeune renseigné', 'jeunes renseignés')} sur "
                f"{french_integer(self.total)} ; {french_integer(self.total - known)} sans réponse.",
                known, self.total, known - self.total,
            ))  # fmt: skip
        if elsewhere:
            found.append(Finding(
                "outcome-outside-base", Severity.INFO, CODE, TITLE,
                f"{counted(elsewhere, 'jeune a', 'jeunes ont')} un devenir sans être de la base "
                f"({self.base_in_words}), que ce tableau ne compte pas.", computed=elsewhere,
            ))  # fmt: skip
        if early:
            found.append(Finding(
                "outcome-before-exit", Severity.WARNING, CODE, TITLE,
                f"{counted(early, 'devenir constaté', 'devenirs constatés')} avant la sortie notée, ou sans sortie : "
                "vérifiez les dates.", computed=early,
            ))  # fmt: skip
        return gravest_first(found)


@dataclass(frozen=True, slots=True)
class OutcomeFigure(Figure):
    found: Devenir
    moment: str

    @property
    def rule(self) -> str:
        base = f"Base : {self.found.base_in_words}, chacun une fois."
        if self.row.key == BASE:
            return base
        when = dict(Moment.choices)[self.moment]
        return f"{self.row.label}, {when} : devenir principal noté à cette date. {base}"

    @property
    def is_counted(self) -> bool:
        return True

    def people(self, user: Any) -> QuerySet[Enrolment]:
        return self.found.listed(self.row.key, self.moment).visible_to(user)  # type: ignore[attr-defined]


def figure_of_devenir(perimeter: Perimeter, row_key: str, column_key: str) -> OutcomeFigure:
    """Raises KeyError, as `place_of`."""
    place = place_of(build_devenir(perimeter), row_key, column_key)
    return OutcomeFigure(*place, perimeter, Devenir(perimeter), column_key.removesuffix("-share"))
