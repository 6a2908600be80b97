"""What the pages of projects and headcounts share. Readers: administrator, manager, caseworker of the territory."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from funding.models import Headcount, Project
from partaj.acts import Act
from partaj.pages import Crumb
from partaj.programmes.access import InProgramme


class OfProjects(InProgramme):
    """The projects and headcounts of this programme that the reader may see."""

    act = Act.READ_HEADCOUNTS
    changed_with = Act.REPORT_HEADCOUNTS

    @property
    def projects(self) -> QuerySet[Project]:
        seen = Project.objects.visible_to(self.request.user).filter(programme=self.programme)
        return seen.select_related("territory", "organisation")

    @property
    def headcounts(self) -> QuerySet[Headcount]:
        seen = Headcount.objects.visible_to(self.request.user).filter(project__programme=self.programme)
        return seen.select_related("project__programme", "project__territory", "project__organisation")

    def address(self, page: str, *args: Any) -> str:
        return reverse(f"funding:{page}", args=[self.programme.number, *args])

    def root_crumb(self) -> Crumb:
        return "Projets et effectifs", self.address("headcounts")


class Changing(OfProjects):
    act = Act.REPORT_HEADCOUNTS
    seen_with = Act.READ_HEADCOUNTS
    writes = True
