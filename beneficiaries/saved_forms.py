"""The form of a saved list: its name, and who sees it."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.http import QueryDict

from beneficiaries.meant import WarnsOfWords
from beneficiaries.models import Enrolment, SavedList
from beneficiaries.models.saved import LOOKS_FOR_A_NAME
from beneficiaries.saved import names_somebody
from partaj.acts import Act, may
from partaj.revisions import VersionedForm

NAMES_SOMEBODY = (
    "Ce titre semble nommer une personne, et resterait après elle. Changez-le, ou cochez « Garder ce texte » ; rien "
    "n’est perdu."
)
ME = "« Référent : moi » voudra dire, pour chacun : qui la lit."
ON_A_TERRITORY = "Elle nomme un territoire : seuls la verront ceux qui y travaillent, et les responsables."


class SavedListForm(WarnsOfWords, VersionedForm):
    """`asked`: what the list asks. Only those who run the programme share; a guest keeps lists for themself."""

    texts = ("name",)
    is_private = forms.TypedChoiceField(
        label="Qui la voit",
        choices=[(True, "moi seul"), (False, "l’équipe du programme ; chacun y trouve les jeunes qu’il peut voir")],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = SavedList
        fields = ("name", "is_private")

    def __init__(self, *args: Any, asked: QueryDict, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        if not may(self.user, Act.LOG_YOUTHS, self.instance.programme):
            del self.fields["is_private"]

    def sentences(self) -> list[str]:
        """What sharing this list would mean, for who may."""
        if "is_private" not in self.fields:
            return []
        said = [("f-name", LOOKS_FOR_A_NAME), ("f-territory", ON_A_TERRITORY)]
        found = [sentence for name, sentence in said if self.asked.get(name)]
        return [*found, ME] if self.asked.get("f-referent") == "me" else found

    def warning(self, name: str, words: str) -> str:
        mine = Enrolment.objects.visible_to(self.user).filter(programme=self.instance.programme)
        return NAMES_SOMEBODY if names_somebody(words, mine) else ""

    def layout(self) -> Layout:
        who = ["is_private"] if "is_private" in self.fields else []
        return Layout("version", "name", *self.asks_whether_meant(), *who)
