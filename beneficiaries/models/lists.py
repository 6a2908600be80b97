"""Lists received: the file handed over, each of its lines with its outcome, and what a sender's lists look like."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.lists.kinds import ListKind
from beneficiaries.lists.outcomes import COMING, Outcome
from beneficiaries.lists.rules import Rule, rule_in_words
from beneficiaries.models.paths import Enrolment
from beneficiaries.models.people import Beneficiary
from partaj.programmes.models import Programme
from partaj.scoping import Held, ScopedQuerySet, answered_for
from partaj.territories.models import Organisation, Territory

MANAGERS = "Responsables : leurs programmes."
STALE_AFTER = dt.timedelta(minutes=2)  # without a sign of life, a work in progress may be started again


class SenderQuerySet(ScopedQuerySet):
    seen_by = MANAGERS

    def visibility(self, reach):
        """Managers: the senders of lists of their programmes. Administrators: all."""
        return Q(programme__in=reach.managed)


class Sender(models.Model):
    """What is known of the lists that one structure hands over to one programme: the columns that were chosen by hand,
    and what the agreement signed with it lets us give back."""

    class Return(models.TextChoices):
        COUNTS = "counts", "des nombres seulement"
        CORRECTIONS = "corrections", "des nombres, et le numéro d’étudiant des lignes à corriger"

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name="programme", related_name="senders")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="structure", related_name="sent_lists_to"
    )
    columns = models.JSONField("colonnes reconnues", default=dict, blank=True, editable=False)
    agreement = models.CharField("convention", max_length=200, blank=True, help_text="Sa référence et sa date.")
    gives_back = models.CharField(
        "ce que la convention permet de rendre", max_length=11, choices=Return.choices, default=Return.COUNTS
    )
    history = HistoricalRecords()

    objects = SenderQuerySet.as_manager()

    class Meta:
        verbose_name = "émetteur de listes"
        verbose_name_plural = "émetteurs de listes"
        constraints = [models.UniqueConstraint(fields=["programme", "organisation"], name="sender_once_a_programme")]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.programme.number}"


class ImportBatchQuerySet(ScopedQuerySet):
    seen_by = MANAGERS

    def visibility(self, reach):
        """Managers: the lists received in their programmes. Administrators: all."""
        return Q(programme__in=reach.managed)

    def without_files(self):
        """For pages: the files themselves, several megabytes each, serve their reading alone."""
        return self.defer("content", "second")

    def held(self, batch: ImportBatch) -> ImportBatch:
        """The list as it stands now, which nobody else changes before the end of the transaction."""
        found: Any = self.select_for_update(of=("self",)).select_related("programme", "organisation").get(pk=batch.pk)
        return found


class ImportBatch(models.Model):
    """One file received, from its reading to its confirmation; nothing but its own lines is written before that.

    `content` is the file itself, kept in the base while one may still want to read it otherwise, and gone with the
    confirmation: no disk ever holds it.
    """

    class State(models.TextChoices):
        READING = "reading", "en lecture"
        READY = "ready", "à confirmer"
        WRITING = "writing", "en cours d’enregistrement"
        CONFIRMED = "confirmed", "confirmée"
        REFUSED = "refused", "refusée"

    Kind = ListKind

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="programme", related_name="batches")
    territory = models.ForeignKey(Territory, models.PROTECT, verbose_name="territoire", related_name="batches")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="remise par", related_name="batches", null=True, blank=True
    )
    kind = models.CharField("nature", max_length=10, choices=Kind.choices, default=Kind.STUDENTS)
    filename = models.CharField("fichier", max_length=100)
    content = models.BinaryField("contenu", null=True, editable=False)
    second = models.BinaryField("second fichier", null=True, editable=False)
    digest = models.CharField("empreinte", max_length=64, db_index=True, editable=False)
    rule = models.CharField("règle", max_length=8, choices=Rule.choices, blank=True)
    reference_date = models.DateField("âges au", default=timezone.localdate)
    contacted_on = models.DateField("premier contact le", default=timezone.localdate)
    choices = models.JSONField("choix de lecture", default=dict, editable=False)
    told = models.JSONField("ce qui a été compris", default=dict, editable=False)
    state = models.CharField("état", max_length=9, choices=State.choices, default=State.READING)
    size = models.PositiveIntegerField("octets", default=0, editable=False)
    percent = models.PositiveSmallIntegerField("avancement (%)", default=0, editable=False)
    sign_of_life = models.DateTimeField(default=timezone.now, editable=False)
    received_at = models.DateTimeField("reçue le", default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="par", related_name="+", null=True, blank=True
    )
    confirmed_at = models.DateTimeField("confirmée le", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="confirmée par", related_name="+", null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(
        excluded_fields=["version", "content", "second", "choices", "told", "percent", "sign_of_life"]
    )

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "liste reçue"
        verbose_name_plural = "listes reçues"
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["programme", "-received_at", "-id"], name="batch_recent")]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("beneficiaries:batch", args=[self.programme.number, self.pk])

    @property
    def is_working(self) -> bool:
        return self.state in {self.State.READING, self.State.WRITING}

    @property
    def is_stale(self) -> bool:
        """At work, and silent for so long that whoever was at it has probably died."""
        return self.is_working and timezone.now() - self.sign_of_life > STALE_AFTER

    @property
    def opened(self) -> int:
        """How many files it has opened, by its confirmation or by a decision since."""
        return self.lines.filter(opened_path=True).count()

    @property
    def rule_in_words(self) -> str:
        """« inscrits, moins les inscrits pédagogiques (412 personnes lues dans le second fichier) »."""
        return rule_in_words(self.kind, self.rule, self.told.get("second", {}).get("people"))

    def alive(self, percent: int) -> None:
        """Said from time to time by who is at work, outside the transaction of that work: others read it meanwhile."""
        self.percent, self.sign_of_life = percent, timezone.now()
        ImportBatch.objects.filter(pk=self.pk).update(percent=self.percent, sign_of_life=self.sign_of_life)

    @property
    def can_be_read_again(self) -> bool:
        return self.state in {self.State.READY, self.State.REFUSED} and self.content is not None


class ImportLineQuerySet(ScopedQuerySet):
    seen_by = (
        f"{MANAGERS} Chargés de mission : sur leurs territoires, dans leurs programmes, celles d’où un dossier est "
        "venu."
    )

    def visibility(self, reach):
        """Managers: with the list. Caseworkers: the line from which a file of theirs came. Guests: none."""
        return Q(batch__programme__in=reach.managed) | answered_for(reach, "enrolment__")

    def waiting(self):
        """Those that wait for a person."""
        return self.filter(outcome=Outcome.REVIEW)

    def to_import(self):
        return self.filter(outcome__in=COMING, enrolment=None)


class ImportLine(models.Model):
    """One line of a list: what was written in the columns that are taken, what was read there, and what became of it.

    `outcome` is where the line stands, `judged` how the reading judged it. `cells` holds the raw values of the mapped
    columns in their places, the others left empty: what is not taken is not kept. Of somebody known already, `person`
    says who (`same_as`: whoever that other line of the list tells of), `taken` which values of the list replace
    theirs and what stood there when that was decided, `completed` what stood there before the list. Of somebody whom
    the second of two lists has too, `second_line` says where.
    """

    class Decision(models.TextChoices):
        KEEP = "keep", "gardée"
        DISCARD = "discard", "écartée"
        SAME = "same", "même personne"

    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, verbose_name="liste", related_name="lines", db_index=False  # line_outcomes has it
    )  # fmt: skip
    number = models.PositiveIntegerField("ligne")
    cells = models.JSONField("valeurs brutes", default=list)
    student = models.JSONField("valeurs lues", default=dict)
    name = models.CharField("nom", max_length=210, blank=True)
    kind = models.CharField("nature", max_length=8, editable=False)
    judged = models.CharField("jugée", max_length=14, choices=Outcome.choices)
    outcome = models.CharField("sort", max_length=14, choices=Outcome.choices)
    reasons = models.JSONField("motifs", default=list)
    alike = models.JSONField("ressemblances", default=list)
    second_line = models.PositiveIntegerField("ligne de la seconde liste", null=True, editable=False)
    digest = models.CharField("empreinte", max_length=32, editable=False)
    decision = models.CharField("décision", max_length=7, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="décidée par", related_name="+", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    decided_at = models.DateTimeField("décidée le", null=True, blank=True)
    enrolment = models.ForeignKey(
        Enrolment, models.SET_NULL, verbose_name="parcours", related_name="import_lines", null=True, blank=True
    )
    person = models.ForeignKey(
        Beneficiary,
        models.SET_NULL,
        verbose_name="même personne que",
        related_name="import_lines",
        null=True,
        blank=True,
    )
    same_as = models.ForeignKey(
        "self", models.SET_NULL, verbose_name="même personne que la ligne", related_name="+", null=True, blank=True
    )
    taken = models.JSONField("pris dans la liste", default=dict, editable=False)
    completed = models.JSONField("ce qui y était avant", default=dict, editable=False)
    opened_person = models.BooleanField("a ouvert la fiche de la personne", default=False)
    opened_path = models.BooleanField("a ouvert le parcours", default=False)

    objects = ImportLineQuerySet.as_manager()
    holds: ClassVar[Held] = {"lignes des listes reçues : ce qui y était écrit, et ce qu’elles sont devenues": {}}

    class Meta:
        verbose_name = "ligne de liste"
        verbose_name_plural = "lignes de liste"
        ordering = ["batch", "number"]
        # Each costs as much as a column for every line that opens a file: these, and those of both files, are all.
        indexes = [
            models.Index(fields=["batch", "outcome", "number", "id"], name="line_outcomes"),
            models.Index(fields=["digest"], name="line_digests"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"], name="line_once_a_batch",
                violation_error_message="Cette ligne est déjà dans la liste.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.batch}, ligne {self.number}"

    def value(self, name: str) -> Any:
        return self.student.get(name, "")

    @property
    def is_forgotten(self) -> bool:
        """It told of somebody, and nothing of them is left (`confirming.forget_registered`)."""
        return self.kind == "person" and not (self.cells or self.student)

    @property
    def can_be_decided(self) -> bool:
        """It tells of somebody who has no file by it; whether its list is at rest is to be asked besides."""
        return self.kind == "person" and self.enrolment_id is None and not self.is_forgotten
