"""Pages of the ordered settings of a programme (partaj.programmes.parts): list, add, change, move, remove."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import CreateView, TemplateView, UpdateView, View

from partaj.confirming import RemovalPage
from partaj.pages import Crumb, FormPage, Titled
from partaj.programmes.models import OfProgramme
from partaj.programmes.parts import Part, part_called
from partaj.programmes.services import move, remove_setting
from partaj.programmes.views import OfChangedProgramme


class OfPart(OfChangedProgramme):
    """Resolves `self.part` and, where the address names one, `self.item` in the programme: 404 before 403."""

    part: Part
    item: OfProgramme

    def find(self) -> None:
        super().find()
        self.part = part_called(self.kwargs["setting"])
        if "pk" in self.kwargs:
            self.item = self.get_object()

    def refusal(self) -> HttpResponse | None:
        return super().refusal() if self.part.model.changes_figures else None

    def get_queryset(self) -> Any:
        mine = self.part.model.objects.visible_to(self.request.user).filter(programme=self.programme)
        return mine.select_related(*self.part.related) if self.part.related else mine

    def get_object(self, queryset: Any = None) -> OfProgramme:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (self.part.title, self.list_url())]

    def list_url(self) -> str:
        return reverse("programmes:part", args=[self.programme.number, self.part.slug])

    def get_success_url(self) -> str:
        return self.list_url()


class PartList(OfPart, Titled, TemplateView):
    template_name = "programmes/part_list.html"

    def get_title(self) -> str:
        return self.part.title

    def get_crumbs(self) -> list[Crumb]:
        return super().get_crumbs()[:-1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        columns = self.part.columns
        rows = [
            {"item": each, "cells": [(label, text(each)) for label, text in columns]} for each in self.get_queryset()
        ]
        return super().get_context_data(
            part=self.part,
            headings=[label for label, _ in columns],
            rows=rows,
            is_fixed=self.part.model.changes_figures and self.programme.is_closed,
            **kwargs,
        )


class PartForm(FormPage):
    def get_form_class(self) -> Any:
        return self.part.form

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}


class PartCreate(OfPart, PartForm, CreateView):
    writes = True

    def get_title(self) -> str:
        return self.part.add_label


class PartChange(OfPart, PartForm, UpdateView):
    writes = True

    def get_title(self) -> str:
        return f"Modifier « {self.item} »"


class PartMove(OfPart, View):
    writes = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        move(item=self.item, up=request.POST.get("sens") == "haut")
        return redirect(self.list_url())


class PartRemove(OfPart, RemovalPage):
    writes = True
    advice = (
        "Rien n’a été changé. Détachez d’abord ces données (un chiffre déclaré se retire de l’annexe 1, en l’ouvrant), "
        "ou gardez la ligne."
    )

    def remove(self) -> None:
        remove_setting(item=self.item)
