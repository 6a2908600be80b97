"""Local initiative projects (PIL) and the people whom they count collectively."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.ages import AgeBand
from beneficiaries.models import AdultQuality, SchoolLevel, Sex, Situation
from partaj.programmes.models import Programme, Section
from partaj.scoping import ScopedQuerySet
from partaj.territories.models import Organisation, Territory


class OfTerritoryQuerySet(ScopedQuerySet):
    def visibility(self, reach):
        """Managers: their programmes. Caseworkers: their territories."""
        rule = Q(programme__in=reach.managed)
        for programme, territory in sorted(reach.ground):
            rule |= Q(programme=programme, territory=territory)
        return rule


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
    history = HistoricalRecords()

    objects = OfTerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "projet d’initiative locale"
        verbose_name_plural = "projets d’initiative locale"
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class HeadcountQuerySet(ScopedQuerySet):
    def visibility(self, reach):
        """Managers: their programmes. Caseworkers: the projects of their territories."""
        rule = Q(project__programme__in=reach.managed)
        for programme, territory in sorted(reach.ground):
            rule |= Q(project__programme=programme, project__territory=territory)
        return rule

    def counted_for(self, user, programme):
        """Same perimeter as Enrolment.objects.counted_for."""
        counted = self.filter(project__programme=programme)
        if user.reach.answers_for(programme.pk):
            return counted
        return counted.filter(project__territory__in=user.reach.territories_in(programme.pk))


class Headcount(models.Model):
    """People whom a project reached and counted collectively; nobody already enrolled by name is among them."""

    project = models.ForeignKey(Project, models.PROTECT, verbose_name="projet", related_name="headcounts")
    counted_on = models.DateField(
        "entrés le", default=timezone.localdate, help_text="Place l’effectif dans une colonne (année) de l’annexe 1."
    )
    youths = models.PositiveIntegerField("jeunes", default=0)
    adults = models.PositiveIntegerField("adultes", default=0)
    note = models.CharField("remarque", max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["version"])

    objects = HeadcountQuerySet.as_manager()

    class Meta:
        verbose_name = "effectif collectif"
        verbose_name_plural = "effectifs collectifs"
        ordering = ["-counted_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.project} · {self.counted_on:%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        return reverse("funding:headcount", args=[self.project.programme.number, self.pk])


# The codes that each breakdown may hold, and whom it splits: the youths, or the adults for the quality.
BREAKDOWNS: dict[str, type[models.TextChoices]] = {
    Section.AGE: AgeBand,
    Section.SITUATION: Situation,
    Section.LEVEL: SchoolLevel,
    Section.SEX: Sex,
    Section.QUALITY: AdultQuality,
}


class HeadcountPartQuerySet(ScopedQuerySet):
    def visibility(self, reach):
        """Seen with the headcount."""
        return Q(headcount__in=Headcount.objects.filter(Headcount.objects.all().visibility(reach)))


class HeadcountPart(models.Model):
    """One number of one breakdown (« 16-18 ans : 120 »). Breakdowns are independent and may be incomplete."""

    headcount = models.ForeignKey(Headcount, models.CASCADE, verbose_name="effectif", related_name="parts")
    section = models.CharField("répartition", max_length=12, choices=Section.choices)
    code = models.CharField("ligne", max_length=16)
    count = models.PositiveIntegerField("nombre")

    objects = HeadcountPartQuerySet.as_manager()

    class Meta:
        verbose_name = "part d’un effectif"
        verbose_name_plural = "parts d’un effectif"
        constraints = [
            models.UniqueConstraint(fields=["headcount", "section", "code"], name="headcount_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.code} : {self.count}"
