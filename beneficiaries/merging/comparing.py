"""Two persons with all their paths, compared: what is to be asked, and which of their paths are one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from beneficiaries.merging.questions import (
    EARLIEST,
    OF_A_PATH,
    OF_A_PERSON,
    Question,
    Side,
    answer_to,
    asked,
    in_words,
    values_of,
)
from beneficiaries.models import Beneficiary, Enrolment, StepEntry

APART = "apart"  # the answer that a path is none of those that it is compared with


def _met(path: Enrolment) -> tuple[dt.date, int]:
    return path.contacted_on, path.pk


@dataclass
class OnePath:
    """Two paths of one programme that may be one: what they say otherwise, their steps noted twice included."""

    kept: Enrolment
    absorbed: Enrolment
    steps: list[tuple[StepEntry, StepEntry]]
    answers: Mapping[str, str]

    @property
    def key(self) -> str:
        return str(self.kept.pk)

    @cached_property
    def questions(self) -> list[Question]:
        prefix, first = f"path-{self.absorbed.pk}-{self.kept.pk}-", _met(self.kept) < _met(self.absorbed)
        fields = asked(OF_A_PATH, self.kept, self.absorbed, prefix=prefix, kept_first=first, answers=self.answers)
        return [*fields, *self._days()]

    def _days(self) -> Iterator[Question]:
        for mine, theirs in self.steps:
            if mine.entered_on != theirs.entered_on:
                key, label = f"step-{theirs.pk}-{mine.pk}", f"étape « {mine.step.label} », franchie le"
                proposed = Side.KEPT if mine.entered_on < theirs.entered_on else Side.ABSORBED
                yield Question(key, label, ("entered_on",), mine, theirs, proposed, answer_to(self.answers, key))

    @property
    def settled(self) -> dict[str, Any]:
        """What answers itself: the first of two days, or the only one known."""
        days = {name: [getattr(path, name) for path in (self.kept, self.absorbed)] for name in EARLIEST}
        return {name: min(filter(None, pair), default=None) for name, pair in days.items()}


@dataclass
class Pairing:
    """A path that comes in: is it one of those that stay? `may_stay_apart`: not where both would be under way."""

    path: Enrolment
    candidates: list[OnePath]
    may_stay_apart: bool
    answers: Mapping[str, str]

    @property
    def key(self) -> str:
        return f"path-{self.path.pk}"

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to choose."""
        return not self.may_stay_apart and len(self.candidates) == 1

    @property
    def ticked(self) -> str:
        """The number of the path that it is one with, or APART: as answered, else as proposed."""
        offered = [each.key for each in self.candidates] + [APART] * self.may_stay_apart
        said = self.answers.get(self.key)
        return said if said in offered else offered[-1 if self.may_stay_apart else 0]

    @property
    def is_answered(self) -> bool:
        return self.is_settled or self.answers.get(self.key) == self.ticked

    @property
    def chosen(self) -> OnePath | None:
        return next((each for each in self.candidates if each.key == self.ticked), None)


@dataclass
class Whole:
    """A person and all their paths, whoever may see them."""

    person: Beneficiary
    paths: list[Enrolment]

    @property
    def first_met(self) -> tuple[dt.date, int]:
        return min(map(_met, self.paths))


@dataclass
class Comparison:
    """The two persons whole, `answers` as they were sent (empty at first)."""

    kept: Whole
    absorbed: Whole
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_paths(self) -> list[Enrolment]:
        return [*self.kept.paths, *self.absorbed.paths]

    @cached_property
    def person_questions(self) -> list[Question]:
        first = self.kept.first_met < self.absorbed.first_met
        people = self.kept.person, self.absorbed.person
        return list(asked(OF_A_PERSON, *people, prefix="person-", kept_first=first, answers=self.answers))

    @property
    def agreed(self) -> list[tuple[str, str]]:
        """What both say alike: labels and words."""
        person, differing = self.kept.person, {question.names for question in self.person_questions}
        return [
            (str(person._meta.get_field(names[0]).verbose_name), in_words(person, names))
            for names in OF_A_PERSON
            if names not in differing and any(values_of(person, names).values())
        ]

    @cached_property
    def pairings(self) -> list[Pairing]:
        """Each path that comes in and has one beside it in the same programme, the oldest first."""
        twins = _steps_noted_twice(self.all_paths)
        found = []
        for path in self.absorbed.paths:
            beside = [each for each in self.kept.paths if each.programme_id == path.programme_id]
            if not beside:
                continue
            one = _under_way(self.absorbed.paths, path) <= _under_way(self.kept.paths, path) and path.is_under_way
            beside = [each for each in beside if each.is_under_way] if one else beside
            candidates = [OnePath(each, path, twins(each, path), self.answers) for each in beside]
            found.append(Pairing(path, candidates, may_stay_apart=not one, answers=self.answers))
        return found

    @property
    def made_one(self) -> list[OnePath]:
        return [pairing.chosen for pairing in self.pairings if pairing.chosen]

    @property
    def questions(self) -> list[Question]:
        """Those that the answers given so far leave to be asked."""
        return [*self.person_questions, *(question for each in self.made_one for question in each.questions)]

    @property
    def is_answered(self) -> bool:
        return all(pairing.is_answered for pairing in self.pairings) and all(each.answer for each in self.questions)

    @property
    def versions(self) -> dict[str, int]:
        """Of all that is compared, by number: what changes between the reading and the decision is told by it."""
        rows = [self.kept.person, self.absorbed.person, *self.all_paths]
        return {f"{row._meta.model_name}:{row.pk}": row.version for row in rows}


def _under_way(paths: list[Enrolment], like: Enrolment) -> int:
    return sum(path.is_under_way for path in paths if path.programme_id == like.programme_id)


def _steps_noted_twice(paths: list[Enrolment]) -> Any:
    """Of two paths, the pairs of entries into the same step; one query for all of them."""
    entries = {(entry.enrolment_id, entry.step_id): entry
               for entry in StepEntry.objects.filter(enrolment__in=paths).select_related("step")}  # fmt: skip

    def twins(kept: Enrolment, absorbed: Enrolment) -> list[tuple[StepEntry, StepEntry]]:
        theirs = (entry for (path, _), entry in entries.items() if path == absorbed.pk)
        return [(entries[kept.pk, entry.step_id], entry) for entry in theirs if (kept.pk, entry.step_id) in entries]

    return twins


def compare(kept: int, absorbed: int, answers: Mapping[str, str], *, hold: bool = False) -> Comparison | None:
    """The persons of these numbers and all that they say; None where one of them is no more.

    `hold`: their rows are locked until the end of the transaction, always in the same order. Ask it only for who may
    see every path of both: see `obstacle`.
    """
    people: QuerySet[Beneficiary] = Beneficiary.objects.filter(pk__in=[kept, absorbed]).order_by("pk")
    paths: QuerySet[Enrolment] = Enrolment.objects.filter(beneficiary__in=[kept, absorbed]).order_by("pk")
    paths = paths.select_related("programme", "territory", "referent", "found_by", "loss_reason", "lost_at")
    if hold:
        people, paths = people.select_for_update(), paths.select_for_update(of=("self",))
    found = {person.pk: Whole(person, []) for person in people}
    if len(found) < 2:
        return None
    for path in paths:
        whole = found[path.beneficiary_id]
        path.beneficiary = whole.person
        whole.paths.append(path)
    for whole in found.values():
        whole.paths.sort(key=_met)
    return Comparison(found[kept], found[absorbed], answers)
