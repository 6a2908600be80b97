"""Mergers in the history of a path: what it took in is told with it, with the number under which it was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from beneficiaries.models import Beneficiary, Enrolment, Merge, paths_absorbed_by
from beneficiaries.telling import joined, parted


@dataclass(frozen=True, slots=True)
class Past:
    """`people`: who the person of this path was, by number, with the file that each had; "" for who they are today.

    `paths`: the numbers that this one bears or bore.
    """

    path: Enrolment
    people: dict[int, str]
    paths: set[int]
    merges: list[Merge]

    def origin(self, record: Any) -> str:
        """« dossier n° 45 », of a record that was of another file when it was written; else ""."""
        if isinstance(record, Beneficiary.history.model):
            return self.people[record.id]
        number = record.id if isinstance(record, Enrolment.history.model) else record.enrolment_id
        return "" if number == self.path.pk else numbered(number)

    def acts(self) -> Iterator[tuple[dt.datetime, int | None, str]]:
        """When, by whom (their number), what: of each merger that this path knew, and of its undoing."""
        for merge in self.merges:
            others = self._others(merge)
            yield merge.at, merge.by_id, joined(others)
            if merge.undone_at:
                yield merge.undone_at, merge.undone_by_id, parted(others)

    def _others(self, merge: Merge) -> list[str]:
        """The files with which this one was made one; none where only the persons were."""
        pairs = [(int(number), kept) for number, kept in merge.paths.items()]
        took_in = [number for number, kept in pairs if kept in (self.paths if not merge.undone_at else {self.path.pk})]
        came_into = [kept for number, kept in pairs if number == self.path.pk]  # once undone: else it has no page
        return [numbered(number) for number in took_in + came_into]


def numbered(number: int) -> str:
    return f"dossier n°\u00a0{number}"


def past_of(path: Enrolment) -> Past:
    """One query. The identity of who was absorbed is told where their path came, not on the others of the person."""
    merges = list(Merge.objects.of_person(path.beneficiary_id).defer("removed", "changed").order_by("pk"))
    standing = [merge for merge in merges if not merge.undone_at]
    paths = {path.pk, *paths_absorbed_by(path.pk, standing)}
    people = {path.beneficiary_id: ""} | {
        merge.absorbed_person: numbered(merge.absorbed_file)
        for merge in standing
        if paths & {*merge.paths.values(), *merge.paths_moved}
    }
    return Past(path, people, paths, merges)
