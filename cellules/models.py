"""The cellules techniques locales (CTL): where partners meet and study the situation of each youth."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.models import EARLIEST_CONTACT, IMPOSSIBLE, Enrolment, OfEnrolmentQuerySet
from partaj.programmes.models import Programme
from partaj.scoping import TEAMS, Held, ScopedQuerySet, answered_for
from partaj.territories.models import Territory

FARTHEST_AHEAD = dt.timedelta(days=2 * 365)  # a session planned beyond is a slip of the keyboard


class CellQuerySet(ScopedQuerySet):
    seen_by = TEAMS

    def visibility(self, reach):
        """Managers: the cells of their programmes. Caseworkers: those of their territories."""
        return answered_for(reach)


class Cell(models.Model):
    """A cellule technique locale of one territory; a wide territory may have several."""

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="programme", related_name="cells")
    territory = models.ForeignKey(Territory, models.PROTECT, verbose_name="territoire", related_name="cells")
    name = models.CharField("nom", max_length=120)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["version"])

    objects = CellQuerySet.as_manager()

    class Meta:
        verbose_name = "cellule"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                # Per territory: a refusal must not tell a caseworker how a neighbour names theirs.
                fields=["programme", "territory", "name"], name="cell_name_once_a_territory",
                violation_error_message="Une cellule de ce territoire porte déjà ce nom.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Those who run another territory would read of situations that are not theirs."""
        elsewhere = Review.objects.filter(session__cell=self.pk).exclude(session__cell__territory=self.territory_id)
        if self.pk and elsewhere.exists():
            raise ValidationError(
                {"territory": "Des situations du territoire y ont été étudiées : la cellule garde le sien."}
            )

    def get_absolute_url(self) -> str:
        return reverse("cellules:cell", args=[self.programme.number, self.pk])


class OfCellQuerySet(ScopedQuerySet):
    seen_by = TEAMS

    def visibility(self, reach):
        """Seen by whoever sees the cell."""
        return Q(cell__in=Cell.objects.filter(Cell.objects.all().visibility(reach)))


class Session(models.Model):
    """One meeting of a cell."""

    cell = models.ForeignKey(Cell, models.PROTECT, verbose_name="cellule", related_name="sessions")
    held_on = models.DateField("date")
    place = models.CharField("lieu", max_length=160, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["version"])

    objects = OfCellQuerySet.as_manager()

    class Meta:
        verbose_name = "séance"
        ordering = ["-held_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "held_on"], name="session_once_a_day",
                violation_error_message="Cette cellule se réunit déjà ce jour-là.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.cell} · {self.held_on:%d/%m/%Y}"

    @property
    def is_held(self) -> bool:
        return self.held_on <= timezone.localdate()

    def clean(self) -> None:
        if self.held_on and not EARLIEST_CONTACT <= self.held_on <= timezone.localdate() + FARTHEST_AHEAD:
            raise ValidationError({"held_on": IMPOSSIBLE})
        if self.pk and self.held_on and not self.is_held and self.reviews.exists():
            raise ValidationError(
                {"held_on": "Des situations y ont été étudiées : donnez le jour, passé, où elle s’est tenue."}
            )

    def get_absolute_url(self) -> str:
        return reverse("cellules:session", args=[self.cell.programme.number, self.pk])


class Review(models.Model):
    """One youth's situation studied at one session."""

    session = models.ForeignKey(Session, models.PROTECT, verbose_name="séance", related_name="reviews")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, verbose_name="parcours", related_name="reviews")
    history = HistoricalRecords()

    objects = OfEnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "situation étudiée"
        verbose_name_plural = "situations étudiées"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"], name="review_once_a_session",
                violation_error_message="Cette situation est déjà à l’ordre du jour.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.session}"


class AgendaItem(models.Model):
    """One youth's situation that a coming session is to study. It stays once it has been studied."""

    session = models.ForeignKey(Session, models.PROTECT, verbose_name="séance", related_name="agenda")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="agenda_items")
    put_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="par", related_name="+", null=True
    )
    put_on = models.DateField("le", default=timezone.localdate)

    objects = OfEnrolmentQuerySet.as_manager()
    holds: ClassVar[Held] = {"situations à l’ordre du jour d’une cellule": {}}

    class Meta:
        verbose_name = "situation à l’ordre du jour"
        verbose_name_plural = "situations à l’ordre du jour"
        ordering = ["session", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"], name="agenda_once_a_session",
                violation_error_message="Cette situation est déjà à l’ordre du jour.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.session}"
