"""The form of a broken apprenticeship, laid out as the « outil de repérage » that the CFA fill in."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError

from beneficiaries.forms import columns
from beneficiaries.models import ApprenticeshipBreak
from partaj.revisions import VersionedForm

ANSWERS = [("", "non connu"), ("True", "oui"), ("False", "non")]
SAYS_NOTHING = "Dites au moins une chose de cette rupture : sa date, son motif ou l’entreprise."


class AnswerField(forms.TypedChoiceField):
    """Yes, no, or not known; nothing else is heard, where a NullBooleanField would hear « 2 »."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=ANSWERS, coerce=lambda said: said == "True", empty_value=None, required=False, **kwargs
        )


class BreakForm(VersionedForm):
    followed_elsewhere = AnswerField(label="Suivi ailleurs")
    solution_found = AnswerField(label="Solution trouvée depuis")

    class Meta:
        model = ApprenticeshipBreak
        fields = (
            "training_place", "sector", "company", "contract_starts_on", "contract_ends_on", "broken_on", "chosen",
            "motive", "followed_elsewhere", "followed_by", "solution_found", "solution",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not any(cleaned.get(name) for name in ("broken_on", "motive", "company")):
            raise ValidationError(SAYS_NOTHING)
        return cleaned

    def layout(self) -> Layout:
        return Layout(
            "version",
            Fieldset("Le contrat", columns("training_place", "sector", "company"),
                     columns("contract_starts_on", "contract_ends_on")),
            Fieldset("La rupture", columns("broken_on", "chosen"), columns("motive")),
            Fieldset("Depuis", columns("followed_elsewhere", "followed_by"), columns("solution_found", "solution")),
        )  # fmt: skip
