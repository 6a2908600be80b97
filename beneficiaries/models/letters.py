"""The letters written to several youths at one go: their text is kept, so that they can be printed again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from beneficiaries.models.bulk import BulkAct, OfBulkActQuerySet
from beneficiaries.models.gatherings import Gathering
from partaj.scoping import Held


class MailingQuerySet(OfBulkActQuerySet):
    """With the act of which it is the text: to whom it was written is seen as files are."""

    path = "act__"


class Mailing(models.Model):
    """What was written, with the fields that each letter fills in (`beneficiaries.letters.FIELDS`)."""

    act = models.OneToOneField(BulkAct, models.CASCADE, verbose_name="acte", related_name="mailing")
    subject = models.CharField("objet", max_length=160)
    body = models.TextField("texte", max_length=4000)
    signed_by = models.CharField("signature", max_length=160, blank=True)
    place = models.CharField("fait à", max_length=100, blank=True)
    written_on = models.DateField("le", default=timezone.localdate)
    gathering = models.ForeignKey(
        Gathering, models.SET_NULL, verbose_name="réunion", related_name="mailings", null=True, blank=True
    )

    objects = MailingQuerySet.as_manager()
    holds: ClassVar[Held] = {"lettres écrites à plusieurs jeunes : leur texte": {}}

    class Meta:
        verbose_name = "lettre à plusieurs jeunes"
        verbose_name_plural = "lettres à plusieurs jeunes"
        ordering = ["-written_on", "-pk"]

    def __str__(self) -> str:
        return f"« {self.subject} »"
