"""The form of what became of a youth; where nobody noted that they left, it asks when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError

from beneficiaries.ending_forms import ask_of_actions, asked
from beneficiaries.forms import ReasonForm, columns
from beneficiaries.models import Outcome, impossible
from partaj.formats import french_date
from partaj.revisions import VersionedForm


class OutcomeForm(VersionedForm):
    exited_on = forms.DateField(
        label="Sorti du dispositif le",
        help_text="Ce jour n’est pas encore noté dans le dossier : il le sera avec le devenir.",
        error_messages={"required": "Le devenir se constate à partir de la sortie : donnez sa date."},
    )

    class Meta:
        model = Outcome
        fields = ("moment", "seen_on", "kind", "precision", "state", "is_principal")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_for_exit = self.instance.enrolment.is_under_way
        if self.asks_for_exit:
            ask_of_actions(self, self.instance.enrolment)
            entered, exit_day = self.instance.enrolment.entered_on, self.fields["exited_on"]
            exit_day.help_text = f"{f'Entré le {french_date(entered)}. ' if entered else ''}{exit_day.help_text}"
        else:
            del self.fields["exited_on"]
        # Which one is the principal is chosen among several; the only one is so without being asked.
        if not self.instance.pk and not self.instance.enrolment.outcomes.exists():
            del self.fields["is_principal"]

    def clean_exited_on(self) -> dt.date:
        day = self.cleaned_data["exited_on"]
        if sentence := impossible(day):
            raise ValidationError(sentence)
        return day

    @property
    def exit_given(self) -> dt.date | None:
        """The exit that the form asked for, where it did."""
        return self.cleaned_data.get("exited_on")

    def _post_clean(self) -> None:
        """The rules of the outcome are those of a path that ends that day; it is not written by this form."""
        if self.asks_for_exit:
            self.instance.enrolment.exited_on = self.cleaned_data.get("exited_on")
        super()._post_clean()
        if self.asks_for_exit:
            if "exited_on" in self.errors:
                self.errors.pop("seen_on", None)
            self.instance.enrolment.exited_on = None

    def layout(self) -> Layout:
        first = ["exited_on"] if self.asks_for_exit else []
        last = ["is_principal"] if "is_principal" in self.fields else []
        return Layout(
            "version",
            Fieldset("Quand", columns(*first, "moment", "seen_on")),
            Fieldset("Ce qu’il est devenu", columns("kind", "state"), columns("precision"), *last),
            *asked(self),
        )


class WithdrawOutcomeForm(ReasonForm):
    """Where it is the only one left, whoever withdraws it says whether the exit, often noted with it, goes as well."""

    reopens = forms.BooleanField(required=False)

    def __init__(self, *args: Any, row: Outcome, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = self.enrolment.exited_on
        asked = "reopens" in self.data  # another was noted since: it is for the service to say why the exit stays
        if day is None or (not asked and self.enrolment.outcomes.exclude(pk=row.pk).exists()):
            del self.fields["reopens"]
        else:
            self.fields["reopens"].label = f"Effacer aussi la sortie du {french_date(day)}"
            left = self.enrolment.lost_on is not None
            self.fields["reopens"].help_text = (
                "Le départ noté, lui, reste." if left else "Le jeune n’est pas sorti : son parcours reprend."
            )
