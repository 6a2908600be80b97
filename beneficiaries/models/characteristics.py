"""The nomenclatures that people are counted by, with the labels of the form.

Source: FEJ, annexe 1 « Public visé » (rows « à l'entrée du dispositif »).
"""

from django.db import models


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
