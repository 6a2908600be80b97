"""What a youth sat for, and what came of it (AP1-485: « 5 jeunes sur 8 ont entièrement validé leur certificat
professionnel, 3 ont validé + de 50 % des UE »)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.models.grants import OfEnrolmentQuerySet
from beneficiaries.models.paths import EARLIEST_CONTACT, Enrolment
from beneficiaries.models.people import IMPOSSIBLE
from partaj.formats import french_date
from partaj.scoping import Held

FURTHEST = dt.timedelta(days=2 * 366)
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
          "décembre")  # fmt: skip
MOST_UNITS = 99
BOTH_UNITS = "Donnez les deux nombres, ou aucun : unités validées, et combien il y en a."
TOO_MANY = "Il ne peut y avoir plus d’unités validées qu’il n’y en a."
NOT_WHOLE = "Le diplôme est obtenu et il manque des unités : le résultat est « partiel », ou le nombre est faux."
NOT_PART = "Un résultat « partiel » valide des unités, et pas toutes."
NOT_FAILED = "Des unités sont validées : le résultat est « partiel », ou le nombre est faux."
TO_COME = "Cette session est à venir : son résultat est « en attente »."


class Exam(models.Model):
    """One result at one session. `session_on`: its day or, where `day_known` is false, the first of its month.

    Obtained, the certificate is whole; partial, some of its units are validated and not all.
    """

    class Result(models.TextChoices):
        OBTAINED = "obtained", "obtenu"
        PARTIAL = "partial", "partiel"
        FAILED = "failed", "échec"
        ABSENT = "absent", "absent"
        PENDING = "pending", "en attente"

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="exams")
    certificate = models.CharField("diplôme ou certificat visé", max_length=160)
    session_on = models.DateField("session")
    day_known = models.BooleanField("jour de la session connu", default=True, editable=False)
    result = models.CharField("résultat", max_length=8, choices=Result.choices)
    units_validated = models.PositiveSmallIntegerField(
        "unités validées", null=True, blank=True, validators=[MaxValueValidator(MOST_UNITS)]
    )
    units_total = models.PositiveSmallIntegerField(
        "unités en tout", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_UNITS)]
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["version"])

    objects = OfEnrolmentQuerySet.as_manager()
    holds: ClassVar[Held] = {"examens : diplôme visé, session, unités validées, résultat": {}}

    class Meta:
        verbose_name = "résultat d’examen"
        verbose_name_plural = "résultats d’examen"
        ordering = ["-session_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(units_validated=None, units_total=None)
                | Q(units_validated__isnull=False, units_total__isnull=False),
                name="exam_units_together",
                violation_error_message=BOTH_UNITS,
            ),
            models.CheckConstraint(
                condition=Q(units_total=None) | Q(units_validated__lte=F("units_total")),
                name="exam_units_within",
                violation_error_message=TOO_MANY,
            ),
            models.CheckConstraint(
                condition=~Q(result="obtained") | Q(units_total=None) | Q(units_validated=F("units_total")),
                name="exam_obtained_is_whole",
                violation_error_message=NOT_WHOLE,
            ),
        ]

    def __str__(self) -> str:
        """« CAP Cuisine, juin 2026 »."""
        return f"{self.certificate}, {self.session}"

    def get_absolute_url(self) -> str:
        return self.enrolment.get_absolute_url()

    @property
    def session(self) -> str:
        """« juin 2026 », « 21/06/2026 »."""
        day = self.session_on
        return french_date(day) if self.day_known else f"{MONTHS[day.month - 1]} {day.year}"

    @property
    def is_whole(self) -> bool:
        """Whether the whole certificate is held."""
        return self.result == self.Result.OBTAINED

    @property
    def outcome(self) -> str:
        """« partiel, 5 unités sur 8 »."""
        told = self.get_result_display()
        if self.units_total is None:
            return told
        noun = "unité" if (self.units_validated or 0) < 2 else "unités"
        return f"{told}, {self.units_validated} {noun} sur {self.units_total}"

    def clean(self) -> None:
        if errors := self.session_errors() | self.unit_errors():
            raise ValidationError(errors)

    def session_errors(self) -> dict[str, str]:
        today = timezone.localdate()
        if not self.session_on:
            return {}
        if not EARLIEST_CONTACT <= self.session_on <= today + FURTHEST:
            return {"session_on": IMPOSSIBLE}
        if self.session_on > today and self.result and self.result != self.Result.PENDING:
            return {"result": TO_COME}
        return {}

    def unit_errors(self) -> dict[str, str]:
        validated, total, result = self.units_validated, self.units_total, self.result
        if validated is None and total is None:
            return {}
        if validated is None or total is None:
            return {"units_total" if total is None else "units_validated": BOTH_UNITS}
        if validated > total:
            return {"units_validated": TOO_MANY}
        if result == self.Result.OBTAINED and validated < total:
            return {"units_validated": NOT_WHOLE}
        if result == self.Result.PARTIAL and not 0 < validated < total:
            return {"units_validated": NOT_PART}
        if result == self.Result.FAILED and validated:
            return {"units_validated": NOT_FAILED}
        return {}
