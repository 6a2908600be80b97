"""Changing a row that somebody else may be changing: the second to save sees both versions, and loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect

from partaj.formats import french_value
from partaj.forms import PaperModelForm
from partaj.pages import FormPage
from partaj.versions import StaleVersion, offer_again


@dataclass(frozen=True, slots=True)
class Difference:
    """A field on which two editors disagree, with what each of them says, in words."""

    label: str
    mine: str
    theirs: str


def in_words(row: Any, name: str) -> str:
    """What a field holds, as it is read on screen; « vide » where it holds nothing."""
    return french_value(row._meta.get_field(name), getattr(row, name)) or "vide"


class VersionedForm(PaperModelForm):
    """Carries the version that its author read; « version » stands in its layout. The model has a `version`."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    @property
    def version_read(self) -> int:
        """0, which no row has, where a form made by hand does not say."""
        return self.cleaned_data["version"] or 0

    def differences(self, stored: Any) -> list[Difference]:
        """What was typed (mine) beside what is stored now (theirs)."""
        names = [name for name in self.fields if name in (self._meta.fields or ())]
        pairs = [
            (str(self.fields[name].label), in_words(self.instance, name), in_words(stored, name)) for name in names
        ]
        return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


class RevisionPage(FormPage):
    """A page that changes one row, with a VersionedForm; put it before UpdateView."""

    template_name = "revision_form.html"

    def revise(self, form: Any) -> Any:
        """Save what the form holds and return the row; may raise StaleVersion, or ValidationError (told in it)."""
        raise NotImplementedError

    def get_stored(self) -> Any:
        """The row as the database has it, read apart from the one that the form changes."""
        raise NotImplementedError

    def get_differences(self, form: Any, stored: Any) -> list[Difference]:
        return form.differences(stored)

    def get_latest(self, stored: Any) -> Any:
        """The last line of its history, which says who saved it and when."""
        return stored.history.select_related("history_user").first()

    def get_done(self, form: Any) -> str:
        return self.done

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            row = self.revise(form)
        except StaleVersion:
            return self.both_versions(form)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, self.get_done(form))  # type: ignore[attr-defined]
        return redirect(row.get_absolute_url())

    def both_versions(self, form: Any) -> HttpResponse:
        """Somebody saved meanwhile: what was typed stays in the form, what was saved stands above it."""
        stored = self.get_stored()
        offer_again(form, stored.version)
        self.submit_label = "Enregistrer ma version"
        differences, latest = self.get_differences(form, stored), self.get_latest(stored)
        context = self.get_context_data(form=form, differences=differences, latest=latest)
        return self.render_to_response(context, status=409)  # type: ignore[attr-defined]
