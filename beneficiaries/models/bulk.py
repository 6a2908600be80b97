"""One act upon many files: what each of them was before, so that the whole of it can be undone."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models.grants import OfEnrolmentQuerySet
from beneficiaries.models.paths import Enrolment
from partaj.programmes.models import Programme
from partaj.scoping import NOTHING, Held, ScopedQuerySet


class OfBulkActQuerySet(ScopedQuerySet):
    """`path`: how the row leads to its act (« act__ »)."""

    seen_by = "Responsables : leurs programmes. Chargés de mission : les leurs, dans leurs programmes."
    path = ""

    def visible_to(self, user):
        """Managers: those of their programmes. Caseworkers: their own. It names nobody: its files are seen as files."""
        if not user.is_active or user.reach.everything:
            return super().visible_to(user)
        reach = user.reach
        rule = self.visibility(reach) if reach.managed else NOTHING
        if reach.worked:
            rule |= Q(**{f"{self.path}programme__in": reach.worked, f"{self.path}author": user.pk})
        return self.none() if rule == NOTHING else self.filter(rule)

    def visibility(self, reach):
        """Managers: those of their programmes; `visible_to` adds one's own."""
        return Q(**{f"{self.path}programme__in": reach.managed})


class BulkAct(models.Model):
    """What somebody did to several files at one go. `told` says it in words: « 12 dossiers confiés à Paul Petit ».

    A new kind is a value of Kind and a function in `beneficiaries.bulk.UNDO`.
    """

    class Kind(models.TextChoices):
        ASSIGN = "assign", "dossiers confiés"
        PASS_ON = "pass_on", "dossiers transmis"
        STEP = "step", "étape notée"
        INVITE = "invite", "jeunes invités"
        LETTERS = "letters", "lettres écrites"
        AGENDA = "agenda", "situations mises à l’ordre du jour"

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="programme", related_name="bulk_acts")
    kind = models.CharField("nature", max_length=12, choices=Kind.choices)
    told = models.CharField("ce qui a été fait", max_length=300, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="par", related_name="+", null=True
    )
    at = models.DateTimeField("le", default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="annulé par", related_name="+", null=True
    )
    undone_at = models.DateTimeField("annulé le", null=True)

    objects = OfBulkActQuerySet.as_manager()
    holds: ClassVar[Held] = {"actes sur plusieurs dossiers à la fois": {}}

    class Meta:
        verbose_name = "acte sur plusieurs dossiers"
        verbose_name_plural = "actes sur plusieurs dossiers"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.told

    def get_absolute_url(self) -> str:
        return reverse("beneficiaries:bulk_act", args=[self.programme.number, self.pk])

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None


class BulkRow(models.Model):
    """One file of an act: what was there before, and what the act has put there, as its kind reads them."""

    act = models.ForeignKey(BulkAct, models.CASCADE, verbose_name="acte", related_name="rows", db_index=False)
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="bulk_rows")
    before = models.JSONField("avant", default=dict)
    after = models.JSONField("après", default=dict)

    objects = OfEnrolmentQuerySet.as_manager()
    holds: ClassVar[Held] = {"ce qu’était chaque dossier avant un acte sur plusieurs": {}}

    class Meta:
        verbose_name = "dossier d’un acte"
        verbose_name_plural = "dossiers d’un acte"
        constraints = [
            models.UniqueConstraint(
                fields=["act", "enrolment"], name="bulk_file_once",
                violation_error_message="Ce dossier est déjà de cet acte.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.act_id} · {self.enrolment_id}"
