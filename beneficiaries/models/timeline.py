"""What happens along a path, day by day: the steps of the funnel and the lines of the log."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.models.grants import READERS_OF_FILES, OfEnrolmentQuerySet, ToldQuerySet
from beneficiaries.models.paths import Enrolment
from partaj.programmes.models import FunnelStep
from partaj.scoping import Held


class StepEntry(models.Model):
    """The day on which an enrolment entered a step of its programme's funnel."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="step_entries")
    step = models.ForeignKey(FunnelStep, models.PROTECT, verbose_name="étape", related_name="entries")
    entered_on = models.DateField("le")
    history = HistoricalRecords()

    objects = OfEnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "passage d’étape"
        verbose_name_plural = "passages d’étape"
        ordering = ["entered_on", "step__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "step"], name="step_entered_once",
                violation_error_message="Cette étape est déjà notée pour ce jeune.",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["step", "enrolment"], name="step_entry_step")]

    def __str__(self) -> str:
        return f"{self.step} · {self.entered_on:%d/%m/%Y}"


class LogEntryQuerySet(ToldQuerySet):
    seen_by = f"{READERS_OF_FILES} Une note privée : son auteur seul, quel que soit son rôle."


class LogEntry(models.Model):
    """One line of a youth's timeline. Upper floors write theirs through beneficiaries.services."""

    class Kind(models.TextChoices):
        INTAKE = "intake", "accueil"
        STEP = "step", "étape"
        LOSS = "loss", "départ"
        SESSION = "session", "cellule"
        CONTACT = "contact", "contact"
        NOTE = "note", "note"
        ACTION = "action", "action"
        MERGE = "merge", "réunion"
        BREAK = "break", "rupture"
        DOCUMENT = "document", "document"
        RIGHTS = "rights", "droits"
        OUTCOME = "outcome", "devenir"
        OBSTACLE = "obstacle", "frein"
        CONTRACT = "contract", "contrat"
        EXAM = "exam", "examen"
        REFERENT = "referent", "référent"
        HANDOVER = "handover", "transfert"
        GROUP = "group", "séance collective"

    enrolment = models.ForeignKey(
        Enrolment, models.CASCADE, verbose_name="parcours", related_name="log", db_index=False  # log_timeline begins so
    )  # fmt: skip
    kind = models.CharField("nature", max_length=8, choices=Kind.choices)
    happened_on = models.DateField("le", default=timezone.localdate)
    sentence = models.CharField("ce qui s’est passé", max_length=4200)
    link = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name="auteur",
        related_name="log_entries",
        null=True,
        blank=True,
    )
    is_private = models.BooleanField("note privée", default=False)
    noted_at = models.DateTimeField(default=timezone.now)

    objects = LogEntryQuerySet.as_manager()
    holds: ClassVar[Held] = {"fil": {"is_private": False}, "notes privées": {"is_private": True}}

    class Meta:
        verbose_name = "ligne du fil"
        verbose_name_plural = "lignes du fil"
        ordering = ["-happened_on", "-pk"]
        indexes = [models.Index(fields=["enrolment", "-happened_on", "-id"], name="log_timeline")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_private=False) | Q(author__isnull=False),
                name="private_note_has_author",
                violation_error_message="Une note privée a un auteur.",
            )
        ]

    def __str__(self) -> str:
        return self.sentence
