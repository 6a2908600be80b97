"""Ages and the bands of annexe 1: [0;6[ [6;10[ [10;16[ [16;18[ [18;26[ and 26+, printed with the form's labels."""

import datetime as dt

from django.db import models


class AgeBand(models.TextChoices):
    UNDER_6 = "0-6", "Moins de 6 ans"
    FROM_6 = "6-10", "6-10 ans"
    FROM_10 = "10-16", "10-16 ans"
    FROM_16 = "16-18", "16-18 ans"
    FROM_18 = "18-26", "18-25 ans"
    FROM_26 = "26+", "Autres +25 ans"


_UPPER_BOUNDS = [
    (6, AgeBand.UNDER_6),
    (10, AgeBand.FROM_6),
    (16, AgeBand.FROM_10),
    (18, AgeBand.FROM_16),
    (26, AgeBand.FROM_18),
]


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Whole years on `day`; somebody born on 29 February grows older on 1 March of common years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def band_of_age(age: int) -> AgeBand:
    return next((band for bound, band in _UPPER_BOUNDS if age < bound), AgeBand.FROM_26)


def age_band(birth_date: dt.date, day: dt.date) -> AgeBand:
    return band_of_age(age_on(birth_date, day))
