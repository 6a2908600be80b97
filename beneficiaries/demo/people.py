"""Invented persons, their birth dates, and the bulk writing of their paths."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from beneficiaries.demo.names import BOYS, COMMUNES, GIRLS, STREETS, SURNAMES
from beneficiaries.exams import day_of
from beneficiaries.following import sentence_of
from beneficiaries.models import (
    AccessGrant,
    ApprenticeshipBreak,
    Beneficiary,
    Contact,
    Contract,
    Enrolment,
    Exam,
    Handover,
    LogEntry,
    NextAction,
    Obstacle,
    Outcome,
    StepEntry,
)
from beneficiaries.outcomes import told
from partaj.folding import fold
from partaj.keys import LETTERS
from partaj.programmes.models import Programme

OFFICE_HOURS = (9, 17)


class People:
    """Draws persons, never twice the same name."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.drawn: set[tuple[str, str]] = set()

    def _name(self, sex: str) -> tuple[str, str]:
        while True:
            first_name = self.chance.choice(GIRLS if sex == "F" else BOYS)
            name = (self.chance.choice(SURNAMES), first_name)
            if name not in self.drawn:
                self.drawn.add(name)
                return name

    def draw(self, *, sex: str, born_on: dt.date, place: str, with_ine: bool = False) -> Beneficiary:
        """Not saved. Phones are of the range kept for fiction, mails of example.org."""
        chance = self.chance
        last_name, first_name = self._name(sex)
        city, postcode = chance.choice(COMMUNES[place])
        mailbox = ".".join(fold(part).replace(" ", "-") for part in (first_name, last_name))
        return Beneficiary(
            last_name=last_name,
            first_name=first_name,
            sex=sex,
            birth_date=born_on,
            city=city,
            postcode=postcode,
            address=f"{chance.randint(1, 148)} {chance.choice(STREETS)}" if chance.random() < 0.7 else "",
            phone=f"06 39 98 {chance.randint(0, 99):02} {chance.randint(0, 99):02}" if chance.random() < 0.85 else "",
            email=f"{mailbox}@example.org" if chance.random() < 0.5 else "",
            ine=self._ine() if with_ine else "",
        )

    def _ine(self) -> str:
        digits = f"{self.chance.randint(0, 10**10 - 1):010}"
        return digits + LETTERS[int(digits) % 23]

    def born(self, *, age: int, day: dt.date) -> dt.date:
        """A birth date that makes somebody `age` years old on `day`."""
        anniversary = dt.date(day.year - age, day.month, min(day.day, 28))
        return anniversary - dt.timedelta(days=self.chance.randint(0, 360))


