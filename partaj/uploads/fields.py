"""The only field by which a form takes a file: cleaned, it is an `Accepted`, never what was sent."""

from __future__ import annotations

from typing import Any

from django import forms

from partaj.uploads.gate import Accepted, accept
from partaj.uploads.kinds import MEGABYTE, Purpose


class SentFileField(forms.FileField):
    """`purpose` says what may be sent; the help of the field says it too."""

    def __init__(self, *, purpose: Purpose, **kwargs: Any) -> None:
        self.purpose = purpose
        rules = purpose.value
        kwargs.setdefault("help_text", rules.in_words)
        attrs = {
            "accept": rules.extensions.replace(" ", ""),
            # Said by the browser before anything leaves: what is longer would be cut on its way, and what was typed
            # beside it lost.
            "data-largest": rules.longest,
            "data-too-large": f"Ce fichier est trop lourd : {rules.longest // MEGABYTE}\u00a0Mo au plus. "
            "Choisissez-en un autre ; le reste de votre saisie est gardé.",
        }
        kwargs.setdefault("widget", forms.FileInput(attrs=attrs))
        super().__init__(allow_empty_file=True, **kwargs)  # the gate says it in its own words

    def clean(self, data: Any, initial: Any = None) -> Accepted | None:
        file = super().clean(data, initial)
        return accept(file, self.purpose) if file else None
