"""A person's path in one programme: everything nominative of the product hangs on it."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.ages import AgeBand, age_band
from beneficiaries.models.characteristics import AdultQuality, DiplomaLevel, Public, SchoolLevel, Sex, Situation
from beneficiaries.models.grants import READERS_OF_FILES, files_seen
from beneficiaries.models.people import IMPOSSIBLE, Beneficiary
from beneficiaries.profile import pack
from partaj.formats import french_date
from partaj.programmes.models import FunnelStep, LossReason, Programme
from partaj.scoping import NOTHING, Held, ScopedQuerySet, answered_for
from partaj.territories.models import Organisation, Territory

# In these very words in the question and in the index: a base recognises a condition by its form.
GONE = Q(exited_on__isnull=False) | Q(lost_on__isnull=False)


class EnrolmentQuerySet(ScopedQuerySet):
    seen_by = READERS_OF_FILES

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

    def changeable_by(self, user):
        """Rows for which the user answers: a guest (tutor, cell member) reads, even where they work next door."""
        if user.reach.everything:
            return self.visible_to(user)
        return self.visible_to(user).filter(answered_for(user.reach))

    def not_opposed(self):
        """But for those who object to the sharing of their file."""
        from beneficiaries.models.rights import Objection  # which hangs on a path: here it would be a circle

        return self.exclude(Exists(Objection.objects.in_force().filter(enrolment=OuterRef("pk"))))

    def mergeable_by(self, user):
        """Rows that may be united with another file: those of the programmes for which the user answers whole."""
        if user.reach.everything:
            return self.visible_to(user)
        return self.visible_to(user).filter(programme__in=user.reach.managed)

    def entered(self):
        return self.filter(entered_on__isnull=False)

    def under_way(self):
        """Neither left nor come to an end: somebody who is in such a path cannot come back."""
        return self.filter(lost_on=None, exited_on=None)

    def arrived_since(self, day):
        """Whose first contact was that day or later."""
        return self.filter(contacted_on__gte=day)

    def gone(self):
        """Lost, or come to an end, on `gone_day`."""
        return self.filter(GONE).annotate(gone_day=Coalesce("exited_on", "lost_on"))


NEW_FOR = dt.timedelta(days=30)
EARLIEST_CONTACT = dt.date(1990, 1, 1)
NEVER_ENTERED = (
    "Ce jeune n’est pas entré dans le dispositif, il n’en sort donc pas : donnez d’abord la date de son entrée "
    "(« Modifier », dans le dossier), ou notez un départ."
)
FUTURE = "Cette date est à venir : on ne note que ce qui a eu lieu."
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

    is_reinforced = models.BooleanField(
        "suivi renforcé", default=False, help_text="De plus près que les autres ; le devenir peut ne compter qu’eux."
    )

    # Derived, stored: annexe 1 counts a million rows without a join (SPEED, way 2).
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True, editable=False)
    sort_name = models.CharField(max_length=330, editable=False)
    age_band = models.CharField(max_length=5, choices=AgeBand.choices, blank=True, editable=False)
    entry_rank = models.PositiveSmallIntegerField(null=True, editable=False)
    profile = models.IntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords(
        excluded_fields=["version", "sort_name", "sex", "age_band", "entry_rank", "profile"],
        # What a path was is asked by its number alone.
        no_db_index=["beneficiary", "programme", "territory", "referent", "found_by", "lost_at", "loss_reason"],
    )

    # The models of which it has rows, once they are known: see `beneficiaries.hanging`.
    hanging: frozenset[type[models.Model]] | None = None

    objects = EnrolmentQuerySet.as_manager()
    holds: ClassVar[Held] = {"parcours : dates, référent, situation et niveau à l’entrée, handicap": {}}

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
            models.Index(fields=["programme", "territory", "-contacted_on", "id"], name="enrolment_recent_territory"),
            models.Index(  # what `under_way` keeps: those whom one follows, whoever came before them
                fields=["programme", "territory", "referent", "contacted_on"], name="enrolment_under_way",
                condition=Q(lost_on=None, exited_on=None),
            ),
            models.Index(  # what `gone` keeps, of whom one followed: home counts those whose outcome is to be noted
                fields=["programme", "territory", "referent"], name="enrolment_gone", condition=GONE,
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(entered_on=None) | Q(entered_on__gte=F("contacted_on")),
                name="enrolment_entry_after_contact",
                violation_error_message="L’entrée précède le premier contact : vérifiez les deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(exited_on=None) | Q(exited_on__gte=F("contacted_on")),
                name="enrolment_exit_after_contact",
                violation_error_message="La sortie précède le premier contact : vérifiez les deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(exited_on=None) | Q(entered_on=None) | Q(exited_on__gte=F("entered_on")),
                name="enrolment_exit_after_entry",
                violation_error_message="La sortie précède l’entrée : vérifiez les deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(lost_on=None, loss_reason=None) | Q(lost_on__isnull=False, loss_reason__isnull=False),
                name="enrolment_loss_has_reason",
                violation_error_message="Un départ a une date et un motif : donnez les deux.",
            ),
            models.CheckConstraint(
                condition=Q(lost_on=None) | Q(lost_on__gte=F("contacted_on")),
                name="enrolment_loss_after_contact",
                violation_error_message="Le départ précède le premier contact : vérifiez les deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(public="adult") | Q(adult_quality=""),
                name="enrolment_quality_of_adults",
                violation_error_message="Seul un adulte a une qualité (parent, enseignant…).",
            ),
        ]

    def may_have(self, model: type[models.Model]) -> bool:
        """False where it is known that no row of `model` hangs on it."""
        return self.hanging is None or model in self.hanging

    def __str__(self) -> str:
        return f"{self.beneficiary} · {self.programme.number}"

    def get_absolute_url(self) -> str:
        return reverse("beneficiaries:detail", args=[self.programme.number, self.pk])

    @property
    def age_at_entry(self) -> int | None:
        """Age on the day of entry, or of the first contact for who has not entered."""
        return self.beneficiary.age_on(self.entered_on or self.contacted_on)

    @property
    def gone_on(self) -> dt.date | None:
        """When they left, by whatever way."""
        return self.exited_on or self.lost_on

    @property
    def gone_in_words(self) -> str:
        """« parti le 12/01/2026 », or « sorti le … »; "" while they are there."""
        if self.lost_on:
            return f"parti le {french_date(self.lost_on)}"
        return f"sorti le {french_date(self.exited_on)}" if self.exited_on else ""

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
            errors.setdefault("entered_on", "L’entrée précède le premier contact : vérifiez les deux dates.")
        if entry and leave and leave < entry:
            errors.setdefault("exited_on", "La sortie précède l’entrée : vérifiez les deux dates.")
        elif contact and leave and leave < contact:
            errors.setdefault("exited_on", "La sortie précède le premier contact : vérifiez les deux dates.")
        if contact and loss and loss < contact:
            errors.setdefault("lost_on", "Le départ précède le premier contact : vérifiez les deux dates.")
        elif entry and loss and loss < entry:
            errors.setdefault("lost_on", "Le départ précède l’entrée : vérifiez les deux dates.")
        first = min((day for day in (contact, entry) if day), default=None)
        person = self._state.fields_cache.get("beneficiary")
        if person and person.birth_date and first and first < person.birth_date <= timezone.localdate():
            errors["birth_date"] = "La naissance suivrait le premier contact ou l’entrée : vérifiez les dates."
        if self.pk and contact and self.step_entries.filter(entered_on__lt=contact).exists():
            errors.setdefault("contacted_on", "Une étape du parcours est notée avant cette date : vérifiez les deux.")
        return errors

    def characteristic_errors(self) -> dict[str, str]:
        errors = {}
        if self.public == Public.ADULT and not self.adult_quality:
            errors["adult_quality"] = "Dites en quelle qualité cet adulte est suivi (« Autres » s’il le faut)."
        if self.public != Public.ADULT and self.adult_quality:
            errors["adult_quality"] = "Seul un adulte a une qualité (parent, enseignant…)."
        for name, other in [("situation", Situation.OTHER), ("adult_quality", AdultQuality.OTHER)]:
            chosen, precision = getattr(self, name), getattr(self, f"{name}_other")
            if chosen == other and not precision:
                errors[f"{name}_other"] = "Vous avez choisi « Autres » : précisez en quelques mots."
            if chosen != other and precision:
                errors[f"{name}_other"] = (
                    "Une précision ne se donne qu’avec « Autres » : effacez-la, ou changez le choix."
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
