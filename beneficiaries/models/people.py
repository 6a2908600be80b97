"""A person: who they are, how they are reached. Everything else hangs on an Enrolment."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from beneficiaries.ages import age_on
from beneficiaries.models.characteristics import Sex
from beneficiaries.models.grants import READERS_OF_FILES
from beneficiaries.phones import phone_digits
from partaj.folding import fold
from partaj.keys import email_warning, ine_warning, normalise_key, phone_warning, warnings_of
from partaj.scoping import Held, ScopedQuerySet

MEANS_OF_CONTACT = ("phone", "email", "address", "postcode", "city")
# What is written of a person: in the forms, by the lists, and asked where two files are made one.
PERSON_FIELDS = ("last_name", "usage_name", "first_name", "birth_date", "sex", "ine", *MEANS_OF_CONTACT)


class BeneficiaryQuerySet(ScopedQuerySet):
    seen_by = READERS_OF_FILES

    def visibility(self, reach):
        """Whoever may see one of the person's enrolments sees the person's identity."""
        from beneficiaries.models.paths import Enrolment  # a path knows its person: here it would be a circle

        return Q(pk__in=Enrolment.objects.filter(Enrolment.objects.all().visibility(reach)).values("beneficiary"))


def initials_of(*names: str) -> str:
    """« L. M. »."""
    return " ".join(f"{name[0].upper()}." for name in names if name)


def sort_name_of(last_name: str, usage_name: str, first_name: str) -> str:
    """By what lists sort, and searches find."""
    return fold(f"{last_name} {usage_name} {first_name}")[:330]


EARLIEST_BIRTH = dt.date(1900, 1, 1)
IMPOSSIBLE = "Cette date est impossible : vérifiez l’année."


KEY_CHECKS = {"ine": ine_warning, "phone": phone_warning, "email": email_warning}


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
    # Of whom a file was is asked by its number alone: no one is looked for by what they were.
    history = HistoricalRecords(excluded_fields=["version", "sort_name", "phone_digits"], no_db_index=["ine", "email"])

    objects = BeneficiaryQuerySet.as_manager()
    holds: ClassVar[Held] = {"identité : noms, prénom, date de naissance, sexe, INE": {}, "moyens de contact": {}}

    class Meta:
        verbose_name = "personne"
        indexes = [
            models.Index(fields=["sort_name", "id"], name="beneficiary_sort"),
            # Who comes in is compared with those born on the same day (`alike.py`).
            models.Index(fields=["birth_date"], name="beneficiary_born"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def files_touched(self) -> list[int]:
        """The person's paths, which the journal of a change names: they all show this identity."""
        return list(self.enrolments.order_by("pk").values_list("pk", flat=True))

    @property
    def full_name(self) -> str:
        """« Léa MOREAU », with the usage name in front of the birth name where there is one."""
        name = f"{self.usage_name} (née {self.last_name})" if self.usage_name and self.sex == Sex.FEMALE else (
            f"{self.usage_name} (né {self.last_name})" if self.usage_name else self.last_name
        )  # fmt: skip
        return f"{self.first_name} {name}"

    @property
    def initials(self) -> str:
        """« L. M. »: what is told of somebody to who does not see their file."""
        return initials_of(self.first_name, self.usage_name or self.last_name)

    @property
    def key_warnings(self) -> dict[str, str]:
        """Sentences, by field, on keys and means of contact that look wrong; they warn and never block."""
        return warnings_of(self, KEY_CHECKS)

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
            raise ValidationError({"birth_date": "La date de naissance est dans le futur : vérifiez l’année."})
        if self.birth_date and self.birth_date < EARLIEST_BIRTH:
            raise ValidationError({"birth_date": IMPOSSIBLE})

    def derive(self) -> None:
        """Stored forms; bulk writers call it themselves."""
        self.ine = normalise_key(self.ine)
        self.email = self.email.lower()
        self.phone_digits = phone_digits(self.phone)
        self.sort_name = sort_name_of(self.last_name, self.usage_name, self.first_name)
