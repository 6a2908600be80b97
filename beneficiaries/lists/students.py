"""One line of a list → the person that it tells of: values fit to be stored, and what is doubtful in them.

What was typed stays in the record; here names are NFC, the e-mail is one address, the telephone has its E.164 form.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from beneficiaries.lists import checks
from beneficiaries.lists.breaks import reader_of_breaks
from beneficiaries.lists.columns import Columns, Field
from beneficiaries.lists.contacts import e164, emails_in
from beneficiaries.lists.dates import Order, read_date
from beneficiaries.lists.names import LOST, clean_all, displayed, holds_letters, split_full_name
from beneficiaries.lists.outcomes import Finding
from beneficiaries.lists.records import Record
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


class StudentReader:
    """Reads the lines of one list. `today`: the day on which ages are taken."""

    def __init__(self, columns: Columns, today: dt.date, order: Order = "dmy") -> None:
        self.columns, self.today, self.order = columns, today, order
        self.width = len(columns.titles)
        self.several = {each: columns.places.get(each, ()) for each in Field}
        self.plain = [(each.value, columns.places[each][0]) for each in PLAIN if each in columns]
        self.extras = [(each, columns.places[each][0]) for each in EXTRAS if each in columns]
        # « Nom » alone holds both, where no column holds the first name.
        self.whole_name = Field.FULL_NAME if Field.FULL_NAME in columns else None
        if not self.whole_name and Field.FIRST_NAME not in columns:
            self.whole_name = Field.LAST_NAME
        self.of_apogee = columns.of_apogee
        self.limits = checks.limits()
        self.breaks = reader_of_breaks(columns, order)

    def read(self, record: Record) -> tuple[Student, list[Finding]]:
        cells = clean_all(record.cells)
        if len(cells) < self.width:
            cells = cells + [""] * (self.width - len(cells))
        student = Student()
        findings: list[Finding] = []
        for name, index in self.plain:
            if cells[index]:
                setattr(student, name, cells[index])
        for each, index in self.extras:
            student.extras[each] = cells[index]
        self._names(student, cells, findings)
        self._birth(student, cells, findings)
        phones = self._phones(cells)
        self._identifiers(student, cells, phones, findings)
        self._contacts(student, cells, phones, findings)
        if max(map(len, cells)) > self.limits[0][2]:
            checks.too_long(student, self.limits, findings)
        if findings or len(cells) > self.width:
            checks.shifted(student, cells, self.columns, findings, short=0 < record.width < self.width)
        checks.free_text(student, cells, self.columns, findings)
        if self.breaks:
            student.extras |= self.breaks.read(cells, findings)
        return student, findings

    def one(self, field: Field, cells: list[str]) -> str:
        places = self.several[field]
        return cells[places[0]] if places else ""

    def _names(self, student: Student, cells: list[str], findings: list[Finding]) -> None:
        student.last_name = self.one(Field.LAST_NAME, cells)
        student.first_name = self.one(Field.FIRST_NAME, cells)
        student.usage_name = self.one(Field.USAGE_NAME, cells)
        unsplit = False
        if self.whole_name and not (student.last_name and student.first_name):
            typed = self.one(self.whole_name, cells)
            parts = split_full_name(typed)
            unsplit = bool(typed) and parts is None
            student.last_name, student.first_name = parts or (typed, "")
        for name in ("last_name", "first_name", "usage_name"):
            typed = getattr(student, name)
            if typed and not holds_letters(typed) and not LOST.search(typed):
                setattr(student, name, "")  # « - », « / »
        if student.usage_name and fold(student.usage_name) == fold(student.last_name):
            student.usage_name = ""
        checks.names(student, findings, unsplit=unsplit, of_apogee=self.of_apogee)

    def _birth(self, student: Student, cells: list[str], findings: list[Finding]) -> None:
        if Field.BIRTH_DATE in self.columns:
            typed = self.one(Field.BIRTH_DATE, cells).lstrip("'")
            read = read_date(typed, self.today, self.order)
            student.birth_date = read.day
            checks.birth(typed, read, self.today, findings)
        typed = self.one(Field.SEX, cells)
        student.sex = _SEXES.get(typed.lower()) or _SEXES.get(fold(typed)) or ""
        if typed and not student.sex:
            findings.append(checks.unknown_sex(typed))

    def _identifiers(self, student: Student, cells: list[str], phones: list[str], findings: list[Finding]) -> None:
        base, whole = self.one(Field.INE_BASE, cells), self.one(Field.INE, cells)
        student.ine = normalise_key(whole or base + self.one(Field.INE_KEY, cells))
        if Field.INE in self.columns or Field.INE_BASE in self.columns:
            checks.ine(student, findings)
        checks.scientific([base, whole, student.student_number, *phones], findings)

    def _phones(self, cells: list[str]) -> list[str]:
        return [typed for index in self.several[Field.PHONE] if (typed := cells[index].lstrip("'"))]

    def _contacts(self, student: Student, cells: list[str], phones: list[str], findings: list[Finding]) -> None:
        """Of several columns, the first that can be used; each is read all the same."""
        called = [(typed, number) for typed in phones if (number := e164(typed))]
        student.phone, student.phone_e164 = called[0] if called else (phones[0] if phones else "", "")
        typed = [text for index in self.several[Field.EMAIL] if (text := cells[index])]
        found = [each for each in map(emails_in, typed) if len(each) == 1]
        student.email = found[0][0].lower() if found else ""
        student.address = ", ".join([cells[index] for index in self.several[Field.ADDRESS] if cells[index]])
        postcode = self.one(Field.POSTCODE, cells)
        student.postcode = postcode if postcode.isdecimal() else normalise_key(postcode)
        if postcode and not (len(student.postcode) == 5 and student.postcode.isdecimal()):
            findings.append(checks.wrong_postcode(postcode))
            student.postcode = ""
        checks.contacts(student, phones, typed, self.columns, findings)
