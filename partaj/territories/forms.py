from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.db.models import Q

from partaj.directories import SearchForm
from partaj.forms import KeyField, PaperModelForm, PhoneField, mark_doubts
from partaj.territories.models import Organisation, Territory


class TerritorySearch(SearchForm):
    kind = forms.ChoiceField(label="Type", required=False, choices=[("", "Tous les types"), *Territory.Kind.choices])


class OrganisationSearch(SearchForm):
    kind = forms.ChoiceField(label="Type", required=False, choices=[("", "Tous les types"), *Organisation.Kind.choices])
    territory = forms.ModelChoiceField(
        Territory.objects.all(), label="Territoire", required=False, empty_label="Tous les territoires"
    )


class TerritoryForm(PaperModelForm):
    class Meta:
        model = Territory
        fields = ["name", "kind"]

    def layout(self) -> Layout:
        return Layout(Fieldset("Le territoire", "name", "kind"))


class OrganisationForm(PaperModelForm):
    class Meta:
        model = Organisation
        fields = ["name", "kind", "legal_form", "siret", "uai", "territory", "address", "phone", "email"]
        field_classes = {"siret": KeyField, "uai": KeyField, "phone": PhoneField}
        help_texts = {
            "siret": "14 chiffres, avec ou sans espaces.",
            "uai": "Établissements scolaires : 7 chiffres, 1 lettre.",
        }
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            mark_doubts(self, self.instance.key_warnings)
        # The directory is shared: a structure of another territory keeps it when somebody corrects its telephone.
        offered = Q(pk__in=self.fields["territory"].queryset.values("pk")) | Q(pk=self.instance.territory_id)
        self.fields["territory"].queryset = Territory.objects.filter(offered)

    def _post_clean(self) -> None:
        super()._post_clean()
        mark_doubts(self, self.instance.key_warnings)

    def layout(self) -> Layout:
        return Layout(
            Fieldset("La structure", "name", Row(Column("kind"), Column("legal_form"))),
            Fieldset("Ses identifiants", Row(Column("siret"), Column("uai"))),
            Fieldset("Où la trouver", "territory", "address", Row(Column("phone"), Column("email"))),
        )
