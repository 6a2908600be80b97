"""A merger undone: what came from the other file goes back to it, what was added or changed since stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone

from beneficiaries.merging.former import Values, values_to_restore
from beneficiaries.merging.moving import TargetGone, give_back, put_back
from beneficiaries.merging.uniting import answers_for_all, note_on_path, settle
from beneficiaries.models import Beneficiary, Enrolment, Merge
from beneficiaries.services import save_by
from partaj.formats import NBSP
from partaj.programmes.models import Programme
from partaj.versions import claim_version

# What an upper floor stores on a path from rows of its own model, worked out again once these have gone back. By model,
# the functions that take the number of a path; each floor adds its own in its `AppConfig.ready()`.
WORKED_OUT_FROM: dict[type[Model], list[Callable[[int], None]]] = defaultdict(list)

UNDONE = "Cette réunion est déjà défaite."
SINCE = "Ce dossier a été réuni à un autre depuis : défaites d’abord cette réunion-là."
BEYOND = "Elle touche un programme dont vous ne répondez pas : demandez à un administrateur de la défaire."
CLOSED = "Le programme {} est clos : séparer les deux dossiers changerait ce que ses tableaux ont compté."
GONE = "Elle ne se défait plus : ce qui était noté au dossier n°\u00a0{} ({}) a été supprimé de PARTAJ depuis."


def impediment(merge: Merge, by: Any) -> str:
    """Why `merge` cannot be undone now by this user, or ""."""
    if merge.undone_at:
        return UNDONE
    person = merge.enrolment.beneficiary_id
    if Merge.objects.in_force().filter(enrolment__beneficiary=person, pk__gt=merge.pk).exists():
        return SINCE
    paths = list(Enrolment.objects.filter(beneficiary=person).select_related("programme"))
    touched = set(merge.files_touched())
    if not answers_for_all([path for path in paths if path.pk in touched], by):
        return BEYOND
    counted_otherwise = {merge.enrolment.programme_id, *_programmes_of_both(merge, paths)}
    closed = sorted({path.programme.number for path in paths if path.programme.is_closed
                     and path.programme_id in counted_otherwise})  # fmt: skip
    return CLOSED.format(closed[0]) if closed else ""


def _programmes_of_both(merge: Merge, paths: list[Enrolment]) -> set[int]:
    """Those in which each of the two persons would have a path again."""
    leaving = merge.paths_moved
    theirs = {path.programme_id for path in paths if path.pk in leaving or path.pk in merge.paths.values()}
    return theirs & {path.programme_id for path in paths if path.pk not in leaving}


@transaction.atomic
def undo_merge(*, merge: Merge, by: Any) -> list[str]:
    """Part the two files again; what keeps the value that it got since is returned, in words (« le téléphone »).

    Raises ValidationError (a sentence) where it cannot be: done already, united again since, of a closed programme,
    beyond what `by` answers for, or made of something that PARTAJ no longer has.
    """
    person = Beneficiary.objects.select_for_update().filter(pk=merge.enrolment.beneficiary_id).first()
    held = Enrolment.objects.select_for_update().filter(beneficiary=person).order_by("pk")
    numbers = {path.pk for path in held}
    merge.refresh_from_db(fields=["undone_at", "enrolment"])
    if person is None or merge.enrolment_id not in numbers:
        raise ValidationError(SINCE)
    if sentence := impediment(merge, by):
        raise ValidationError(sentence)
    values = _give_all_back(merge, by)
    people = list(Beneficiary.objects.filter(pk__in=[person.pk, merge.absorbed_person]))
    settle(*people, programmes=Programme.objects.filter(enrolments__beneficiary__in=people).distinct())
    for absorbed, kept in merge.paths.items():
        for path, beside in ((int(absorbed), kept), (kept, absorbed)):
            note_on_path(path, f"Réunion avec le dossier n°{NBSP}{beside} défaite.", by)
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.removed, merge.changed = [], []  # what stood there is where it belongs: nothing personal is kept twice
    merge.save()
    return values.kept


def _give_all_back(merge: Merge, by: Any) -> Values:
    """The removed rows first, the last one first, then those that hung on them, then what the others had been."""
    try:
        for image in reversed(merge.removed):
            put_back(image, by=by)
    except TargetGone as gone:
        raise ValidationError(GONE.format(merge.absorbed_file, gone)) from gone
    for move in reversed(merge.moved):
        give_back(move)
        if move["model"] == Enrolment._meta.label_lower:  # whoever has one open had read it under another identity
            Enrolment.objects.filter(pk__in=move["rows"]).update(version=F("version") + 1)
    values = values_to_restore(merge)
    values.set()
    for row in values.rows:
        if hasattr(row, "version"):
            claim_version(row, row.version)
        save_by(row, by)
    _work_out_again(merge)
    return values


def _work_out_again(merge: Merge) -> None:
    noted = {each["model"] for each in [*merge.moved, *merge.removed]}
    for model, functions in WORKED_OUT_FROM.items():
        if model._meta.label_lower in noted:
            for path in {*map(int, merge.paths), *merge.paths.values()}:
                for work_out in functions:
                    work_out(path)
