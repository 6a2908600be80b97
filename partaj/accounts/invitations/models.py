"""Invitations: who made one, when it was sent, and what became of it. The key of its link is kept as a digest only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from partaj.scoping import NOTHING, ScopedQuerySet


class InvitationQuerySet(ScopedQuerySet):
    seen_by = "Personne d’autre que les administrateurs, qui ouvrent les comptes."

    def visibility(self, reach):
        """Administrators alone, who open accounts."""
        return NOTHING

    def pending(self):
        """Neither used nor cancelled, whether in time or not: one at most for each account."""
        return self.filter(accepted_at=None, cancelled_at=None)

    def good(self):
        """Whose link opens now: in time, of an account that is not suspended, at the address that it still has."""
        return self.pending().filter(
            expires_at__gt=timezone.now(), account__is_active=True, account__email=models.F("address")
        )


class Invitation(models.Model):
    """Bound to the address to which it went: it opens nothing once the account has another."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="compte", related_name="invitations"
    )
    address = models.EmailField("adresse")
    digest = models.CharField("empreinte de la clef", max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="faite par", related_name="+", null=True
    )
    sent_at = models.DateTimeField("envoyée le", default=timezone.now)
    expires_at = models.DateTimeField("expire le")
    accepted_at = models.DateTimeField("acceptée le", null=True)
    cancelled_at = models.DateTimeField("annulée le", null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(accepted_at=None, cancelled_at=None),
                name="invitation_one_pending",
                violation_error_message="Une invitation attend déjà une réponse : annulez-la d’abord.",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(cancelled_at=None),
                name="invitation_one_end",
                violation_error_message="Une invitation est acceptée ou annulée, pas les deux.",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation du {self.sent_at:%d/%m/%Y}"

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()
