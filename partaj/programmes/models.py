"""A programme: its fiche synthétique, the columns and rows of its annexe 1, its funnel, its partners.

Source: FEJ, « note de restitution finale du porteur de projet », fiche synthétique and annexe 1.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from partaj.scoping import ScopedQuerySet
from partaj.territories.models import Organisation, Territory

PROSE = (
    "objectives", "target_public", "summary", "area", "added_value", "planned_partners", "actual_partners",
    "funding_partners",
)  # fmt: skip


class ProgrammeQuerySet(ScopedQuerySet):
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
                violation_error_message="La convention finit avant de commencer : vérifiez les deux dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.acronym or self.title}"

    def get_absolute_url(self) -> str:
        return reverse("programmes:detail", args=[self.number])

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    @property
    def short_title(self) -> str:
        return self.acronym or self.title


class OfProgrammeQuerySet(ScopedQuerySet):
    def visibility(self, reach):
        """Settings of a programme are seen with the programme."""
        return Q(programme__in=reach.programmes)


class OfProgramme(models.Model):
    """An ordered setting that belongs to one programme."""

    reserved_codes: frozenset[str] = frozenset()  # folded to lower case: no code is made equal to one of them
    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name="programme")
    position = models.PositiveSmallIntegerField("ordre", default=0)

    objects = OfProgrammeQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["programme", "position", "pk"]


class FunnelStep(OfProgramme):
    """One step of the programme's own path (contacté, bilan d’orientation, contrat signé…)."""

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


class Period(OfProgramme):
    """A column of annexe 1: a range of dates, or the entry into a step. Periods may overlap."""

    label = models.CharField("intitulé", max_length=60, help_text="« année 1 », « Phase 2 »")
    column_label = models.CharField(
        "en-tête de la colonne", max_length=120, help_text="« Bénéficiaires entrés l’année 1 »"
    )
    starts_on = models.DateField("du", null=True, blank=True)
    ends_on = models.DateField("au", null=True, blank=True)
    step = models.ForeignKey(
        FunnelStep, models.PROTECT, verbose_name="ou entrée dans l’étape", related_name="periods", null=True, blank=True
    )
    history = HistoricalRecords()

    class Meta(OfProgramme.Meta):
        verbose_name = "période"
        default_related_name = "periods"
        constraints = [
            models.CheckConstraint(
                condition=Q(step__isnull=True, starts_on__isnull=False, ends_on__isnull=False)
                | Q(step__isnull=False, starts_on__isnull=True, ends_on__isnull=True),
                name="period_dates_or_step",
                violation_error_message="Une période a deux dates (du, au), ou une étape du parcours, pas les deux.",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="period_in_order",
                violation_error_message="La période finit avant de commencer : vérifiez les deux dates.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Section(models.TextChoices):
    """The sections of annexe 1 whose population and unit a programme may set."""

    AGE = "age", "Âge"
    SITUATION = "situation", "Situation"
    LEVEL = "level", "Niveau de formation"
    SEX = "sex", "Sexe"
    QUALITY = "quality", "Qualité des adultes"


class SectionRule(OfProgramme):
    """Whom a section of annexe 1 counts, and how it prints; without a rule: the youths, all of them, in persons."""

    class Population(models.TextChoices):
        YOUTHS = "youths", "les jeunes"
        EVERYONE = "everyone", "les jeunes et les adultes"

    class Base(models.TextChoices):
        ALL = "all", "toutes les personnes"
        REVIEWED = "reviewed", "les situations traitées en cellule technique locale"

    class Unit(models.TextChoices):
        PERSONS = "persons", "nombre de personnes"
        PERCENT = "percent", "pourcentage"

    section = models.CharField("section", max_length=12, choices=Section.choices)
    population = models.CharField("population", max_length=8, choices=Population.choices, default=Population.YOUTHS)
    base = models.CharField("base", max_length=8, choices=Base.choices, default=Base.ALL)
    unit = models.CharField("unité", max_length=8, choices=Unit.choices, default=Unit.PERSONS)
    note = models.CharField("note imprimée", max_length=300, blank=True)
    history = HistoricalRecords()

    class Meta(OfProgramme.Meta):
        verbose_name = "règle de section"
        verbose_name_plural = "règles de section"
        default_related_name = "section_rules"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "section"], name="section_rule_once",
                violation_error_message="Cette section a déjà une règle.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_section_display()} : {self.get_population_display()}"


# The codes of the rows of the form: reports know each row by its section and its code, whoever wrote it.
FORM_CODES: dict[str, tuple[str, ...]] = {
    Section.AGE: ("0-6", "6-10", "10-16", "16-18", "18-26", "26+"),
    Section.SITUATION: (
        "pre_elementary", "elementary", "college", "legt", "lp", "apprentice", "student", "jobseeker", "employed",
        "other",
    ),
    Section.LEVEL: ("infra-V", "V", "IV", "III", "II", "I", "NC"),
    Section.SEX: ("F", "M"),
    Section.QUALITY: ("parent", "teacher", "cpe", "cop", "cip", "animator", "educator", "other"),
}  # fmt: skip


class ExtraRow(OfProgramme):
    """A row that the programme adds to a section (« Autres : … »), and what it counts."""

    reserved_codes = frozenset(code.lower() for codes in FORM_CODES.values() for code in codes)

    class Counts(models.TextChoices):
        NOTHING = "nothing", "rien : la valeur est déclarée"
        DISABILITY = "disability", "les personnes en situation de handicap"
        ADULTS = "adults", "les adultes"
        PRIORITY_DISTRICT = "priority_district", "les habitants d’un quartier prioritaire (QPV)"
        OTHER = "other", "les personnes « autres » dont la précision est l’intitulé de la ligne"

    section = models.CharField("section", max_length=12, choices=Section.choices)
    label = models.CharField("intitulé", max_length=160)
    code = models.SlugField("code", max_length=40)
    counts = models.CharField("compte", max_length=20, choices=Counts.choices, default=Counts.NOTHING)
    adds_up = models.BooleanField(
        "s’additionne aux autres lignes", default=False,
        help_text="Non pour une ligne qui recoupe les autres (handicap, adultes parmi les âges).",
    )  # fmt: skip
    history = HistoricalRecords()

    class Meta(OfProgramme.Meta):
        verbose_name = "ligne ajoutée"
        verbose_name_plural = "lignes ajoutées"
        default_related_name = "extra_rows"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "section", "code"], name="extra_row_code_once",
                violation_error_message="Deux lignes ajoutées de la section ont le même code.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """A row of the form keeps its code: another row with it would take its figures."""
        if self.code and self.code.lower() in {code.lower() for code in FORM_CODES.get(self.section, ())}:
            raise ValidationError(
                {"code": f"«\u00a0{self.code}\u00a0» est le code d’une ligne du formulaire : choisissez-en un autre."}
            )


class Partnership(OfProgramme):
    """An operational or financial partner of the programme (fiche synthétique; note II.B)."""

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
