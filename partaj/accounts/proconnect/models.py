"""Which ProConnect identity is whose account: kept from the first time that somebody came in by it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from partaj.scoping import NOTHING, ScopedQuerySet

LONGEST_SUB = 255  # OpenID Connect Core, 2: at most 255 ASCII characters


class IdentityQuerySet(ScopedQuerySet):
    seen_by = "Personne d’autre que les administrateurs, qui peuvent défaire le lien."

    def visibility(self, reach):
        """Administrators alone, who may undo it."""
        return NOTHING

    def of(self, issuer, sub):
        return self.filter(issuer=issuer, sub=sub)


class ProConnectIdentity(models.Model):
    """A number that the issuer never gives to another person, unlike an address."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="compte", related_name="proconnect_identities"
    )
    issuer = models.CharField("émetteur", max_length=255)
    sub = models.CharField("identifiant", max_length=LONGEST_SUB)
    linked_at = models.DateTimeField("relié le", auto_now_add=True)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name = "identité ProConnect"
        verbose_name_plural = "identités ProConnect"
        ordering = ["-linked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "sub"],
                name="proconnect_identity_of_one",
                violation_error_message="Cette identité ProConnect est déjà celle d’un autre compte.",
            ),
            models.UniqueConstraint(
                fields=["account", "issuer"],
                name="proconnect_one_identity",
                violation_error_message="Ce compte est déjà relié à une autre identité ProConnect.",
            ),
        ]

    def __str__(self) -> str:
        return f"ProConnect, relié le {self.linked_at:%d/%m/%Y}"
