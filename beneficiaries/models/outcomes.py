"""What became of a youth once they had left: at the exit, six and twelve months later (AP1-261 « devenir des jeunes »,
AP1-485 « retour à l’emploi, poursuite des études »; codes of DESIGN §4)."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.models.grants import OfEnrolmentQuerySet
from beneficiaries.models.paths import Enrolment, impossible
from partaj.formats import french_date
from partaj.scoping import Held

NOT_GONE = "La sortie de ce jeune n’est pas notée : donnez sa date, le devenir se constate à partir d’elle."
BEFORE_EXIT = "Le devenir précède la sortie : vérifiez la date."
TOO_EARLY = (
    "Un devenir « {} » ne se constate pas si tôt : la sortie est du {}. Vérifiez la date, ou choisissez "
    "« à la sortie »."
)


class Outcome(models.Model):
    """One thing that a youth does, or is about to do, as somebody saw it at one of the three moments. One of them is
    the principal one of its moment, which `devenir` counts; the others are told beside it (a job, evening classes).

    Seen by whoever sees the file.
    """

    class Moment(models.TextChoices):
        EXIT = "exit", "à la sortie"
        SIX = "six", "six mois après"
        TWELVE = "twelve", "douze mois après"

    DAYS_AFTER: ClassVar[dict[str, int]] = {Moment.EXIT: 0, Moment.SIX: 183, Moment.TWELVE: 365}  # the exit

    class Kind(models.TextChoices):
        PERMANENT = "cdi", "CDI"
        FIXED_TERM = "cdd", "CDD"
        AGENCY = "interim", "intérim"
        AIDED = "aided", "contrat aidé"
        APPRENTICESHIP = "apprentice", "contrat d’apprentissage"
        PROFESSIONAL = "pro", "contrat de professionnalisation"
        STAYED = "stayed", "maintien en scolarité"
        RESUMED = "resumed", "reprise de scolarité"
        TRAINING = "training", "formation qualifiante"
        CIVIC = "civic", "service civique"
        BUSINESS = "business", "création d’activité"
        OTHER = "other", "autre"
        UNREACHABLE = "unreachable", "injoignable"
        REFUSAL = "refusal", "refus"
        MOVED = "moved", "déménagement"
        NONE = "none", "sans solution"

    class State(models.TextChoices):
        PLANNED = "planned", "prévu"
        UNDER_WAY = "under_way", "en cours"
        ENDED = "ended", "terminé"

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="outcomes")
    moment = models.CharField("constaté", max_length=6, choices=Moment.choices, default=Moment.EXIT)
    seen_on = models.DateField("le", default=timezone.localdate)
    kind = models.CharField("devenir", max_length=11, choices=Kind.choices)
    precision = models.CharField(
        "précision", max_length=160, blank=True, help_text="L’employeur, la formation, la ville…"
    )
    state = models.CharField("état", max_length=9, choices=State.choices, default=State.UNDER_WAY)
    is_principal = models.BooleanField(
        "devenir principal à cette date", default=False,
        help_text="Un seul par date : la restitution le compte. Le premier noté l’est d’office.",
    )  # fmt: skip
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="noté par", related_name="+", null=True, blank=True,
        editable=False,
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["author", "version"])

    objects = OfEnrolmentQuerySet.as_manager()
    holds: ClassVar[Held] = {"devenirs : emploi, formation ou situation après la sortie": {}}

    class Meta:
        verbose_name = "devenir"
        verbose_name_plural = "devenirs"
        ordering = ["seen_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "moment"], condition=Q(is_principal=True), name="outcome_one_principal",
                violation_error_message="Un autre devenir vient d’être noté comme principal à cette date.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="other") | ~Q(precision=""), name="outcome_other_is_precise",
                violation_error_message="Vous avez choisi « autre » : précisez en quelques mots.",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["moment", "enrolment", "kind"], name="outcome_counted")]

    def __str__(self) -> str:
        """« CDI à la sortie »."""
        return f"{self.get_kind_display()} {self.get_moment_display()}"

    def get_absolute_url(self) -> str:
        return self.enrolment.get_absolute_url()

    def clean(self) -> None:
        errors = {}
        if sentence := self.impossible_day():
            errors["seen_on"] = sentence
        if self.kind == self.Kind.OTHER and not self.precision:
            errors["precision"] = "Vous avez choisi « autre » : précisez en quelques mots."
        if errors:
            raise ValidationError(errors)

    def gives_way_to(self, kept: Enrolment) -> dict[str, bool]:
        """What changes of it when its file is united with `kept`: at each moment, the principal one there stays so."""
        there = kept.outcomes.filter(moment=self.moment, is_principal=True)
        return {"is_principal": False} if self.is_principal and there.exists() else {}

    def impossible_day(self) -> str:
        """Why it cannot have been seen that day, or nothing."""
        gone = self.enrolment.gone_on
        if gone is None:
            return NOT_GONE
        if self.seen_on and self.seen_on < gone:
            return f"{BEFORE_EXIT} La sortie est notée le {french_date(gone)}."
        # Halfway is generous: people are called early or late, not six months ahead.
        halfway = gone + dt.timedelta(days=self.DAYS_AFTER.get(self.moment, 0) // 2)
        if self.seen_on and self.seen_on < halfway:
            return TOO_EARLY.format(self.get_moment_display(), french_date(gone))
        return impossible(self.seen_on)


def seen_before_exit() -> Q:
    """Outcomes whose file was given another exit since: to be put right."""
    gone = Coalesce(F("enrolment__exited_on"), F("enrolment__lost_on"))
    return Q(seen_on__lt=gone) | Q(enrolment__exited_on=None, enrolment__lost_on=None)


def without_outcome(youths: Any, moment: str, today: dt.date) -> Any:
    """Those of `youths` who entered and left, whose outcome of this moment is not noted though its day has come."""
    noted = Outcome.objects.filter(enrolment=OuterRef("pk"), moment=moment)
    day = today - dt.timedelta(days=Outcome.DAYS_AFTER[moment])
    return youths.entered().gone().filter(~Exists(noted), gone_day__lte=day)
