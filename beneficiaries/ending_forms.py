"""Where a path ends, what was still to be done is asked about: nobody calls for months a youth who has left."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset
from django import forms

from beneficiaries.models import Enrolment, NextAction
from partaj.formats import french_date


class Ticked(forms.TypedMultipleChoiceField):
    """An action settled since the page was shown is no mistake of whoever ticked it."""

    def valid_value(self, value: Any) -> bool:
        return True


def ask_of_actions(form: Any, enrolment: Enrolment) -> None:
    """Adds `given_up`, the actions of the file that are open, none ticked; nothing where there is none."""
    left = list(enrolment.actions.still_open().select_related("assignee"))
    if left:
        form.fields["given_up"] = Ticked(
            label="Cochez ce qui ne se fera pas",
            help_text="Le fil dira pourquoi. Ce qui n’est pas coché reste à faire.",
            choices=[(action.pk, _in_words(action)) for action in left],
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )


def asked(form: Any) -> list[Any]:
    return [Fieldset("Ce qui restait à faire", "given_up")] if "given_up" in form.fields else []


def _in_words(action: NextAction) -> str:
    return f"{action.what}, le {french_date(action.due_on)}{f' ({action.assignee})' if action.assignee else ''}"
