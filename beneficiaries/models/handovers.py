"""A file that somebody proposes to hand over: to a colleague of the same territory, or to another territory of the
programme. Nothing changes hands until it is accepted."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.models.grants import OfEnrolmentQuerySet
from beneficiaries.models.paths import Enrolment
from partaj.scoping import NOTHING, Held
from partaj.territories.models import Territory


class HandoverQuerySet(OfEnrolmentQuerySet):
    seen_by = (
        "Responsables : leurs programmes. Chargés de mission : ce que leurs territoires proposent ou reçoivent, dans "
        "leurs programmes."
    )

    def visibility(self, reach):
        """Managers: those of their programmes. Caseworkers: those that their territories offer, or are offered.

        Who is offered a file does not see the file: pages show its number, initials and age, and the message.
        """
        rule = Q(enrolment__programme__in=reach.managed) if reach.managed else NOTHING
        for programme, territory in sorted(reach.ground):
            here = Q(from_territory=territory) | Q(territory=territory)
            rule |= Q(enrolment__programme=programme) & here
        return rule

    def pending(self) -> Self:
        return self.filter(state=Handover.State.PENDING)

    def waiting_for(self, user: Any) -> Self:
        """Those to which `user` is asked to answer: offered to them by name, or to a territory where they work."""
        return self.visible_to(user).filter(_waits_for(user))

    def answers_for(self, user: Any) -> Self:
        """What became of those that `user` offered, or that somebody who has left offered of a file that they follow,
        until they have said that they read it."""
        return self.visible_to(user).filter(_answers(user))

    def concerning(self, user: Any) -> Self:
        """Those that wait for them and those that answer them, in one breath."""
        return self.visible_to(user).filter(_waits_for(user) | _answers(user))


def _waits_for(user: Any) -> Q:
    rule = Q(recipient=user.pk)
    for programme, territory in sorted(user.reach.ground):
        rule |= Q(enrolment__programme=programme, territory=territory) & ~Q(from_territory=territory)
    return rule & Q(state=Handover.State.PENDING, enrolment__programme__closed_on=None)


def _answers(user: Any) -> Q:
    theirs = Q(author=user.pk) | Q(author__is_active=False, from_referent=user.pk)
    return theirs & Q(state__in=Handover.ANSWERED, answer_read_at=None) & ~Q(settled_by=user.pk)


class Handover(models.Model):
    """Offered to `recipient`, of the same territory; or to the team of another `territory`, without naming anybody.

    `from_territory` and `from_referent` are those of the file when it was offered. The message is read by the receiving
    side before it sees the file; it is never written in the timeline, which guests read.
    """

    class State(models.TextChoices):
        PENDING = "pending", "en attente"
        ACCEPTED = "accepted", "accepté"
        DECLINED = "declined", "refusé"
        WITHDRAWN = "withdrawn", "retiré"

    ANSWERED = (State.ACCEPTED, State.DECLINED)

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="handovers")
    from_territory = models.ForeignKey(Territory, models.PROTECT, verbose_name="de", related_name="+")
    from_referent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="suivi par", related_name="+", null=True, blank=True
    )
    territory = models.ForeignKey(Territory, models.PROTECT, verbose_name="vers", related_name="handovers")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="à", related_name="handovers", null=True, blank=True
    )
    message = models.CharField("message", max_length=800, blank=True)
    state = models.CharField("état", max_length=9, choices=State.choices, default=State.PENDING, editable=False)
    reason = models.CharField("motif du refus", max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="proposé par", related_name="+", null=True, blank=True
    )
    offered_at = models.DateTimeField("proposé le", default=timezone.now, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="réponse de", related_name="+", null=True, blank=True
    )
    settled_at = models.DateTimeField("réponse le", null=True, editable=False)
    answer_read_at = models.DateTimeField("réponse lue le", null=True, editable=False)
    history = HistoricalRecords()

    objects = HandoverQuerySet.as_manager()
    holds: ClassVar[Held] = {"transferts proposés : à qui, avec quel message, quelle réponse": {}}

    class Meta:
        verbose_name = "transfert"
        verbose_name_plural = "transferts"
        ordering = ["-offered_at", "-pk"]
        indexes = [
            models.Index(fields=["territory"], condition=Q(state="pending"), name="handover_waiting"),
            models.Index(fields=["author"], condition=Q(answer_read_at=None), name="handover_answers"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(state="pending"), name="handover_one_pending",
                violation_error_message="Un transfert de ce dossier attend déjà une réponse : retirez-le d’abord.",
            ),
            models.CheckConstraint(
                condition=Q(recipient=None) | Q(territory=F("from_territory")),
                name="handover_to_somebody_or_somewhere",
                violation_error_message="Un dossier se propose à un collègue du territoire, ou à un autre territoire.",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""),
                name="handover_declined_with_reason",
                violation_error_message="Un refus a un motif : écrivez-le.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """« Dossier n° 12 proposé à Valenciennes »."""
        return f"Dossier n°\u00a0{self.enrolment_id} proposé à {self.to}"

    @property
    def leaves_territory(self) -> bool:
        return self.territory_id != self.from_territory_id

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING

    @property
    def to(self) -> str:
        """In words: a colleague's name, or the territory."""
        if self.leaves_territory:
            return self.territory.name
        return str(self.recipient or "un compte supprimé depuis")

    def may_be_answered_by(self, user: Any) -> bool:
        """The colleague named; of an offer to a territory, those who work there and who answer for the programme."""
        if not self.is_pending:
            return False
        if not self.leaves_territory:
            return self.recipient_id == user.pk
        reach, programme = user.reach, self.enrolment.programme_id
        return (
            reach.everything or programme in reach.managed or (programme, self.territory_id) in reach.ground
        )  # fmt: skip
