"""The programme's own path: its steps, and the reasons why somebody leaves it."""

from django.db import models
from simple_history.models import HistoricalRecords

from partaj.programmes.models.programme import OfProgramme


class FunnelStep(OfProgramme):
    """One step of the programme's own path (contacté, bilan d’orientation, contrat signé…)."""

    named_by = ("label",)
    code = models.SlugField("code", max_length=40)
    label = models.CharField("intitulé", max_length=120)
    history = HistoricalRecords()

    class Meta(OfProgramme.Meta):
        verbose_name = "étape du parcours"
        verbose_name_plural = "étapes du parcours"
        default_related_name = "steps"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"], name="step_code_once",
                violation_error_message="Deux étapes du programme ont le même code.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label


class LossReason(OfProgramme):
    """Why somebody leaves the path; says whether it counts as « abandon ou exclusion » (annexe 1, row 4)."""

    named_by = ("label",)
    code = models.SlugField("code", max_length=40)
    label = models.CharField("motif", max_length=160)
    counts_as_abandonment = models.BooleanField("compte comme abandon ou exclusion", default=True)
    history = HistoricalRecords()

    class Meta(OfProgramme.Meta):
        verbose_name = "motif de sortie"
        verbose_name_plural = "motifs de sortie"
        default_related_name = "loss_reasons"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"], name="loss_reason_code_once",
                violation_error_message="Deux motifs de sortie du programme ont le même code.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label
