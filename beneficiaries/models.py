"""People and their paths. Everything nominative of the product hangs on an Enrolment.

Source of the characteristics: FEJ, annexe 1 « Public visé » (rows « à l'entrée du dispositif »).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.ages import AgeBand, age_band, age_on
from beneficiaries.phones import phone_digits
from beneficiaries.profile import pack
from partaj.folding import fold
from partaj.keys import ine_warning, normalise_key
from partaj.programmes.models import FunnelStep, LossReason, Programme
from partaj.scoping import NOTHING, ScopedQuerySet, answered_for
from partaj.territories.models import Organisation, Territory


class Sex(models.TextChoices):
    FEMALE = "F", "féminin"
    MALE = "M", "masculin"


class Public(models.TextChoices):
    YOUTH = "youth", "jeune"
    ADULT = "adult", "adulte"


class AdultQuality(models.TextChoices):
    """Annexe 1, « 2. Adultes – Qualité »: labels of the form."""

    PARENT = "parent", "Parents"
    TEACHER = "teacher", "Enseignants"
    CPE = "cpe", "Conseillers principaux d'éducation"
    COP = "cop", "Conseillers d'orientation-psychologues"
    CIP = "cip", "Conseillers d'insertion professionnelle"
    ANIMATOR = "animator", "Animateurs"
    EDUCATOR = "educator", "Éducateurs spécialisés"
    OTHER = "other", "Autres"


class Situation(models.TextChoices):
    """Annexe 1, « Situation »: labels of the form."""

    PRE_ELEMENTARY = "pre_elementary", "Elèves en pré-élémentaire"
    ELEMENTARY = "elementary", "Elèves en élémentaire"
    COLLEGE = "college", "Collégiens"
    LEGT = "legt", "Lycéens en LEGT"
    LP = "lp", "Lycéens en lycée professionnel"
    APPRENTICE = "apprentice", "Jeunes apprentis en CFA"
    STUDENT = "student", "Étudiants du supérieur"
    JOBSEEKER = "jobseeker", "Demandeurs d'emploi"
    EMPLOYED = "employed", "Actifs occupés"
    OTHER = "other", "Autres"


class SchoolLevel(models.TextChoices):
    """The old nomenclature: the schooling that one left. VI and V bis print as « Infra V »."""

    VI = "VI", "VI (sortie en cours de collège)"
    V_BIS = "Vbis", "V bis (sortie avant la fin du CAP ou BEP)"
    V = "V", "V (CAP, BEP, ou sortie avant la terminale)"
    IV = "IV", "IV (baccalauréat)"
    III = "III", "III (bac + 2)"
    II = "II", "II (licence, master 1)"
    I = "I", "I (master et plus)"  # noqa: E741
    UNKNOWN = "NC", "Non connu"


class DiplomaLevel(models.IntegerChoices):
    """The nomenclature of 2019: the diploma held. There is no lossless mapping to the old one."""

    ONE = 1, "1 (maîtrise des savoirs de base)"
    TWO = 2, "2 (certificat de formation générale)"
    THREE = 3, "3 (CAP, BEP)"
    FOUR = 4, "4 (baccalauréat)"
    FIVE = 5, "5 (bac + 2)"
    SIX = 6, "6 (licence)"
    SEVEN = 7, "7 (master)"
    EIGHT = 8, "8 (doctorat)"


class BeneficiaryQuerySet(ScopedQuerySet):
    def visibility(self, reach):
        """Whoever may see one of the person's enrolments sees the person's identity."""
        return Q(pk__in=Enrolment.objects.filter(Enrolment.objects.all().visibility(reach)).values("beneficiary"))

    def like(self, person: Beneficiary) -> list[Beneficiary]:
        """People who may well be `person`: the same INE, or the same folded name with no contradictory birth date.

        Ask it of `visible_to(user)` only: an answer tells that somebody is known.
        """
        person.derive()
        last, first = fold(person.last_name), fold(person.first_name)
        alike = Q(sort_name__startswith=f"{last} ", sort_name__endswith=f" {first}")
        if person.birth_date:
            alike &= Q(birth_date=person.birth_date) | Q(birth_date=None)
        same_key = Q(ine=person.ine) if person.ine else NOTHING
        found = self.filter(alike | same_key).order_by("sort_name", "pk")[:20]
        return [
            each
            for each in found
            if (person.ine and each.ine == person.ine) or (fold(each.last_name), fold(each.first_name)) == (last, first)
        ]


EARLIEST_BIRTH = dt.date(1900, 1, 1)
EARLIEST_CONTACT = dt.date(1990, 1, 1)
IMPOSSIBLE = "Cette date est impossible : vérifiez l’année."
FUTURE = "Cette date est à venir : on ne note que ce qui a eu lieu."


class Beneficiary(models.Model):
    """A person: identity and means of contact. What they were at entry belongs to each Enrolment."""

    last_name = models.CharField("nom de naissance", max_length=100)
    usage_name = models.CharField("nom d’usage", max_length=100, blank=True)
    first_name = models.CharField("prénom", max_length=100)
    birth_date = models.DateField("date de naissance", null=True, blank=True)
    sex = models.CharField("sexe", max_length=1, choices=Sex.choices, blank=True)
    ine = models.CharField(
        "INE", max_length=11, blank=True, db_index=True, help_text="Identifiant national élève ou étudiant."
    )
    phone = models.CharField("téléphone", max_length=30, blank=True)
    email = models.EmailField("courriel", blank=True, db_index=True)
    address = models.CharField("adresse", max_length=250, blank=True)
    postcode = models.CharField(
        "code postal", max_length=5, blank=True, validators=[RegexValidator(r"^\d{5}$", "Un code postal a 5 chiffres.")]
    )
    city = models.CharField("commune", max_length=100, blank=True)
    sort_name = models.CharField(max_length=330, editable=False)
    phone_digits = models.CharField(max_length=30, blank=True, default="", editable=False, db_index=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["version", "sort_name", "phone_digits"])

    objects = BeneficiaryQuerySet.as_manager()

    class Meta:
        verbose_name = "personne"
        indexes = [models.Index(fields=["sort_name", "id"], name="beneficiary_sort")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """« Léa MOREAU », with the usage name in front of the birth name where there is one."""
        name = f"{self.usage_name} (née {self.last_name})" if self.usage_name and self.sex == Sex.FEMALE else (
            f"{self.usage_name} (né {self.last_name})" if self.usage_name else self.last_name
        )  # fmt: skip
        return f"{self.first_name} {name}"

    @property
    def ine_warning(self) -> str:
        return ine_warning(self.ine) if self.ine else ""

    def age_on(self, day: dt.date) -> int | None:
        return age_on(self.birth_date, day) if self.birth_date else None

    @property
    def age_today(self) -> int | None:
        return self.age_on(timezone.localdate())

    def save(self, *args, **kwargs) -> None:
        self.derive()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.birth_date and self.birth_date > timezone.localdate():
            raise ValidationError({"birth_date": "La date de naissance est dans le futur : vérifiez l’année."})
        if self.birth_date and self.birth_date < EARLIEST_BIRTH:
            raise ValidationError({"birth_date": IMPOSSIBLE})

    def derive(self) -> None:
        """Stored forms; bulk writers call it themselves."""
        self.ine = normalise_key(self.ine)
        self.email = self.email.lower()
        self.phone_digits = phone_digits(self.phone)
        self.sort_name = fold(" ".join([self.last_name, self.usage_name, self.first_name]))[:330]


class EnrolmentQuerySet(ScopedQuerySet):
    def visibility(self, reach):
        """Managers: their programmes. Caseworkers: their territories in their programmes. Tutors and cell
        members: the files granted to them, while the grant runs. Evaluators and funders: nobody."""
        return files_seen(reach)

    def exportable_by(self, user):
        """Rows that may leave as a file: a right of the role, within that role's own perimeter."""
        if user.reach.everything:
            return self.visible_to(user)
        rule = NOTHING
        for programme, territory in sorted(user.reach.exported, key=str):
            rule |= Q(programme=programme, territory=territory) if territory else Q(programme=programme)
        return self.visible_to(user).filter(rule)

    def entered(self):
        return self.filter(entered_on__isnull=False)

    def under_way(self):
        """Neither left nor come to an end: somebody who is in such a path cannot come back."""
        return self.filter(lost_on=None, exited_on=None)


