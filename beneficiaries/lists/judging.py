"""A table, its columns and a rule → every line with its one outcome; the outcomes add up to the lines read."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from beneficiaries.lists.choices import Choices
from beneficiaries.lists.columns import NAMES, OF_BREAKS, Columns, Field, match
from beneficiaries.lists.duplicates import find_duplicates
from beneficiaries.lists.kinds import ListKind
from beneficiaries.lists.layout import Kind, Layout, Nature
from beneficiaries.lists.likeness import Likeness
from beneficiaries.lists.outcomes import Finding, Outcome, gravest
from beneficiaries.lists.reading import Table, read
from beneficiaries.lists.records import Record
from beneficiaries.lists.rules import Rule, RuleReader, rule_of, unverifiable
from beneficiaries.lists.students import Student, StudentReader
from partaj.collector import collector_waiting
from partaj.formats import counted, french_integer
from partaj.uploads.gate import Accepted

NOBODY = Student()
IGNORED = {
    Kind.BLANK: "Ligne vide.",
    Kind.TITLES: "Titres répétés.",
    Kind.RULE: "Trait de séparation.",
    Kind.FOOTER: "Pied de liste.",
}


@dataclass(slots=True)
class Judged:
    """One line: what was written (`record`), what it is, whom it tells of, and every reason found.

    `alike`: other lines that may tell of the same person, known by their line. `known`: people of the base who may be
    that person, known by their pk; empty until somebody has looked (`duplicates.find_known`). `second_line`: where the
    second of two lists certainly has that person (`second.subtract`).
    """

    record: Record
    nature: Nature
    student: Student = field(default_factory=Student)
    findings: list[Finding] = field(default_factory=list)
    alike: list[Likeness] = field(default_factory=list)
    known: list[Likeness] = field(default_factory=list)
    second_line: int | None = None

    @property
    def outcome(self) -> Outcome:
        return gravest(self.findings)

    @property
    def reasons(self) -> list[str]:
        return list(dict.fromkeys(each.sentence for each in self.findings))


@dataclass(frozen=True, slots=True)
class Judgement:
    """The whole list as it would come in; nothing of it is written. `rule`: where its kind has one; `second`: the other
    of two lists, whose people are not of this one."""

    table: Table
    columns: Columns
    kind: ListKind
    rule: Rule | None
    reference_date: dt.date
    lines: tuple[Judged, ...]
    second: Judgement | None = None

    @property
    def counts(self) -> dict[Outcome, int]:
        """Lines by outcome, those without any included; their sum is the number of lines read."""
        found = Counter(each.outcome for each in self.lines)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def kinds(self) -> dict[Kind, int]:
        found = Counter(each.nature.kind for each in self.lines)
        return {kind: found[kind] for kind in Kind}

    @property
    def people(self) -> list[Judged]:
        """The lines that tell of somebody, those written twice included: what a footer counts."""
        return [each for each in self.lines if each.nature.kind is Kind.PERSON]

    @property
    def announced(self) -> int | None:
        """How many people the footers announce: the last one counts them all."""
        said = [each.nature.announced for each in self.lines if each.nature.announced is not None]
        return said[-1] if said else None

    @property
    def miscounted(self) -> str:
        people, announced = len(self.people), self.announced
        if announced is None or announced == people:
            return ""
        return f"Le fichier annonce {counted(announced, 'personne')}, la lecture en trouve {french_integer(people)}."

    @property
    def other_sheets(self) -> str:
        source = self.table.source
        if len(source.sheets) < 2:
            return ""
        return f"Ce classeur a {len(source.sheets)} feuilles : seule « {source.sheet} » a été lue."

    @property
    def notices(self) -> list[str]:
        """What is doubtful in the file as a whole."""
        table, columns = self.table, self.columns
        found = [unverifiable(self.rule, columns) if self.rule else ""]
        found.append(self.miscounted)
        if Field.BIRTH_DATE not in columns:
            found.append("Aucune colonne de date de naissance : les âges n’ont pas été vérifiés.")
        if not {Field.PHONE, Field.EMAIL, Field.ADDRESS} & columns.places.keys():
            found.append("Aucune colonne de téléphone, de courriel ni d’adresse.")
        if self.kind is ListKind.BREAKS and OF_BREAKS.isdisjoint(columns.places):
            found.append(
                "Aucune colonne ne parle de la rupture (date, motif, entreprise…) : elle sera notée sans rien."
            )
        if table.encoded_twice:
            # Without a quote: this is kept with the list, the cell may be of anything and of anybody.
            done = "a été réparé" if table.repaired else "peut être réparé"
            found.append(
                f"Du texte encodé deux fois {done} dans {counted(table.encoded_twice, 'case')} "
                f"(la première, ligne {table.repairs[0].line})."
            )
        found.append(self.other_sheets)
        return [each for each in found if each]


def judge(
    accepted: Accepted,
    *,
    reference_date: dt.date,
    kind: ListKind = ListKind.STUDENTS,
    rule: Rule | None = None,
    choices: Choices | None = None,
) -> Judgement:
    """Ages are taken on `reference_date`. Without a `rule`, where the kind has one, the columns tell which. Raises
    UploadRefused."""
    choices = choices or Choices()
    with collector_waiting():
        table = read(accepted, choices)
        return judge_table(table, reference_date=reference_date, kind=kind, rule=rule, choices=choices)


def judge_table(
    table: Table,
    *,
    reference_date: dt.date,
    kind: ListKind = ListKind.STUDENTS,
    rule: Rule | None,
    choices: Choices,
) -> Judgement:
    """The same of a file that is read already, with these very `choices`."""
    with collector_waiting():
        found = read_people(table, reference_date=reference_date, kind=kind, rule=rule, choices=choices)
        find_duplicates(found.people)
    return found


def read_people(
    table: Table,
    *,
    reference_date: dt.date,
    kind: ListKind,
    rule: Rule | None = None,
    choices: Choices,
    known_by: Collection[Field] = NAMES,
) -> Judgement:
    """Each line by itself. `known_by`: columns of which one at least must say of whom a line tells. Raises
    UploadRefused."""
    titles = table.titles.cells
    columns = match(titles, choices.mapping_of(titles), kind=kind, known_by=known_by)
    rule = (rule or rule_of(columns)) if kind.has_rule else None
    lines = tuple(_judged(table, columns, rule, reference_date, choices))
    return Judgement(table, columns, kind, rule, reference_date, lines)


def _judged(table: Table, columns: Columns, rule: Rule | None, today: dt.date, choices: Choices) -> Iterator[Judged]:
    layout = Layout(table.titles)
    students = StudentReader(columns, today, choices.date_order)
    rules = RuleReader(rule, columns) if rule else None
    for record in table.records:
        nature = layout.nature_of(record)
        if nature.kind is not Kind.PERSON:
            yield Judged(record, nature, NOBODY, [Finding(Outcome.IGNORE, IGNORED[nature.kind])])
            continue
        student, findings = students.read(record)
        if rules and (found := rules.read(record)):
            findings.append(found)
        yield Judged(record, nature, student, findings)
