"""Annexe 1 « Public visé par l'expérimentation »: who was reached, with which characteristics at entry.

Source: FEJ, « Restitution du porteur de projet, annexe 1 »: labels are the form's, character for character.
The definition below looks like the form; `reports.counting` counts, `reports.assembly` fills the cells in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from beneficiaries.sections import FORM_ROWS, population_of
from partaj.programmes.models import ExtraRow, Programme, Section, SectionRule
from reports.counting import Counts
from reports.spans import ADULTS, EVERYONE, PUBLICS, SECTION_FIELDS, TOTAL, YOUTHS, Slice, Span, column_key, spans_of
from reports.tables import Column, RowKind, Unit

CODE = "annexe-1"
TITLE = "Annexe 1 – Public visé par l’expérimentation"
PLANNED = "planned"
# What the annexe reads of its programme, to be read before the many rows ask for it one by one.
SETTINGS = ("periods", "steps", "loss_reasons", "section_rules", "extra_rows")
PLANNED_LABEL = "Bénéficiaires prévus pour toute la durée de l'expérimentation"
TOTAL_LABEL = "Bénéficiaires entrés pendant toute la durée de l'expérimentation"

PEOPLE_ROWS = {YOUTHS: "youths", ADULTS: "adults", EVERYONE: TOTAL}  # where the first table counts each public
SECTION_TITLES = {
    Section.AGE: "Jeunes – Âge",
    Section.SITUATION: "Jeunes – Situation",
    Section.LEVEL: "Jeunes – Niveau de formation",
    Section.SEX: "Jeunes – Sexe",
    Section.QUALITY: "Adultes – Qualité",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what it counts (None: nothing, it is declared) and how it prints."""

    key: str
    label: str
    part: Slice | None = None
    kind: RowKind = RowKind.ROW
    level: int = 0
    adds_up: bool = True
    sum_of: tuple[str, ...] = ()
    counts_losses: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One table of the annexe. `base` is the population that its rows split (None where they split nothing)."""

    key: str
    title: str
    lines: tuple[Line, ...]
    base: Slice | None = None
    base_label: str = ""
    unit: Unit = Unit.PERSONS
    note: str = ""
    by_period: bool = False

    def line(self, key: str) -> Line | None:
        return next((line for line in self.lines if line.key == key), None)


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the form, whose options are rows. `part`: what the answer is computed from, where it is."""

    key: str
    title: str
    label: str
    options: tuple[tuple[str, str, str], ...]  # (code, what the question's own cell prints, label of the row)
    part: Slice | None = None


QUESTIONS = (
    Question(
        "mission_locale",
        "Mission locale",
        "Les jeunes bénéficiaires sont-ils inscrits et suivis par la mission locale (ML) ?",
        (
            ("all", "Oui, tous", "Oui, tous les bénéficiaires directs sont inscrits et suivis par la ML"),
            ("some", "Oui, une partie", "Oui, une partie des bénéficiaires directs est inscrite et suivie par la ML"),
            ("none", "Non, aucun", "Non, aucun bénéficiaire direct n'est inscrit et suivi par la ML"),
        ),
        # The options speak of the « bénéficiaires directs »: youths and adults (AP1-485: 8 of 9, « une partie »).
        Slice("followed_by_mission_locale", (True,), EVERYONE),
    ),
    Question(
        "scale",
        "Échelle",
        "L'action que vous menez dans le cadre de cette expérimentation est-elle à l'échelle :",
        (
            ("communale", "Communale", "Communale (une ou plusieurs communes dans un même département)"),
            ("departementale", "Départementale", "Départementale (un ou plusieurs départements dans une même région)"),
            ("regionale", "Régionale", "Régionale (une seule région)"),
            ("inter-regionale", "Inter-régionale", "Inter-régionale (2 et 3 régions)"),
            ("nationale", "Nationale", "Nationale (plus de 3 régions)"),
        ),
    ),
    Question(
        "priority_district",
        "Quartiers politique de la ville",
        "Votre territoire d'intervention inclut-il des quartiers \"politique de la ville\" ?",
        (
            ("all", "Oui, la totalité",
             "Oui, la totalité de mon territoire d'intervention est en quartiers politique de la ville"),
            ("some", "Oui, une partie",
             "Oui, une partie de mon territoire d'intervention est en quartiers politique de la ville"),
            ("none", "Non", "Non, mon territoire d'intervention n'inclut pas de quartiers politique de la ville"),
        ),
    ),
)  # fmt: skip


