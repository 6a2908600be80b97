"""The cells of a programme: their list, the page of each with its sessions, and changing them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import CreateView, TemplateView, UpdateView

from cellules import pages, services
from cellules.forms import CellForm
from cellules.models import Cell
from cellules.views.base import Changing, OfCells, OneCell
from partaj.confirming import RemovalPage
from partaj.formats import counted
from partaj.lists import Order, keyset_page
from partaj.pages import Crumb, FormPage, Titled
from partaj.revisions import RevisionPage

BY_NAME = Order("nom", "name")
LATEST_FIRST = Order("date", "held_on", descending=True)


class CellList(OfCells, Titled, TemplateView):
    title = "Cellules techniques locales"
    template_name = "cellules/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = keyset_page(pages.with_activity(self.cells), BY_NAME, self.request.GET)
        return super().get_context_data(page=page, **kwargs)


class CellPage(OneCell, Titled, TemplateView):
    template_name = "cellules/cell.html"

    def get_title(self) -> str:
        return self.cell.name

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = pages.with_reviews(self.sessions.filter(cell=self.cell))
        return super().get_context_data(
            cell=self.cell, page=keyset_page(held, LATEST_FIRST, self.request.GET), **kwargs
        )


class CellAdd(Changing, FormPage, CreateView):
    title = "Nouvelle cellule"
    model = Cell
    form_class = CellForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]

    def form_valid(self, form: CellForm) -> HttpResponse:
        cell = services.open_cell(cell=form.instance, by=self.request.user)
        messages.success(self.request, "La cellule est enregistrée.")
        return redirect(cell.get_absolute_url())


class CellChange(Changing, OneCell, RevisionPage, UpdateView):
    title = "Modifier la cellule"
    model = Cell
    form_class = CellForm
    done = "La cellule est enregistrée."

    def get_object(self, queryset: Any = None) -> Cell:
        return self.cell

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb(), (self.get_stored().name, self.cell.get_absolute_url())]

    def revise(self, form: CellForm) -> Cell:
        return services.revise_cell(cell=form.instance, version=form.version_read, by=self.request.user)

    def get_stored(self) -> Cell:
        return get_object_or_404(self.cells, pk=self.cell.pk)


class CellRemove(Changing, OneCell, RemovalPage):
    done = "La cellule est supprimée."
    advice = "Rien n’a été changé. Retirez d’abord ces situations, séance par séance, ou gardez la cellule."

    def get_object(self) -> Cell:
        return self.cell

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb(), (self.cell.name, self.cell.get_absolute_url())]

    def get_done_url(self) -> str:
        return self.address("list")

    def get_uses(self) -> list[str]:
        return pages.studied_in(self.sessions.filter(cell=self.cell))

    def get_sentences(self) -> list[str]:
        sessions = self.sessions.filter(cell=self.cell).count()
        if not sessions:
            return super().get_sentences()
        return [f"{counted(sessions, 'séance', 'séances')} sans situation étudiée : la cellule s’en va avec."]

    def remove(self) -> None:
        services.remove_cell(cell=self.cell, by=self.request.user)
