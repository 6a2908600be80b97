"""Meetings of several youths at once: collective information, workshops, coaching; who is invited, who came (AP1-485:
the information meetings to which its 319 were asked; AP1-261: workshops of the cells)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.models.contacts import LONGEST
from beneficiaries.models.grants import OfEnrolmentQuerySet
from beneficiaries.models.paths import EARLIEST_CONTACT, Enrolment
from beneficiaries.models.people import IMPOSSIBLE
from beneficiaries.models.timeline import LogEntry
from partaj.formats import french_date, french_time
from partaj.programmes.models import Programme
from partaj.scoping import TEAMS, Held, ScopedQuerySet, answered_for
from partaj.territories.models import Territory

FURTHEST = dt.timedelta(days=2 * 366)  # a meeting planned beyond is a slip of the keyboard


OF_ONE, OF_ALL = "réunions et ateliers d’un territoire", "réunions et ateliers de tout le programme"


class GatheringQuerySet(ScopedQuerySet):
    seen_by: ClassVar[Mapping[str, str]] = {
        OF_ONE: TEAMS,
        OF_ALL: "Responsables : leurs programmes. Chargés de mission : leurs programmes.",
    }

    def visibility(self, reach):
        """As a file of its territory; that of the whole programme is seen by all who work there. It names nobody."""
        rule = answered_for(reach)
        if reach.worked:
            rule |= Q(programme__in=reach.worked, territory=None)
        return rule

    def coming(self, day: dt.date) -> Self:
        return self.filter(held_on__gte=day, called_off="")


class Gathering(models.Model):
    """A meeting to which youths are invited. `called_off` says why it is not held; empty, it is, or was.

    `territory`: None where it is for the whole programme. `minutes`: how long it lasts.
    """

    class Kind(models.TextChoices):
        INFORMATION = "information", "information collective"
        WORKSHOP = "workshop", "atelier"
        COACHING = "coaching", "accompagnement en groupe"
        VISIT = "visit", "visite ou forum"
        OTHER = "other", "autre réunion"

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="programme", related_name="gatherings")
    territory = models.ForeignKey(
        Territory, models.PROTECT, verbose_name="territoire", related_name="gatherings", null=True, blank=True
    )
    kind = models.CharField("nature", max_length=11, choices=Kind.choices, default=Kind.INFORMATION)
    title = models.CharField("intitulé", max_length=120, help_text="Ne nommez personne dans cet intitulé.")
    held_on = models.DateField("le")
    starts_at = models.TimeField("à", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(
        "durée (minutes)", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    place = models.CharField("lieu", max_length=160, blank=True)
    led_by = models.CharField("animée par", max_length=160, blank=True)
    called_off = models.CharField("annulée parce que", max_length=300, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["version"])

    objects = GatheringQuerySet.as_manager()
    holds: ClassVar[Held] = {
        OF_ONE: {"territory__isnull": False},
        OF_ALL: {"territory__isnull": True},
    }

    class Meta:
        verbose_name = "réunion"
        ordering = ["-held_on", "-pk"]
        indexes = [models.Index(fields=["programme", "-held_on", "-id"], name="gathering_day")]

    def __str__(self) -> str:
        """« Après la fac », atelier du 12/01/2026."""
        return f"« {self.title} », {self.get_kind_display()} du {french_date(self.held_on)}"

    def clean(self) -> None:
        if self.held_on and not EARLIEST_CONTACT <= self.held_on <= timezone.localdate() + FURTHEST:
            raise ValidationError({"held_on": IMPOSSIBLE})

    def get_absolute_url(self) -> str:
        return reverse("beneficiaries:gathering", args=[self.programme.number, self.pk])

    @property
    def has_come(self) -> bool:
        """Its day, at least."""
        return self.held_on <= timezone.localdate()

    @property
    def when(self) -> str:
        """« 12/01/2026 à 14 h 00 »."""
        return f"{french_date(self.held_on)}{self.at}"

    @property
    def at(self) -> str:
        """« à 14 h 00 », after a space; "" where it is not known."""
        return f" à {french_time(self.starts_at)}" if self.starts_at else ""


class Attendance(models.Model):
    """One youth at one meeting. `line` tells of it in the timeline: of the invitation, then of what became of it; of a
    presence, it is the line of a contact as well."""

    class State(models.TextChoices):
        INVITED = "invited", "invité"
        PRESENT = "present", "présent"
        EXCUSED = "excused", "excusé"
        ABSENT = "absent", "absent"

    gathering = models.ForeignKey(Gathering, models.PROTECT, verbose_name="réunion", related_name="attendances")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="attendances")
    state = models.CharField("présence", max_length=8, choices=State.choices, default=State.INVITED)
    line = models.OneToOneField(LogEntry, models.CASCADE, verbose_name="ligne du fil", related_name="attendance")

    objects = OfEnrolmentQuerySet.as_manager()
    holds: ClassVar[Held] = {"invitations à des réunions, et présences": {}}

    class Meta:
        verbose_name = "présence à une réunion"
        verbose_name_plural = "présences à des réunions"
        ordering = ["gathering", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["gathering", "enrolment"], name="attendance_once",
                violation_error_message="Ce jeune est déjà invité à cette réunion.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_state_display()} · {self.gathering}"

    @property
    def sentence(self) -> str:
        """What the timeline says: « Présence : « Après la fac », atelier du 12/01/2026. »"""
        begun = {
            self.State.INVITED: "Invitation", self.State.PRESENT: "Présence", self.State.EXCUSED: "Absence excusée",
            self.State.ABSENT: "Absence",
        }[self.State(self.state)]  # fmt: skip
        gathering = self.gathering
        if gathering.called_off:
            return f"Annulée : {gathering}. {gathering.called_off}"
        # Who is still to come needs to know when and where.
        where = f", {gathering.place}" if gathering.place else ""
        ahead = f"{gathering.at}{where}" if self.state == self.State.INVITED else ""
        return f"{begun} : {gathering}{ahead}."

    def taking_in(self, other: Attendance) -> dict[str, Any]:
        """What this one becomes once that of a file united with its own comes into it: who was seen there was there."""
        known = ["invited", "absent", "excused", "present"]
        return {"state": max(str(self.state), str(other.state), key=known.index)}
