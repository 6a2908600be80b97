from collections.abc import Callable
from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms

from partaj.accounts.models import Role, User
from partaj.directories import SearchForm
from partaj.forms import PaperModelForm

# Each state of an account, in words and as a queryset.
STATES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "actif": ("Actifs", lambda accounts: accounts.filter(is_active=True)),
    "suspendu": ("Suspendus", lambda accounts: accounts.filter(is_active=False)),
    "sans-role": ("Actifs, sans rôle en cours", lambda accounts: accounts.without_role()),
    "jamais": ("Actifs, jamais connectés", lambda accounts: accounts.never_entered()),
}


class AccountSearch(SearchForm):
    kind = forms.ChoiceField(
        label="Rôle en cours", required=False, choices=[("", "Tous les rôles"), *Role.Kind.choices]
    )
    state = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous"), *((key, label) for key, (label, _) in STATES.items())]
    )


class AccountForm(PaperModelForm):
    class Meta:
        model = User
        fields = ["email", "first_name", "last_name"]
        labels = {"first_name": "prénom", "last_name": "nom"}
        help_texts = {"email": "L’adresse avec laquelle la personne se connecte."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].required = self.fields["last_name"].required = True

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.with_address(email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Un compte a déjà cette adresse.", code="unique")
        return email

    def layout(self) -> Layout:
        return Layout(Fieldset("La personne", Row(Column("first_name"), Column("last_name")), "email"))


class RoleForm(PaperModelForm):
    """A role for `account`; which parts it needs is said by the constraints of Role and Role.clean."""

    class Meta:
        model = Role
        fields = ["kind", "programme", "territory", "organisation", "starts_on", "ends_on", "may_export"]
        help_texts = {
            "programme": "Vide pour un administrateur seulement.",
            "territory": "Demandé pour un chargé de mission : il y voit les jeunes, et là seulement. "
            "Choisissez-le sous le numéro du programme.",
            "organisation": "La structure au nom de laquelle la personne agit, s’il y en a une.",
        }

    def __init__(self, *args: Any, account: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.user = account
        for name, words in {"programme": "aucun", "territory": "aucun", "organisation": "aucune"}.items():
            self.fields[name].empty_label = words
        self.fields["territory"].choices = [("", "aucun"), *self.territories_by_programme()]

    def territories_by_programme(self) -> list[tuple[str, list[tuple[int, str]]]]:
        """Each territory once, under the programmes that work there; without one, no role can name it."""
        programmes = self.fields["programme"].queryset.order_by("number")
        numbers: dict[int, list[str]] = {}
        for number, territory in programmes.filter(territories__isnull=False).values_list("number", "territories"):
            numbers.setdefault(territory, []).append(number)
        groups: dict[str, list[tuple[int, str]]] = {}
        for territory in self.fields["territory"].queryset.filter(pk__in=numbers):
            groups.setdefault(", ".join(numbers[territory.pk]), []).append((territory.pk, str(territory)))
        return sorted(groups.items())

    def layout(self) -> Layout:
        return Layout(
            Fieldset("Le rôle", "kind"),
            Fieldset("Où il s’exerce", Row(Column("programme"), Column("territory")), "organisation"),
            Fieldset("Quand", Row(Column("starts_on"), Column("ends_on"))),
            Fieldset("Droit à part", "may_export"),
        )
