"""Who sees a file: those who answer for it, and the guests to whom it is open for a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from partaj.scoping import TEAMS, Held, ScopedQuerySet, answered_for

# The rule of `files_seen`, for the page « qui peut voir quoi ».
READERS_OF_FILES = (
    f"{TEAMS} Référents tuteurs, membres de cellule : les dossiers qui leur sont ouverts, tant qu’ils le sont."
)


def files_seen(reach: Any, path: str = "") -> Q:
    """The rule of EnrolmentQuerySet, for what hangs on a file as for the file (`path`: « enrolment__ »)."""
    rule = answered_for(reach, path)
    if reach.guest_of:
        granted = AccessGrant.objects.in_force().filter(
            user=reach.guest_of, enrolment__programme__in=reach.tutored | reach.convened
        )
        rule |= Q(**{f"{path}pk__in": granted.values("enrolment")})
    return rule


@dataclass(frozen=True, slots=True)
class AnyFile:
    """Stands for any file in a question that is composed once for its reader (`partaj.prepared`). `is_answered_for`: by
    who reads it, as `may_be_changed_by` has said of the file itself."""

    pk: int
    is_answered_for: bool

    def may_have(self, model: Any) -> bool:
        return True

    def may_be_changed_by(self, reader: Any) -> bool:
        return self.is_answered_for


class OfEnrolmentQuerySet(ScopedQuerySet):
    seen_by = READERS_OF_FILES

    def visibility(self, reach):
        """Seen by whoever sees the enrolment."""
        return files_seen(reach, "enrolment__")

    def of_file(self, file, reader):
        """The rows of one file (an Enrolment, or an AnyFile) that `reader` sees, as visible_to says.

        Who answers for the file needs no join to it: the base would spend longer planning that join than running it.
        Where it is known that the file has none (`beneficiaries.hanging`), nothing is asked.
        """
        if file.pk is None:
            raise ValueError("Nothing hangs on a file that is not saved")
        if not file.may_have(self.model):
            return self.none()
        rows = self.filter(enrolment=file.pk)
        return rows if file.may_be_changed_by(reader) else rows.visible_to(reader)


class ToldQuerySet(OfEnrolmentQuerySet):
    """What hangs on a file and may be private: its author's alone (`author`, `is_private`)."""

    def visible_to(self, user):
        """With the enrolment; what is private only to its author, whoever else asks."""
        return super().visible_to(user)._told_to(user)

    def of_file(self, file, reader):
        return super().of_file(file, reader)._told_to(reader)

    def _told_to(self, user):
        return self.filter(Q(is_private=False) | Q(author=user.pk))


class AccessGrantQuerySet(OfEnrolmentQuerySet):
    seen_by = f"{TEAMS} Référents tuteurs, membres de cellule : les leurs."

    def visibility(self, reach):
        """Those who answer for the youth see to whom the file is open; a guest sees their own grants."""
        rule = answered_for(reach, "enrolment__")
        return rule | Q(user=reach.guest_of) if reach.guest_of else rule

    def in_force(self, day=None):
        day = day or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class AccessGrant(models.Model):
    """Who may see this enrolment beyond those who answer for it, from when to when, and why.

    Opened and ended by the floors above (a mentoring, a session) through beneficiaries.services.
    """

    class Reason(models.TextChoices):
        MENTORING = "mentoring", "accompagnement par un référent tuteur"
        SESSION = "session", "séance de cellule"

    enrolment = models.ForeignKey("Enrolment", models.CASCADE, verbose_name="parcours", related_name="grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="compte", related_name="grants")
    reason = models.CharField("motif", max_length=10, choices=Reason.choices)
    starts_on = models.DateField("à partir du", default=timezone.localdate)
    ends_on = models.DateField("jusqu’au", null=True, blank=True)
    history = HistoricalRecords()

    objects = AccessGrantQuerySet.as_manager()
    holds: ClassVar[Held] = {"accès ouverts à des référents tuteurs et à des membres de cellule": {}}

    class Meta:
        verbose_name = "accès"
        verbose_name_plural = "accès"
        indexes = [models.Index(fields=["user", "enrolment"], name="grant_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="grant_in_order",
                violation_error_message="L’accès finit avant de commencer : vérifiez les deux dates.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_reason_display()}"
