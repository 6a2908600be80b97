"""The form by which a paper joins a file: what it is first, who may read it last."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from beneficiaries.documents import Sent
from beneficiaries.forms import OfFileForm, columns
from beneficiaries.free_text import warning_about
from beneficiaries.models import Document, impossible
from partaj.keys import holds_social_security_number
from partaj.uploads.fields import SentFileField
from partaj.uploads.gate import Accepted
from partaj.uploads.kinds import Purpose

KINDS = [("", ""), *((value, capfirst(label)) for value, label in Document.Kind.choices)]
NUMBERED = "Le nom de ce fichier semble contenir un numéro de sécurité sociale : renommez-le, puis renvoyez-le."
AGAIN = "Choisissez de nouveau le fichier : rien n’en est gardé tant que le formulaire n’est pas accepté."


class DocumentForm(OfFileForm):
    kind = forms.ChoiceField(label="Nature", choices=KINDS)
    about = forms.CharField(label="Précision", max_length=120, required=False, help_text="Obligatoire pour « Autre ».")
    dated_on = forms.DateField(label="Daté du", required=False)
    file = SentFileField(label="Fichier", purpose=Purpose.OF_A_FILE)
    is_private = forms.BooleanField(
        label="Document privé", required=False,
        help_text="Vous seul le lirez, pas même l’administrateur. Sans cette case : qui lit ce dossier, référent "
        "tuteur et membres de cellule compris.",
    )  # fmt: skip
    is_meant = forms.BooleanField(label="Garder ce texte et ce nom de fichier", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "choisir…"), *KINDS[1:]]

    def clean_dated_on(self) -> dt.date | None:
        day = self.cleaned_data["dated_on"]
        if day and (sentence := impossible(day)):
            raise ValidationError(sentence)
        return day

    def clean_file(self) -> Accepted:
        file = self.cleaned_data["file"]
        if holds_social_security_number(file.filename):
            raise ValidationError(NUMBERED)
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        about = cleaned.get("about", "")
        if cleaned.get("kind") == Document.Kind.OTHER and not about and "about" not in self.errors:
            self.add_error("about", "Dites ce qu’est ce document.")
        named = cleaned["file"].filename if cleaned.get("file") else ""
        if not cleaned.get("is_meant") and (warning := warning_about(f"{about} {named}")):
            self.add_error("about", warning)
        if self.errors and "file" not in self.errors and self.files:
            self.add_error("file", AGAIN)
        return cleaned

    @property
    def sent(self) -> Sent:
        given = self.cleaned_data
        return Sent(given["file"], given["kind"], given["about"], given["dated_on"], given["is_private"])

    def layout(self) -> Layout:
        warned = self.is_bound and any("Garder ce texte" in each for each in self.errors.get("about", ()))
        meant = ["is_meant"] if warned or self.data.get("is_meant") else []
        return Layout(columns("kind", "dated_on"), columns("about"), *meant, columns("file"), "is_private")
