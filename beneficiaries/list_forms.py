"""The forms of lists: a file received, how it is read, and one of its lines put right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst

from beneficiaries.batches.deciding import FORM_VALUES
from beneficiaries.batches.keeping import as_text
from beneficiaries.forms import PersonForm, columns
from beneficiaries.lists.choices import NO_HEADER
from beneficiaries.lists.columns import fields_of, is_forbidden
from beneficiaries.lists.contacts import e164
from beneficiaries.lists.delimited import DELIMITERS
from beneficiaries.lists.encodings import LABELS
from beneficiaries.lists.kinds import ListKind
from beneficiaries.lists.rules import Rule
from beneficiaries.models import (
    EARLIEST_CONTACT,
    IMPOSSIBLE,
    PERSON_FIELDS,
    Beneficiary,
    ImportBatch,
    ImportLine,
    Sender,
)
from partaj.forms import PaperForm, PaperModelForm, mark_doubts
from partaj.programmes.models import Programme
from partaj.programmes.services import ClosedProgramme, refuse_closed
from partaj.territories.models import Organisation, Territory
from partaj.uploads.kinds import MEGABYTE, Purpose

LARGEST = Purpose.LIST.value.largest


def only_for(kind: ListKind) -> dict[str, str]:
    """Shown for this kind of list alone, where scripts run (receive.js); elsewhere its help says so."""
    return {"data-only-for": kind.value}


class ListFileField(forms.FileField):
    """A list, whatever its name: what it holds decides (beneficiaries.lists.receiving), when it is received."""

    def __init__(self, *, attrs: dict[str, str] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", f"CSV, Excel (.xlsx) ou LibreOffice (.ods), {LARGEST // MEGABYTE} Mo au plus.")
        widget = forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.ods"} | (attrs or {}))
        super().__init__(widget=widget, allow_empty_file=True, max_length=None, **kwargs)


class ListForm(PaperForm):
    """What is said of any list when it is handed over: the file, who gave it, where and when its files are opened."""

    file = ListFileField(label="Fichier")
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(), label="Remise par", empty_label="choisir…",
        help_text="Les colonnes choisies pour cette structure seront reconnues la prochaine fois.",
    )  # fmt: skip
    territory = forms.ModelChoiceField(Territory.objects.all(), label="Territoire des dossiers", empty_label="choisir…")
    contacted_on = forms.DateField(label="Premier contact le", initial=timezone.localdate)
    reference_date = forms.DateField(
        label="Âges comptés au", initial=timezone.localdate, help_text="Avant 16 ans, une personne décide."
    )
    rule = forms.ChoiceField(
        label="Règle de décrochage", choices=[("", "d’après les colonnes"), *Rule.choices], required=False
    )

    def clean_contacted_on(self) -> dt.date:
        return possible(self.cleaned_data["contacted_on"])

    def clean_reference_date(self) -> dt.date:
        return near(self.cleaned_data["reference_date"])


# What each kind of list is, for who has one before them and must choose.
MEANINGS = {
    ListKind.STUDENTS: "Un fichier. Chaque ligne est une personne à contacter, si la règle de décrochage la retient.",
    ListKind.DIFFERENCE: (
        "Deux fichiers : tous les inscrits, puis ceux qui ont pris leurs inscriptions pédagogiques. Qui est dans le "
        "premier et n’est pas dans le second est à contacter."
    ),
    ListKind.BREAKS: (
        "Un fichier, remis par un CFA. Chaque ligne est un apprenti dont le contrat est rompu : la rupture est notée "
        "dans son dossier."
    ),
}


def kinds_in_words() -> list[tuple[str, str]]:
    return [
        (kind.value, format_html("<strong>{}</strong><span>{}</span>", capfirst(kind.label), MEANINGS[kind]))
        for kind in ListKind
    ]


class ReceiveForm(ListForm):
    kind = forms.ChoiceField(
        label="Ce que contient la liste", choices=kinds_in_words, initial=ListKind.STUDENTS, widget=forms.RadioSelect
    )
    second = ListFileField(
        label="Second fichier : les inscrits pédagogiques", required=False, attrs=only_for(ListKind.DIFFERENCE),
        help_text="Avec « inscrits, moins les inscrits pédagogiques » seulement : qui y figure n’est pas à contacter.",
    )  # fmt: skip
    rule = forms.ChoiceField(
        label="Règle de décrochage", choices=[("", "d’après les colonnes"), *Rule.choices], required=False,
        widget=forms.Select(attrs=only_for(ListKind.STUDENTS)),
        help_text="Avec « décrocheurs d’une liste » seulement.",
    )  # fmt: skip

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territory = self.fields["territory"]
        territory.queryset = Territory.objects.worked_by(self.user, programme)
        places = list(territory.queryset[:2])
        if len(places) == 1:
            self.initial.setdefault("territory", places[0].pk)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind = ListKind(cleaned.get("kind", ListKind.STUDENTS))
        two = kind is ListKind.DIFFERENCE
        if not kind.has_rule:
            cleaned["rule"] = ""
        if two and not cleaned.get("second") and "second" not in self.errors:
            self.add_error("second", "Donnez la liste des inscrits pédagogiques : la différence des deux est la liste.")
        if not two and cleaned.get("second"):
            self.add_error(
                "second", "Un second fichier ne sert que pour deux listes : retirez-le, ou changez de nature."
            )
        return cleaned

    def layout(self) -> Layout:
        return Layout(
            Fieldset("La liste", Row(Column("kind", css_class="col-12 list-kinds")), columns("file", "second")),
            Fieldset("D’où elle vient, et où vont les dossiers", columns("organisation", "territory")),
            Fieldset("Ce qu’il faut en faire", columns("contacted_on", "reference_date", "rule")),
        )


class TechnicalListForm(ListForm):
    """From the technical administration, whose address names no programme."""

    programme = forms.ModelChoiceField(Programme.objects.all(), label="Programme", empty_label="choisir…")

    def clean_programme(self) -> Programme:
        try:
            refuse_closed(self.cleaned_data["programme"])
        except ClosedProgramme as closed:
            raise ValidationError(str(closed)) from closed
        return self.cleaned_data["programme"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        programme, territory = cleaned.get("programme"), cleaned.get("territory")
        if programme and territory and territory not in Territory.objects.worked_by(self.user, programme):
            self.add_error("territory", "Ce programme n’agit pas sur ce territoire : choisissez l’un des siens.")
        return cleaned


def possible(day: dt.date) -> dt.date:
    """The day of a contact: it took place, and not before the programmes existed."""
    if day > timezone.localdate():
        raise ValidationError("Cette date est à venir : on ne note que ce qui a eu lieu.")
    if day < EARLIEST_CONTACT:
        raise ValidationError(IMPOSSIBLE)
    return day


def near(day: dt.date) -> dt.date:
    if not EARLIEST_CONTACT <= day <= timezone.localdate() + dt.timedelta(days=366):
        raise ValidationError(IMPOSSIBLE)
    return day


class ReadingForm(PaperForm):
    """How the file is read: what was found, which anybody may decide otherwise, column by column."""

    encoding = forms.ChoiceField(label="Encodage", required=False)
    delimiter = forms.ChoiceField(label="Séparateur", required=False)
    sheet = forms.ChoiceField(label="Feuille", required=False)
    header_line = forms.IntegerField(
        label="Ligne des titres", required=False, min_value=NO_HEADER,
        help_text="Telle qu’un tableur la numérote ; 0 si les colonnes n’ont pas de titres ; vide pour la trouver.",
    )  # fmt: skip
    repair = forms.BooleanField(label="Réparer le texte encodé deux fois", required=False)
    date_order = forms.ChoiceField(
        label="Ordre des dates", choices=[("dmy", "jour, mois, année"), ("mdy", "mois, jour, année")]
    )
    rule = forms.ChoiceField(
        label="Règle de décrochage", choices=[("", "d’après les colonnes"), *Rule.choices], required=False
    )
    reference_date = forms.DateField(label="Âges comptés au")
    contacted_on = forms.DateField(label="Premier contact le")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        self.batch, told = batch, batch.told
        super().__init__(*args, **kwargs)
        self.of_text = bool(told.get("encoding")) or not told.get("sheets")
        self._offer("encoding", LABELS)
        self._offer("delimiter", DELIMITERS | {"|": "barre"})
        self._offer("sheet", {name: name for name in told.get("sheets", [])})
        for name in ("sheet",) if self.of_text else ("encoding", "delimiter"):
            del self.fields[name]
        if not told.get("encoded_twice"):
            del self.fields["repair"]
        if not ListKind(batch.kind).has_rule:
            del self.fields["rule"]
        self.fields_taken = [(field.value, field.label) for field in fields_of(ListKind(batch.kind))]
        self.places: list[str] = []
        for column in told.get("columns", []):
            self._add(column)

    def _offer(self, name: str, choices: Mapping[str, str]) -> None:
        """The first choice is to let it be found, and says what was."""
        found = choices.get(self.batch.told.get(name, ""), "")
        words = f"trouvé : {found}" if found and not self.batch.choices.get(name) else "à trouver d’après le fichier"
        self.fields[name].choices = [("", words), *choices.items()]

    def _add(self, column: dict[str, Any]) -> None:
        name, forbidden = f"column_{column['index']}", is_forbidden(column["title"])
        self.places.append(name)
        self.fields[name] = forms.ChoiceField(
            label=column["title"].strip() or f"Colonne {column['index'] + 1}",
            choices=[("", "non reprise"), *(() if forbidden else self.fields_taken)],
            required=False,
            initial=column["field"],
            disabled=forbidden,
            help_text=column["reason"],
        )

    def clean_contacted_on(self) -> dt.date:
        return possible(self.cleaned_data["contacted_on"])

    def clean_reference_date(self) -> dt.date:
        return near(self.cleaned_data["reference_date"])

    @property
    def choices(self) -> dict[str, Any]:
        """As `ImportBatch.choices` keeps them: only what differs from what was found."""
        said = {
            name: self.cleaned_data[name] for name in ("encoding", "delimiter", "sheet") if self.cleaned_data.get(name)
        }
        if self.cleaned_data.get("header_line") is not None:
            said["header_line"] = self.cleaned_data["header_line"]
        if self.cleaned_data.get("repair"):
            said["repair"] = True
        if self.cleaned_data["date_order"] != "dmy":
            said["date_order"] = self.cleaned_data["date_order"]
        if mapping := self._mapping():
            said["mapping"] = mapping
        return said

    def _mapping(self) -> dict[str, str]:
        """The columns changed by hand, now or before, where the titles are still those that were shown."""
        if self._other_titles():
            return {}
        before = self.batch.choices.get("mapping") or {}
        changed = {
            name.removeprefix("column_"): self.cleaned_data[name] for name in self.places if name in self.changed_data
        }
        return before | changed

    def _other_titles(self) -> bool:
        return any(name in self.changed_data for name in ("encoding", "delimiter", "sheet", "header_line"))

    def layout(self) -> Layout:
        of_file = [name for name in ("encoding", "delimiter", "sheet", "header_line") if name in self.fields]
        more = [name for name in ("repair",) if name in self.fields]
        rows = [columns(*self.places[place : place + 3]) for place in range(0, len(self.places), 3)]
        parts = [
            "version",
            Fieldset("Le fichier", columns(*of_file), *more),
            self._rule_and_dates(),
        ]
        return Layout(*parts, Fieldset("Ce que contient chaque colonne", *rows) if rows else "")

    def _rule_and_dates(self) -> Fieldset:
        if "rule" not in self.fields:
            return Fieldset("Les dates", columns("date_order", "reference_date", "contacted_on"))
        legend = "La règle et les dates"
        return Fieldset(legend, columns("rule", "date_order"), columns("reference_date", "contacted_on"))


class LineForm(PersonForm):
    """The values of one line, as they would be written; valid as those of the intake are."""

    def __init__(self, *args: Any, line: ImportLine, **kwargs: Any) -> None:
        values = {name: line.value(name) for name in PERSON_FIELDS}
        birth = values.pop("birth_date")
        person = Beneficiary(birth_date=dt.date.fromisoformat(birth) if birth else None, **values)
        super().__init__(*args, instance=person, **kwargs)
        if not self.is_bound:
            mark_doubts(self, person.key_warnings)

    @property
    def values(self) -> dict[str, str]:
        """As `ImportLine.student` keeps them."""
        said = {name: as_text(self.cleaned_data.get(name)) for name in PERSON_FIELDS}
        said["phone_e164"] = e164(said["phone"])
        return {name: text for name, text in said.items() if text and name in FORM_VALUES}

    def layout(self) -> Layout:
        return Layout(
            Fieldset("Identité", columns("last_name", "usage_name", "first_name"), columns("birth_date", "sex", "ine")),
            Fieldset("Pour le joindre", columns("phone", "email"), columns("address"), columns("postcode", "city")),
        )


class AgreementForm(PaperModelForm):
    class Meta:
        model = Sender
        fields = ["agreement", "gives_back"]
