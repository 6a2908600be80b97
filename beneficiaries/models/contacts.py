"""Following a youth from day to day: the times one tried to reach them, and what is to be done next (seeds: the « fiche
de suivi » and the « carnet de bord » of both programmes, the coded results of AP1-485)."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from beneficiaries.models.grants import OfEnrolmentQuerySet
from beneficiaries.models.paths import Enrolment
from beneficiaries.models.timeline import LogEntry
from partaj.formats import french_date
from partaj.scoping import Held

LONGEST = 12 * 60  # minutes


class Contact(models.Model):
    """Once that somebody called, wrote to, or met a youth. `line` tells of it in the timeline; the words that were said
    are there and nowhere else. `minutes`: how long it took."""

    class Channel(models.TextChoices):
        CALL = "call", "appel"
        SMS = "sms", "SMS"
        EMAIL = "email", "courriel"
        LETTER = "letter", "courrier"
        INTERVIEW = "interview", "entretien"
        VISIT = "visit", "visite"
        GROUP = "group", "réunion ou atelier"

    class Result(models.TextChoices):
        """As AP1-485 coded them."""

        APPOINTMENT = "appointment", "rendez-vous pris"
        SUPPORTED = "supported", "déjà accompagné"
        NO_ANSWER = "no_answer", "contacté sans retour"
        WRONG = "wrong", "coordonnées incorrectes"
        UNREACHABLE = "unreachable", "injoignable après relances"
        NEW_CONTRACT = "contract", "nouveau contrat"
        REORIENTATION = "reoriented", "réorientation"
        NO_MORE = "no_more", "ne souhaite pas être recontacté"
        REFUSES = "refuses", "ne veut pas d’accompagnement"
        OTHER = "other", "autre"

    enrolment = models.ForeignKey(  # whose index is contact_last
        Enrolment, models.CASCADE, verbose_name="parcours", related_name="contacts", db_index=False
    )
    channel = models.CharField("par", max_length=9, choices=Channel.choices)
    result = models.CharField("résultat", max_length=11, choices=Result.choices, blank=True)
    happened_on = models.DateField("le", default=timezone.localdate)
    minutes = models.PositiveSmallIntegerField(
        "durée (minutes)", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    line = models.OneToOneField(LogEntry, models.CASCADE, verbose_name="ligne du fil", related_name="contact")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="auteur", related_name="+", null=True, blank=True
    )

    objects = OfEnrolmentQuerySet.as_manager()
    holds: ClassVar[Held] = {"contacts : par quel moyen, quand, avec quel résultat": {}}

    class Meta:
        verbose_name = "contact"
        verbose_name_plural = "contacts"
        ordering = ["-happened_on", "-pk"]
        indexes = [models.Index(fields=["enrolment", "-happened_on"], name="contact_last")]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=1, minutes__lte=LONGEST),
                name="contact_lasts_a_while",
                violation_error_message="Une durée va d’une minute à douze heures.",
            )
        ]

    def __str__(self) -> str:
        """« appel du 12/01/2026 »."""
        return f"{self.get_channel_display()} du {french_date(self.happened_on)}"


def with_last_result(youths: Any) -> Any:
    """Each of `youths` with `last_result`, that of the last contact that has one, or ""."""
    told = Contact.objects.filter(enrolment=OuterRef("pk")).exclude(result="").order_by("-happened_on", "-pk")
    return youths.annotate(last_result=Coalesce(Subquery(told.values("result")[:1]), Value("")))


class NextActionQuerySet(OfEnrolmentQuerySet):
    def still_open(self) -> Self:
        return self.filter(done_on=None)

    def of(self, user) -> Self:
        return self.filter(assignee=user.pk)

    def overdue(self, day: dt.date) -> Self:
        return self.still_open().filter(due_on__lt=day)

    def due_between(self, first: dt.date, last: dt.date) -> Self:
        return self.still_open().filter(due_on__gte=first, due_on__lte=last)


class NextAction(models.Model):
    """What somebody has promised to do for a youth, by when. Once done it stays, with its day; once given up as well,
    and `given_up` says why: the timeline tells both."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="actions")
    what = models.CharField("action", max_length=160)
    due_on = models.DateField("pour le")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="par", related_name="actions", null=True, blank=True
    )
    planned_at = models.DateTimeField(default=timezone.now, editable=False)
    done_on = models.DateField("faite le", null=True, blank=True, editable=False)
    given_up = models.CharField("abandonnée parce que", max_length=300, blank=True, editable=False)
    line = models.OneToOneField(
        LogEntry, models.SET_NULL, verbose_name="ligne du fil", related_name="+", null=True, editable=False
    )

    objects = NextActionQuerySet.as_manager()
    holds: ClassVar[Held] = {"actions à faire, et leur échéance": {}}

    class Meta:
        verbose_name = "action à faire"
        verbose_name_plural = "actions à faire"
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["assignee", "due_on"], condition=Q(done_on=None), name="action_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(given_up="") | Q(done_on__isnull=False),
                name="action_given_up_is_closed",
                violation_error_message="Une action abandonnée n’est plus à faire.",
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_open(self) -> bool:
        return self.done_on is None


def silent_since(youths: Any, day: Any) -> Any:
    """Those of `youths` (a queryset) under way whom nobody has tried to reach since `day`, that day included; a first
    contact is one. `day` may be an OuterRef, where `youths` is a subquery."""
    within = OuterRef(day) if isinstance(day, OuterRef) else day
    heard = Contact.objects.filter(enrolment=OuterRef("pk"), happened_on__gte=within)
    return youths.under_way().filter(contacted_on__lt=day).exclude(Exists(heard))


def overdue_among(youths: Any, today: dt.date) -> Any:
    """Those of `youths` for whom something that somebody promised is late, whoever promised it."""
    return youths.filter(Exists(NextAction.objects.filter(enrolment=OuterRef("pk")).overdue(today)))
