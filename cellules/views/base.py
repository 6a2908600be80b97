"""What the pages of cells share. Readers: administrator, manager, caseworker of the territory."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cellules.models import Cell, Session
from partaj.acts import Act
from partaj.formats import french_date
from partaj.pages import Crumb
from partaj.programmes.access import InProgramme


class OfCells(InProgramme):
    """What every page here shares: the cells and sessions of this programme that the reader may see."""

    act = Act.READ_CELLS
    changed_with = Act.LOG_YOUTHS

    @property
    def cells(self) -> QuerySet[Cell]:
        seen = Cell.objects.visible_to(self.request.user).filter(programme=self.programme)
        return seen.select_related("programme", "territory")

    @property
    def sessions(self) -> QuerySet[Session]:
        seen = Session.objects.visible_to(self.request.user).filter(cell__programme=self.programme)
        return seen.select_related("cell__programme", "cell__territory")

    def address(self, page: str, *args: Any) -> str:
        return reverse(f"cellules:{page}", args=[self.programme.number, *args])

    def root_crumb(self) -> Crumb:
        return "Cellules", self.address("list")


class Changing(OfCells):
    act = Act.LOG_YOUTHS
    seen_with = Act.READ_CELLS
    writes = True


class OneCell(OfCells):
    cell: Cell

    def find(self) -> None:
        super().find()
        self.cell = get_object_or_404(self.cells, pk=self.kwargs["pk"])


class OneSession(OfCells):
    session: Session

    def find(self) -> None:
        super().find()
        self.session = get_object_or_404(self.sessions, pk=self.kwargs["pk"])

    def cell_crumbs(self) -> list[Crumb]:
        return [self.root_crumb(), (self.session.cell.name, self.session.cell.get_absolute_url())]

    def session_crumbs(self, session: Session) -> list[Crumb]:
        """`session` as it is stored: a form may be changing the day of `self.session`."""
        return [*self.cell_crumbs(), (f"Séance du {french_date(session.held_on)}", session.get_absolute_url())]
