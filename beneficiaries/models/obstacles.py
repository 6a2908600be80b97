"""What stands in a youth's way (« freins périphériques » of AP1-485, « freins/difficultés » of AP1-261): mobility,
housing, money… Opened one day, solved another; the words are here and nowhere else, so that they can be put right."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from beneficiaries.models.grants import OfEnrolmentQuerySet
from beneficiaries.models.paths import Enrolment, impossible
from partaj.formats import french_date
from partaj.scoping import Held

SOLVED_BEFORE = "Le frein est levé avant d’être ouvert : vérifiez les deux dates."
REOPENED_BEFORE = "Le frein est rouvert avant d’être ouvert : vérifiez les deux dates."
WHICH_OTHER = "Vous avez choisi « autre » : précisez en quelques mots."
ONLY_OTHER = "Une précision ne se donne qu’avec « autre » : effacez-la, ou changez la nature."
HOW_SOLVED = "On ne dit comment qu’un frein a été levé qu’une fois levé : donnez la date, ou effacez ces mots."
OPEN_ALREADY = "Un frein de cette nature est déjà ouvert dans ce dossier : complétez-le, ou levez-le d’abord."


class ObstacleQuerySet(OfEnrolmentQuerySet):
    def still_open(self) -> Self:
        return self.filter(solved_on=None)


class Obstacle(models.Model):
    """One obstacle. Solved, it stays, with how; it may come back (`reopened_on`), and is then open again.

    Two of one kind are never open at once in a file: but « autre », told apart by its `precision`.
    """

    class Kind(models.TextChoices):
        MOBILITY = "mobility", "mobilité"
        HOUSING = "housing", "logement"
        HEALTH = "health", "santé"
        MONEY = "money", "finances"
        PAPERS = "papers", "administratif"
        SOCIAL = "social", "social et familial"
        REORIENTATION = "reorient", "réorientation"
        JOB_SEARCH = "job", "recherche d’emploi"
        OTHER = "other", "autre"

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="obstacles")
    kind = models.CharField("nature", max_length=8, choices=Kind.choices)
    precision = models.CharField("précision", max_length=80, blank=True, help_text="Si « autre ».")
    opened_on = models.DateField("ouvert le")
    words = models.TextField("en quelques mots", max_length=500, blank=True)
    reopened_on = models.DateField("rouvert le", null=True, blank=True, editable=False)
    solved_on = models.DateField("levé le", null=True, blank=True)
    how = models.CharField("comment", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["version"])

    objects = ObstacleQuerySet.as_manager()
    holds: ClassVar[Held] = {"freins : nature, depuis quand, en quelques mots, comment ils ont été levés": {}}

    class Meta:
        verbose_name = "frein"
        verbose_name_plural = "freins"
        ordering = [F("solved_on").desc(nulls_first=True), "opened_on", "pk"]
        # By which a list of youths is filtered.
        indexes = [models.Index(fields=["kind", "enrolment"], condition=Q(solved_on=None), name="obstacle_open_kinds")]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "kind", "precision"], condition=Q(solved_on=None), name="obstacle_open_once",
                violation_error_message=OPEN_ALREADY,
            ),
            models.CheckConstraint(
                condition=Q(solved_on=None)
                | Q(solved_on__gte=F("opened_on")) & (Q(reopened_on=None) | Q(solved_on__gte=F("reopened_on"))),
                name="obstacle_solved_after",
                violation_error_message=SOLVED_BEFORE,
            ),
            models.CheckConstraint(
                condition=Q(reopened_on=None) | Q(reopened_on__gte=F("opened_on")),
                name="obstacle_reopened_after",
                violation_error_message=REOPENED_BEFORE,
            ),
            models.CheckConstraint(
                condition=Q(how="") | Q(solved_on__isnull=False),
                name="obstacle_solved_somehow",
                violation_error_message=HOW_SOLVED,
            ),
            models.CheckConstraint(
                condition=Q(kind="other") & ~Q(precision="") | ~Q(kind="other") & Q(precision=""),
                name="obstacle_other_is_said",
                violation_error_message=WHICH_OTHER,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """« mobilité »; of another kind, its precision."""
        return self.precision or self.get_kind_display()

    def get_absolute_url(self) -> str:
        return self.enrolment.get_absolute_url()

    @property
    def is_open(self) -> bool:
        return self.solved_on is None

    def clean(self) -> None:
        errors = self.date_errors()
        if self.kind == self.Kind.OTHER and not self.precision:
            errors["precision"] = WHICH_OTHER
        elif self.kind != self.Kind.OTHER and self.precision:
            errors["precision"] = ONLY_OTHER
        if self.how and not self.solved_on:
            errors["how"] = HOW_SOLVED
        if errors:
            raise ValidationError(errors)

    def date_errors(self) -> dict[str, str]:
        """One sentence per date that cannot be, under the field where it is put right."""
        opened, reopened, solved = self.opened_on, self.reopened_on, self.solved_on
        errors = {name: said for name in ("opened_on", "solved_on") if (said := impossible(getattr(self, name)))}
        if errors:
            return errors
        if reopened and opened and reopened < opened:
            return {"opened_on": f"Ce frein a été rouvert le {french_date(reopened)} : il s’est ouvert avant."}
        if solved and opened and solved < max(opened, reopened or opened):
            return {"solved_on": SOLVED_BEFORE}
        return {}

    def taking_in(self, other: Obstacle) -> dict[str, Any]:
        """What this open one becomes once the same obstacle, open in a file united with its own, comes into it: known
        since the first of the two days, and what each said of it."""
        both = list(dict.fromkeys(filter(None, [self.words, other.words])))
        return {"opened_on": min(self.opened_on, other.opened_on), "words": "\n".join(both)}
