"""The three programmes of the demonstration: two real ones, closed, and an invented one that runs today."""

from partaj.demonstration import PROGRAMMES, Demonstration
from partaj.programmes.demo import ap1_261, ap1_485, now
from partaj.programmes.models import Programme


def is_loaded() -> bool:
    return Programme.objects.filter(number__in=PROGRAMMES, is_demonstration=True).count() == len(PROGRAMMES)


def holds_data() -> bool:
    return Programme.objects.exists()


def load(box: Demonstration) -> None:
    for part in (ap1_261, ap1_485, now):
        part.load(box)
