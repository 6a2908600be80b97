"""The decisions about local projects and the people whom they count. Keyword-only, atomic.

All raise ClosedProgramme on a closed programme and ValidationError (French sentences) where the numbers disagree;
those that change a row raise StaleVersion where somebody else changed it since it was read. Who refuses a project and
who counts its people wait for each other on its row: the second is told.
`by` is kept in the history with what changed.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from funding.breakdowns import LINES, OF, Parts, tallies, wholes
from funding.models import Headcount, HeadcountPart, Project
from partaj.formats import french_date, french_integer
from partaj.programmes.services import refuse_closed
from partaj.versions import claim_version


@transaction.atomic
def receive_project(*, project: Project, by: Any) -> Project:
    """A project received in answer to the call."""
    refuse_closed(project.programme)
    project.full_clean()
    project._history_user = by
    project.save()
    return project


@transaction.atomic
def revise_project(*, project: Project, version: int, by: Any) -> Project:
    """Its title, structure, territory or state changes. `version` is the one that the editor had read."""
    refuse_closed(project.programme)
    claim_version(project, version)  # and holds its row
    project.full_clean()
    project._history_user = by
    project.save()
    return project


@transaction.atomic
def report_headcount(*, headcount: Headcount, parts: Parts, by: Any) -> Headcount:
    """A project holder reports people counted collectively; nobody enrolled by name is among them."""
    refuse_closed(headcount.project.programme)
    _hold_project(headcount)
    refuse_disagreement(headcount=headcount, parts=parts)
    headcount._history_user = by
    headcount._change_reason = "Saisie."
    headcount.save()
    _write_parts(headcount, parts)
    return headcount


@transaction.atomic
def revise_headcount(*, headcount: Headcount, parts: Parts, version: int, by: Any) -> Headcount:
    """Save changed numbers. `version` is the one that the editor had read."""
    refuse_closed(headcount.project.programme)
    claim_version(headcount, version)
    before = Headcount.objects.select_related("project").get(pk=headcount.pk)
    if before.project.programme_id != headcount.project.programme_id:
        raise ValidationError({"project": "Ce projet est d’un autre programme."})
    _hold_project(headcount)
    refuse_disagreement(headcount=headcount, parts=parts)
    headcount._history_user = by
    headcount._change_reason = _changes(before, read_parts(before), headcount, parts)
    headcount.save()
    headcount.parts.all().delete()
    _write_parts(headcount, parts)
    return headcount


@transaction.atomic
def withdraw_headcount(*, headcount: Headcount, version: int, reason: str, by: Any) -> None:
    """Take back a headcount entered by mistake. Its numbers and the reason stay in the history."""
    refuse_closed(headcount.project.programme)
    if not reason.strip():
        raise ValidationError({"reason": "Dites pourquoi cet effectif est retiré : la raison est conservée."})
    claim_version(headcount, version)
    lines = " ; ".join(f"{_name(key)} : {french_integer(count)}" for key, count in read_parts(headcount).items())
    headcount._history_user = by
    headcount._change_reason = f"{reason.strip()}\nRépartitions retirées : {lines}." if lines else reason.strip()
    headcount.delete()


def _hold_project(headcount: Headcount) -> None:
    """Its project as it is now, held until the end; ValidationError where somebody has just removed it."""
    held = Project.objects.select_for_update(no_key=True, of=("self",)).select_related("programme")
    project = held.filter(pk=headcount.project_id).first()
    if project is None:
        raise ValidationError({"project": "Ce projet vient d’être supprimé : rien n’a été enregistré."})
    headcount.project = project


def refuse_disagreement(*, headcount: Headcount, parts: Parts) -> None:
    """Raises ValidationError for a figure out of bounds, an unknown line, or a breakdown larger than its whole."""
    headcount.full_clean(validate_unique=False)
    for (section, code), count in parts.items():
        part = HeadcountPart(section=section, code=code, count=count)
        part.clean_fields(exclude=["headcount"])
        part.clean()
    sums = tallies(
        youths=headcount.youths,
        adults=headcount.adults,
        parts=parts,
        populations=wholes(headcount.project.programme),
    )
    refusals = [tally.refusal for tally in sums.values() if tally.refusal]
    if refusals:
        raise ValidationError(refusals)


def read_parts(headcount: Headcount) -> dict[tuple[str, str], int]:
    """The numbers of the breakdowns, in the form's order."""
    stored = {(part.section, part.code): part.count for part in headcount.parts.all()}
    return {key: stored[key] for key in LINES if key in stored}


def _write_parts(headcount: Headcount, parts: Parts) -> None:
    HeadcountPart.objects.bulk_create(
        HeadcountPart(headcount=headcount, section=section, code=code, count=count)
        for (section, code), count in parts.items()
    )


def _name(key: tuple[str, str]) -> str:
    return OF[key[0]].qualified(LINES[key])


def _changes(before: Headcount, parts_before: Parts, after: Headcount, parts_after: Parts) -> str:
    """What the history says, in one sentence. Another project is not named: its territory may not be the reader's."""
    said = []
    if before.project_id != after.project_id:
        said.append("rattaché à un autre projet")
    if before.counted_on != after.counted_on:
        said.append(f"entrés le {french_date(before.counted_on)} → {french_date(after.counted_on)}")
    for label, old, new in [("jeunes", before.youths, after.youths), ("adultes", before.adults, after.adults)]:
        if old != new:
            said.append(f"{label} : {french_integer(old)} → {french_integer(new)}")
    for key in LINES:
        old_part, new_part = parts_before.get(key), parts_after.get(key)
        if old_part != new_part:
            said.append(f"{_name(key)} : {_or_empty(old_part)} → {_or_empty(new_part)}")
    if before.note != after.note:
        said.append(f"remarque : « {before.note} » → « {after.note} »")
    return _sentence(said)


def _or_empty(count: int | None) -> str:
    return "vide" if count is None else french_integer(count)


def _sentence(said: list[str]) -> str:
    text = " ; ".join(said) or "enregistré sans changement"
    return f"{text[0].upper()}{text[1:]}."
