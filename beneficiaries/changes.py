"""Who did what to a file, and when: read from the histories of its rows, told by `beneficiaries.telling`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q

from beneficiaries.merging.history import Past, past_of
from beneficiaries.models import (
    MERGED,
    ApprenticeshipBreak,
    Beneficiary,
    Contract,
    Enrolment,
    Exam,
    Obstacle,
    Outcome,
    StepEntry,
)
from beneficiaries.telling import (
    Difference,
    acts_and_rest,
    break_told,
    contract_told,
    exam_told,
    fields_told,
    obstacle_told,
    opened,
    opened_by_nobody,
    outcome_told,
    step_told,
    taken_in,
    took_in,
)
from partaj.accounts.models import Role, User
from partaj.formats import french_date, french_value

SOMEBODY = "quelqu’un d’une autre équipe"
NOBODY = "le système"
# What sessions store without a history of its own (`first_reviewed_on`) is told by them, not by who saves next.
UNTOLD = {"id", "created_at", "programme", "beneficiary", "enrolment", "first_reviewed_on"}
AS_OUTCOMES = ("kind", "precision")  # fields of an obstacle that bear the name of one of an outcome
ONE_SAVING = dt.timedelta(seconds=2)  # a person and their path, saved together, are one act


@dataclass(frozen=True, slots=True)
class Change:
    """One saving. `who` is empty where the sentence stands alone."""

    when: dt.datetime
    who: str
    sentence: str
    details: list[Difference]


class Words:
    """Values as readers know them; the rows that foreign keys point to are read once per table."""

    def __init__(self, records: Iterable[Any]) -> None:
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        for record in records:
            for field in told(record):
                if field.is_relation and (pk := getattr(record, field.attname)):
                    wanted[field.related_model].add(pk)
        self.labels = {model: {row.pk: str(row) for row in model._base_manager.filter(pk__in=pks)}
                       for model, pks in wanted.items()}  # fmt: skip

    def of(self, field: Any, value: Any) -> str:
        if field.is_relation and value is not None:
            return self.labels[field.related_model].get(value, "supprimé depuis")
        return french_value(field, value)


def told(record: Any) -> list[Any]:
    """The fields of a historical record that mean something to its reader."""
    return [field for field in record.tracked_fields if field.name not in UNTOLD and not field.primary_key]


def author_names(programme: Any, authors: Iterable[int | None]) -> dict[int | None, str]:
    """By number; names of those who hold or held a role here: who works elsewhere stays « another team »."""
    authors = set(authors) - {None}
    here = Role.objects.filter(Q(programme=programme) | Q(kind=Role.Kind.ADMINISTRATOR), user__in=authors)
    names = dict.fromkeys(authors, SOMEBODY)
    return names | {user.pk: str(user) for user in User.objects.filter(pk__in=here.values("user"))}


def changes_of(enrolment: Enrolment) -> list[Change]:
    """Every change of the file, and of those that are one with it since, the newest first, down to its opening.

    Twelve queries, however many changes.
    """
    past = past_of(enrolment)
    records = list(records_of(past))
    acts = list(past.acts())
    authors = [record.history_user_id for record in records] + [author for _, author, _ in acts]
    words, names = Words(records), author_names(enrolment.programme, authors)
    changes = [Change(when, names.get(author, NOBODY), sentence, []) for when, author, sentence in acts]
    for saving in savings(records):
        sentences, details = told_together(saving, words)
        if sentences:
            record = saving[0][1]
            who, origin = names.get(record.history_user_id, NOBODY), past.origin(record)
            changes.append(Change(record.history_date, who, ", ".join(filter(None, [*sentences, origin])), details))
    # The last, even of what was written in the same moment.
    changes += [*openings_elsewhere(past, records, names), opening(enrolment, records, names)]
    return sorted(changes, key=lambda each: each.when, reverse=True)


def records_of(past: Past) -> Iterator[Any]:
    """What a merger takes away, and gives back, is told as the merger."""
    histories = [
        Beneficiary.history.filter(id__in=past.people),
        Enrolment.history.filter(id__in=past.paths),
        StepEntry.history.filter(enrolment_id__in=past.paths),
        ApprenticeshipBreak.history.filter(enrolment_id__in=past.paths),
        Outcome.history.filter(enrolment_id__in=past.paths),
        Obstacle.history.filter(enrolment_id__in=past.paths),
        Contract.history.filter(enrolment_id__in=past.paths),
        Exam.history.filter(enrolment_id__in=past.paths),
    ]
    for history in histories:
        yield from history.exclude(history_change_reason=MERGED).order_by("id", "history_date", "history_id")


def openings_elsewhere(past: Past, records: list[Any], names: dict[int | None, str]) -> Iterator[Change]:
    for record in records:
        if isinstance(record, Enrolment.history.model) and record.history_type == "+" and past.origin(record):
            who, file = names.get(record.history_user_id, ""), past.origin(record)
            yield Change(record.history_date, who, took_in(file) if who else taken_in(file), [])


def opening(enrolment: Enrolment, records: list[Any], names: dict[int | None, str]) -> Change:
    """The first line of every file, from its own stamp: a file written in bulk has no row of history to begin with."""
    own = [each for each in records if isinstance(each, Enrolment.history.model) and each.id == enrolment.pk]
    by = {record.history_user_id for record in own if record.history_type == "+" and record.history_user_id}
    if by:
        return Change(enrolment.created_at, names[by.pop()], opened(enrolment.beneficiary.first_name), [])
    is_demonstration = enrolment.programme.is_demonstration
    return Change(enrolment.created_at, "", opened_by_nobody(is_demonstration=is_demonstration), [])


# Whose rows come and go while the file stays.
HANGING = tuple(model.history.model for model in (StepEntry, ApprenticeshipBreak, Obstacle, Contract, Exam, Outcome))


def savings(records: list[Any]) -> Iterator[list[tuple[Any, Any]]]:
    """Pairs (before, after) of what somebody saved at one go, in the order of time; openings are told elsewhere."""
    pairs, before = [], None
    for record in records:
        same_row = before is not None and type(before) is type(record) and before.id == record.id
        if record.history_type != "+" or isinstance(record, HANGING):
            pairs.append((before if same_row else None, record))
        before = record
    saving: list[tuple[Any, Any]] = []
    for pair in sorted(pairs, key=lambda each: each[1].history_date):
        if saving and not (len(saving) == 1 and _at_one_go(saving[0][1], pair[1])):
            yield saving
            saving = []
        saving.append(pair)
    if saving:
        yield saving


def _at_one_go(first: Any, second: Any) -> bool:
    """A person, then their path, saved by one form."""
    return (
        isinstance(first, Beneficiary.history.model)
        and isinstance(second, Enrolment.history.model)
        and first.history_user_id == second.history_user_id
        and second.history_date - first.history_date < ONE_SAVING
    )


def told_together(saving: list[tuple[Any, Any]], words: Words) -> tuple[list[str], list[Difference]]:
    """The sentences of one saving, and the fields whose old and new values are shown."""
    told_apart, differences = [], []
    for before, record in saving:
        sentences, told_already = _acts_of(before, record, words)
        told_apart += sentences
        if before is not None and told_already is not None:
            differences += [each for each in _differences(before, record, words) if each.name not in told_already]
    acts, rest = acts_and_rest(differences)
    return [*told_apart, *acts, *fields_told(rest)], rest


def _acts_of(before: Any, record: Any, words: Words) -> tuple[list[str], tuple[str, ...] | None]:
    """What was done to a row that comes and goes, in sentences, and the fields that they tell; None where they tell it
    all."""
    kind = record.history_type
    whole = None if kind != "~" else ()
    if isinstance(record, StepEntry.history.model):
        return [_step(before, record, words)], None
    if isinstance(record, ApprenticeshipBreak.history.model) and kind != "~":
        return [break_told(kind, french_date(record.broken_on))], None
    if isinstance(record, Outcome.history.model) and kind != "~":
        return [outcome_told(kind, str(record.instance))], None
    if isinstance(record, Exam.history.model) and kind != "~":
        return [exam_told(kind, record.certificate, record.get_result_display())], None
    if isinstance(record, Obstacle.history.model):
        named, days = record.precision or record.get_kind_display(), (before and before.solved_on, record.solved_on)
        acts = obstacle_told(kind, named, solved=days)
        return acts, ("solved_on", "reopened_on") if acts and kind == "~" else whole
    if isinstance(record, Contract.history.model):
        named = f"{record.get_contract_type_display()}, {record.employer}"
        acts = contract_told(kind, named, broken=(before and before.broken_on, record.broken_on))
        return acts, ("broken_on",) if acts and kind == "~" else whole
    return [], ()


def _step(before: Any, record: Any, words: Words) -> str:
    label = words.of(record._meta.get_field("step"), record.step_id)
    former = french_date(before.entered_on) if before is not None else ""
    return step_told(record.history_type, label, french_date(record.entered_on), former)


def noun_of(record: Any, name: str) -> str:
    """Under which name a field is told: an outcome has a kind too."""
    return f"obstacle_{name}" if isinstance(record, Obstacle.history.model) and name in AS_OUTCOMES else name


def _differences(before: Any, record: Any, words: Words) -> list[Difference]:
    return [
        Difference(noun_of(record, field.name), words.of(field, old), words.of(field, new))
        for field in told(record)
        if (old := getattr(before, field.attname)) != (new := getattr(record, field.attname))
    ]


def last_change(enrolment: Enrolment) -> Change | None:
    """Who saved the file last, for those who come second."""
    records = [
        record
        for model, pk in ((Beneficiary, enrolment.beneficiary_id), (Enrolment, enrolment.pk))
        if (record := model.history.filter(id=pk).order_by("-history_date", "-history_id").first())
    ]
    if not records:
        return None
    record = max(records, key=lambda each: each.history_date)
    names = author_names(enrolment.programme, [record.history_user_id])
    return Change(record.history_date, names.get(record.history_user_id, NOBODY), "", [])
