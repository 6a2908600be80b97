"""Local initiative projects (PIL) and the people whom they count collectively."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.ages import AgeBand
from beneficiaries.models import AdultQuality, SchoolLevel, Sex, Situation, impossible
from partaj.folding import fold
from partaj.programmes.models import Programme, Section
from partaj.scoping import TEAMS, ScopedQuerySet, answered_for
from partaj.territories.models import Organisation, Territory

LARGEST_COUNT = 100_000  # persons; beyond it, a figure was typed in the wrong place
NOT_RETAINED = "Ce projet n’est pas retenu : seuls les projets retenus ont des effectifs."
A_COUNT = "Saisissez un nombre entier de 0 à 100\u00a0000."


class OfTerritoryQuerySet(ScopedQuerySet):
    seen_by = TEAMS

    def visibility(self, reach):
        """Managers: their programmes. Caseworkers: their territories."""
        return answered_for(reach)


class Project(models.Model):
    """A projet d'initiative locale (PIL), carried by a structure on a territory."""

    class Status(models.TextChoices):
        RECEIVED = "received", "reçu"
        RETAINED = "retained", "retenu"
        REFUSED = "refused", "non retenu"

    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="programme", related_name="projects")
    territory = models.ForeignKey(Territory, models.PROTECT, verbose_name="territoire", related_name="projects")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="structure porteuse", related_name="projects"
    )
    title = models.CharField("intitulé", max_length=200)
    status = models.CharField("état", max_length=8, choices=Status.choices, default=Status.RECEIVED)
    folded_title = models.CharField(max_length=400, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["folded_title", "version"])

    objects = OfTerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "projet d’initiative locale"
        verbose_name_plural = "projets d’initiative locale"
        ordering = ["folded_title", "pk"]
        indexes = [models.Index(fields=["programme", "folded_title", "id"], name="project_list")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("funding:project", args=[self.programme.number, self.pk])

    def save(self, *args, **kwargs) -> None:
        self.derive()
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """What the list searches and sorts by; bulk writers call it themselves."""
        self.folded_title = fold(self.title)[:400]

    def clean(self) -> None:
        """Annexe 1 counts the people of a project: one that is not retained can have none."""
        if self.pk and self.status != self.Status.RETAINED and self.headcounts.exists():
            raise ValidationError(
                {"status": "Ce projet a des effectifs, comptés dans l’annexe 1 : retirez-les d’abord."}
            )


class HeadcountQuerySet(ScopedQuerySet):
    seen_by = TEAMS

    def visibility(self, reach):
        """Managers: their programmes. Caseworkers: the projects of their territories."""
        return answered_for(reach, "project__")


class Headcount(models.Model):
    """People whom a project reached and counted collectively; nobody already enrolled by name is among them."""

    project = models.ForeignKey(Project, models.PROTECT, verbose_name="projet", related_name="headcounts")
    counted_on = models.DateField(
        "entrés le", default=timezone.localdate, help_text="Place l’effectif dans une colonne (année) de l’annexe 1."
    )
    youths = models.PositiveIntegerField("jeunes", default=0, validators=[MaxValueValidator(LARGEST_COUNT, A_COUNT)])
    adults = models.PositiveIntegerField("adultes", default=0, validators=[MaxValueValidator(LARGEST_COUNT, A_COUNT)])
    note = models.CharField("remarque", max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["version"])

    objects = HeadcountQuerySet.as_manager()

    class Meta:
        verbose_name = "effectif collectif"
        verbose_name_plural = "effectifs collectifs"
        ordering = ["-counted_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(youths__gt=0) | Q(adults__gt=0),
                name="headcount_of_somebody",
                violation_error_message="Indiquez combien de jeunes ou d’adultes ont été comptés.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.counted_on:%d/%m/%Y}"

    def clean(self) -> None:
        """Raises ValidationError for a day that cannot be, and for a project that annexe 1 does not count."""
        if sentence := impossible(self.counted_on):
            raise ValidationError({"counted_on": sentence})
        if self.project_id and self.project.status != Project.Status.RETAINED:
            raise ValidationError({"project": NOT_RETAINED})

    def get_absolute_url(self) -> str:
        return reverse("funding:headcount", args=[self.project.programme.number, self.pk])


# The codes that each breakdown may hold.
BREAKDOWNS: dict[str, type[models.TextChoices]] = {
    Section.AGE: AgeBand,
    Section.SITUATION: Situation,
    Section.LEVEL: SchoolLevel,
    Section.SEX: Sex,
    Section.QUALITY: AdultQuality,
}


class HeadcountPartQuerySet(ScopedQuerySet):
    seen_by = TEAMS

    def visibility(self, reach):
        """Seen with the headcount."""
        return Q(headcount__in=Headcount.objects.filter(Headcount.objects.all().visibility(reach)))


class HeadcountPart(models.Model):
    """One number of one breakdown (« 16-18 ans : 120 »). Breakdowns are independent and may be incomplete."""

    headcount = models.ForeignKey(Headcount, models.CASCADE, verbose_name="effectif", related_name="parts")
    section = models.CharField("répartition", max_length=12, choices=Section.choices)
    code = models.CharField("ligne", max_length=16)
    count = models.PositiveIntegerField("nombre", validators=[MaxValueValidator(LARGEST_COUNT, A_COUNT)])

    objects = HeadcountPartQuerySet.as_manager()

    class Meta:
        verbose_name = "part d’un effectif"
        verbose_name_plural = "parts d’un effectif"
        constraints = [
            models.UniqueConstraint(fields=["headcount", "section", "code"], name="headcount_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.code} : {self.count}"

    def clean(self) -> None:
        if self.section not in BREAKDOWNS or self.code not in BREAKDOWNS[self.section].values:
            raise ValidationError("Cette ligne n’est pas de celles de l’annexe 1.")
