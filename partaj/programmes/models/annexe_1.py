"""The columns, the sections and the rows of a programme's annexe 1.

Source: FEJ, « note de restitution finale du porteur de projet », annexe 1.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from partaj.programmes.models.funnel import FunnelStep
from partaj.programmes.models.programme import OfProgramme
from partaj.removal import referring


class Period(OfProgramme):
    """A column of annexe 1: a range of dates, or the entry into a step. Periods may overlap."""

    named_by = ("label",)
    label = models.CharField("intitulé", max_length=60, help_text="« année 1 », « Phase 2 »")
    column_label = models.CharField(
        "en-tête de la colonne", max_length=120, help_text="« Bénéficiaires entrés l’année 1 »"
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
                violation_error_message="La période finit avant de commencer : vérifiez les deux dates.",
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
        return f"{self.get_section_display()} : {self.get_population_display()}"


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

    named_by = ("section", "label")
    reserved_codes = frozenset(code.lower() for codes in FORM_CODES.values() for code in codes)

    class Counts(models.TextChoices):
        NOTHING = "nothing", "rien : la valeur est déclarée"
        DISABILITY = "disability", "les personnes en situation de handicap"
        ADULTS = "adults", "les adultes"
        PRIORITY_DISTRICT = "priority_district", "les habitants d’un quartier prioritaire (QPV)"
        OTHER = "other", "les personnes « autres » dont la précision est l’intitulé de la ligne"

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
        """A row of the form keeps its code, and an added row its section: another would take its figures."""
        super().clean()
        if self.code and self.code.lower() in {code.lower() for code in FORM_CODES.get(self.section, ())}:
            raise ValidationError(
                {"code": f"« {self.code} » est le code d’une ligne du formulaire : choisissez-en un autre."}
            )
        stored = type(self).objects.filter(pk=self.pk).exclude(section=self.section).first()
        if stored and any(rows.exists() for rows in referring(stored)):
            raise ValidationError(
                {"section": "Des chiffres sont déclarés sur cette ligne : retirez-les d’abord, ou gardez sa section."}
            )
