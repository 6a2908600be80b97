"""The break of an apprenticeship contract, as the « outil de repérage CFA » of PARTAJ qualifies it (AP1-261)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.models.grants import OfEnrolmentQuerySet
from beneficiaries.models.lists import ImportBatch
from beneficiaries.models.paths import EARLIEST_CONTACT, Enrolment, impossible
from beneficiaries.models.people import IMPOSSIBLE
from partaj.formats import french_date
from partaj.scoping import Held

LONGEST_AHEAD = dt.timedelta(days=6 * 366)  # a contract that would end later is a slip of the keyboard
ENDS_BEFORE_IT_STARTS = "Le contrat finit avant de commencer : vérifiez les deux dates."
BROKEN_BEFORE = "La rupture précède le début du contrat : vérifiez les deux dates."
BROKEN_AFTER = "La rupture suit la fin prévue du contrat : vérifiez les deux dates."
BY_WHOM = "« Par qui » demande « oui » à « suivi ailleurs »."
WHICH = "« Laquelle » demande « oui » à « solution trouvée depuis »."


class ApprenticeshipBreak(models.Model):
    """One contract that was broken; a youth may have broken several. `batch`: the list that told of it, where one did.

    What is not known stays empty: a CFA tells little of some, and the reasons feed statistics.
    """

    class Choice(models.TextChoices):
        CHOSEN = "chosen", "choisie"
        SUFFERED = "suffered", "subie"
        UNKNOWN = "unknown", "non connu"

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="breaks")
    training_place = models.CharField("dernier lieu de formation", max_length=160, blank=True)
    sector = models.CharField("secteur d’activité", max_length=120, blank=True)
    company = models.CharField("entreprise", max_length=160, blank=True)
    contract_starts_on = models.DateField("début du contrat", null=True, blank=True)
    contract_ends_on = models.DateField("fin prévue du contrat", null=True, blank=True)
    broken_on = models.DateField("rupture le", null=True, blank=True)
    motive = models.CharField("motif", max_length=200, blank=True, help_text="En quelques mots, sans rien de la santé.")
    chosen = models.CharField("choisie ou subie", max_length=8, choices=Choice.choices, default=Choice.UNKNOWN)
    followed_elsewhere = models.BooleanField("suivi ailleurs", null=True, blank=True)
    followed_by = models.CharField("par qui", max_length=160, blank=True)
    solution_found = models.BooleanField("solution trouvée depuis", null=True, blank=True)
    solution = models.CharField("laquelle", max_length=200, blank=True)
    batch = models.ForeignKey(
        ImportBatch, models.SET_NULL, verbose_name="liste", related_name="breaks", null=True, blank=True, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["batch", "version"])

    objects = OfEnrolmentQuerySet.as_manager()
    holds: ClassVar[Held] = {"ruptures d’apprentissage : contrat, motif, suivi ailleurs, solution depuis": {}}

    class Meta:
        verbose_name = "rupture d’apprentissage"
        verbose_name_plural = "ruptures d’apprentissage"
        ordering = [F("broken_on").desc(nulls_last=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contract_starts_on=None) | Q(contract_ends_on=None)
                | Q(contract_ends_on__gte=F("contract_starts_on")),
                name="break_contract_in_order",
                violation_error_message=ENDS_BEFORE_IT_STARTS,
            ),
            models.CheckConstraint(
                condition=Q(broken_on=None) | Q(contract_starts_on=None) | Q(broken_on__gte=F("contract_starts_on")),
                name="break_after_start",
                violation_error_message=BROKEN_BEFORE,
            ),
            models.CheckConstraint(
                condition=Q(broken_on=None) | Q(contract_ends_on=None) | Q(broken_on__lte=F("contract_ends_on")),
                name="break_before_end",
                violation_error_message=BROKEN_AFTER,
            ),
            # « is not null »: a condition that is neither true nor false would hold.
            models.CheckConstraint(
                condition=Q(followed_by="") | Q(followed_elsewhere=True, followed_elsewhere__isnull=False),
                name="break_followed_by_somebody",
                violation_error_message=BY_WHOM,
            ),
            models.CheckConstraint(
                condition=Q(solution="") | Q(solution_found=True, solution_found__isnull=False),
                name="break_solution_found",
                violation_error_message=WHICH,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """« rupture du 12/01/2026 »."""
        return f"rupture du {french_date(self.broken_on)}" if self.broken_on else "rupture à une date inconnue"

    def get_absolute_url(self) -> str:
        return self.enrolment.get_absolute_url()

    def clean(self) -> None:
        errors = self.date_errors()
        if self.followed_by and not self.followed_elsewhere:
            errors["followed_by"] = BY_WHOM
        if self.solution and not self.solution_found:
            errors["solution"] = WHICH
        if errors:
            raise ValidationError(errors)

    def date_errors(self) -> dict[str, str]:
        """One sentence per date that cannot be, under the field where it is put right."""
        starts, ends, broken = self.contract_starts_on, self.contract_ends_on, self.broken_on
        errors = {
            name: IMPOSSIBLE
            for name, day in (("contract_starts_on", starts), ("contract_ends_on", ends))
            if day and not EARLIEST_CONTACT <= day <= timezone.localdate() + LONGEST_AHEAD
        }
        if sentence := impossible(broken):
            errors["broken_on"] = sentence
        if starts and ends and ends < starts:
            errors.setdefault("contract_ends_on", ENDS_BEFORE_IT_STARTS)
        elif starts and broken and broken < starts:
            errors.setdefault("broken_on", BROKEN_BEFORE)
        elif ends and broken and broken > ends:
            errors.setdefault("broken_on", BROKEN_AFTER)
        return errors
