"""The forms of what stands in a youth's way: noted, put right, solved, opened again."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils import timezone

from beneficiaries.forms import OfFileForm, capitalised, columns
from beneficiaries.meant import WarnsOfWords
from beneficiaries.models import Obstacle
from partaj.revisions import VersionedForm

OF_HEALTH = (
    "Un frein de santé se passe le plus souvent de détails : ces mots seront lus par tous ceux qui lisent le dossier, "
    "et le jeune peut demander à le lire. Effacez-les, ou cochez « Garder ce texte » ; rien n’est perdu."
)


class ObstacleForm(WarnsOfWords, VersionedForm):
    """Noted, or put right; the day on which it was solved, and how, once it is."""

    texts = ("precision", "words", "how")

    class Meta:
        model = Obstacle
        fields = ("kind", "precision", "opened_on", "words", "solved_on", "how")
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        capitalised(self.fields["kind"])
        if self.instance.solved_on is None:
            del self.fields["solved_on"], self.fields["how"]
        else:
            self.fields["solved_on"].required = True

    def warning(self, name: str, words: str) -> str:
        of_health = self.data.get("kind") == Obstacle.Kind.HEALTH and name == "words" and words.strip()
        return super().warning(name, words) or (OF_HEALTH if of_health else "")

    def layout(self) -> Layout:
        solved = [Fieldset("Levé", columns("solved_on", "how"))] if "solved_on" in self.fields else []
        return Layout(
            "version", columns("kind", "precision", "opened_on"), "words", *solved, *self.asks_whether_meant()
        )


class SolveForm(WarnsOfWords, OfFileForm):
    solved_on = forms.DateField(label="Levé le", initial=timezone.localdate)
    how = forms.CharField(label="Comment", max_length=300, required=False, help_text="Par quoi, ou grâce à qui.")
    texts = ("how",)

    def layout(self) -> Layout:
        return Layout(columns("solved_on"), "how", *self.asks_whether_meant())


class ReopenForm(OfFileForm):
    reopened_on = forms.DateField(label="Rouvert le", initial=timezone.localdate)

    def layout(self) -> Layout:
        return Layout(columns("reopened_on"))
