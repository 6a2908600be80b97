"""The whole file of one person, for whoever asks to read what is kept of them (GDPR, article 15): the same content as
plain values, stable for machines (JSON), and on paper (PDF).

Made for who holds the right to export it; what belongs to one author alone is not there, and the copy says so. Days are
ISO dates, moments ISO with their offset; an unknown is null, never an empty text. A key is never renamed: `version`
grows where one has to be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from beneficiaries.changes import changes_of
from beneficiaries.models import (
    PERSON_FIELDS,
    ApprenticeshipBreak,
    Attendance,
    Contact,
    Contract,
    Document,
    Enrolment,
    Exam,
    ImportLine,
    LogEntry,
    Merge,
    NextAction,
    Notice,
    Objection,
    Obstacle,
    Outcome,
    StepEntry,
    paths_absorbed_by,
)
from beneficiaries.readers import readers_of
from partaj.accounts.journal.words import lines_of
from partaj.accounts.models import JournalEntry
from partaj.acts import Act, may
from partaj.formats import NBSP

FORMAT, VERSION = "partaj-dossier", 1
PATH_FIELDS = [
    "public", "adult_quality", "adult_quality_other", "territory", "referent", "found_by", "contacted_on", "entered_on",
    "exited_on", "lost_on", "lost_at", "loss_reason", "first_reviewed_on", "situation", "situation_other",
    "school_level", "diploma_level", "followed_by_mission_locale", "in_priority_district", "has_disability",
    "is_reinforced",
]  # fmt: skip
BREAK_FIELDS = [
    "training_place", "sector", "company", "contract_starts_on", "contract_ends_on", "broken_on", "chosen", "motive",
    "followed_elsewhere", "followed_by", "solution_found", "solution",
]  # fmt: skip
OBSTACLE_FIELDS = ["kind", "precision", "opened_on", "words", "reopened_on", "solved_on", "how"]
CONTRACT_FIELDS = [
    "contract_type", "employer", "opca", "starts_on", "ends_on", "trial_ends_on", "broken_on", "break_motive",
    "break_precision", "initiative", "in_trial",
]  # fmt: skip
EXAM_FIELDS = ["certificate", "session_on", "result", "units_validated", "units_total"]
MOST_READINGS = 5_000  # lines of the journal, the latest: a file is seldom read more often in twelve months
PRIVATE = (
    "Les notes et les documents privés n’y sont pas : chacun n’est lu que par son auteur, à qui il faut les demander."
)
BYTES = "Les documents y sont nommés ; leur contenu se télécharge du dossier, un à un."
ELSEWHERE = "Le journal des consultations n’y est pas : un responsable du programme peut le joindre."
OTHER_PATHS = "Un autre parcours de la même personne a son propre dossier, et sa propre copie."


def whole_file(*, enrolment: Enrolment, reader: Any) -> dict[str, Any]:
    """Whoever calls has checked that `reader` may export it; each part is what they may see, nothing private."""
    reads_journal = may(reader, Act.READ_JOURNAL, enrolment.programme)
    others = Enrolment.objects.visible_to(reader).filter(beneficiary=enrolment.beneficiary_id).exclude(pk=enrolment.pk)
    other_paths = [
        {"programme": number, "file": pk} for number, pk in others.order_by("pk").values_list("programme__number", "pk")
    ]
    left_out = [PRIVATE, BYTES, *([] if reads_journal else [ELSEWHERE]), *([OTHER_PATHS] if other_paths else [])]
    return {
        "format": FORMAT,
        "version": VERSION,
        "issued_at": timezone.localtime(),
        "issued_by": str(reader),
        "programme": {"number": enrolment.programme.number, "title": enrolment.programme.title},
        "file": enrolment.pk,
        "left_out": left_out,
        "identity": values_of(enrolment.beneficiary, PERSON_FIELDS),
        "path": values_of(enrolment, PATH_FIELDS),
        "steps": list(_steps(enrolment, reader)),
        "timeline": list(_timeline(enrolment, reader)),
        "contacts": list(_contacts(enrolment, reader)),
        "gatherings": list(_gatherings(enrolment, reader)),
        "actions": list(_actions(enrolment, reader)),
        "breaks": [values_of(row, BREAK_FIELDS) for row in ApprenticeshipBreak.objects.of_file(enrolment, reader)],
        "obstacles": [values_of(row, OBSTACLE_FIELDS) for row in Obstacle.objects.of_file(enrolment, reader)],
        "contracts": [values_of(row, CONTRACT_FIELDS) for row in Contract.objects.of_file(enrolment, reader)],
        "exams": [values_of(row, EXAM_FIELDS) for row in Exam.objects.of_file(enrolment, reader)],
        "outcomes": list(_outcomes(enrolment, reader)),
        "documents": list(_documents(enrolment, reader)),
        "notices": list(_notices(enrolment, reader)),
        "objections": list(_objections(enrolment, reader)),
        "sources": list(_sources(enrolment, reader)),
        "other_paths": other_paths,
        "readers": list(_readers(enrolment)),
        "consultations": list(_consultations(enrolment, reader)) if reads_journal else None,
        "corrections": list(_corrections(enrolment)),
    }


def values_of(row: Any, names: list[str] | tuple[str, ...]) -> dict[str, Any]:
    """Each column by its name: a plain value; where the form offered a choice, its code and what the screen says."""
    return {name: _value(row, name) for name in names}


def _value(row: Any, name: str) -> Any:
    field, value = row._meta.get_field(name), getattr(row, name)
    if value in (None, ""):
        return None
    if field.choices:
        return {"code": value, "text": str(dict(field.flatchoices).get(value, value))}
    return str(value) if field.is_relation else value


def _name(user: Any) -> str | None:
    return str(user) if user else None


# -- Each part ------------------------------------------------------------------------------------------------
def _steps(enrolment: Enrolment, reader: Any) -> Iterator[dict[str, Any]]:
    rows = StepEntry.objects.of_file(enrolment, reader).order_by("entered_on", "step__position", "pk")
    for label, day in rows.values_list("step__label", "entered_on"):
        yield {"label": label, "entered_on": day}


def _timeline(enrolment: Enrolment, reader: Any) -> Iterator[dict[str, Any]]:
    rows = LogEntry.objects.of_file(enrolment, reader).filter(is_private=False).select_related("author")
    for row in rows.order_by("happened_on", "pk"):
        kind = {"code": row.kind, "text": row.get_kind_display()}
        yield {"on": row.happened_on, "kind": kind, "text": row.sentence, "author": _name(row.author)}


def _contacts(enrolment: Enrolment, reader: Any) -> Iterator[dict[str, Any]]:
    rows = Contact.objects.of_file(enrolment, reader).select_related("author")
    for row in rows.order_by("happened_on", "pk"):
        yield {"on": row.happened_on, **values_of(row, ["channel", "result", "minutes"]), "author": _name(row.author)}


def _gatherings(enrolment: Enrolment, reader: Any) -> Iterator[dict[str, Any]]:
    rows = Attendance.objects.of_file(enrolment, reader).select_related("gathering")
    for row in rows.order_by("gathering__held_on", "pk"):
        told = values_of(row.gathering, ["kind", "title", "place"])
        yield {"on": row.gathering.held_on, **told, **values_of(row, ["state"])}


def _actions(enrolment: Enrolment, reader: Any) -> Iterator[dict[str, Any]]:
    rows = NextAction.objects.of_file(enrolment, reader).select_related("assignee")
    for row in rows.order_by("due_on", "pk"):
        yield {**values_of(row, ["what", "due_on", "done_on", "given_up"]), "assignee": _name(row.assignee)}


def _documents(enrolment: Enrolment, reader: Any) -> Iterator[dict[str, Any]]:
    rows = Document.objects.of_file(enrolment, reader).filter(is_private=False).select_related("author")
    for row in rows.order_by("sent_at", "pk"):
        said = values_of(row, ["kind", "about", "dated_on", "filename", "mime", "size"])
        yield said | {"sha256": row.digest, "sent_at": timezone.localtime(row.sent_at), "author": _name(row.author)}


def _outcomes(enrolment: Enrolment, reader: Any) -> Iterator[dict[str, Any]]:
    for row in Outcome.objects.of_file(enrolment, reader).select_related("author"):
        said = values_of(row, ["moment", "seen_on", "kind", "precision", "state", "is_principal"])
        yield said | {"author": _name(row.author)}


def _notices(enrolment: Enrolment, reader: Any) -> Iterator[dict[str, Any]]:
    rows = Notice.objects.of_file(enrolment, reader).select_related("author")
    for row in rows.order_by("given_on", "pk"):
        yield {**values_of(row, ["given_on", "how", "given_to", "accepts_charter"]), "author": _name(row.author)}


def _objections(enrolment: Enrolment, reader: Any) -> Iterator[dict[str, Any]]:
    rows = Objection.objects.of_file(enrolment, reader).select_related("author")
    for row in rows.order_by("made_on", "pk"):
        said = values_of(row, ["made_on", "scope", "words", "answer", "answered_on", "lifted_on"])
        yield said | {"author": _name(row.author)}


def _sources(enrolment: Enrolment, reader: Any) -> Iterator[dict[str, Any]]:
    """The lists that told of the person, for who may see them; the structure that found them is in `path`."""
    lines = ImportLine.objects.visible_to(reader).filter(enrolment=enrolment)
    for line in lines.select_related("batch__organisation").order_by("pk"):
        batch = line.batch
        received = timezone.localtime(batch.received_at).date()
        yield {"list": batch.filename, "line": line.number, "from": str(batch.organisation), "received_on": received}


def _readers(enrolment: Enrolment) -> Iterator[dict[str, Any]]:
    """Who may open the file today, and why."""
    for reader in readers_of(enrolment):
        why = [str(reader.role), *(grant.get_reason_display() for grant in reader.grants)]
        yield {"who": reader.who, "why": why, "since": reader.role.starts_on, "until": reader.role.ends_on}


def _consultations(enrolment: Enrolment, reader: Any) -> Iterator[dict[str, Any]]:
    """Who opened, listed, printed or changed it: the journal keeps twelve months of it."""
    mergers = Merge.objects.in_force().of_person(enrolment.beneficiary_id).only("paths")
    rows = JournalEntry.objects.about_file(reader, enrolment, sorted(paths_absorbed_by(enrolment.pk, mergers)))
    for line in lines_of(list(rows.order_by("-number")[:MOST_READINGS]), of_file=enrolment.pk):
        yield {"at": line.at, "who": line.who, "role": line.roles or None, "act": line.act}


def _corrections(enrolment: Enrolment) -> Iterator[dict[str, Any]]:
    """What was changed in the file, by whom, the newest first, down to its opening."""
    for change in changes_of(enrolment):
        details = [
            {"label": each.label, "before": each.old or None, "after": each.new or None} for each in change.details
        ]
        yield {
            "at": timezone.localtime(change.when),
            "who": change.who or None,
            "act": change.sentence,
            "details": details,
        }


def file_name(content: dict[str, Any], extension: str) -> str:
    """Never the name of the person."""
    day: dt.datetime = content["issued_at"]
    return f"dossier-{content['file']}-{day:%Y-%m-%d}.{extension}"


def title_of(content: dict[str, Any]) -> str:
    return f"Dossier n°{NBSP}{content['file']}"
