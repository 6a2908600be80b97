"""The invented people of the demonstration and their paths."""

from beneficiaries.demo import ap1_261, ap1_485, meetings, now, papers, received
from beneficiaries.demo.people import People
from partaj.demonstration import Demonstration


def load(box: Demonstration) -> None:
    people = People(box.chance("people"))
    for part in (ap1_261, ap1_485, now, received, papers, meetings):
        part.load(box, people)
