"""A programme, as its fiche synthétique describes it, with its partners.

Source: FEJ, « note de restitution finale du porteur de projet », fiche synthétique and II.B.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from partaj.folding import fold
from partaj.scoping import ScopedQuerySet
from partaj.territories.models import Organisation, Territory

PROSE = (
    "objectives", "target_public", "summary", "area", "added_value", "planned_partners", "actual_partners",
    "funding_partners",
)  # fmt: skip


WHICH_STEP = "Dites quelle étape : le devenir compte les jeunes qui y sont passés."
WHOEVER_HOLDS_A_ROLE = "Chacun : les programmes où il tient un rôle."


class ProgrammeQuerySet(ScopedQuerySet):
    seen_by = WHOEVER_HOLDS_A_ROLE

    def visibility(self, reach):
        """Whoever holds a role in the programme sees that it exists; what they see inside depends on the role."""
        return Q(pk__in=reach.programmes)

    def open(self):
        return self.filter(closed_on=None)

    def brief(self):
        """Without the prose of the fiche, which only its own pages print."""
        return self.defer(*PROSE)

    def named(self, typed):
        """Whose number, acronym or title holds what was typed."""
        return self.filter(Q(number__icontains=typed) | Q(acronym__icontains=typed) | Q(title__icontains=typed))


class Programme(models.Model):
    """One experiment funded by the FEJ, known by its number (« AP1-261 »)."""

    class OutcomesBase(models.TextChoices):
        """Of whom `devenir` tells what they became (AP1-261: the 450 followed more closely)."""

        ENTERED = "entered", "entrés dans le dispositif"
        GONE = "gone", "sortis du dispositif"
        REINFORCED = "reinforced", "en suivi renforcé"
        STEP = "step", "passés par une étape"

    class LastColumn(models.TextChoices):
        """What « pendant toute la durée » counts; printed under the table."""

        ENTERED = "entered", "les personnes entrées pendant toute la durée"
        STILL_THERE = "still_there", "les personnes encore présentes à la fin"

    number = models.SlugField(
        "numéro du projet", max_length=20, unique=True, error_messages={"unique": "Un programme porte déjà ce numéro."}
    )
    acronym = models.CharField("sigle", max_length=40, blank=True)
    title = models.CharField("titre", max_length=250)
    theme = models.CharField("thématique", max_length=250, blank=True)
    call = models.CharField("appel à projets", max_length=120, blank=True)
    objectives = models.TextField("objectifs initiaux", max_length=4000, blank=True)
    target_public = models.TextField("public(s) cible(s)", max_length=4000, blank=True)
    summary = models.TextField("descriptif synthétique du dispositif expérimenté", max_length=6000, blank=True)
    area = models.TextField("territoire(s) d’expérimentation", max_length=2000, blank=True)
    added_value = models.TextField("valeur ajoutée du dispositif expérimenté", max_length=4000, blank=True)
    planned_partners = models.TextField("partenaires initialement indiqués dans le projet", max_length=4000, blank=True)
    actual_partners = models.TextField("partenaires effectifs de l’expérimentation", max_length=4000, blank=True)
    funding_partners = models.TextField("partenaires financiers (avec montant)", max_length=2000, blank=True)
    planned_months = models.PositiveSmallIntegerField("durée initiale (mois)", null=True, blank=True)
    actual_months = models.PositiveSmallIntegerField("durée effective (mois)", null=True, blank=True)
    holder = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name="porteur du projet",
        related_name="held_programmes",
        null=True,
        blank=True,
    )
    evaluator = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name="évaluateur",
        related_name="evaluated_programmes",
        null=True,
        blank=True,
    )
    convention_start = models.DateField("début de la convention", null=True, blank=True)
    convention_end = models.DateField("fin de la convention", null=True, blank=True)
    territories = models.ManyToManyField(Territory, verbose_name="territoires", related_name="programmes", blank=True)

    closed_on = models.DateField("clos le", null=True, blank=True, help_text="Un programme clos est en lecture seule.")
    is_demonstration = models.BooleanField(
        "démonstration", default=False, help_text="Les durées de conservation ne s’y appliquent pas."
    )

    last_column = models.CharField(
        "la dernière colonne de l’annexe 1 compte",
        max_length=12,
        choices=LastColumn.choices,
        default=LastColumn.ENTERED,
    )
    annexe_1_remarks = models.TextField("remarques de l’annexe 1", max_length=4000, blank=True)
    silent_after_days = models.PositiveSmallIntegerField(
        "sans nouvelles au bout de (jours)",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text="Un jeune que personne n’a contacté depuis est signalé à son référent.",
    )
    outcomes_base = models.CharField(
        "le devenir compte les jeunes",
        max_length=10,
        choices=OutcomesBase.choices,
        default=OutcomesBase.GONE,
        help_text="La base du tableau « devenir » : la part de chaque devenir s’y rapporte.",
    )
    outcomes_step = models.ForeignKey(
        "programmes.FunnelStep",
        models.PROTECT,
        verbose_name="étape, si c’est elle",
        related_name="programmes_counting_outcomes",
        null=True,
        blank=True,
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["version"])

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "programme"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(convention_start=None)
                | Q(convention_end=None)
                | Q(convention_end__gte=F("convention_start")),
                name="programme_convention_in_order",
                violation_error_message="La convention finit avant de commencer : vérifiez les deux dates.",
            ),
            models.CheckConstraint(
                condition=~Q(outcomes_base="step") | Q(outcomes_step__isnull=False),
                name="programme_outcomes_step",
                violation_error_message=WHICH_STEP,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.acronym or self.title}"

    def get_absolute_url(self) -> str:
        return reverse("programmes:detail", args=[self.number])

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    def silent_before(self, today: dt.date) -> dt.date:
        """Whoever was last contacted before that day is without news."""
        return today - dt.timedelta(days=self.silent_after_days)

    @property
    def short_title(self) -> str:
        return self.acronym or self.title


class OfProgrammeQuerySet(ScopedQuerySet):
    seen_by = WHOEVER_HOLDS_A_ROLE

    def visibility(self, reach):
        """Settings of a programme are seen with the programme."""
        return Q(programme__in=reach.programmes)


class OfProgramme(models.Model):
    """An ordered setting that belongs to one programme."""

    reserved_codes: frozenset[str] = frozenset()  # folded to lower case: no code is made equal to one of them
    named_by: tuple[str, ...] = ()  # the fields by which readers know a row: no two rows of a programme share them
    changes_figures = True  # a closed programme keeps what its tables are made of
    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name="programme")
    position = models.PositiveSmallIntegerField("ordre", default=0)

    objects = OfProgrammeQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["programme", "position", "pk"]

    def clean(self) -> None:
        """Two people who add the same row make one: a twin would share its figures out at random."""
        others = type(self).objects.filter(programme=self.programme_id).exclude(pk=self.pk) if self.named_by else []
        if any(other.known_as() == self.known_as() for other in others):
            raise ValidationError(
                {"label": "Cet intitulé est déjà dans la liste : donnez-en un autre, ou gardez la ligne qui existe."}
            )

    def known_as(self) -> tuple[str, ...]:
        return tuple(fold(str(getattr(self, name))) for name in self.named_by)


class Partnership(OfProgramme):
    """An operational or financial partner of the programme (fiche synthétique; note II.B)."""

    changes_figures = False

    class Kind(models.TextChoices):
        OPERATIONAL = "operational", "partenaire technique opérationnel"
        FINANCIAL = "financial", "partenaire financier"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="structure", related_name="partnerships"
    )
    kind = models.CharField("type", max_length=12, choices=Kind.choices, default=Kind.OPERATIONAL)
    role = models.CharField("rôle dans l’expérimentation", max_length=500, blank=True)
    planned = models.BooleanField("indiqué dans le projet initial", default=True)
    effective = models.BooleanField("effectif", default=True)
    amount = models.DecimalField("montant annoncé (€)", max_digits=12, decimal_places=2, null=True, blank=True)
    history = HistoricalRecords()

    class Meta(OfProgramme.Meta):
        verbose_name = "partenaire"
        default_related_name = "partnerships"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="partnership_amount_positive",
                violation_error_message="Un montant ne peut être négatif.",
            )
        ]

    def __str__(self) -> str:
        return self.organisation.name
