"""One line of a list → the person that it tells of: values fit to be stored, and what is doubtful in them.

What was typed stays in the record; here names are NFC, the e-mail is one address, the telephone has its E.164 form.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from operator import attrgetter, itemgetter
from typing import Any

from beneficiaries.lists import checks
from beneficiaries.lists.breaks import reader_of_breaks
from beneficiaries.lists.columns import Columns, Field
from beneficiaries.lists.contacts import e164, emails_in
from beneficiaries.lists.dates import Order, read_date
from beneficiaries.lists.names import LOST, clean_all, displayed, holds_letters, split_full_name
from beneficiaries.lists.outcomes import Finding
from beneficiaries.lists.records import Record
from beneficiaries.lists.sensitive import holds_forbidden_number
from beneficiaries.models.characteristics import Sex
from partaj.folding import fold
from partaj.keys import normalise_key

_SEXES = {
    **dict.fromkeys(("f", "feminin", "femme", "fille", "2", "mme", "mlle", "madame", "mademoiselle", "w"), Sex.FEMALE),
    **dict.fromkeys(("m", "h", "masculin", "homme", "garcon", "1", "mr", "monsieur"), Sex.MALE),
}


@dataclass(slots=True)
class Student:
    """`phone` and `email` as they may be stored; empty where what was typed cannot be. `extras`: the fields taken on
    purpose, and those of a broken apprenticeship."""

    last_name: str = ""
    usage_name: str = ""
    first_name: str = ""
    birth_date: dt.date | None = None
    sex: str = ""
    ine: str = ""
    student_number: str = ""
    phone: str = ""
    phone_e164: str = ""
    email: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    step_code: str = ""
    step_label: str = ""
    year: str = ""
    diploma: str = ""
    extras: dict[Field, str] = field(default_factory=dict)

    @property
    def displayed_last_name(self) -> str:
        return displayed(self.last_name)

    @property
    def displayed_usage_name(self) -> str:
        return displayed(self.usage_name)

    @property
    def displayed_first_name(self) -> str:
        return displayed(self.first_name)

    @property
    def name(self) -> str:
        """« Aïcha Bénézet », by the birth name."""
        return f"{self.displayed_first_name} {self.displayed_last_name}".strip()


PLAIN = (Field.STUDENT_NUMBER, Field.STEP_CODE, Field.STEP_LABEL, Field.YEAR, Field.DIPLOMA, Field.CITY)
EXTRAS = (Field.NATIONALITY, Field.SCHOLARSHIP)
REACHING = (Field.PHONE, Field.EMAIL, Field.ADDRESS)
REMEMBERED = 4096  # dates of one list, each read once
NOWHERE = (-1,)  # a line that is read ends with an empty cell


class StudentReader:
    """Reads the lines of one list: where their cells lie is worked out once. `today`: the day on which ages are taken.

    What ends in `_of` takes cells out of a line; a field without a column has an empty one.
    """

    def __init__(self, columns: Columns, today: dt.date, order: Order = "dmy") -> None:
        self.width = len(columns.titles)
        self.blanks = [""] * (self.width + 1)
        self.plain_of = _taking(columns, *PLAIN)
        self.names_of = _taking(columns, Field.LAST_NAME, Field.FIRST_NAME, Field.USAGE_NAME)
        self.keys_of = _taking(columns, Field.INE, Field.INE_BASE, Field.INE_KEY)
        self.birth_of, self.sex_of = _taking(columns, Field.BIRTH_DATE), _taking(columns, Field.SEX)
        self.postcode_of = _taking(columns, Field.POSTCODE)
        self.phones, self.emails, self.address = (columns.places.get(each, ()) for each in REACHING)
        self.extras = [(each, columns.places[each][0]) for each in EXTRAS if each in columns]
        self.free_text = [(index, index in columns.places.get(Field.COMMENT, ())) for index in columns.free_text]
        # « Nom » alone holds both, where no column holds the first name.
        self.splits = Field.FULL_NAME in columns or Field.FIRST_NAME not in columns
        self.whole_name_of = _taking(columns, Field.FULL_NAME if Field.FULL_NAME in columns else Field.LAST_NAME)
        self.has_birth = Field.BIRTH_DATE in columns
        self.has_ine = Field.INE in columns or Field.INE_BASE in columns
        self.reachable = any(each in columns for each in REACHING)
        self.of_apogee = columns.of_apogee
        self.misplaced = checks.misplaced(columns)
        self.limits = checks.limits()
        self.stored = attrgetter(*(name for name, _, _ in self.limits))
        self.born = lru_cache(REMEMBERED)(partial(_born, today, order))
        self.breaks = reader_of_breaks(columns, order)

    def read(self, record: Record) -> tuple[Student, list[Finding]]:
        typed = clean_all(record.cells)
        student = Student()
        findings: list[Finding] = []
        if forbidden := holds_forbidden_number(typed):  # first of all: nothing that is read, or said, may hold it
            typed = ["" if holds_forbidden_number([cell]) else cell for cell in typed]
        cells = [*typed, *self.blanks]
        (
            student.student_number, student.step_code, student.step_label, student.year, student.diploma, student.city
        ) = self.plain_of(cells)  # fmt: skip
        self._names(student, cells, findings)
        self._birth(student, cells, findings)
        phones = [text for index in self.phones if (text := cells[index].lstrip("'"))]
        self._identifiers(student, cells, phones, findings)
        self._contacts(student, cells, phones, findings)
        checks.too_long(self.stored(student), self.limits, findings)
        if findings or len(typed) > self.width:
            self._places(student, cells, findings, short=0 < record.width < self.width)
        self._free_text(student, cells, findings, forbidden=forbidden)
        if self.breaks:
            student.extras |= self.breaks.read(cells, findings)
        return student, findings

    def _names(self, student: Student, cells: list[str], findings: list[Finding]) -> None:
        last, first, usage = self.names_of(cells)
        unsplit = False
        if self.splits and not (last and first):
            typed = self.whole_name_of(cells)
            parts = split_full_name(typed)
            unsplit = bool(typed) and parts is None
            last, first = parts or (typed, "")
        student.last_name, student.first_name = _name(last), _name(first)
        if usage and fold(usage) != fold(last):
            student.usage_name = _name(usage)
        checks.names(student, findings, unsplit=unsplit, of_apogee=self.of_apogee)

    def _birth(self, student: Student, cells: list[str], findings: list[Finding]) -> None:
        if self.has_birth:
            student.birth_date, doubts = self.born(self.birth_of(cells).lstrip("'"))
            findings += doubts
        if typed := self.sex_of(cells):
            student.sex = _SEXES.get(typed.lower()) or _SEXES.get(fold(typed)) or ""
            if not student.sex:
                findings.append(checks.unknown_sex(typed))

    def _identifiers(self, student: Student, cells: list[str], phones: list[str], findings: list[Finding]) -> None:
        whole, base, key = self.keys_of(cells)
        student.ine = normalise_key(whole or base + key)
        if self.has_ine:
            checks.ine(student, findings)
        checks.scientific([base, whole, student.student_number, *phones], findings)

    def _contacts(self, student: Student, cells: list[str], phones: list[str], findings: list[Finding]) -> None:
        """Of several columns, the first that can be used; each is read all the same."""
        called = [(typed, number) for typed in phones if (number := e164(typed))]
        student.phone, student.phone_e164 = called[0] if called else (phones[0] if phones else "", "")
        emails = [text for index in self.emails if (text := cells[index])]
        found = [emails_in(text) for text in emails]
        student.email = next((each[0].lower() for each in found if len(each) == 1), "")
        student.address = ", ".join([cells[index] for index in self.address if cells[index]])
        if postcode := self.postcode_of(cells):
            student.postcode = postcode if postcode.isdecimal() else normalise_key(postcode)
            if not (len(student.postcode) == 5 and student.postcode.isdecimal()):
                findings.append(checks.wrong_postcode(postcode))
                student.postcode = ""
        checks.phones(student, phones, findings)
        checks.emails(student, emails, found, findings)
        checks.address(student, findings)
        if self.reachable and not (phones or emails or student.address):
            findings.append(checks.NO_CONTACT)

    def _places(self, student: Student, cells: list[str], findings: list[Finding], *, short: bool) -> None:
        """Looks for what lies in the wrong place, in a line that gave reasons to doubt."""
        strangers = sum(1 for index, test in self.misplaced if cells[index] and test(cells[index]))
        lost = short or (self.has_birth and student.birth_date is None)
        checks.shifted(strangers, findings, beyond=any(cells[self.width :]), lost=lost)

    def _free_text(self, student: Student, cells: list[str], findings: list[Finding], *, forbidden: bool) -> None:
        """What may not come in is said, and is not taken."""
        if forbidden:
            findings.append(checks.SOCIAL_SECURITY)
        if self.extras and not forbidden:
            student.extras = {each: cells[index] for each, index in self.extras}
        for index, asked in self.free_text:
            if cells[index] and checks.comment(cells[index], findings, asked=asked):
                student.extras[Field.COMMENT] = cells[index]


def _taking(columns: Columns, *fields: Field) -> Callable[[list[str]], Any]:
    """What takes the first cell of each field out of a line, all at once."""
    return itemgetter(*(columns.places.get(each, NOWHERE)[0] for each in fields))


def _born(today: dt.date, order: Order, typed: str) -> tuple[dt.date | None, list[Finding]]:
    read = read_date(typed, today, order)
    return read.day, checks.birth(typed, read, today)


def _name(typed: str) -> str:
    """Empty where it holds no letter, lost or not: « - », « / »."""
    return typed if holds_letters(typed) or LOST.search(typed) else ""
