"""The « fiche de suivi » on paper: two pages of A4, to read over with the youth, sign and put away.

Source: AP1-261, annexe 3, tools n° 6 « Fiche de suivi / Carnet de bord » and n° 7 « Contrat d’engagement » (signed by
the youth and the tutor). What its reader may see and nothing private; neither the handicap nor the free notes, which a
sheet of paper left on a table would tell to anybody. Always two pages: of a long file, it says what it left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import capfirst

from beneficiaries.following import due_in_words
from beneficiaries.models import (
    AccessGrant,
    ApprenticeshipBreak,
    Contract,
    Document,
    Enrolment,
    Exam,
    LogEntry,
    NextAction,
    Obstacle,
    Public,
    StepEntry,
)
from partaj.formats import counted, french_date, french_time, french_value
from partaj.printing import TooLong, print_html, style

PAGES = 2
OF_AGE = 18
LONGEST_TOLD = 260  # characters of one contact: what was said, not all of it
CHARACTERISTICS = [
    "situation", "situation_other", "school_level", "diploma_level", "followed_by_mission_locale",
    "in_priority_district",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Room:
    """How many rows of each table are tried on the two pages."""

    contacts: int
    actions: int
    lines: int  # of a page, written or left blank to be written upon


ROOMS = (Room(12, 7, 17), Room(9, 5, 14), Room(6, 4, 8), Room(3, 3, 4), Room(1, 1, 2))
FEWEST_LINES = 2  # left blank


def sheet_pdf(*, enrolment: Enrolment, reader: Any) -> bytes:
    """Raises PdfUnavailable where pango is missing. As many queries, however long the file."""
    facts = facts_of(enrolment, reader)
    for room in ROOMS:
        try:
            return print_html(sheet_html(facts, room), most_pages=PAGES)
        except TooLong:
            continue
    raise TooLong(PAGES)


def sheet_html(facts: dict[str, Any], room: Room) -> str:
    contacts, actions = facts["contacts"], facts["actions"]
    left_out = list(_left_out(len(contacts) - room.contacts, len(actions) - room.actions))
    shown = {"contacts": contacts[: room.contacts], "actions": actions[: room.actions], "left_out": left_out}
    first = len(facts["steps"]) + 3 * len(facts["breaks"])
    first += 2 * sum(bool(facts[name]) for name in ("contracts", "exams", "documents", "obstacles"))
    second = len(shown["contacts"]) + len(shown["actions"])
    blank = {
        name: range(max(FEWEST_LINES, room.lines - filled))
        for name, filled in (("blank_first", first), ("blank_second", second))
    }
    context = facts | shown | blank | {"style": style("print-sheet")}
    return render_to_string("beneficiaries/print/sheet.html", context)


def _left_out(contacts: int, actions: int) -> Iterator[str]:
    if contacts > 0:
        yield counted(contacts, "contact plus ancien", "contacts plus anciens")
    if actions > 0:
        yield counted(actions, "autre action", "autres actions")


# -- What the sheet says, in words ------------------------------------------------------------------------
def facts_of(enrolment: Enrolment, reader: Any) -> dict[str, Any]:
    person, programme, now = enrolment.beneficiary, enrolment.programme, timezone.localtime()
    minor = person.age_today is None or person.age_today < OF_AGE
    return {
        "programme": str(programme),
        "holder": str(programme.holder) if programme.holder_id else "",
        "number": enrolment.pk,
        "name": f"{person.first_name} {(person.usage_name or person.last_name).upper()}",
        "issued": f"{french_date(now)} à {french_time(now)}, par {reader}",
        "created": now.isoformat(timespec="seconds"),
        "identity": [pair for pair in _identity(enrolment) if pair[1]],
        "entry": [pair for pair in _entry(enrolment) if pair[1]],
        "steps": _steps(enrolment, reader),
        "breaks": _breaks(enrolment, reader),
        "obstacles": _obstacles(enrolment, reader),
        "contracts": _contracts(enrolment, reader),
        "exams": _exams(enrolment, reader),
        "documents": _documents(enrolment, reader),
        "contacts": _contacts(enrolment, reader),
        "actions": _actions(enrolment, reader),
        "signatures": _signatures(enrolment, reader, minor=minor and enrolment.public == Public.YOUTH),
    }


def _identity(enrolment: Enrolment) -> Iterator[tuple[str, str]]:
    person = enrolment.beneficiary
    born = french_date(person.birth_date)
    age = f" ({counted(person.age_today, 'an')})" if person.age_today is not None else ""
    yield "Nom de naissance", person.last_name
    yield "Nom d’usage", person.usage_name
    yield "Prénom", person.first_name
    yield "Né(e) le", f"{born}{age}" if born else "non renseigné"
    yield "Adresse", ", ".join(filter(None, [person.address, f"{person.postcode} {person.city}".strip()]))
    yield "Téléphone", person.phone
    yield "Courriel", person.email


def _entry(enrolment: Enrolment) -> Iterator[tuple[str, str]]:
    yield "Territoire", enrolment.territory.name
    yield "Référent", str(enrolment.referent or "")
    yield "Repéré(e) par", str(enrolment.found_by or "")
    yield "Premier contact", french_date(enrolment.contacted_on)
    yield "Entrée", french_date(enrolment.entered_on)
    for name in CHARACTERISTICS:
        field = enrolment._meta.get_field(name)
        yield capfirst(str(field.verbose_name)), french_value(field, getattr(enrolment, name))
    if enrolment.lost_on:
        yield "Départ", f"{french_date(enrolment.lost_on)} : {enrolment.loss_reason}"
    yield "Sortie", french_date(enrolment.exited_on)


MOST_STEPS, MOST_BREAKS, MOST_PAPERS, MOST_WORK = 12, 2, 6, 3  # on the first page


def _steps(enrolment: Enrolment, reader: Any) -> list[tuple[str, str]]:
    entries = StepEntry.objects.of_file(enrolment, reader).order_by("entered_on", "step__position")
    rows = entries.values_list("step__label", "entered_on")
    return [(label, french_date(day)) for label, day in rows[:MOST_STEPS]]


def _breaks(enrolment: Enrolment, reader: Any) -> list[str]:
    """« Rupture du 12/01/2026, Garage Dupont : mésentente »."""
    rows = ApprenticeshipBreak.objects.of_file(enrolment, reader)[:MOST_BREAKS]
    return [
        f"{str(row).capitalize()}{row.company and f', {row.company}'}{row.motive and f' : {row.motive}'}"
        for row in rows
    ]


def _obstacles(enrolment: Enrolment, reader: Any) -> list[str]:
    """Those that are open, by their nature alone; never what touches on health."""
    rows = Obstacle.objects.of_file(enrolment, reader).still_open().exclude(kind=Obstacle.Kind.HEALTH)
    return [f"{row} (depuis le {french_date(row.opened_on)})" for row in rows[:MOST_PAPERS]]


def _contracts(enrolment: Enrolment, reader: Any) -> list[str]:
    """The latest first: « CDD, Garage Roux, du 01/09/2026 au 30/11/2026 »."""
    rows = Contract.objects.of_file(enrolment, reader).order_by("-starts_on", "-pk")[:MOST_WORK]
    return [f"{row}, {_span(row)}" for row in rows]


def _span(row: Contract) -> str:
    begun = french_date(row.starts_on)
    span = f"du {begun} au {french_date(row.ends_on)}" if row.ends_on else f"depuis le {begun}"
    return f"{span}, rompu le {french_date(row.broken_on)}" if row.is_broken else span


def _exams(enrolment: Enrolment, reader: Any) -> list[str]:
    rows = Exam.objects.of_file(enrolment, reader).order_by("-session_on", "-pk")[:MOST_WORK]
    return [f"{row} : {row.get_result_display()}" for row in rows]


def _documents(enrolment: Enrolment, reader: Any) -> list[str]:
    rows = Document.objects.of_file(enrolment, reader).filter(is_private=False)[:MOST_PAPERS]
    return [f"{row}{(row.dated_on and f' ({french_date(row.dated_on)})') or ''}" for row in rows]


def _contacts(enrolment: Enrolment, reader: Any) -> list[dict[str, str]]:
    """The latest first."""
    lines = LogEntry.objects.of_file(enrolment, reader).filter(contact__isnull=False, is_private=False)
    return [
        {"day": french_date(line.happened_on), "words": shortened(line.sentence), "who": str(line.author or "")}
        for line in lines.select_related("author")
    ]


def shortened(sentence: str) -> str:
    """Cut between two words."""
    if len(sentence) <= LONGEST_TOLD:
        return sentence
    return f"{sentence[:LONGEST_TOLD].rsplit(' ', 1)[0]}…"


def _actions(enrolment: Enrolment, reader: Any) -> list[dict[str, str]]:
    """Those to come, the most urgent first, then those that were done, the last one first."""
    today, rows = timezone.localdate(), NextAction.objects.of_file(enrolment, reader).select_related("assignee")
    read = sorted(rows, key=lambda each: (not each.is_open, each.due_on if each.is_open else -each.pk))
    return [{"what": each.what, "who": str(each.assignee or ""), "state": _state(each, today)} for each in read]


def _state(action: NextAction, today: Any) -> str:
    if action.is_open:
        late = "à faire, " if action.due_on >= today else ""
        words, day = due_in_words(action.due_on, today)[0], french_date(action.due_on)
        return f"{late}{words}" if day in words else f"{late}{words} ({day})"
    return f"{'abandonnée' if action.given_up else 'faite'} le {french_date(action.done_on)}"


def _signatures(enrolment: Enrolment, reader: Any, *, minor: bool) -> list[tuple[str, str]]:
    """Who signs, and their name where it is known: the youth, who answers for them if a minor, their tutor, who follows
    them."""
    grants = AccessGrant.objects.of_file(enrolment, reader).in_force().filter(reason=AccessGrant.Reason.MENTORING)
    tutor = grants.select_related("user").first()
    blocks = [("Le jeune", enrolment.beneficiary.full_name)]
    if minor:
        blocks.append(("Son représentant légal", ""))
    blocks.append(("Le référent tuteur", str(tutor.user) if tutor else ""))
    blocks.append(("Pour le programme", str(enrolment.referent or "")))
    return blocks
