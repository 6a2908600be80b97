"""The fiche synthétique and the settings of a programme, with the legends of the paper."""

import datetime as dt
import re
from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from partaj.acts import Act, may
from partaj.formats import french_date
from partaj.forms import EuroField, PaperForm, PaperModelForm, SeveralField
from partaj.programmes.models import (
    ExtraRow,
    FunnelStep,
    LossReason,
    OfProgramme,
    Partnership,
    Period,
    Programme,
    SectionRule,
)
from partaj.programmes.models.programme import WHICH_STEP
from partaj.programmes.services import add_setting, free_code, revise_setting, used_territories


class NumberField(forms.SlugField):
    """« ap1 485 » is read as « AP1-485 »: the number stands in every address of the programme."""

    def to_python(self, value: object) -> str:
        return re.sub(r"\s+", "-", super().to_python(value).strip()).upper()


FICHE = [
    "title", "acronym", "theme", "call", "objectives", "target_public", "summary", "area", "territories",
    "added_value", "planned_partners", "actual_partners", "funding_partners", "planned_months", "actual_months",
    "holder", "evaluator", "convention_start", "convention_end", "last_column", "annexe_1_remarks",
    "outcomes_base", "outcomes_step", "silent_after_days", "is_demonstration",
]  # fmt: skip


def in_words(programme: Programme, name: str) -> str:
    """What a field of the fiche holds, as it is read on screen; empty where it holds nothing."""
    if programme._meta.get_field(name).choices:
        return str(getattr(programme, f"get_{name}_display")())
    value = getattr(programme, name)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dt.date):
        return french_date(value)
    return "" if value is None else str(value).replace("\r\n", "\n")  # as browsers send it, and as it is loaded


