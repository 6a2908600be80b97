"""The forms of a work contract: noted, put right, broken, its break annulled."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils import timezone

from beneficiaries.break_forms import AnswerField
from beneficiaries.forms import OfFileForm, ReasonForm, capitalised, columns
from beneficiaries.meant import WarnsOfWords
from beneficiaries.models import Contract
from partaj.revisions import VersionedForm

EMPLOYER = "Donnez le nom de l’employeur, ou choisissez une structure de l’annuaire."


class MayKeepBoth:
    """Put before a form. Its box is shown to nobody but who was told that another contract runs on the same days."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["both"] = forms.BooleanField(label="Garder les deux contrats", required=False)  # type: ignore[attr-defined]
        self.beside = False

    def asks_whether_both(self) -> list[str]:
        form: Any = self
        return ["both"] if self.beside or (form.is_bound and form.data.get("both")) else []


class ContractForm(MayKeepBoth, WarnsOfWords, VersionedForm):
    """Noted, or put right; its break too, once it is broken."""

    texts = ("break_precision",)
    in_trial = AnswerField(label="Pendant l’essai")

    class Meta:
        model = Contract
        fields = (
            "contract_type", "employer", "organisation", "opca", "starts_on", "ends_on", "trial_ends_on", "broken_on",
            "break_motive", "break_precision", "initiative", "in_trial",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        capitalised(self.fields["contract_type"])
        self.fields["employer"].required = False
        self.fields["organisation"].empty_label = "hors de l’annuaire"
        for name in ("broken_on", "break_motive", "break_precision", "initiative", "in_trial"):
            if not self.instance.is_broken:
                del self.fields[name]
            elif name not in ("break_precision", "in_trial"):
                self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("employer") and "employer" not in self.errors:
            if cleaned.get("organisation"):
                cleaned["employer"] = cleaned["organisation"].name[:160]
            else:
                self.add_error("employer", EMPLOYER)
        return cleaned

    def layout(self) -> Layout:
        broken = [
            Fieldset("La rupture", columns("broken_on", "initiative", "in_trial"),
                     columns("break_motive", "break_precision"), *self.asks_whether_meant())
        ] if "broken_on" in self.fields else []  # fmt: skip
        return Layout(
            "version",
            Fieldset("L’employeur", columns("employer", "organisation")),
            Fieldset("Le contrat", columns("contract_type", "opca"), columns("starts_on", "ends_on", "trial_ends_on")),
            *broken,
            *self.asks_whether_both(),
        )


class BreakContractForm(WarnsOfWords, OfFileForm):
    broken_on = forms.DateField(label="Rompu le", initial=timezone.localdate)
    initiative = forms.ChoiceField(label="À l’initiative de", choices=[("", "choisir…"), *Contract.Initiative.choices])
    in_trial = AnswerField(label="Pendant l’essai")
    break_motive = forms.ChoiceField(label="Motif", choices=[("", "choisir…"), *Contract.Motive.choices])
    break_precision = forms.CharField(label="Précision", max_length=160, required=False, help_text="Si « autre ».")
    texts = ("break_precision",)

    def layout(self) -> Layout:
        return Layout(
            columns("broken_on", "initiative", "in_trial"),
            columns("break_motive", "break_precision"),
            *self.asks_whether_meant(),
        )


class RestoreForm(MayKeepBoth, ReasonForm):
    def layout(self) -> Layout:
        return Layout("why", *self.asks_whether_both())
