"""A youth's work contracts (AP1-485, phase 2: « 11 contrats signés, 3 rompus », 8 kept to the end)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.models.grants import OfEnrolmentQuerySet
from beneficiaries.models.paths import EARLIEST_CONTACT, Enrolment, impossible
from beneficiaries.models.people import IMPOSSIBLE
from partaj.formats import french_date
from partaj.scoping import Held
from partaj.territories.models import Organisation

LONGEST_AHEAD = dt.timedelta(days=6 * 366)  # a contract that would end later is a slip of the keyboard
STARTS_AHEAD = dt.timedelta(days=366)  # signed, not begun yet
SOON = dt.timedelta(days=30)
ENDS_BEFORE = "Le contrat finit avant de commencer : vérifiez les deux dates."
TRIAL_OUTSIDE = "L’essai finit hors du contrat : vérifiez les dates."
BROKEN_BEFORE = "La rupture précède le début du contrat : vérifiez les deux dates."
BROKEN_AFTER = "La rupture suit la fin prévue du contrat : il est allé à son terme, ou l’une des dates est fausse."
NO_END = "Un CDI n’a pas de fin prévue : effacez la date, ou changez le type."
BREAK_WHOLE = "Une rupture a une date, un motif et une initiative (« non connu » s’il le faut)."
WHICH_OTHER = "Vous avez choisi « autre » : précisez en quelques mots."
ONLY_OTHER = "Une précision ne se donne qu’avec « autre » : effacez-la, ou changez le motif."
TRIAL_SAYS_YES = "La rupture est pendant l’essai, qui finit le {} : vérifiez l’une ou l’autre."
TRIAL_SAYS_NO = "L’essai était fini le {} : vérifiez l’une ou l’autre."


class ContractQuerySet(OfEnrolmentQuerySet):
    def unbroken(self) -> Self:
        return self.filter(broken_on=None)

    def broken(self) -> Self:
        return self.filter(broken_on__isnull=False)

    def running(self, day: dt.date) -> Self:
        return self.unbroken().filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def over(self, day: dt.date) -> Self:
        """That went to its end."""
        return self.unbroken().filter(ends_on__lt=day)

    def ending_between(self, first: dt.date, last: dt.date) -> Self:
        return self.unbroken().filter(ends_on__gte=first, ends_on__lte=last)

    def with_deadline_between(self, first: dt.date, last: dt.date) -> Self:
        """The end of the contract, or that of its trial."""
        trial = Q(trial_ends_on__gte=first, trial_ends_on__lte=last)
        return self.unbroken().filter(trial | Q(ends_on__gte=first, ends_on__lte=last))


class Contract(models.Model):
    """One contract. Broken, it keeps its planned end: what was agreed, and what became of it."""

    class Type(models.TextChoices):
        """Coded as the outcomes of a path are (`Outcome.Kind`), where they say the same."""

        CDI = "cdi", "CDI"
        CDD = "cdd", "CDD"
        INTERIM = "interim", "intérim"
        AIDED = "aided", "contrat aidé"
        APPRENTICESHIP = "apprentice", "apprentissage"
        PROFESSIONAL = "pro", "professionnalisation"
        INTERNSHIP = "internship", "stage"
        CIVIC = "civic", "service civique"
        OTHER = "other", "autre"

    class Motive(models.TextChoices):
        """None is of health: an « inaptitude » is told as neither's initiative."""

        TRIAL = "trial", "essai non concluant"
        CONFLICT = "conflict", "mésentente"
        MISMATCH = "mismatch", "le métier ou la formation ne convient pas"
        ABSENCES = "absences", "absences"
        FAULT = "fault", "faute"
        ECONOMIC = "economic", "difficultés ou fermeture de l’entreprise"
        ELSEWHERE = "elsewhere", "autre emploi ou formation"
        PERSONAL = "personal", "problème personnel du jeune"
        OTHER = "other", "autre"
        UNKNOWN = "unknown", "non connu"

    class Initiative(models.TextChoices):
        YOUTH = "youth", "le salarié"
        EMPLOYER = "employer", "l’employeur"
        BOTH = "both", "commun accord"
        NEITHER = "neither", "ni l’un ni l’autre"
        UNKNOWN = "unknown", "non connu"

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="contracts")
    contract_type = models.CharField("type", max_length=14, choices=Type.choices)
    employer = models.CharField("employeur", max_length=160)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="structure de l’annuaire", related_name="contracts", null=True,
        blank=True,
    )  # fmt: skip
    opca = models.CharField(
        "OPCA", max_length=80, blank=True, help_text="Qui finance la formation : AGEFOS, OPCALIA, FAFIH…"
    )
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin prévue", null=True, blank=True, help_text="Rien pour un CDI.")
    trial_ends_on = models.DateField("fin de l’essai", null=True, blank=True)
    broken_on = models.DateField("rompu le", null=True, blank=True)
    break_motive = models.CharField("motif", max_length=9, choices=Motive.choices, blank=True)
    break_precision = models.CharField("précision", max_length=160, blank=True, help_text="Si « autre ».")
    initiative = models.CharField("à l’initiative de", max_length=8, choices=Initiative.choices, blank=True)
    in_trial = models.BooleanField("pendant l’essai", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["version"], no_db_index=["organisation"])

    objects = ContractQuerySet.as_manager()
    holds: ClassVar[Held] = {"contrats de travail : employeur, type, dates, rupture et son motif": {}}

    class Meta:
        verbose_name = "contrat de travail"
        verbose_name_plural = "contrats de travail"
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["ends_on", "enrolment"], condition=Q(broken_on=None), name="contract_ends")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="contract_in_order",
                violation_error_message=ENDS_BEFORE,
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | ~Q(contract_type="cdi"),
                name="contract_without_end",
                violation_error_message=NO_END,
            ),
            models.CheckConstraint(
                condition=Q(trial_ends_on=None)
                | Q(trial_ends_on__gte=F("starts_on")) & (Q(ends_on=None) | Q(trial_ends_on__lte=F("ends_on"))),
                name="contract_trial_within",
                violation_error_message=TRIAL_OUTSIDE,
            ),
            models.CheckConstraint(
                condition=Q(broken_on=None) | Q(broken_on__gte=F("starts_on")),
                name="contract_broken_after_start",
                violation_error_message=BROKEN_BEFORE,
            ),
            models.CheckConstraint(
                condition=Q(broken_on=None) | Q(ends_on=None) | Q(broken_on__lte=F("ends_on")),
                name="contract_broken_before_end",
                violation_error_message=BROKEN_AFTER,
            ),
            models.CheckConstraint(
                condition=Q(broken_on=None, break_motive="", initiative="", in_trial=None)
                | Q(broken_on__isnull=False) & ~Q(break_motive="") & ~Q(initiative=""),
                name="contract_break_is_whole",
                violation_error_message=BREAK_WHOLE,
            ),
            models.CheckConstraint(
                condition=Q(break_motive="other") & ~Q(break_precision="")
                | ~Q(break_motive="other") & Q(break_precision=""),
                name="contract_other_is_said",
                violation_error_message=WHICH_OTHER,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """« CDD, Garage Roux »."""
        return f"{self.get_contract_type_display()}, {self.employer}"

    def get_absolute_url(self) -> str:
        return self.enrolment.get_absolute_url()

    @property
    def is_broken(self) -> bool:
        return self.broken_on is not None

    @property
    def last_day(self) -> dt.date:
        """The last day on which it holds; that of the break belongs already to what comes next."""
        if self.broken_on:
            return self.broken_on - dt.timedelta(days=1)
        return self.ends_on or dt.date.max

    def overlaps(self, other: Contract) -> bool:
        return self.starts_on <= other.last_day and other.starts_on <= self.last_day

    def period(self) -> str:
        """« du 01/09/2026 au 31/08/2027 »."""
        starts, ends = french_date(self.starts_on), french_date(self.ends_on)
        return f"du {starts} au {ends}" if ends else f"depuis le {starts}"

    def clean(self) -> None:
        if errors := self.date_errors() or self.break_errors():
            raise ValidationError(errors)

    def date_errors(self) -> dict[str, str]:
        """One sentence per date that cannot be, under the field where it is put right."""
        starts, ends, trial, broken = self.starts_on, self.ends_on, self.trial_ends_on, self.broken_on
        days = (("starts_on", starts, STARTS_AHEAD), ("ends_on", ends, LONGEST_AHEAD),
                ("trial_ends_on", trial, LONGEST_AHEAD))  # fmt: skip
        errors = {
            name: IMPOSSIBLE
            for name, day, ahead in days
            if day and not EARLIEST_CONTACT <= day <= timezone.localdate() + ahead
        }
        if sentence := impossible(broken):
            errors["broken_on"] = sentence
        if errors or not starts:
            return errors
        if ends and self.contract_type == self.Type.CDI:
            errors["ends_on"] = NO_END
        elif ends and ends < starts:
            errors["ends_on"] = ENDS_BEFORE
        elif trial and not starts <= trial <= (ends or trial):
            errors["trial_ends_on"] = TRIAL_OUTSIDE
        elif broken and broken < starts:
            errors["broken_on"] = BROKEN_BEFORE
        elif broken and ends and broken > ends:
            errors["broken_on"] = BROKEN_AFTER
        return errors

    def break_errors(self) -> dict[str, str]:
        """What the parts of a break say against each other."""
        errors = {}
        if self.break_motive == self.Motive.OTHER and not self.break_precision:
            errors["break_precision"] = WHICH_OTHER
        elif self.break_motive != self.Motive.OTHER and self.break_precision:
            errors["break_precision"] = ONLY_OTHER
        if self.broken_on and self.trial_ends_on and self.in_trial is not None:
            within, day = self.broken_on <= self.trial_ends_on, french_date(self.trial_ends_on)
            if within != self.in_trial:
                errors["in_trial"] = (TRIAL_SAYS_YES if within else TRIAL_SAYS_NO).format(day)
        return errors
