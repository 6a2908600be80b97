"""The forms of a youth's file, laid out as the paper: identity, means of contact, entry, characteristics, path."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.models import construct_instance, model_to_dict
from django.utils import timezone
from django.utils.text import capfirst

from beneficiaries.ending_forms import ask_of_actions, asked
from beneficiaries.models import PERSON_FIELDS, Beneficiary, Enrolment
from beneficiaries.models.paths import NEVER_ENTERED
from beneficiaries.referents import working_on
from partaj.accounts.models import User
from partaj.forms import KeyField, PaperForm, PaperModelForm, PhoneField, mark_doubts
from partaj.programmes.models import FunnelStep, LossReason
from partaj.territories.models import Territory

HELD_BY_OUTCOMES = (
    "Ce qu’il est devenu est noté depuis cette sortie : retirez d’abord ces devenirs, le dernier avec sa sortie."
)
PATH_FIELDS = [
    "public", "adult_quality", "adult_quality_other", "territory", "referent", "found_by",
    "contacted_on", "entered_on", "exited_on", "situation", "situation_other", "school_level", "diploma_level",
    "followed_by_mission_locale", "in_priority_district", "has_disability", "is_reinforced",
]  # fmt: skip


def columns(*names: str) -> Row:
    width = {1: "col-12", 2: "col-md-6", 3: "col-md-4", 4: "col-md-3"}[len(names)]
    return Row(*[Column(name, css_class=width) for name in names])


def capitalised(field: Any) -> None:
    """The choices of a select as they begin a line; not the words that stand for no choice."""
    field.choices = [(value, capfirst(label) if value else label) for value, label in field.choices]


class PersonForm(PaperModelForm):
    class Meta:
        model = Beneficiary
        fields = PERSON_FIELDS
        field_classes = {"ine": KeyField, "postcode": KeyField, "phone": PhoneField}


class FileForm(PaperModelForm):
    """A person and their path on one page. `person` and `instance` are filled together, and valid together."""

    class Meta:
        model = Enrolment
        fields = PATH_FIELDS

    def __init__(
        self, *args: Any, person: Beneficiary, instance: Enrolment, initial: Any = None, **kwargs: Any
    ) -> None:
        self.person, self.programme = person, instance.programme
        instance.beneficiary = person
        initial = model_to_dict(person, PERSON_FIELDS) | (initial or {})
        super().__init__(*args, instance=instance, initial=initial, **kwargs)
        self.fields = PersonForm(user=self.user, instance=person).fields | self.fields
        self._narrow()
        self._put_in_words()
        if not self.is_bound:
            mark_doubts(self, self.person.key_warnings)

    def _narrow(self) -> None:
        territory, referent = self.fields["territory"], self.fields["referent"]
        territory.queryset = Territory.objects.worked_by(self.user, self.programme, self.instance.territory_id)
        territory.empty_label = "choisir…"
        able = working_on(self.programme, territory.queryset.order_by().values("pk")).values("user")
        referent.queryset = User.objects.filter(Q(pk__in=able) | Q(pk=self.instance.referent_id))
        referent.empty_label = "sans référent"
        self.fields["found_by"].empty_label = "non renseigné"

    def _put_in_words(self) -> None:
        for name, field in self.fields.items():
            if isinstance(field, forms.NullBooleanField):
                field.widget.choices = [("unknown", "non renseigné"), ("true", "oui"), ("false", "non")]
            elif isinstance(field, forms.TypedChoiceField) and name != "public":
                answers: list[Any] = [each for each in list(field.choices) if each[0] not in ("", None)]  # type: ignore[arg-type]
                field.choices = [("", "non renseigné"), *answers]
        self.fields["situation_other"].help_text = "Si « Autres »."
        self.fields["adult_quality_other"].help_text = "Si « Autres »."

    def _get_validation_exclusions(self) -> set[str]:
        """A departure already noted is checked against the dates typed, though it is not on this form."""
        return super()._get_validation_exclusions() - {"lost_on", "loss_reason", "lost_at"}

    def _post_clean(self) -> None:
        self.person = construct_instance(self, self.person, PERSON_FIELDS)
        wrong = {name for name in PERSON_FIELDS if name in self.errors}
        try:
            self.person.full_clean(exclude=wrong)
        except ValidationError as errors:
            self._update_errors(errors)
        mark_doubts(self, self.person.key_warnings)
        self.instance.beneficiary = self.person
        super()._post_clean()

    def add_error(self, field: str | None, error: Any) -> None:
        """A rule on what this form does not show (a departure) is told at the top of the page."""
        if field is None and hasattr(error, "error_dict"):
            for name, sentences in error.error_dict.items():
                super().add_error(name if name in self.fields else None, sentences)
        else:
            super().add_error(field, error)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        territory, referent = cleaned.get("territory"), cleaned.get("referent")
        changed = {"territory", "referent"} & set(self.changed_data)
        if territory and referent and changed and not working_on(self.programme, [territory]).filter(user=referent):
            self.add_error("referent", f"{referent} ne travaille pas sur {territory} : choisissez quelqu’un d’autre.")
        return cleaned

    def layout(self) -> Layout:
        return Layout(
            Fieldset("Identité", columns("last_name", "usage_name", "first_name"), columns("birth_date", "sex", "ine")),
            Fieldset("Pour le joindre", columns("phone", "email"), columns("address"), columns("postcode", "city")),
            Fieldset(
                "Premier contact et entrée",
                columns("contacted_on", "entered_on", *self.later_dates()),
                columns("territory", "found_by"),
                columns("public", "adult_quality", "adult_quality_other"),
            ),
            Fieldset(
                "À l’entrée dans le dispositif",
                columns("situation", "situation_other"),
                columns("school_level", "diploma_level"),
                columns("followed_by_mission_locale", "in_priority_district", "has_disability"),
            ),
            Fieldset("Parcours", *self.path_rows()),
        )

    def later_dates(self) -> list[str]:
        return ["exited_on"]

    def path_rows(self) -> list[Any]:
        return [columns("referent"), "is_reinforced"]


class IntakeForm(FileForm):
    """A first contact. `known` names somebody who comes back; `decision` answers « is it the same person? »."""

    first_step = forms.ModelChoiceField(
        FunnelStep.objects.none(), label="Première étape franchie", required=False, empty_label="aucune pour l’instant"
    )
    first_step_on = forms.DateField(label="Franchie le", required=False)
    known = forms.CharField(required=False, widget=forms.HiddenInput)
    decision = forms.CharField(required=False, widget=forms.HiddenInput)

    NEW = "new"

    class Meta(FileForm.Meta):
        fields = [name for name in PATH_FIELDS if name != "exited_on"]

    def _narrow(self) -> None:
        super()._narrow()
        self.fields["first_step"].queryset = FunnelStep.objects.visible_to(self.user).filter(programme=self.programme)
        self._suggest("contacted_on", timezone.localdate())
        if self.fields["referent"].queryset.filter(pk=self.user.pk).exists():
            self._suggest("referent", self.user.pk)
        places = list(self.fields["territory"].queryset[:2])
        if len(places) == 1:
            self._suggest("territory", places[0].pk)

    def _suggest(self, name: str, value: Any) -> None:
        """What is most often true, for who has not typed anything yet."""
        self.initial[name] = self.initial.get(name) or value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        step, day = cleaned.get("first_step"), cleaned.get("first_step_on")
        if step and not day and "first_step_on" not in self.errors:
            self.add_error("first_step_on", "Donnez la date à laquelle cette étape a été franchie.")
        if day and not step and "first_step" not in self.errors:
            self.add_error("first_step", "Dites quelle étape a été franchie ce jour-là, ou effacez la date.")
        answer = cleaned.get("decision") or cleaned.get("known")
        self.chosen = None
        if answer and answer != self.NEW:
            people = Beneficiary.objects.visible_to(self.user)
            self.chosen = people.filter(pk=answer).first() if answer.isdecimal() and len(answer) < 18 else None
            if self.chosen is None:
                self.add_error(None, "La personne choisie n’est pas dans vos dossiers : vérifiez son identité.")
        return cleaned

    @property
    def is_somebody_new(self) -> bool:
        return self.cleaned_data["decision"] == self.NEW

    def layout(self) -> Layout:
        return Layout("known", *super().layout().fields)

    def later_dates(self) -> list[str]:
        return []

    def path_rows(self) -> list[Any]:
        return [columns("referent", "first_step", "first_step_on"), "is_reinforced"]


class WhatWasRead(forms.Field):
    """The versions and values that an editor had before their eyes, signed; None where made by hand or for another."""

    widget = forms.HiddenInput
    salt = "partaj.file-read"

    def prepare_value(self, value: Any) -> Any:
        return signing.dumps(value, salt=self.salt, compress=True) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> dict[str, Any] | None:
        try:
            return signing.loads(value or "", salt=self.salt)
        except signing.BadSignature:
            return None


class EditForm(FileForm):
    read = WhatWasRead(required=False)

    def clean_read(self) -> dict[str, Any] | None:
        read = self.cleaned_data["read"]
        return read if read and read["path"] == self.instance.pk else None

    def clean(self) -> dict[str, Any]:
        """Files of before the rule of who never entered keep what they hold until somebody touches it."""
        cleaned = super().clean()
        touched = {"entered_on", "exited_on"} & set(self.changed_data)
        if touched and "entered_on" not in self.errors and cleaned.get("exited_on") and not cleaned.get("entered_on"):
            self.add_error("exited_on", NEVER_ENTERED)
        erased = "exited_on" in self.changed_data and "exited_on" not in self.errors and not cleaned.get("exited_on")
        if erased and self.instance.lost_on is None and self.instance.outcomes.exists():
            self.add_error("exited_on", HELD_BY_OUTCOMES)
        return cleaned

    def layout(self) -> Layout:
        return Layout("read", *super().layout().fields)


class OfFileForm(PaperForm):
    """A short form about one file."""

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any) -> None:
        self.enrolment = enrolment
        super().__init__(*args, **kwargs)
        for name in ("step", "reason", "lost_at"):
            queryset = getattr(self.fields.get(name), "queryset", None)
            if queryset is not None:
                self.fields[name].queryset = queryset.filter(programme=enrolment.programme_id)


class StepForm(OfFileForm):
    step = forms.ModelChoiceField(FunnelStep.objects.all(), label="Étape", empty_label="choisir…")
    entered_on = forms.DateField(label="Franchie le", initial=timezone.localdate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].queryset = self.fields["step"].queryset.exclude(entries__enrolment=self.enrolment)

    def layout(self) -> Layout:
        return Layout(columns("step", "entered_on"))


class LossForm(OfFileForm):
    reason = forms.ModelChoiceField(LossReason.objects.all(), label="Motif", empty_label="choisir…")
    lost_on = forms.DateField(label="Parti ou perdu de vue le", initial=timezone.localdate)
    lost_at = forms.ModelChoiceField(
        FunnelStep.objects.all(), label="À l’étape", required=False, empty_label="non renseigné"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_of_actions(self, self.enrolment)

    def layout(self) -> Layout:
        return Layout(columns("reason", "lost_on", "lost_at"), *asked(self))


class ReasonForm(OfFileForm):
    """Why something noted is taken back; kept in the timeline."""

    why = forms.CharField(label="Pourquoi", max_length=300, help_text="Cette raison reste dans le fil du dossier.")
