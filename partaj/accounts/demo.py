"""The cast of the demonstration: at least one account for each role, in several territories. Names are invented."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from partaj.accounts.models import Role, User
from partaj.demonstration import CNAM, NOW, PARTAJ, PASSWORD, PROGRAMMES, Demonstration
from partaj.territories.demo import BETHUNE, COPAS, FEJ, MONTPELLIER, VALENCIENNES

DOMAIN = "partaj.example"
ALL = PROGRAMMES
# Roles that nobody has confirmed for a year: the yearly review has something to ask.
ASLEEP = {"tutor", "member"}

# address, first name, last name, role, programmes, territory, structure, may export lists of names
CAST = [
    ("admin", "Marianne", "Delattre", "administrator", (), "", "", False),
    ("responsable", "Hélène", "Vasseur", "manager", (PARTAJ, NOW), "", "C2RP", True),
    ("responsable.cnam", "Gérard", "Puech", "manager", (CNAM,), "", "Cnam LR", True),
    ("conseiller.bethune", "Inès", "Lopez", "caseworker", (PARTAJ, NOW), BETHUNE, "Mission locale de l’Artois", True),
    ("conseiller.valenciennes", "Paul", "Caudron", "caseworker", (PARTAJ, NOW), VALENCIENNES,
     "Mission locale du Valenciennois", False),
    ("conseiller.cnam", "Nadège", "Fabre", "caseworker", (CNAM,), MONTPELLIER, "Cnam LR", False),
    ("tuteur", "Thomas", "N’Diaye", "tutor", (PARTAJ, NOW), "", "Centre social Les Tilleuls, Béthune", False),
    ("membre", "Mireille", "D’Hondt", "member", (NOW,), "", "Club de prévention La Passerelle", False),
    ("membre.nouveau", "Étienne", "Roussel", "member", (NOW,), "", "CIO de Béthune", False),
    ("evaluateur", "Claire", "Le Bihan", "evaluator", ALL, "", COPAS, False),
    ("financeur", "Olivier", "Saint-Aubin", "funder", ALL, "", FEJ, False),
]  # fmt: skip


def holds_data() -> bool:
    return User.objects.exists()


def load(box: Demonstration) -> None:
    shared_hash = make_password(PASSWORD)  # once: the hash is slow on purpose, and the password is the same
    for name, first_name, last_name, kind, numbers, place, structure, may_export in CAST:
        user = User.objects.create(
            email=f"{name}@{DOMAIN}", first_name=first_name, last_name=last_name, password=shared_hash
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        box.users[name] = user
        for number in numbers or (None,):
            programme = box.programmes[number] if number else None
            Role.objects.create(
                user=user, kind=kind, programme=programme, may_export=may_export,
                territory=box.territories[place] if place else None,
                organisation=box.organisations[structure] if structure else None,
                starts_on=programme.convention_start if programme else dt.date(2009, 10, 1),
                confirmed_at=timezone.now() - dt.timedelta(days=400 if kind in ASLEEP and number == NOW else 30),
            )  # fmt: skip
        where = " · ".join([", ".join(numbers) or "tout", *([place] if place else [])])
        box.accounts.append((user.email, Role.Kind(kind).label, where))
