"""The same letter to several youths, each with what is theirs: noted as a contact in every file, and printed from a
Word document in which everything can still be put right by hand. Keyword-only, atomic.

Source: the first step of AP1-485, 319 letters that asked to an information meeting.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from docx import Document
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from beneficiaries import bulk
from beneficiaries.bulk import Change, Outcome
from beneficiaries.following import sentence_of
from beneficiaries.models import BulkAct, Contact, Enrolment, Gathering, LogEntry, Mailing, impossible
from partaj.formats import counted, french_date, french_time, in_xml
from partaj.programmes.models import Programme
from partaj.programmes.services import refuse_closed

FIELD = re.compile(r"\{([^{}]*)\}")
OF_PERSON = {"prénom": "le prénom", "nom": "le nom", "référent": "qui suit le dossier"}
OF_MEETING = {"réunion": "l’intitulé", "date": "le jour", "heure": "l’heure", "lieu": "le lieu"}
FIELDS = OF_PERSON | OF_MEETING
UNKNOWN = "{{{}}} n’est pas un champ : écrivez {}."
NO_MEETING = "{{{}}} se remplit d’après une réunion : choisissez-la, ou ôtez ce champ."

NOT_TOLD = "{{{}}} resterait tel quel : cette réunion ne dit pas {}. Complétez la réunion, ou ôtez ce champ."
ANOTHER_TEXT = (
    "Une lettre de ce jour, sous cet objet, est déjà notée pour {} de ces jeunes, avec un autre texte : défaites-la "
    "d’abord, ou changez l’objet. Rien n’est noté."
)
OPEN = "Une accolade n’est pas fermée : un champ s’écrit {prénom}, entre deux accolades."


@dataclass(frozen=True, slots=True)
class Text:
    """What is written to all."""

    subject: str
    body: str
    signed_by: str = ""
    place: str = ""
    gathering: Gathering | None = None


def wrong_fields(words: str, gathering: Gathering | None) -> str:
    """Why `words` cannot be filled in, or ""."""
    known = of_meeting(gathering) if gathering else {}
    for name in FIELD.findall(words):
        if name not in FIELDS:
            return UNKNOWN.format(name, ", ".join(f"{{{each}}}" for each in FIELDS))
        if name in OF_MEETING and gathering is None:
            return NO_MEETING.format(name)
        if name in OF_MEETING and not known[name]:
            return NOT_TOLD.format(name, OF_MEETING[name])
    if {"{", "}"} & set(FIELD.sub("", words)):
        return OPEN
    return ""


@transaction.atomic
def write_to_many(
    *, programme: Programme, numbers: Collection[int], text: Text, written_on: dt.date, by: Any
) -> Outcome:
    """A contact by letter in each file, which says the subject. Skipped: those whom nobody had met on that day, and
    those who have this letter already, of that day and on that subject (the page sent twice writes once). Raises
    ClosedProgramme; ValidationError (keys body, subject, written_on)."""
    refuse_closed(programme)
    for name in ("subject", "body"):
        if sentence := wrong_fields(getattr(text, name), text.gathering):
            raise ValidationError({name: sentence})
    if sentence := impossible(written_on):
        raise ValidationError({"written_on": sentence})
    held = bulk.held_files(programme=programme, numbers=numbers, by=by)
    written = _written(held, text.subject, written_on)
    former = _mailing_to(written, text.subject, written_on)
    if former is not None and _text_of(former) != text:
        raise ValidationError({"subject": ANOTHER_TEXT.format(len(written))})
    files = [file for file in held if file.contacted_on <= written_on and file.pk not in written]
    skipped = [file for file in held if file not in files]
    if not files:
        return Outcome(None, skipped, former.act if former and former.act.author_id == by.pk else None)
    # The subject as it is typed: its fields are filled in the letter alone.
    contacts = [
        Contact(enrolment=file, channel=Contact.Channel.LETTER, happened_on=written_on, author=by) for file in files
    ]
    lines = LogEntry.objects.bulk_create(
        LogEntry(
            enrolment=contact.enrolment, kind=LogEntry.Kind.CONTACT, happened_on=written_on, author=by,
            sentence=_sentence(contact, text.subject),
        )
        for contact in contacts
    )  # fmt: skip
    for contact, line in zip(contacts, lines, strict=True):
        contact.line = line
    Contact.objects.bulk_create(contacts)
    changes = [Change(contact.enrolment, "", after={"contact": contact.pk}) for contact in contacts]
    told = f"{counted(len(files), 'lettre')} du {french_date(written_on)} : « {text.subject} »"
    act = bulk.record(
        kind=BulkAct.Kind.LETTERS, programme=programme, told=told, changes=changes, log=LogEntry.Kind.CONTACT, by=by
    )
    Mailing.objects.create(
        act=act, subject=text.subject, body=text.body, signed_by=text.signed_by, place=text.place,
        written_on=written_on, gathering=text.gathering,
    )  # fmt: skip
    return Outcome(act, skipped)


def _sentence(contact: Contact, subject: str) -> str:
    return sentence_of(contact, f"« {subject} »")


def _written(files: list[Enrolment], subject: str, written_on: dt.date) -> set[int]:
    """Those of `files` in which this letter is noted."""
    letter = Contact(channel=Contact.Channel.LETTER, happened_on=written_on)
    same = Contact.objects.filter(
        enrolment__in=files, channel=letter.channel, happened_on=written_on, line__sentence=_sentence(letter, subject)
    )
    return set(same.values_list("enrolment", flat=True))


def _mailing_to(written: set[int], subject: str, written_on: dt.date) -> Mailing | None:
    """The last one that wrote it to one of them, unless it was undone."""
    same = Mailing.objects.filter(subject=subject, written_on=written_on, act__undone_at=None)
    return same.filter(act__rows__enrolment__in=written).select_related("act", "gathering").order_by("-pk").first()


def _text_of(mailing: Mailing) -> Text:
    return Text(mailing.subject, mailing.body, mailing.signed_by, mailing.place, mailing.gathering)


def _contacts(pairs: bulk.Pairs) -> dict[int, Contact]:
    noted = Contact.objects.filter(pk__in=[row.after["contact"] for _, row in pairs])
    return {contact.enrolment_id: contact for contact in noted}


def _put_back(pairs: bulk.Pairs, by: Any) -> dict[int, str]:
    contacts = _contacts(pairs)
    LogEntry.objects.filter(contact__in=contacts.values()).delete()  # with its contact
    return {
        file: f"Courrier du {french_date(contact.happened_on)} retiré : il n’a pas été envoyé."
        for file, contact in contacts.items()
    }


bulk.UNDO[BulkAct.Kind.LETTERS] = bulk.Undoing(
    as_left=lambda pairs: set(_contacts(pairs)),
    put_back=_put_back,
    log=LogEntry.Kind.CONTACT,
    goes_back=("dossier perd ce courrier", "dossiers perdent ce courrier"),
    since=("dossier n’a déjà plus ce courrier", "dossiers n’ont déjà plus ce courrier"),
)


# -- The document ------------------------------------------------------------------------------------------
def letters_docx(mailing: Mailing, files: Iterable[Enrolment]) -> bytes:
    """One letter a page, in the order of `files`, which come with their person and referent."""
    document: Any = Document()
    _set_up(document, mailing)
    programme = mailing.act.programme
    sender = [str(programme.holder) if programme.holder_id else "", programme.short_title]
    for rank, file in enumerate(files):
        if rank:
            document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
        _write(document, mailing, file, [line for line in sender if line])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: Any, mailing: Mailing) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(20)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Calibri")
    properties = document.core_properties
    properties.title, properties.author, properties.language = in_xml(mailing.subject), "PARTAJ", "fr-FR"


def _write(document: Any, mailing: Mailing, file: Enrolment, sender: list[str]) -> None:
    person = file.beneficiary
    _lines(document, sender)
    address = [
        f"{person.first_name} {(person.usage_name or person.last_name).upper()}",
        *person.address.splitlines(),
        f"{person.postcode} {person.city}".strip(),
    ]
    _lines(document, [line for line in address if line], indent=Mm(85))
    said = f"{mailing.place}, le" if mailing.place else "Le"
    _lines(document, [f"{said} {french_date(mailing.written_on)}"], indent=Mm(85))
    values = values_of(file, mailing.gathering)
    document.add_paragraph().add_run(in_xml(f"Objet : {filled(mailing.subject, values)}")).bold = True
    for part in filled(mailing.body, values).replace("\r\n", "\n").split("\n\n"):
        _lines(document, part.split("\n"))
    _lines(document, [mailing.signed_by], indent=Mm(85))


def _lines(document: Any, lines: list[str], indent: Any = None) -> None:
    """One paragraph, a line each."""
    paragraph = document.add_paragraph()
    if indent is not None:
        paragraph.paragraph_format.left_indent = indent
    for rank, line in enumerate(lines):
        run = paragraph.add_run(in_xml(line))
        if rank < len(lines) - 1:
            run.add_break()


def values_of(file: Enrolment, gathering: Gathering | None) -> dict[str, str]:
    person = file.beneficiary
    values = {
        "prénom": person.first_name,
        "nom": person.usage_name or person.last_name,
        "référent": str(file.referent or ""),
    }
    return values | of_meeting(gathering) if gathering else values


def of_meeting(gathering: Gathering) -> dict[str, str]:
    return {
        "réunion": gathering.title,
        "date": french_date(gathering.held_on),
        "heure": french_time(gathering.starts_at) if gathering.starts_at else "",
        "lieu": gathering.place,
    }


def filled(words: str, values: dict[str, str]) -> str:
    """Each {field} with its value; what is not known stays as it is typed, to be put right by hand."""
    return FIELD.sub(lambda found: values.get(found[1], found[0]) or found[0], words)
