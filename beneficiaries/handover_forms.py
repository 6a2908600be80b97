"""Giving a file to somebody, and proposing it: to a colleague, or to another territory that does not see it yet."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import Q

from beneficiaries.forms import OfFileForm, columns
from beneficiaries.free_text import contacts_in, names_in, warning_about
from beneficiaries.models import Enrolment
from beneficiaries.referents import working_on
from beneficiaries.telling import enumerated
from partaj.accounts.models import User
from partaj.forms import PaperForm
from partaj.territories.models import Territory

QUOTED = "« {} »"
NAMED = (
    "On y lit {} : ce message sera lu à {} avant que quiconque y voie le dossier. Retirez ce qui nomme la personne, "
    "ou cochez « Garder ce texte » ; rien n’est perdu."
)


def colleagues(enrolment: Enrolment) -> Any:
    """Those who may follow a youth of this territory today."""
    return User.objects.filter(pk__in=working_on(enrolment.programme, [enrolment.territory_id]).values("user"))


class AssignForm(OfFileForm):
    """`read`: the referent whom the page showed, so that a second tab does not undo what another has decided."""

    referent = forms.ModelChoiceField(User.objects.none(), label="Confier à", required=False)
    read = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now, referent = self.enrolment.referent_id, self.fields["referent"]
        able = colleagues(self.enrolment).values("pk")
        referent.queryset = User.objects.filter(Q(pk__in=able) | Q(pk=now))
        referent.empty_label = "personne (sans référent)"
        self.initial["referent"] = self.initial["read"] = now

    def layout(self) -> Layout:
        return Layout("read", columns("referent"))


class MeantForm(PaperForm):
    """Words that were warned of are kept once their author has said so: the tick is asked only of who was warned."""

    watched = ""
    is_meant = forms.BooleanField(label="Garder ce texte", required=False)

    def doubts(self, text: str) -> list[str]:
        return [warning_about(text)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("is_meant"):
            for sentence in filter(None, self.doubts(cleaned.get(self.watched, ""))):
                self.add_error(self.watched, sentence)
        return cleaned

    @property
    def tick(self) -> list[str]:
        return ["is_meant"] if self.is_bound and any(self.doubts(self.data.get(self.watched, ""))) else []


class OfferForm(MeantForm, OfFileForm):
    watched = "message"
    to = forms.ChoiceField(label="Proposer à")
    message = forms.CharField(
        label="Message",
        max_length=800,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Pourquoi, où l’on en est, ce qui presse. Sans nom, ni rien qui touche à la santé, à la justice ou à "
        "la famille : un autre territoire le lit avant de voir le dossier.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = colleagues(self.enrolment).exclude(pk__in=[self.user.pk, self.enrolment.referent_id or 0])
        # Their names are printed in what the programme publishes: no rule hides them from its caseworkers.
        places = self.enrolment.programme.territories.exclude(pk=self.enrolment.territory_id)
        self.people = {f"u{each.pk}": each for each in people}
        self.places = {f"t{each.pk}": each for each in places}
        groups = [
            (f"Collègues sur {self.enrolment.territory}", [(key, str(each)) for key, each in self.people.items()]),
            ("Autres territoires du programme", [(key, each.name) for key, each in self.places.items()]),
        ]
        choices: Any = [("", "choisir…"), *(group for group in groups if group[1])]
        self.fields["to"].choices = choices

    def doubts(self, text: str) -> list[str]:
        place = self.places.get(self.data.get("to", ""))
        return [*super().doubts(text), self._names(text, place) if place else ""]

    def _names(self, text: str, place: Territory) -> str:
        person = self.enrolment.beneficiary
        found = [*names_in(text, [person.first_name, person.usage_name, person.last_name]), *contacts_in(text)]
        return NAMED.format(enumerated([QUOTED.format(each) for each in found]), place) if found else ""

    @property
    def chosen(self) -> Any:
        said = self.cleaned_data["to"]
        return self.people.get(said) or self.places[said]

    def layout(self) -> Layout:
        return Layout(columns("to"), "message", *self.tick)


class DeclineForm(MeantForm):
    watched = "reason"
    reason = forms.CharField(
        label="Pourquoi", max_length=300, help_text="Qui le propose lira ce motif, et le fil du dossier le garde."
    )

    def layout(self) -> Layout:
        return Layout("reason", *self.tick)
