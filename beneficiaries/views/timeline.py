"""The timeline of a file and what is to be done next, in words; the fields of a new line."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from html import escape
from typing import Any

from crispy_forms.utils import render_crispy_form
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from beneficiaries.contact_forms import QuickEntryForm
from beneficiaries.following import due_in_words
from beneficiaries.models import AnyFile, Contact, Enrolment, LogEntry, NextAction
from partaj.formats import french_date
from partaj.prepared import Reader, answers

RECENT = 30
SETTLED = 3  # of those that are closed, the last ones: one may have been closed by mistake
ASSIGNEE = ("assignee__first_name", "assignee__last_name", "assignee__email")
AUTHOR = ("author__first_name", "author__last_name", "author__email")
KINDS = dict(LogEntry.Kind.choices)
# What one looks for in a long timeline, and the kinds of line that it is.
NATURES = {
    "contacts": ("Contacts", (LogEntry.Kind.CONTACT,)),
    "notes": ("Notes", (LogEntry.Kind.NOTE,)),
    "actions": ("Actions", (LogEntry.Kind.ACTION,)),
    "parcours": (
        "Parcours",
        (LogEntry.Kind.INTAKE, LogEntry.Kind.STEP, LogEntry.Kind.LOSS, LogEntry.Kind.BREAK, LogEntry.Kind.OUTCOME),
    ),
    "contrats": ("Contrats et examens", (LogEntry.Kind.CONTRACT, LogEntry.Kind.EXAM)),
    "freins": ("Freins", (LogEntry.Kind.OBSTACLE,)),
    "referent": ("Référent", (LogEntry.Kind.REFERENT, LogEntry.Kind.HANDOVER)),
    "cellule": ("Cellule", (LogEntry.Kind.SESSION,)),
    "reunions": ("Réunions et ateliers", (LogEntry.Kind.GROUP,)),
    "documents": ("Documents", (LogEntry.Kind.DOCUMENT,)),
}
LOCK = '<i class="bi bi-lock" aria-hidden="true"></i>'
PRIVATE = mark_safe(f' <span class="badge badge-quiet">{LOCK} privée, vous seul</span>')  # noqa: S308  (a constant)

CURRENT = mark_safe(' aria-current="true"')  # a constant
WITHDRAW = ' <a class="line-act" href="contact/{}/retirer/" aria-label="Retirer le contact du {}">retirer</a>'


@lru_cache(maxsize=1)
def blank_entry(today: dt.date) -> str:
    """The fields of a new line: the same for everybody on one day, hence laid out once."""
    return render_crispy_form(QuickEntryForm(user=None, enrolment=Enrolment()))


def typed_entry(typed: QueryDict, enrolment: Enrolment, user: Any) -> str:
    """The same, as somebody was filling them in when their session ended."""
    return render_crispy_form(QuickEntryForm(data=typed, user=user, enrolment=enrolment))


def timeline_of(enrolment: Enrolment, request: HttpRequest, *, may_change: bool) -> dict[str, Any]:
    """The latest lines, or all; of one nature, or of all; and the last contact, which the head of the page says."""
    whole, nature = request.GET.get("fil") == "tout", request.GET.get("nature", "")
    reader = Reader.of(request.user)
    answered = enrolment.may_be_changed_by(reader)
    read = answers(_lines, reader, answered, nature if nature in NATURES else "", whole, of=enrolment.pk)
    goes_on = not whole and len(read) > RECENT
    return {
        "log": [_line(line, may_change=may_change) for line in (read[:RECENT] if goes_on else read)],
        "log_goes_on": goes_on,
        "natures": _natures(nature if nature in NATURES else ""),
        "nature": nature if nature in NATURES else "",
        "last_contact": french_date(_last_contact(enrolment, read)),
    }


@lru_cache
def _natures(chosen: str) -> SafeString:
    """The links that narrow the timeline: the same in every file."""
    links = ((key, CURRENT if key == chosen else "", label) for key, (label, _) in NATURES.items())
    return format_html_join(" ", '<a href="?nature={}#fil"{}>{}</a>', links)


def _lines(reader: Reader, is_answered_for: bool, nature: str, whole: bool, number: int) -> QuerySet:
    lines = LogEntry.objects.of_file(AnyFile(number, is_answered_for), reader)
    if nature:
        lines = lines.filter(kind__in=NATURES[nature][1])
    told = lines.annotate(last_contact=Subquery(_contacts(number)[:1])).values(
        "kind", "happened_on", "sentence", "link", "is_private", "contact__pk", "attendance__pk", "last_contact",
        *AUTHOR,
    )  # fmt: skip
    return told if whole else told[: RECENT + 1]


def _last_contact(enrolment: Enrolment, read: list[dict[str, Any]]) -> dt.date:
    """Each line brings it along, so as to ask nothing more of the base; where a nature shows no line, it is asked."""
    told = read[0]["last_contact"] if read else _contacts(enrolment.pk).first()
    return max(filter(None, [told, enrolment.contacted_on]))


def _contacts(number: int) -> Any:
    return Contact.objects.filter(enrolment=number).order_by("-happened_on").values_list("happened_on", flat=True)


def _line(line: dict[str, Any], *, may_change: bool) -> dict[str, str]:
    """One line of the timeline, its words ready."""
    first, last, email = (line[name] for name in AUTHOR)
    private, link, sentence = line["is_private"], line["link"], line["sentence"]
    words, day = escape(sentence), french_date(line["happened_on"])
    if link:
        words = f'<a href="{escape(link)}">{words}</a>'
    if may_change and line["contact__pk"] and not line["attendance__pk"]:  # a presence is changed at its meeting
        words += WITHDRAW.format(line["contact__pk"], day)
    return {
        "css": f"line line-{line['kind']}{' line-private' if private else ''}",
        "day": day,
        "label": KINDS[line["kind"]],
        "private": PRIVATE if private else "",
        "words": mark_safe(words),  # noqa: S308  (each part is escaped, or a constant)
        "author": f"{first} {last}".strip() or email if email else "",
    }


def actions_of(enrolment: Enrolment, reader: Any, file_url: str) -> list[dict[str, Any]]:
    """Those to come, the most urgent first, then the last ones closed. In one query."""
    today, answered = timezone.localdate(), enrolment.may_be_changed_by(reader)
    read = answers(_actions, Reader.of(reader), answered, of=enrolment.pk)
    ahead = sorted((row for row in read if not row["done_on"]), key=lambda row: row["due_on"])
    closed = sorted((row for row in read if row["done_on"]), key=lambda row: -row["pk"])
    return [_action(row, today, file_url) for row in [*ahead, *closed[:SETTLED]]]


def _actions(reader: Reader, is_answered_for: bool, number: int) -> QuerySet:
    rows = NextAction.objects.of_file(AnyFile(number, is_answered_for), reader)
    return rows.values("pk", "what", "due_on", "done_on", "given_up", *ASSIGNEE)


def _action(row: dict[str, Any], today: dt.date, file_url: str) -> dict[str, Any]:
    first, last, email = (row[name] for name in ASSIGNEE)
    when, tone = due_in_words(row["due_on"], today)
    if row["done_on"]:
        when, tone = f"{'abandonnée' if row['given_up'] else 'faite'} le {french_date(row['done_on'])}", "left"
    return {
        "what": row["what"],
        "when": when,
        "tone": tone,
        "who": f"{first} {last}".strip() or email if email else "personne",
        "is_open": not row["done_on"],
        "url": f"{file_url}action/{row['pk']}/",
    }
