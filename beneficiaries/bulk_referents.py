"""Several files given to a colleague at one go; all those of somebody who leaves, with what they had promised to do.

What the page showed is compared with what is held: a file that was given to somebody else meanwhile is left alone, and
named. Undone, each file goes back to who followed it, be it somebody who has left since: it is as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from beneficiaries import bulk
from beneficiaries.bulk import Change, Outcome
from beneficiaries.models import BulkAct, BulkRow, Enrolment, LogEntry, NextAction
from beneficiaries.referents import NOT_THERE, carried_in_words, follows_there, given_in_words, working_on
from partaj.accounts.models import Role, User
from partaj.formats import counted
from partaj.programmes.models import Programme
from partaj.programmes.services import refuse_closed

LOG = LogEntry.Kind.REFERENT
Read = Mapping[int, int | None]  # by number of file, the referent that the page showed


def able_on_all(programme: Programme, territories: Collection[int]) -> QuerySet[User]:
    """Those who may follow a youth of each of these territories today."""
    people = User.objects.filter(pk__in=working_on(programme, territories).values("user"))
    for territory in territories:
        people = people.filter(pk__in=working_on(programme, [territory]).values("user"))
    return people


@transaction.atomic
def assign_many(*, programme: Programme, read: Read, referent: Any, by: Any) -> Outcome:
    """Raises ClosedProgramme; ValidationError (key referent) where `referent` does not work where some of them are."""
    refuse_closed(programme)
    files = bulk.held_files(programme=programme, numbers=read, by=by)
    places = {file.territory_id: file.territory for file in files}
    for territory in places.values():
        if not working_on(programme, [territory]).filter(user=referent).exists():
            raise ValidationError({"referent": NOT_THERE.format(referent, territory)})
    given = {file.pk: referent for file in files}
    return _give(
        programme, files, read, given, BulkAct.Kind.ASSIGN, (f"confié à {referent}", f"confiés à {referent}"), by
    )


@transaction.atomic
def pass_on(*, programme: Programme, leaver: Any, read: Read, to: Mapping[int, list[Any]], by: Any) -> Outcome:
    """All that `leaver` follows, and all that they had promised to do, in the files that `by` may change: by territory,
    to whom, in turn where they are several. `read`: the files that the page counted, of which those that somebody took
    meanwhile are left alone."""
    refuse_closed(programme)
    held = bulk.held_files(programme=programme, numbers=read, by=by)
    files = [file for file in held if to.get(file.territory_id)]
    for territory in {file.territory_id: file.territory for file in files}.values():
        working = set(working_on(programme, [territory]).values_list("user", flat=True))
        for person in to[territory.pk]:
            if person.pk not in working:
                raise ValidationError({f"to-{territory.pk}": NOT_THERE.format(person, territory)})
    given = _in_turn(files, to, leaver)
    told = f"transmis, que suivait {leaver}"
    return _give(programme, files, read, given, BulkAct.Kind.PASS_ON, (told, told), by, leaver=leaver)


def _in_turn(files: list[Enrolment], to: Mapping[int, list[Any]], leaver: Any) -> dict[int, Any]:
    """Dealt out in the order of the list, those that `leaver` follows first: each has as many as the others."""
    turns: dict[int, int] = defaultdict(int)
    given = {}
    for file in sorted(files, key=lambda each: (each.referent_id != leaver.pk, each.sort_name, each.pk)):
        people = to[file.territory_id]
        given[file.pk] = people[turns[file.territory_id] % len(people)]
        turns[file.territory_id] += 1
    return given


def _give(
    programme: Programme, files: list[Enrolment], read: Read, given: Mapping[int, Any], kind: BulkAct.Kind,
    told: tuple[str, str], by: Any, leaver: Any | None = None,
) -> Outcome:  # fmt: skip
    """`given`: by number of file, to whom. `told`: of one file, of several."""
    skipped = [file for file in files if file.referent_id not in (read[file.pk], given[file.pk].pk)]
    left = [file for file in files if file not in skipped]
    moving = [file for file in left if file.referent_id != given[file.pk].pk and (
        leaver is None or file.referent_id == leaver.pk)]  # fmt: skip
    actions = _actions_of(left if leaver else moving, leaver)
    changes = _changes(moving, left, actions, given)
    if not changes:
        return Outcome(None, skipped)
    _carry(actions, given)
    for file in moving:
        file.referent = given[file.pk]
    bulk.save_files(moving, ["referent"], by=by)
    one, several = told
    words = counted(len(changes), f"dossier {one}", f"dossiers {several}")
    return Outcome(bulk.record(kind=kind, programme=programme, told=words, changes=changes, log=LOG, by=by), skipped)


def _actions_of(files: list[Enrolment], leaver: Any | None) -> dict[int, list[NextAction]]:
    """By file, the open actions of who follows it, or of who leaves."""
    followed = {file.pk: leaver.pk if leaver else file.referent_id for file in files}
    rows = NextAction.objects.select_for_update(of=("self",)).still_open()
    rows = rows.filter(enrolment__in=followed, assignee__in={who for who in followed.values() if who})
    found: dict[int, list[NextAction]] = defaultdict(list)
    for action in rows.order_by("pk"):
        if action.assignee_id == followed[action.enrolment_id]:
            found[action.enrolment_id].append(action)
    return found


def _changes(
    moving: list[Enrolment], left: list[Enrolment], actions: Mapping[int, list[NextAction]], given: Mapping[int, Any]
) -> list[Change]:
    names = {user.pk: user for user in User.objects.filter(pk__in={file.referent_id for file in moving})}
    moved, changes = {file.pk for file in moving}, []
    for file in left:
        carried, to = actions.get(file.pk, []), given[file.pk]
        if file.pk not in moved and not carried:
            continue
        sentence = given_in_words(names.get(file.referent_id), to) if file.pk in moved else ""
        changes.append(
            Change(
                file,
                f"{sentence}{carried_in_words(len(carried), to)}".strip(),
                before={
                    "referent": file.referent_id,
                    "actions": {str(action.pk): action.assignee_id for action in carried},
                },
                after={"referent": to.pk if file.pk in moved else file.referent_id, "assignee": to.pk},
            )
        )
    return changes


def _carry(actions: Mapping[int, list[NextAction]], given: Mapping[int, Any]) -> None:
    by_person: dict[int, list[int]] = defaultdict(list)
    for file, carried in actions.items():
        by_person[given[file].pk] += [action.pk for action in carried]
    for person, numbers in by_person.items():
        NextAction.objects.filter(pk__in=numbers).update(assignee=person)


def _as_left(pairs: bulk.Pairs) -> set[int]:
    return {file.pk for file, row in pairs if file.referent_id == row.after["referent"]}


def _put_back(pairs: bulk.Pairs, by: Any) -> dict[int, str]:
    """To who followed each; what was to be done too, where it is still that of whom it was given to."""
    people = {user.pk: user for user in User.objects.filter(pk__in={row.before["referent"] for _, row in pairs})}
    moved, told = [], {}
    for file, row in pairs:
        former = people.get(row.before["referent"])
        if row.before["referent"] != row.after["referent"]:
            file.referent = former
            moved.append(file)
        told[file.pk] = f"Annulé : le dossier revient à {former}." if former else "Annulé : de nouveau sans référent."
    bulk.save_files(moved, ["referent"], by=by)
    _give_actions_back([row for _, row in pairs])
    return told


def _give_actions_back(rows: list[BulkRow]) -> None:
    """One query for each pair of persons between whom they had passed."""
    passed: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in rows:
        for action, former in row.before["actions"].items():
            passed[row.after["assignee"], former].append(int(action))
    for (now, former), numbers in passed.items():
        NextAction.objects.still_open().filter(pk__in=numbers, assignee=now).update(assignee=former)


bulk.UNDO[BulkAct.Kind.ASSIGN] = bulk.UNDO[BulkAct.Kind.PASS_ON] = bulk.Undoing(
    _as_left, _put_back, LOG,
    goes_back=(
        "dossier revient à qui le suivait, avec ce qu’il y avait à faire",
        "dossiers reviennent à qui les suivait, avec ce qu’il y avait à faire",
    ),
    since=(
        "dossier a changé de référent depuis et ne bouge pas",
        "dossiers ont changé de référent depuis et ne bougent pas",
    ),
)  # fmt: skip


# -- Who leaves ---------------------------------------------------------------------------------------------
def followed_by_nobody_there(user: Any) -> QuerySet[Enrolment]:
    """Under way, in the sight of `user`, and followed by an account that is closed or works there no more."""
    working = Role.objects.in_force().filter(user=OuterRef("referent"), programme=OuterRef("programme"))
    there = follows_there(territory=OuterRef("territory"))
    files = Enrolment.objects.changeable_by(user).under_way().filter(referent__isnull=False)
    return files.exclude(Exists(working.filter(there)))
