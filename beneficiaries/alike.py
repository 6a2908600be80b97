"""Who, among the people whom somebody may see, may be the one they are writing down: asked before a second file opens.

The same likeness as between the lines of a list and the base (`lists/comparing.py`), and the same words for it.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q

from beneficiaries.lists.comparing import BY_DOUBTS, Strength, compare
from beneficiaries.lists.identities import Identity, Names
from beneficiaries.models import Beneficiary
from beneficiaries.models.people import BeneficiaryQuerySet
from partaj.folding import fold

# Of a person of the base: the fields of an Identity, in its order.
IDENTITY = ("pk", "last_name", "usage_name", "first_name", "birth_date", "ine", "email", "phone_digits",
            "sex")  # fmt: skip
MOST_LIKE = 20
# Of those born on one day, or of one name, so many are looked at: several times what a programme has.
MOST_COMPARED = 1000


class Alike(NamedTuple):
    """`reason`: a part of a French sentence, without names (« même date de naissance, une lettre d’écart… »)."""

    person: Beneficiary
    strength: Strength
    reason: str


def people_alike(people: BeneficiaryQuerySet, person: Beneficiary) -> list[Alike]:
    """Those of `people` who may be `person`, the surest first, MOST_LIKE at most; two queries.

    Ask it of `visible_to(user)` only: an answer tells that somebody is known.
    """
    person.derive()
    names = Names()
    asked = names.person(_identity_of(person))
    rows = people.filter(_may_be(person)).order_by().values_list(*IDENTITY)[:MOST_COMPARED]
    found = [(compared, row[0]) for row in rows if (compared := compare(asked, names.person(Identity(*row))))]
    found.sort(key=lambda each: (BY_DOUBTS.index(each[0].strength), each[1]))
    known = people.in_bulk([pk for _, pk in found[:MOST_LIKE]])
    return [Alike(known[pk], compared.strength, compared.reason) for compared, pk in found[:MOST_LIKE] if pk in known]


def _identity_of(person: Beneficiary) -> Identity:
    return Identity(person.pk or 0, *(getattr(person, name) for name in IDENTITY[1:]))


def _may_be(person: Beneficiary) -> Q:
    """What the base can look for: a key, the day of birth, or both names, whichever way round."""
    last, first = fold(person.last_name), fold(person.first_name)
    asked = Q(sort_name__startswith=f"{last} ", sort_name__endswith=f" {first}")
    asked |= Q(sort_name__startswith=f"{first} ", sort_name__endswith=f" {last}")
    for name in ("ine", "email", "phone_digits", "birth_date"):
        if value := getattr(person, name):
            asked |= Q(**{name: value})
    return asked
