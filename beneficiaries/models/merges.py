"""Two files that were of one person: who united them, and all that it takes to part them again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from beneficiaries.models.paths import Enrolment
from partaj.scoping import ScopedQuerySet

# Why a row went, or is there again, in its history: the merger itself is told instead.
MERGED = "réunion de dossiers"


class MergeQuerySet(ScopedQuerySet):
    seen_by = "Responsables : leurs programmes."

    def visibility(self, reach):
        """Managers: what was united from a file of their programmes. Nobody else: it holds words of both files."""
        return Q(enrolment__programme__in=reach.managed)

    def in_force(self) -> Self:
        return self.filter(undone_at=None)

    def of_person(self, person: int) -> Self:
        """Those that made of `person` (a number) who they are, or that took them into somebody else."""
        return self.filter(Q(enrolment__beneficiary=person) | Q(absorbed_person=person))

    def leading_from(self, number: int) -> int:
        """The path in which that of this number is today: it is the same where no merger took it in."""
        while paths := self.in_force().filter(paths__has_key=str(number)).values_list("paths", flat=True).first():
            number = paths[str(number)]
        return number


class Merge(models.Model):
    """`absorbed_person` was the person of `enrolment`: their rows hang there since, and go back when it is undone.

    A decision, never rewritten: only its undoing is added, and then its `removed` and `changed` are emptied. Until then
    they hold personal data of both files: whoever anonymises a file, or hands it over, does so here too.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, verbose_name="dossier", related_name="merges")
    absorbed_person = models.PositiveBigIntegerField("numéro de la personne réunie")
    absorbed_file = models.PositiveBigIntegerField("numéro du dossier réuni")
    paths = models.JSONField(
        "parcours réunis", default=dict, help_text="Le numéro de chacun, et celui du parcours qui l’a reçu."
    )
    removed = models.JSONField("lignes retirées", default=list, help_text="Entières, dans l’ordre où elles l’ont été.")
    moved = models.JSONField("lignes rattachées", default=list)
    changed = models.JSONField("valeurs changées", default=list, help_text="Avant la réunion, et par elle.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="par", related_name="+", null=True)
    at = models.DateTimeField("le", default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="défaite par", related_name="+", null=True
    )
    undone_at = models.DateTimeField("défaite le", null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = "réunion de dossiers"
        verbose_name_plural = "réunions de dossiers"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed_person"], condition=Q(undone_at=None), name="person_absorbed_once",
                violation_error_message="Cette personne est déjà réunie à une autre.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"dossiers n° {self.enrolment_id} et n° {self.absorbed_file}"

    @property
    def paths_moved(self) -> set[int]:
        """Those that came as they were, beside those of the person who stays."""
        return {pk for move in self.moved if move["model"] == Enrolment._meta.label_lower for pk in move["rows"]}

    def files_touched(self) -> list[int]:
        """For the journal: the paths that came, those that received one, and those that are no more while it lasts."""
        return sorted({self.enrolment_id, *self.paths_moved, *map(int, self.paths), *self.paths.values()})


def paths_absorbed_by(path: int, merges: Iterable[Merge]) -> set[int]:
    """The numbers of the paths that `merges` (in force) made one with this one, through as many as there were."""
    into = {int(number): kept for merge in merges for number, kept in merge.paths.items()}
    found: set[int] = set()
    while more := {number for number, kept in into.items() if kept in {path, *found}} - found:
        found |= more
    return found