class Annexe1:
    """The annexe of one programme: its columns, its blocks, its questions.

    `territories` bounds what its figures look at: the reader's (Perimeter.territories), None for the whole programme.
    """

    def __init__(self, programme: Programme, territories: frozenset[int] | None = None) -> None:
        self.programme = programme
        self.territories = territories

    @cached_property
    def spans(self) -> dict[str, Span]:
        return {span.key: span for span in spans_of(self.programme, self.territories)}

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        periods = (Column(column_key(period), period.column_label) for period in self.programme.periods.all())
        return (Column(PLANNED, PLANNED_LABEL, "planned"), *periods, Column(TOTAL, TOTAL_LABEL, "total"))

    @cached_property
    def ends(self) -> tuple[Column, ...]:
        """The columns of the characteristics: planned, and the whole duration."""
        return (self.columns[0], self.columns[-1])

    @cached_property
    def question_columns(self) -> tuple[Column, ...]:
        return (Column(PLANNED, "Prévision initiale", "planned"), Column(TOTAL, "Réalisation", "total"))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        rules = {rule.section: rule for rule in self.programme.section_rules.all()}
        return (_people_block(), *(self._section(section, rules.get(section)) for section in SECTION_TITLES))

    @cached_property
    def fields(self) -> list[str]:
        """The columns of Enrolment that the rows read, each once."""
        parts = [line.part for block in self.blocks for line in block.lines] + [each.part for each in QUESTIONS]
        return sorted({part.field for part in parts if part} - {"public"})

    def informed(self, block: Block, counts: Counts) -> int:
        """How many people the rows that add up say something about, over the whole duration."""
        span = self.spans[TOTAL]
        return sum(counts.of(span, line.part) for line in block.lines if line.part and line.adds_up)

    def block_of(self, row_key: str) -> tuple[Block, Line] | None:
        for block in self.blocks:
            if line := block.line(row_key):
                return block, line
        return None

    def _section(self, section: Section, rule: SectionRule | None) -> Block:
        publics = PUBLICS[population_of(section, rule.population if rule else None)]
        reviewed = bool(rule and rule.base == SectionRule.Base.REVIEWED)
        labels = [POPULATION_LABELS[publics]]
        labels += ["base : situations traitées en cellule technique locale"] if reviewed else []
        return Block(
            key=section.value,
            title=SECTION_TITLES[section],
            lines=tuple(self._lines(section, publics, reviewed)),
            base=Slice("public", publics, publics, reviewed),
            base_label=", ".join(labels),
            unit=Unit.PERCENT if rule and rule.unit == SectionRule.Unit.PERCENT else Unit.PERSONS,
            note=rule.note if rule else "",
        )

    def _lines(self, section: Section, publics: tuple[str, ...], reviewed: bool) -> list[Line]:
        field = SECTION_FIELDS[section]
        lines = [
            Line(f"{section}:{row.code}", row.label, Slice(field, row.codes, publics, reviewed))
            for row in FORM_ROWS[section]
        ]
        extras = [extra for extra in self.programme.extra_rows.all() if extra.section == section]
        return [*lines, *(_extra_line(extra, publics, reviewed) for extra in extras)]


POPULATION_LABELS = {YOUTHS: "jeunes", ADULTS: "adultes", EVERYONE: "jeunes et adultes"}


def _people_block() -> Block:
    return Block(
        key="people",
        title="Nombre de bénéficiaires directement touchés par l'action",
        lines=(
            Line("youths", "Jeunes", Slice("public", YOUTHS)),
            Line("adults", "Adultes", Slice("public", ADULTS, ADULTS)),
            Line(TOTAL, "Nombre total de bénéficiaires", Slice("public", EVERYONE, EVERYONE), RowKind.TOTAL,
                 sum_of=("youths", "adults")),
            Line("abandons", "Nombre d'abandons ou exclusions", adds_up=False, counts_losses=True),
        ),
        by_period=True,
    )  # fmt: skip


def row_key(extra: ExtraRow) -> str:
    """The key of an added row, by which declared figures hold on to it."""
    return f"{extra.section}:{extra.code}"


def _extra_line(extra: ExtraRow, publics: tuple[str, ...], reviewed: bool) -> Line:
    parts = {
        ExtraRow.Counts.DISABILITY: Slice("has_disability", (True,), EVERYONE, reviewed),
        ExtraRow.Counts.PRIORITY_DISTRICT: Slice("in_priority_district", (True,), publics, reviewed),
        ExtraRow.Counts.ADULTS: Slice("public", ADULTS, ADULTS, reviewed),
    }
    other = {Section.SITUATION: "situation_other", Section.QUALITY: "adult_quality_other"}.get(Section(extra.section))
    if other:
        parts[ExtraRow.Counts.OTHER] = Slice(other, (extra.label,), publics, reviewed)
    return Line(row_key(extra), extra.label, parts.get(ExtraRow.Counts(extra.counts)), adds_up=extra.adds_up)