class ProgrammeForm(PaperModelForm):
    """The fiche of a programme. Its number does not change: it stands in addresses and in what was printed."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    first: tuple[str, ...] = ("version",)

    class Meta:
        model = Programme
        fields = FICHE
        field_classes = {"territories": SeveralField}
        widgets = {
            name: forms.Textarea(attrs={"rows": rows})
            for name, rows in [
                ("objectives", 5), ("target_public", 4), ("summary", 8), ("area", 3), ("added_value", 4),
                ("planned_partners", 4), ("actual_partners", 4), ("funding_partners", 3), ("annexe_1_remarks", 4),
            ]
        } | {"territories": forms.CheckboxSelectMultiple}  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may(self.user, Act.CREATE_PROGRAMMES):
            del self.fields["is_demonstration"]
        self.initial["version"] = self.instance.version
        self.fields["outcomes_step"].queryset = FunnelStep.objects.visible_to(self.user).filter(
            programme=self.instance.pk
        )
        if self.instance.is_closed:
            self.fields["last_column"].disabled = True
            self.fields["last_column"].help_text = "Le programme est clos : rouvrez-le pour changer ce réglage."

    def clean_last_column(self) -> str:
        """A disabled field is not sent: another value was chosen before somebody closed the programme."""
        kept = self.cleaned_data["last_column"]
        if self.fields["last_column"].disabled and self.data.get(self.add_prefix("last_column"), kept) != kept:
            raise ValidationError(
                "Le programme est clos : ce réglage garde sa valeur. Enregistrez de nouveau pour garder le reste."
            )
        return kept

    def clean(self) -> dict[str, Any]:
        """A step is asked for where it is the base, and forgotten where another one is."""
        cleaned = super().clean()
        if cleaned.get("outcomes_base") != Programme.OutcomesBase.STEP:
            cleaned["outcomes_step"] = None
        elif not cleaned.get("outcomes_step") and "outcomes_step" not in self.errors:
            self.add_error("outcomes_step", WHICH_STEP)
        return cleaned

    def clean_territories(self) -> Any:
        chosen = self.cleaned_data["territories"]
        kept = used_territories(programme=self.instance) - {each.pk for each in chosen} if self.instance.pk else set()
        if kept:
            names = ", ".join(each.name for each in self.instance.territories.filter(pk__in=kept))
            raise ValidationError(f"Le programme y a déjà des dossiers ou des rôles, gardez : {names}.")
        return chosen

    def differences(self, stored: Programme) -> list[tuple[str, str]]:
        """(label, what is stored now) of the fields that were typed otherwise."""
        names = [name for name in self.fields if name in FICHE]
        now = {name: in_words(stored, name) for name in names if name != "territories"}
        typed = {name: in_words(self.instance, name) for name in now}
        now["territories"] = ", ".join(each.name for each in stored.territories.all())
        typed["territories"] = ", ".join(each.name for each in self.cleaned_data["territories"])
        return [(str(self.fields[name].label), now[name] or "vide") for name in names if now[name] != typed[name]]

    def layout(self) -> Layout:
        return Layout(
            Fieldset("THÉMATIQUE", *self.first, Row(Column("theme"), Column("call"))),
            Fieldset(
                "LE DISPOSITIF EXPÉRIMENTÉ",
                Row(Column("title", css_class="col-md-9"), Column("acronym", css_class="col-md-3")),
                "objectives", "target_public", "summary", "area", "territories", "added_value",
            ),
            Fieldset("Partenaires techniques opérationnels", "planned_partners", "actual_partners"),
            Fieldset("Partenaires financiers", "funding_partners"),
            Fieldset("Durée de l’expérimentation", Row(Column("planned_months"), Column("actual_months"))),
            Fieldset("LE PORTEUR DU PROJET", "holder"),
            Fieldset("L’ÉVALUATEUR DU PROJET", "evaluator"),
            Fieldset("La convention", Row(Column("convention_start"), Column("convention_end"))),
            Fieldset(
                "La restitution",
                "last_column", "annexe_1_remarks", Row(Column("outcomes_base"), Column("outcomes_step")),
                "silent_after_days",
                *(["is_demonstration"] if "is_demonstration" in self.fields else []),
            ),
        )  # fmt: skip


class NewProgrammeForm(ProgrammeForm):
    number = NumberField(label="Numéro du projet", max_length=20, help_text="Par exemple AP1-485. Il ne changera plus.")
    version = None  # type: ignore[assignment]  # nobody has read it yet
    first = ("number",)

    class Meta(ProgrammeForm.Meta):
        fields = ["number", *FICHE]


class ClosingForm(PaperForm):
    closed_on = forms.DateField(label="Clos le", initial=timezone.localdate)

    def clean_closed_on(self) -> Any:
        day = self.cleaned_data["closed_on"]
        if day > timezone.localdate():
            raise ValidationError("Un programme se clôt aujourd’hui ou à une date passée.")
        return day


class SettingForm(PaperModelForm):
    """An ordered setting of `programme`; whatever it refers to is chosen within the same programme."""

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.programme = programme
        for field in self.fields.values():
            model = getattr(getattr(field, "queryset", None), "model", None)
            if model and issubclass(model, OfProgramme):
                field.queryset = field.queryset.filter(programme=programme)
        if "code" in self.fields:
            self.prepare_code(self.fields["code"])

    def prepare_code(self, field: forms.Field) -> None:
        field.required = False
        field.disabled = self.instance.pk is not None
        field.help_text = (
            "Il ne change plus : les tableaux s’y réfèrent."
            if field.disabled
            else "Vide : il est tiré de l’intitulé. Il ne changera plus."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "code" in self.fields and not cleaned.get("code") and "code" not in self.errors and cleaned.get("label"):
            cleaned["code"] = free_code(item=self.instance, label=cleaned["label"])
        return cleaned

    def save(self, commit: bool = True) -> OfProgramme:
        (add_setting if self.instance.pk is None else revise_setting)(item=self.instance)
        return self.instance

    def _get_validation_exclusions(self) -> set[str]:
        """The programme is not typed, yet « once per programme » must be checked before the database refuses."""
        return super()._get_validation_exclusions() - {"programme"}


class PeriodForm(SettingForm):
    class Meta:
        model = Period
        fields = ["label", "column_label", "starts_on", "ends_on", "step"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].empty_label = "aucune"

    def layout(self) -> Layout:
        return Layout(
            Fieldset("La colonne de l’annexe 1", "label", "column_label"),
            Fieldset("Qui elle compte : entrées entre deux dates…", Row(Column("starts_on"), Column("ends_on"))),
            Fieldset("… ou entrées dans une étape", "step"),
        )


class StepForm(SettingForm):
    class Meta:
        model = FunnelStep
        fields = ["label", "code"]

    def layout(self) -> Layout:
        return Layout(Fieldset("L’étape", "label", "code"))


class LossReasonForm(SettingForm):
    class Meta:
        model = LossReason
        fields = ["label", "counts_as_abandonment", "code"]

    def layout(self) -> Layout:
        return Layout(Fieldset("Le motif", "label", "counts_as_abandonment", "code"))


class SectionRuleForm(SettingForm):
    class Meta:
        model = SectionRule
        fields = ["section", "population", "base", "unit", "note"]

    def layout(self) -> Layout:
        return Layout(
            Fieldset("La section de l’annexe 1", "section"),
            Fieldset("Ce qu’elle compte", Row(Column("population"), Column("base"), Column("unit"))),
            Fieldset("Sous le tableau", "note"),
        )


class ExtraRowForm(SettingForm):
    class Meta:
        model = ExtraRow
        fields = ["section", "label", "counts", "adds_up", "code"]

    def layout(self) -> Layout:
        return Layout(
            Fieldset("La ligne ajoutée", "section", "label"),
            Fieldset("Ce qu’elle compte", "counts", "adds_up", "code"),
        )


class PartnershipForm(SettingForm):
    amount = EuroField(label="Montant annoncé (€)", required=False)

    class Meta:
        model = Partnership
        fields = ["organisation", "kind", "role", "planned", "effective", "amount"]

    def layout(self) -> Layout:
        return Layout(
            Fieldset("Le partenaire", "organisation", "kind", "role"),
            Fieldset("Dans le projet, dans les faits", Row(Column("planned"), Column("effective"))),
            Fieldset("Part financière", "amount"),
        )
