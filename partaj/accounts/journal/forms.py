"""What one may ask of the journal: a period first, then who, which act, where."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from partaj.accounts.journal.digests import number_at
from partaj.accounts.journal.pages import COMMANDS, PAGES
from partaj.accounts.models import JournalEntry, User
from partaj.directories import SearchForm
from partaj.folding import fold
from partaj.formats import NBSP, french_date
from partaj.forms import DateInput
from partaj.lists import LONGEST_QUERY
from partaj.programmes.models import Programme

A_WEEK = dt.timedelta(days=6)  # and today
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)
BY_WORDS = sorted([*PAGES.items(), *COMMANDS.items()], key=lambda page: fold(page[1]))


class Day(forms.DateField):
    def __init__(self, label: str) -> None:
        super().__init__(
            label=label, required=False, widget=DateInput(),
            error_messages={"invalid": "ce n’est pas une date, écrivez par exemple 21/11/2026"},
        )  # fmt: skip

    def clean(self, value: Any) -> dt.date | None:
        day = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError("cette date est hors du possible")
        return day


class JournalSearch(SearchForm):
    """Bound to the address; without dates, the last seven days. What is not understood shows nothing, and is said."""

    du, au = Day("Du"), Day("Au")
    q = forms.CharField(label="Nom de la personne", required=False, max_length=LONGEST_QUERY)
    kind = forms.ChoiceField(label="Acte", required=False, choices=[("", "tous"), *JournalEntry.Kind.choices])
    programme = forms.ModelChoiceField(Programme.objects.all(), label="Programme", required=False, empty_label="tous")
    page = forms.ChoiceField(label="Page", required=False, choices=[("", "toutes"), *BY_WORDS])
    compte = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput())

    def __init__(self, data: QueryDict, *, user: Any) -> None:
        today = timezone.localdate()
        data = data.copy()
        for name, day in [("du", today - A_WEEK), ("au", today)]:
            if not data.get(name):
                data[name] = day.isoformat()
        super().__init__(data, user=user)
        self.fields["programme"].label_from_instance = lambda programme: programme.number
        self.user = user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("du") and cleaned.get("au") and cleaned["du"] > cleaned["au"]:
            self.add_error("du", "le premier jour vient après le dernier, échangez-les")
        return cleaned

    @property
    def not_understood(self) -> list[str]:
        return [f"{self.fields[name].label or 'Compte'}{NBSP}: {errors[0]}" for name, errors in self.errors.items()]

    @property
    def account(self) -> User | None:
        """The one asked for by number, as far as the reader may know of it."""
        number = self.cleaned_data.get("compte") if self.is_valid() else None
        return User.objects.visible_to(self.user).filter(pk=number).first() if number else None

    def narrow(self, rows: QuerySet) -> QuerySet:
        """Those asked for, among `rows`, which the reader may see."""
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        rows = rows.filter(number__gte=_starts(asked["du"]), number__lt=_starts(asked["au"] + dt.timedelta(days=1)))
        for name, column in [("kind", "kind"), ("programme", "programme"), ("page", "page"), ("compte", "actor")]:
            if asked[name]:
                rows = rows.filter(**{column: asked[name]})
        if asked["q"]:
            named = User.objects.filter(folded_name__contains=fold(asked["q"]))
            rows = rows.filter(actor__in=named.values("pk"))
        return rows

    def in_words(self, *, typed: bool) -> list[tuple[str, str]]:
        """(label, value) of what narrows. `typed`: with the name that was typed, which the journal does not keep."""
        if not self.is_valid():
            return []
        asked = self.cleaned_data
        found = [("Période", f"du {french_date(asked['du'])} au {french_date(asked['au'])}")]
        if asked["compte"]:
            found.append(
                ("Compte", str(self.account or f"n°{NBSP}{asked['compte']}") if typed else str(asked["compte"]))
            )
        if asked["q"]:
            found.append(("Nom", f"«{NBSP}{asked['q']}{NBSP}»" if typed else "par nom"))
        if asked["kind"]:
            found.append(("Acte", str(JournalEntry.Kind(asked["kind"]).label)))
        if asked["programme"]:
            found.append(("Programme", asked["programme"].number))
        if asked["page"]:
            found.append(("Page", dict(BY_WORDS)[asked["page"]]))
        return found


def _starts(day: dt.date) -> int:
    """The lowest number of a day of Paris."""
    return number_at(timezone.make_aware(dt.datetime.combine(day, dt.time())))
