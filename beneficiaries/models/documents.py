"""The papers of a youth's file: what was sent with them, by whom, and who may read it (seeds: the tools of annexe 3 of
AP1-261, and what AP1-485 made with each student: CV, letters, contracts, certificates)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from beneficiaries.models.grants import READERS_OF_FILES, ToldQuerySet
from beneficiaries.models.paths import Enrolment
from partaj.scoping import Held


class DocumentQuerySet(ToldQuerySet):
    seen_by = f"{READERS_OF_FILES} Un document privé : son auteur seul, quel que soit son rôle."

    def names_in_the_vault(self) -> Any:
        return self.order_by().values_list("stored", flat=True)


class Document(models.Model):
    """One paper. `stored`: its name in the vault (partaj.uploads), where its bytes are and nowhere else; `digest`: of
    those bytes (SHA-256), by which the same file sent twice is known. A private one is its author's alone, as a note.

    It is never changed: put in, or taken out, its content destroyed; the timeline tells both. Neither identity papers
    nor what a doctor wrote has a kind here: see docs/decisions.md.
    """

    class Kind(models.TextChoices):
        CV = "cv", "CV"
        LETTER = "letter", "lettre de motivation"
        ENGAGEMENT = "engagement", "contrat d’engagement"
        CONTRACT = "contract", "contrat de travail ou d’alternance"
        AGREEMENT = "agreement", "convention (stage, immersion)"
        SHEET = "sheet", "fiche de suivi signée"
        BALANCE = "balance", "bilan ou carnet de bord"
        CERTIFICATE = "certificate", "certificat, diplôme ou attestation"
        MARKS = "marks", "bulletin scolaire"
        NOTICE = "notice", "information ou accord signé"
        OTHER = "other", "autre"

    enrolment = models.ForeignKey(  # whose index is document_latest
        Enrolment, models.CASCADE, verbose_name="parcours", related_name="documents", db_index=False
    )
    kind = models.CharField("nature", max_length=11, choices=Kind.choices)
    about = models.CharField("précision", max_length=120, blank=True)
    dated_on = models.DateField("daté du", null=True, blank=True)
    is_private = models.BooleanField("document privé", default=False)
    filename = models.CharField("nom du fichier", max_length=100)
    mime = models.CharField("type", max_length=100, editable=False)
    size = models.PositiveIntegerField("taille (octets)", editable=False)
    digest = models.CharField("empreinte", max_length=64, editable=False)
    stored = models.CharField("nom gardé", max_length=32, unique=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="auteur", related_name="+", null=True, blank=True
    )
    sent_at = models.DateTimeField("envoyé le", default=timezone.now, editable=False)

    objects = DocumentQuerySet.as_manager()
    holds: ClassVar[Held] = {"documents": {"is_private": False}, "documents privés": {"is_private": True}}

    class Meta:
        verbose_name = "document"
        verbose_name_plural = "documents"
        ordering = ["-sent_at", "-pk"]
        indexes = [models.Index(fields=["enrolment", "-sent_at"], name="document_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_private=False) | Q(author__isnull=False),
                name="private_document_has_author",
                violation_error_message="Un document privé a un auteur.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="other", about=""),
                name="other_document_is_told",
                violation_error_message="Dites ce qu’est ce document.",
            ),
        ]

    def __str__(self) -> str:
        """« CV », « autre : permis cyclomoteur »."""
        return f"{self.get_kind_display()}{self.about and ' : '}{self.about}"