@dataclass
class Paths:
    """Enrolments of one programme and all that hangs on them, written in bulk when they are complete."""

    programme: Programme
    people: list[Beneficiary] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    steps: list[StepEntry] = field(default_factory=list)
    log: list[LogEntry] = field(default_factory=list)
    grants: list[AccessGrant] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    actions: list[NextAction] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    breaks: list[ApprenticeshipBreak] = field(default_factory=list)
    exams: list[Exam] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)

    def enrol(self, person: Beneficiary, **fields: Any) -> Enrolment:
        """The second path of somebody who comes back is enrolled after the first."""
        if not self.people or self.people[-1] is not person:
            self.people.append(person)
        enrolment = Enrolment(beneficiary=person, programme=self.programme, **fields)
        self.enrolments.append(enrolment)
        self.write(enrolment, LogEntry.Kind.INTAKE, enrolment.contacted_on, "Premier contact.")
        return enrolment

    def enter(self, enrolment: Enrolment, step: Any, day: dt.date) -> None:
        self.steps.append(StepEntry(enrolment=enrolment, step=step, entered_on=day))
        self.write(enrolment, LogEntry.Kind.STEP, day, f"Étape « {step.label} ».")

    def lose(self, enrolment: Enrolment, reason: Any, day: dt.date, step: Any) -> None:
        enrolment.lost_on, enrolment.loss_reason, enrolment.lost_at = day, reason, step
        self.write(enrolment, LogEntry.Kind.LOSS, day, f"Départ : {reason.label}.")

    def note(self, enrolment: Enrolment, day: dt.date, sentence: str, *, private: bool = False) -> None:
        self.write(enrolment, LogEntry.Kind.NOTE, day, sentence, is_private=private and bool(enrolment.referent))

    def contact(self, enrolment: Enrolment, day: dt.date, channel: str, result: str, words: str) -> None:
        contact = Contact(enrolment=enrolment, channel=channel, result=result, happened_on=day,
                          author=enrolment.referent)  # fmt: skip
        self.write(enrolment, LogEntry.Kind.CONTACT, day, sentence_of(contact, words))
        contact.line = self.log[-1]
        self.contacts.append(contact)

    def plan(self, enrolment: Enrolment, what: str, day: dt.date) -> None:
        self.actions.append(NextAction(enrolment=enrolment, what=what, due_on=day, assignee=enrolment.referent))

    def become(
        self,
        enrolment: Enrolment,
        kind: str,
        day: dt.date,
        *,
        moment: str = Outcome.Moment.EXIT,
        precision: str = "",
        state: str = Outcome.State.UNDER_WAY,
    ) -> None:
        """The first outcome of a moment is the principal one."""
        first = not any(each.enrolment is enrolment and each.moment == moment for each in self.outcomes)
        row = Outcome(
            enrolment=enrolment,
            moment=moment,
            kind=kind,
            seen_on=day,
            precision=precision,
            state=state,
            is_principal=first,
            author=enrolment.referent,
        )
        self.outcomes.append(row)
        self.write(enrolment, LogEntry.Kind.OUTCOME, day, f"{capfirst(told(row))}.")

    def sign(self, row: Contract) -> None:
        """A contract, and its break where it was broken, with the lines that tell of them."""
        self.contracts.append(row)
        kind = LogEntry.Kind.CONTRACT
        self.write(row.enrolment, kind, row.starts_on, f"Contrat signé : {row}, {row.period()}.")
        if row.broken_on:
            when, motive = ", pendant l’essai" if row.in_trial else "", row.get_break_motive_display()
            self.write(row.enrolment, kind, row.broken_on, f"Contrat rompu : {row}{when} ({motive}).")

    def tell_break(self, row: ApprenticeshipBreak) -> None:
        """A broken apprenticeship, as a CFA told of it."""
        self.breaks.append(row)
        where = f" ({row.company})" if row.company else ""
        self.write(row.enrolment, LogEntry.Kind.BREAK, row.broken_on, f"Rupture du contrat d’apprentissage{where}.")

    def sit(self, row: Exam) -> None:
        self.exams.append(row)
        self.write(row.enrolment, LogEntry.Kind.EXAM, day_of(row), f"Examen : {row} : {row.outcome}.")

    def write(
        self,
        enrolment: Enrolment,
        kind: LogEntry.Kind,
        day: dt.date,
        sentence: str,
        *,
        is_private: bool = False,
        author: Any = None,
    ) -> None:
        self.log.append(
            LogEntry(
                enrolment=enrolment, kind=kind, happened_on=day, sentence=sentence, author=author or enrolment.referent,
                noted_at=noted(day, len(self.log)), is_private=is_private,
            )
        )  # fmt: skip

    def save(self) -> None:
        for person in self.people:
            person.derive()
        Beneficiary.objects.bulk_create(self.people)
        rank_and_derive(self.enrolments)
        lines = sorted(self.log, key=lambda line: line.happened_on)
        hanging = (
            self.steps,
            lines,
            self.grants,
            self.contacts,
            self.actions,
            self.outcomes,
            self.obstacles,
            self.contracts,
            self.breaks,
            self.exams,
            self.handovers,
        )
        for rows in (self.enrolments, *hanging):
            _bulk_create(rows)


def _bulk_create(rows: list[Any]) -> None:
    for row in rows:
        if hasattr(row, "enrolment"):
            row.enrolment = row.enrolment  # the key of a parent saved since
            if isinstance(row, Contact):
                row.line = row.line
        elif hasattr(row, "beneficiary"):
            row.beneficiary = row.beneficiary
    if rows:
        type(rows[0]).objects.bulk_create(rows)


def rank_and_derive(enrolments: Iterable[Enrolment]) -> None:
    """Paths of one person follow each other in `enrolments`; tables count persons by their first entry."""
    entries: dict[int, int] = {}
    for enrolment in enrolments:
        if enrolment.entered_on:
            person = id(enrolment.beneficiary)
            entries[person] = entries.get(person, 0) + 1
            enrolment.entry_rank = entries[person]
        enrolment.derive()


def noted(day: dt.date, turn: int) -> dt.datetime:
    """A moment of that working day, never later than now."""
    first, last = OFFICE_HOURS
    moment = dt.datetime.combine(day, dt.time(first + turn % (last - first), turn * 7 % 60))
    return min(timezone.make_aware(moment), timezone.now())
