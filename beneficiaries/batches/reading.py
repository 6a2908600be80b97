"""A file received → its lines, each with its outcome: read, judged, compared, and kept to be shown."""

from __future__ import annotations

import zlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from beneficiaries.batches import bulk, known
from beneficiaries.batches.choosing import choices_of, told_of
from beneficiaries.batches.keeping import Cells, digest_of, values_of
from beneficiaries.lists.duplicates import find_known
from beneficiaries.lists.judging import Judged, Judgement, judge
from beneficiaries.lists.kinds import ListKind
from beneficiaries.lists.layout import Kind
from beneficiaries.lists.likeness import Resemblance
from beneficiaries.lists.outcomes import Finding, Outcome, review
from beneficiaries.lists.reading import Repair, Source, beginning, read, source_of
from beneficiaries.lists.receiving import receive
from beneficiaries.lists.rules import Rule
from beneficiaries.lists.second import judge_difference, notices_of
from beneficiaries.lists.sensitive import NOT_KEPT, fit_to_show, without_number
from beneficiaries.lists.telling import how_read
from beneficiaries.models import ImportBatch, ImportLine
from partaj.uploads.refusal import UploadRefused

JUDGING, COMPARING, KEEPING = 5, 50, 80  # percent of the way
ABOVE = 5  # lines above the titles, shown
FOLLOWED = "Déjà suivie dans ce programme : rien à créer."
BREAK_TO_NOTE = "Déjà suivie dans ce programme, où cette rupture n’est pas notée : complétez son dossier."


def packed(content: bytes) -> bytes:
    return zlib.compress(content, 1)


def unpacked(content: bytes | memoryview | None) -> bytes:
    """A file as it was received. ValueError where it is kept no longer."""
    if content is None:
        raise ValueError("the file of this list is kept no longer")
    return zlib.decompress(content)


def read_batch(*, batch: ImportBatch) -> None:
    """Judge the file of `batch` anew and replace its lines, whole or not at all; decisions made before are forgotten.

    A refusal becomes the state of the batch, with its sentence: another way of reading may be chosen.
    """
    batch.alive(JUDGING)
    try:
        judgement = judged(batch)
    except UploadRefused as refusal:
        _refuse(batch, str(refusal.message))
        return
    batch.alive(COMPARING)
    up_to = known.last_person()
    find_known(judgement.people, known.identities(batch.received_by, programme=batch.programme_id))
    batch.alive(KEEPING)
    _keep(batch, judgement, up_to)


def judged(batch: ImportBatch) -> Judgement:
    """Raises UploadRefused, whose sentence says which of two lists."""
    content, day, choices = unpacked(batch.content), batch.reference_date, choices_of(batch)
    if batch.kind == ListKind.DIFFERENCE:
        return judge_difference(content, unpacked(batch.second), reference_date=day, choices=choices)
    rule = Rule(batch.rule) if batch.rule else None
    return judge(receive(content), reference_date=day, kind=ListKind(batch.kind), rule=rule, choices=choices)


@transaction.atomic
def _refuse(batch: ImportBatch, sentence: str) -> None:
    if _is_still_asked_for(batch):
        batch.lines.all().delete()
        batch.told = {"refusal": sentence} | _as_far_as_read(batch)
        _settle(batch, ImportBatch.State.REFUSED)


@transaction.atomic
def _keep(batch: ImportBatch, judgement: Judgement, up_to: int) -> None:
    if not _is_still_asked_for(batch):
        return
    batch.lines.all().delete()
    lines = [Kept(each) for each in judgement.lines]
    settle_known(lines, programme=batch.programme_id, kind=batch.kind, but=batch.pk)
    cells = Cells(judgement.columns)
    bulk.insert(ImportLine, (each.row(batch, cells) for each in lines))
    chosen = choices_of(batch).mapping_of(judgement.columns.titles)
    batch.told = summary(judgement) | {"known_up_to": up_to, "columns": told_of(judgement.columns, chosen)}
    if judgement.second:
        batch.told["second"] = summary_of_second(judgement, judgement.second)
    batch.rule = judgement.rule or ""
    _settle(batch, ImportBatch.State.READY)


def _as_far_as_read(batch: ImportBatch) -> dict[str, Any]:
    """How a file that is no list was opened, for another sheet, separator or encoding to be chosen; and the columns of
    a list that names nobody, for somebody to say what they hold: none where there are no titles."""
    choices = choices_of(batch)
    told: dict[str, Any] = {"columns": []}
    try:
        accepted = receive(unpacked(batch.content))
        told |= of_source(source_of(accepted, choices))
        table = read(accepted, choices)
    except UploadRefused:
        return told
    untold = {"field": "", "label": "", "reason": "non reconnue", "chosen": False}
    titles = enumerate(table.titles.cells)
    return told | {"columns": [{"index": index, "title": without_number(title)} | untold for index, title in titles]}


def first_lines(batch: ImportBatch) -> list[tuple[int, str]]:
    """The first lines of the file, by their number, to choose that of the titles; none where nothing can be read."""
    try:
        found = beginning(receive(unpacked(batch.content)), choices_of(batch))
    except UploadRefused:
        return []
    return [(each.line, fit_to_show(each.text)[:160]) for each in found]


