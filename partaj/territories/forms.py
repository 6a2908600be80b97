from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.db.models import Q

from partaj.directories import SearchForm
from partaj.forms import PaperModelForm
from partaj.keys import normalise_key
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


class KeyField(forms.CharField):
    """A key is read with or without its spaces, in either case; its check only warns (Organisation.key_warnings)."""

    def to_python(self, value: object) -> str:
        return normalise_key(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The browser counts spaces: a limit of its own would cut « 123 456 789 00012 » while it is typed."""
        return {}


class OrganisationForm(PaperModelForm):
    siret = KeyField(label="SIRET", max_length=14, required=False, help_text="14 chiffres, avec ou sans espaces.")
    uai = KeyField(
        label="UAI", max_length=8, required=False, help_text="Établissements scolaires : 7 chiffres, 1 lettre."
    )

    class Meta:
        model = Organisation
        fields = ["name", "kind", "legal_form", "siret", "uai", "territory", "address", "phone", "email"]
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The directory is shared: a structure of another territory keeps it when somebody corrects its telephone.
        offered = Q(pk__in=self.fields["territory"].queryset.values("pk")) | Q(pk=self.instance.territory_id)
        self.fields["territory"].queryset = Territory.objects.filter(offered)

    def layout(self) -> Layout:
        return Layout(
            Fieldset("La structure", "name", Row(Column("kind"), Column("legal_form"))),
            Fieldset("Ses identifiants", Row(Column("siret"), Column("uai"))),
            Fieldset("Où la trouver", "territory", "address", Row(Column("phone"), Column("email"))),
        )
