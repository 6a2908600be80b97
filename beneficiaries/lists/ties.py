"""What may tie two names, or two dates of birth: the words for it, and how many things differ all the same."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db import models
from rapidfuzz.distance import OSA

LAST_CUT, FIRST_CUT = 30, 20  # characters: where Apogée cuts names


class Resemblance(models.TextChoices):
    """What makes two identities alike: the one thing that a caseworker would be told first."""

    SAME = "same", "la même personne"  # certain: SAME_NAME, the same day, and an INE or a means of contact
    SAME_NAME = "same_name", "même nom"
    ACCENTS = "accents", "accents, traits d’union ou apostrophes"
    GLUED = "glued", "mots collés ou séparés"
    SWAPPED = "swapped", "nom et prénom échangés"
    USAGE_NAME = "usage_name", "nom de naissance et nom d’usage"
    PARTICLE = "particle", "particule omise"
    PART = "part", "nom ou prénom donné en partie"
    CUT = "cut", "nom ou prénom coupé"
    PHONETIC = "phonetic", "même prononciation"
    ONE_LETTER = "one_letter", "une lettre d’écart"
    NEAR_DATE = "near_date", "dates de naissance proches"
    NO_DATE = "no_date", "date de naissance absente"
    SAME_CONTACT = "same_contact", "même moyen de contact"
    SAME_INE_OTHER_NAME = "same_ine_other_name", "même INE, autre nom"
    SAME_INE_OTHER_DATE = "same_ine_other_date", "même INE, autre date"
    SAME_NAME_OTHER_INE = "same_name_other_ine", "même nom, autre INE"


SAME_FOLDED = (Resemblance.SAME_NAME, Resemblance.ACCENTS)


class Tie(NamedTuple):
    """`doubts`: how many things differ, though they look alike; 0 where it is the same in another writing."""

    doubts: int
    kind: Resemblance
    words: str


SAME = Tie(0, Resemblance.SAME_NAME, "même nom")
ACCENTS = Tie(0, Resemblance.ACCENTS, "même nom aux accents et traits d’union près")
GLUED = Tie(0, Resemblance.GLUED, "même nom aux espaces près")
USED = Tie(0, Resemblance.USAGE_NAME, "nom de naissance de l’un et nom d’usage de l’autre")
BOTH_USED = Tie(1, Resemblance.USAGE_NAME, "même nom d’usage")
PARTICLE = Tie(1, Resemblance.PARTICLE, "même nom sans sa particule")
LAST_SOUND = Tie(1, Resemblance.PHONETIC, "nom qui se prononce de même")
LAST_LETTER = Tie(1, Resemblance.ONE_LETTER, "une lettre d’écart dans le nom")
LAST_PART = Tie(1, Resemblance.PART, "nom donné en partie")
LAST_TRUNCATED = Tie(1, Resemblance.CUT, f"nom coupé à {LAST_CUT}\u00a0caractères")

SAME_FIRST = Tie(0, Resemblance.SAME_NAME, "même prénom")
FIRST_ACCENTS = Tie(0, Resemblance.ACCENTS, "même prénom aux accents et traits d’union près")
FIRST_GLUED = Tie(0, Resemblance.GLUED, "même prénom aux espaces près")
FIRST_SOUND = Tie(1, Resemblance.PHONETIC, "prénom qui se prononce de même")
FIRST_LETTER = Tie(1, Resemblance.ONE_LETTER, "une lettre d’écart dans le prénom")
FIRST_PART = Tie(1, Resemblance.PART, "prénom composé donné en partie")
SECOND_PART = Tie(2, Resemblance.PART, "prénom composé réduit à son second")
FIRST_TRUNCATED = Tie(1, Resemblance.CUT, f"prénom coupé à {FIRST_CUT}\u00a0caractères")

BOTH_SOUND = Tie(1, Resemblance.PHONETIC, "nom et prénom qui se prononcent de même")
BOTH_TRUNCATED = Tie(1, Resemblance.CUT, f"nom et prénom coupés à {LAST_CUT} et {FIRST_CUT}\u00a0caractères")
SWAPPED = Tie(0, Resemblance.SWAPPED, "nom et prénom échangés")
SWAPPED_NEARLY = Tie(1, Resemblance.SWAPPED, "nom et prénom échangés, à une lettre ou un son près")
SHARED_OUT = Tie(0, Resemblance.SWAPPED, "mêmes mots, répartis autrement entre nom et prénom")

SAME_DAY = Tie(0, Resemblance.SAME_NAME, "même date de naissance")
ONE_DIGIT = Tie(1, Resemblance.NEAR_DATE, "un chiffre de la date de naissance diffère")
TWO_DIGITS = Tie(1, Resemblance.NEAR_DATE, "deux chiffres de la date de naissance échangés")
DAY_AND_MONTH = Tie(1, Resemblance.NEAR_DATE, "jour et mois de naissance échangés")
ONE_DAY = Tie(1, Resemblance.NO_DATE, "date de naissance d’un seul côté")
NO_DAY = Tie(1, Resemblance.NO_DATE, "sans date de naissance")


def between_days(one: dt.date | None, other: dt.date | None) -> Tie | None:
    """None where both are known and clearly differ."""
    if one is None or other is None:
        return NO_DAY if one is other else ONE_DAY
    if one == other:
        return SAME_DAY
    if one.year == other.year and (one.day, one.month) == (other.month, other.day):
        return DAY_AND_MONTH
    digits, others = one.strftime("%d%m%Y"), other.strftime("%d%m%Y")
    if OSA.distance(digits, others, score_cutoff=1) > 1:
        return None
    return TWO_DIGITS if sorted(digits) == sorted(others) else ONE_DIGIT
