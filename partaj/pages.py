"""The base of pages with a form: title, way back, what was typed before, one message when done."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.views.generic.edit import FormMixin

Crumb = tuple[str, str]  # label, address


class Titled:
    """`title` and `crumbs` of every page; the shell prints them."""

    title = ""

    def get_title(self) -> str:
        return self.title

    def get_crumbs(self) -> list[Crumb]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("title", self.get_title())
        kwargs.setdefault("crumbs", self.get_crumbs())
        return super().get_context_data(**kwargs)  # type: ignore[misc]


class FormPage(Titled, FormMixin):
    """A form of partaj.forms on a page of its own; put it before CreateView, UpdateView or FormView.

    `done` is the sentence shown when it is saved. `?reprise=` fills it with a draft kept for its author.
    """

    template_name = "form_page.html"
    submit_label = "Enregistrer"
    done = "C’est enregistré."

    def get_back_url(self) -> str:
        """Where « Annuler » leads: the last crumb."""
        crumbs = self.get_crumbs()
        return crumbs[-1][1] if crumbs else "/"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs["user"] = self.request.user  # type: ignore[attr-defined]
        typed = self.request.typed_again if self.request.method == "GET" else None  # type: ignore[attr-defined]
        return kwargs | {"data": typed} if typed else kwargs

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)  # type: ignore[misc]
        except (IntegrityError, ValidationError):
            # Somebody wrote the same at the same moment, between the check and the saving: the form now sees it.
            return super().post(request, *args, **kwargs)  # type: ignore[misc]

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():  # what is saved, with its line of the journal
            response = super().form_valid(form)
        if self.done:
            messages.success(self.request, self.done)  # type: ignore[attr-defined]
        return response

    def refused(self, form: Any, refusal: ValidationError) -> HttpResponse:
        """What a service refuses is told in the form, beside its field where it names one."""
        form.add_error(None, refusal)
        return self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(submit_label=self.submit_label, back_url=self.get_back_url(), **kwargs)
