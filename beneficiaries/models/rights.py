"""What a youth was told of their data, and what they object to (GDPR, articles 13, 14 and 21)."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from beneficiaries.models.grants import OfEnrolmentQuerySet
from beneficiaries.models.paths import Enrolment
from partaj.formats import french_date
from partaj.scoping import Held


class Notice(models.Model):
    """The information notice given once: when, how, to whom. `accepts_charter`: they agreed to the charter of data."""

    class How(models.TextChoices):
        BY_HAND = "by_hand", "remise en main propre"
        LETTER = "letter", "par courrier"
        EMAIL = "email", "par courriel"
        ORAL = "oral", "à l’oral"

    class To(models.TextChoices):
        YOUTH = "youth", "au jeune"
        REPRESENTATIVE = "representative", "à son représentant légal"

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="notices")
    given_on = models.DateField("le", default=timezone.localdate)
    how = models.CharField("comment", max_length=7, choices=How.choices)
    given_to = models.CharField("à qui", max_length=14, choices=To.choices, default=To.YOUTH)
    accepts_charter = models.BooleanField("charte d’utilisation des données acceptée", default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="auteur", related_name="+", null=True, blank=True
    )

    objects = OfEnrolmentQuerySet.as_manager()
    holds: ClassVar[Held] = {"informations remises sur les données": {}}

    class Meta:
        verbose_name = "information remise"
        verbose_name_plural = "informations remises"
        ordering = ["-given_on", "-pk"]

    def __str__(self) -> str:
        """« remise en main propre le 12/01/2026, au jeune »."""
        return f"{self.get_how_display()} le {french_date(self.given_on)}, {self.get_given_to_display()}"


class ObjectionQuerySet(OfEnrolmentQuerySet):
    def in_force(self) -> Self:
        return self.filter(lifted_on=None)


class Objection(models.Model):
    """The youth, or who answers for them, does not want it. In force until they change their mind (`lifted_on`)."""

    class Scope(models.TextChoices):
        SHARING = "sharing", "au partage de son dossier"
        EVERYTHING = "everything", "à tout usage de ses données"

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="objections")
    made_on = models.DateField("le", default=timezone.localdate)
    scope = models.CharField("s’oppose", max_length=10, choices=Scope.choices)
    words = models.CharField("ce qui a été dit", max_length=300, blank=True)
    answer = models.CharField("ce qui a été répondu", max_length=300, blank=True)
    answered_on = models.DateField("répondu le", null=True, blank=True, editable=False)
    lifted_on = models.DateField("levée le", null=True, blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="auteur", related_name="+", null=True, blank=True
    )

    objects = ObjectionQuerySet.as_manager()
    holds: ClassVar[Held] = {"oppositions au partage": {}}

    class Meta:
        verbose_name = "opposition"
        verbose_name_plural = "oppositions"
        ordering = ["-made_on", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(lifted_on=None) | Q(lifted_on__gte=F("made_on")),
                name="objection_lifted_after",
                violation_error_message="Une opposition se lève après avoir été faite.",
            ),
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(answered_on__gte=F("made_on")),
                name="objection_answered_after",
                violation_error_message="On répond à une opposition après qu’elle a été faite.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"opposition {self.get_scope_display()}"
