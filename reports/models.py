"""Figures that somebody planned or declared by hand, beside those that PARTAJ computes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from partaj.programmes.models import Programme
from partaj.scoping import ScopedQuerySet


class DeclaredFigureQuerySet(ScopedQuerySet):
    seen_by = "Responsables, évaluateurs, financeurs : leurs programmes."

    def visibility(self, reach):
        """Declared for the whole programme, hence shown only to the roles that answer for it."""
        return Q(programme__in=reach.managed | reach.evaluated | reach.funded)

    def current(self):
        return self.filter(withdrawn_at=None)


class DeclaredFigure(models.Model):
    """What a cell of a report prints because a person says so: planned figures, and corrections with their reason.

    Never changed: declaring again, or going back to the computed figure, withdraws the row and keeps it.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name="programme", related_name="declared_figures")
    report = models.SlugField("rapport", max_length=20)
    row = models.CharField("ligne", max_length=80)
    column = models.CharField("colonne", max_length=40)
    text = models.CharField(
        "valeur", max_length=200, blank=True, help_text="Telle qu’elle s’imprimera : 12, 17 à 20, 40 %, non concerné…"
    )
    reason = models.CharField("raison", max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="déclaré par", related_name="declared_figures", null=True
    )
    declared_at = models.DateTimeField("déclaré le", default=timezone.now)
    withdrawn_at = models.DateTimeField("remplacé le", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="remplacé par", related_name="+", null=True, blank=True
    )

    objects = DeclaredFigureQuerySet.as_manager()

    class Meta:
        verbose_name = "chiffre déclaré"
        verbose_name_plural = "chiffres déclarés"
        ordering = ["-declared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "report", "row", "column"],
                condition=Q(withdrawn_at=None),
                name="declared_figure_one_current",
                violation_error_message="Quelqu’un vient de déclarer ce chiffre : relisez-le avant de le changer.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} · {self.row} · {self.column} : {self.text}"
