"""The address by which an agenda is read: one for each account, whose secret is kept as a digest only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from partaj.scoping import ScopedQuerySet


class CalendarKeyQuerySet(ScopedQuerySet):
    seen_by = "Chacun : les siennes seulement."

    def visible_to(self, user):
        """Each: their own. Administrators: that there is one, and when it was last read; nobody reads the secret."""
        if not user.is_active:
            return self.none()
        return self.all() if user.reach.everything else self.filter(account=user.pk)


class CalendarKey(models.Model):
    """Whoever holds its secret reads the agenda of `account`, without signing in (beneficiaries.calendar)."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="compte", related_name="calendar_key"
    )
    digest = models.CharField("empreinte du secret", max_length=64, unique=True)
    created_at = models.DateTimeField("créée le", default=timezone.now)
    last_read_at = models.DateTimeField("lue le", null=True, help_text="À une heure près.")

    objects = CalendarKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "adresse d’agenda"
        verbose_name_plural = "adresses d’agenda"

    def __str__(self) -> str:
        return f"adresse d’agenda du {self.created_at:%d/%m/%Y}"