PATH_DATES = ("contacted_on", "entered_on", "exited_on", "lost_on")


def impossible(day: dt.date | None) -> str:
    """Why a day of a path cannot be, or nothing."""
    if day is None:
        return ""
    if day > timezone.localdate():
        return FUTURE
    return IMPOSSIBLE if day < EARLIEST_CONTACT else ""


class Enrolment(models.Model):
    """One person's path in one programme, from the first contact. Characteristics are those of the day of entry."""

    beneficiary = models.ForeignKey(Beneficiary, models.PROTECT, verbose_name="personne", related_name="enrolments")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="programme", related_name="enrolments")
    territory = models.ForeignKey(Territory, models.PROTECT, verbose_name="territoire", related_name="enrolments")
    referent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name="référent",
        related_name="followed",
        null=True,
        blank=True,
    )
    found_by = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="repéré par", related_name="found_enrolments", null=True, blank=True
    )
    public = models.CharField("public", max_length=5, choices=Public.choices, default=Public.YOUTH)
    adult_quality = models.CharField("qualité de l’adulte", max_length=8, choices=AdultQuality.choices, blank=True)
    adult_quality_other = models.CharField("précision sur la qualité", max_length=160, blank=True)

    contacted_on = models.DateField("premier contact le")
    entered_on = models.DateField("entrée dans le dispositif le", null=True, blank=True)
    exited_on = models.DateField("sortie le", null=True, blank=True)
    lost_on = models.DateField("perdu de vue ou parti le", null=True, blank=True)
    lost_at = models.ForeignKey(
        FunnelStep, models.PROTECT, verbose_name="à l’étape", related_name="losses", null=True, blank=True
    )
    loss_reason = models.ForeignKey(
        LossReason, models.PROTECT, verbose_name="motif", related_name="losses", null=True, blank=True
    )
    first_reviewed_on = models.DateField("première étude en cellule le", null=True, blank=True, editable=False)

    situation = models.CharField("situation à l’entrée", max_length=14, choices=Situation.choices, blank=True)
    situation_other = models.CharField("précision sur la situation", max_length=160, blank=True)
    school_level = models.CharField(
        "niveau de formation (scolarité quittée)", max_length=4, choices=SchoolLevel.choices, blank=True
    )
    diploma_level = models.PositiveSmallIntegerField(
        "diplôme détenu", choices=DiplomaLevel.choices, null=True, blank=True
    )
    followed_by_mission_locale = models.BooleanField("inscrit et suivi par la mission locale", null=True, blank=True)
    in_priority_district = models.BooleanField("habite un quartier prioritaire (QPV)", null=True, blank=True)
    has_disability = models.BooleanField("en situation de handicap", null=True, blank=True)

    # Derived, stored: annexe 1 counts a million rows without a join (SPEED, way 2).
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True, editable=False)
    sort_name = models.CharField(max_length=330, editable=False)
    age_band = models.CharField(max_length=5, choices=AgeBand.choices, blank=True, editable=False)
    entry_rank = models.PositiveSmallIntegerField(null=True, editable=False)
    profile = models.IntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords(excluded_fields=["version", "sort_name", "sex", "age_band", "entry_rank", "profile"])

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "parcours"
        verbose_name_plural = "parcours"
        indexes = [
            models.Index(fields=["sort_name", "id"], name="enrolment_names"),
            models.Index(fields=["programme", "sort_name", "id"], name="enrolment_list"),
            models.Index(fields=["profile", "programme", "territory"], name="enrolment_profiles"),
            models.Index(fields=["programme", "profile", "territory"], name="enrolment_profiles_programme"),
            models.Index(fields=["programme", "entered_on", "entry_rank", "public"], name="enrolment_entries"),
            models.Index(fields=["programme", "territory", "sort_name", "id"], name="enrolment_list_territory"),
            models.Index(fields=["programme", "-contacted_on", "id"], name="enrolment_recent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(entered_on=None) | Q(entered_on__gte=F("contacted_on")),
                name="enrolment_entry_after_contact",
                violation_error_message="L’entrée précède le premier contact : vérifiez les deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(exited_on=None) | Q(exited_on__gte=F("contacted_on")),
                name="enrolment_exit_after_contact",
                violation_error_message="La sortie précède le premier contact : vérifiez les deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(exited_on=None) | Q(entered_on=None) | Q(exited_on__gte=F("entered_on")),
                name="enrolment_exit_after_entry",
                violation_error_message="La sortie précède l’entrée : vérifiez les deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(lost_on=None, loss_reason=None) | Q(lost_on__isnull=False, loss_reason__isnull=False),
                name="enrolment_loss_has_reason",
                violation_error_message="Un départ a une date et un motif : donnez les deux.",
            ),
            models.CheckConstraint(
                condition=Q(lost_on=None) | Q(lost_on__gte=F("contacted_on")),
                name="enrolment_loss_after_contact",
                violation_error_message="Le départ précède le premier contact : vérifiez les deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(public="adult") | Q(adult_quality=""),
                name="enrolment_quality_of_adults",
                violation_error_message="Seul un adulte a une qualité (parent, enseignant…).",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.beneficiary} · {self.programme.number}"

    def get_absolute_url(self) -> str:
        return reverse("beneficiaries:detail", args=[self.programme.number, self.pk])

    @property
    def age_at_entry(self) -> int | None:
        """Age on the day of entry, or of the first contact for who has not entered."""
        return self.beneficiary.age_on(self.entered_on or self.contacted_on)

    @property
    def is_under_way(self) -> bool:
        return self.lost_on is None and self.exited_on is None

    def may_be_changed_by(self, user) -> bool:
        """Those who answer for the youth; a guest (tutor, cell member) reads, even where they work next door."""
        reach = user.reach
        return (
            reach.everything
            or self.programme_id in reach.managed
            or (self.programme_id, self.territory_id) in reach.ground
        )

    def clean(self) -> None:
        errors = self.date_errors() | self.characteristic_errors()
        if errors:
            raise ValidationError(errors)

    def date_errors(self) -> dict[str, str]:
        """One sentence per date that cannot be, under the field where it is put right."""
        errors = {name: sentence for name in PATH_DATES if (sentence := impossible(getattr(self, name)))}
        # A day that cannot be is told alone, not once more against each of the others.
        contact, entry, leave, loss = (None if name in errors else getattr(self, name) for name in PATH_DATES)
        if contact and entry and entry < contact:
            errors.setdefault("entered_on", "L’entrée précède le premier contact : vérifiez les deux dates.")
        if entry and leave and leave < entry:
            errors.setdefault("exited_on", "La sortie précède l’entrée : vérifiez les deux dates.")
        elif contact and leave and leave < contact:
            errors.setdefault("exited_on", "La sortie précède le premier contact : vérifiez les deux dates.")
        if contact and loss and loss < contact:
            errors.setdefault("lost_on", "Le départ précède le premier contact : vérifiez les deux dates.")
        elif entry and loss and loss < entry:
            errors.setdefault("lost_on", "Le départ précède l’entrée : vérifiez les deux dates.")
        first = min((day for day in (contact, entry) if day), default=None)
        person = self._state.fields_cache.get("beneficiary")
        if person and person.birth_date and first and first < person.birth_date <= timezone.localdate():
            errors["birth_date"] = "La naissance suivrait le premier contact ou l’entrée : vérifiez les dates."
        if self.pk and contact and self.step_entries.filter(entered_on__lt=contact).exists():
            errors.setdefault("contacted_on", "Une étape du parcours est notée avant cette date : vérifiez les deux.")
        return errors

    def characteristic_errors(self) -> dict[str, str]:
        errors = {}
        if self.public == Public.ADULT and not self.adult_quality:
            errors["adult_quality"] = "Dites en quelle qualité cet adulte est suivi (« Autres » s’il le faut)."
        if self.public != Public.ADULT and self.adult_quality:
            errors["adult_quality"] = "Seul un adulte a une qualité (parent, enseignant…)."
        for name, other in [("situation", Situation.OTHER), ("adult_quality", AdultQuality.OTHER)]:
            chosen, precision = getattr(self, name), getattr(self, f"{name}_other")
            if chosen == other and not precision:
                errors[f"{name}_other"] = "Vous avez choisi « Autres » : précisez en quelques mots."
            if chosen != other and precision:
                errors[f"{name}_other"] = (
                    "Une précision ne se donne qu’avec « Autres » : effacez-la, ou changez le choix."
                )
        return errors

    def save(self, *args, **kwargs) -> None:
        self.derive()
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """Stored copies of what the tables count and the lists sort by; bulk writers call it themselves."""
        self.sex = self.beneficiary.sex
        self.sort_name = self.beneficiary.sort_name
        birth = self.beneficiary.birth_date
        self.age_band = age_band(birth, self.entered_on) if birth and self.entered_on else ""
        self.profile = pack(self)


def files_seen(reach: Any, path: str = "") -> Q:
    """The rule of EnrolmentQuerySet, for what hangs on a file as for the file (`path`: « enrolment__ »)."""
    rule = answered_for(reach, path)
    if reach.guest_of:
        granted = AccessGrant.objects.in_force().filter(
            user=reach.guest_of, enrolment__programme__in=reach.tutored | reach.convened
        )
        rule |= Q(**{f"{path}pk__in": granted.values("enrolment")})
    return rule


class AccessGrantQuerySet(ScopedQuerySet):
    def visibility(self, reach):
        """Those who answer for the youth see to whom the file is open; a guest sees their own grants."""
        rule = answered_for(reach, "enrolment__")
        return rule | Q(user=reach.guest_of) if reach.guest_of else rule

    def in_force(self, day=None):
        day = day or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class AccessGrant(models.Model):
    """Who may see this enrolment beyond those who answer for it, from when to when, and why.

    Opened and ended by the floors above (a mentoring, a session) through beneficiaries.services.
    """

    class Reason(models.TextChoices):
        MENTORING = "mentoring", "accompagnement par un référent tuteur"
        SESSION = "session", "séance de cellule"

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="compte", related_name="grants")
    reason = models.CharField("motif", max_length=10, choices=Reason.choices)
    starts_on = models.DateField("à partir du", default=timezone.localdate)
    ends_on = models.DateField("jusqu’au", null=True, blank=True)
    history = HistoricalRecords()

    objects = AccessGrantQuerySet.as_manager()

    class Meta:
        verbose_name = "accès"
        verbose_name_plural = "accès"
        indexes = [models.Index(fields=["user", "enrolment"], name="grant_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="grant_in_order",
                violation_error_message="L’accès finit avant de commencer : vérifiez les deux dates.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_reason_display()}"


class OfEnrolmentQuerySet(ScopedQuerySet):
    def visibility(self, reach):
        """Seen by whoever sees the enrolment."""
        return files_seen(reach, "enrolment__")


class StepEntry(models.Model):
    """The day on which an enrolment entered a step of its programme's funnel."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="step_entries")
    step = models.ForeignKey(FunnelStep, models.PROTECT, verbose_name="étape", related_name="entries")
    entered_on = models.DateField("le")
    history = HistoricalRecords()

    objects = OfEnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "passage d’étape"
        verbose_name_plural = "passages d’étape"
        ordering = ["entered_on", "step__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "step"], name="step_entered_once",
                violation_error_message="Cette étape est déjà notée pour ce jeune.",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["step", "enrolment"], name="step_entry_step")]

    def __str__(self) -> str:
        return f"{self.step} · {self.entered_on:%d/%m/%Y}"


class LogEntryQuerySet(OfEnrolmentQuerySet):
    def visible_to(self, user):
        """With the enrolment; a private note only to its author, whoever else asks."""
        return super().visible_to(user).filter(Q(is_private=False) | Q(author=user.pk))


class LogEntry(models.Model):
    """One line of a youth's timeline. Upper floors write theirs through beneficiaries.services."""

    class Kind(models.TextChoices):
        INTAKE = "intake", "accueil"
        STEP = "step", "étape"
        LOSS = "loss", "départ"
        SESSION = "session", "cellule"
        NOTE = "note", "note"

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, verbose_name="parcours", related_name="log")
    kind = models.CharField("nature", max_length=8, choices=Kind.choices)
    happened_on = models.DateField("le", default=timezone.localdate)
    sentence = models.CharField("ce qui s’est passé", max_length=1000)
    link = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name="auteur",
        related_name="log_entries",
        null=True,
        blank=True,
    )
    is_private = models.BooleanField("note privée", default=False)
    noted_at = models.DateTimeField(default=timezone.now)

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne du fil"
        verbose_name_plural = "lignes du fil"
        ordering = ["-happened_on", "-pk"]
        indexes = [models.Index(fields=["enrolment", "-happened_on", "-id"], name="log_timeline")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_private=False) | Q(author__isnull=False),
                name="private_note_has_author",
                violation_error_message="Une note privée a un auteur.",
            )
        ]

    def __str__(self) -> str:
        return self.sentence