def _is_still_asked_for(batch: ImportBatch) -> bool:
    """Two workers at the same list, or a list forgotten meanwhile: only the first reading that was asked for counts."""
    now = ImportBatch.objects.select_for_update().filter(pk=batch.pk).values_list("state", "version").first()
    return now == (ImportBatch.State.READING, batch.version)


def _settle(batch: ImportBatch, state: str) -> None:
    batch.state = state
    batch.sign_of_life = timezone.now()
    batch.version += 1
    batch.save(update_fields=["state", "sign_of_life", "version", "told", "rule"])


class Kept:
    """A judged line with the values that are kept of it."""

    __slots__ = ("digest", "judged", "values")

    def __init__(self, judged: Judged) -> None:
        self.judged = judged
        self.values = values_of(judged.student) if judged.nature.kind is Kind.PERSON else {}
        self.digest = digest_of(self.values) if self.values else ""

    @property
    def is_open(self) -> bool:
        """It tells of somebody who may come in."""
        return bool(self.digest) and self.judged.outcome not in (Outcome.IGNORE, Outcome.REJECT)

    def ignore(self, sentence: str) -> None:
        self.judged.findings.append(Finding(Outcome.IGNORE, sentence))

    @property
    def certain(self) -> int | None:
        """The person, known in the base, that the line certainly tells of."""
        return next((like.key for like in self.judged.known if like.kind is Resemblance.SAME), None)

    def row(self, batch: ImportBatch, cells: Cells) -> bulk.Row:
        each, outcome = self.judged, str(self.judged.outcome)
        return {
            "batch_id": batch.pk,
            "number": each.record.line,
            "cells": cells.of(each),
            "student": self.values,
            "name": each.student.name[:210],
            "kind": each.nature.kind.name.lower(),
            "judged": outcome,
            "outcome": outcome,
            "reasons": each.reasons,
            "alike": likenesses(each),
            "second_line": each.second_line,
            "digest": self.digest,
            "decision": "",
            "taken": [],
            "completed": {},
            "opened_person": False,
            "opened_path": False,
        }


def compare(judgement: Judgement, *, programme: int, by: Any = None) -> None:
    """What `read_batch` would find of those whom `by` may see, for a list of which nothing is kept."""
    find_known(judgement.people, known.identities(by))
    settle_known([Kept(each) for each in judgement.lines], programme=programme)


def settle_known(lines: list[Kept], *, programme: int, kind: str = ListKind.STUDENTS, but: int | None = None) -> None:
    """Whoever came in a former list (`but` this one), or certainly is in the programme already, is ignored, and the
    reason said; save that a break that is not in their file yet goes to a person, who adds it."""
    open_lines = [each for each in lines if each.is_open]
    received = known.already_received({each.digest for each in open_lines}, programme=programme, but=but)
    for each in open_lines:
        if each.digest in received:
            each.ignore(received[each.digest])
    certain = [each for each in open_lines if each.certain is not None and each.is_open]
    followed = known.under_way({each.certain for each in certain}, programme)
    noted = known.breaks_noted(followed.values()) if kind == ListKind.BREAKS else None
    for each in certain:
        path = followed.get(each.certain or 0)
        told = known.break_told(each.values.get("broken_on", ""), each.values.get("company", ""))
        if path and noted is not None and (path, told) not in noted:
            each.judged.findings.append(review(BREAK_TO_NOTE))
        elif path:
            each.ignore(FOLLOWED)


def likenesses(each: Judged) -> list[dict[str, Any]]:
    """Whom the line looks like: other lines by their number, people by theirs."""
    found = [("line", like) for like in each.alike] + [("person", like) for like in each.known]
    return [{where: like.key, "strength": str(like.strength), "reason": like.reason} for where, like in found]


def summary(judgement: Judgement) -> dict[str, Any]:
    """What was understood of the file, as the page shows it: nothing is decided silently."""
    table, source = judgement.table, judgement.table.source
    return of_source(source) | {
        "how": how_read(judgement),
        "notices": judgement.notices,
        "header_line": table.header_line,
        "above": [{"line": each.line, "text": fit_to_show(each.text)[:200]} for each in table.above[:ABOVE]],
        "repairs": [_fit(each) for each in table.repairs],
        "encoded_twice": table.encoded_twice,
        "repaired": table.repaired,
        "announced": judgement.announced,
        "kinds": {kind.name.lower(): count for kind, count in judgement.kinds.items() if count},
        "people": len(judgement.people),
        "read": len(judgement.lines),
    }


def summary_of_second(judgement: Judgement, second: Judgement) -> dict[str, Any]:
    """What was understood of the second of two lists: counts, and the titles of its columns; nothing of its people."""
    return {
        "how": how_read(second),
        "notices": notices_of(judgement),
        "columns": told_of(second.columns, {}),
        "people": len(second.people),
        "read": len(second.lines),
    }


def of_source(source: Source) -> dict[str, Any]:
    return {
        "label": source.label,
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "sheet": source.sheet,
        "sheets": list(source.sheets),
    }


def _fit(repair: Repair) -> dict[str, Any]:
    """What is told of health is told on both sides, be it only read on one."""
    sides = {"before": repair.before, "after": repair.after}
    shown = {name: fit_to_show(text) for name, text in sides.items()}
    return {"line": repair.line} | (shown if shown == sides else dict.fromkeys(sides, NOT_KEPT))
