"""Declaring a figure by hand."""

from typing import Any

from crispy_forms.layout import Field, Fieldset, Layout
from django import forms

from partaj.forms import PaperForm
from reports.figures import Figure


class DeclareForm(PaperForm):
    """`figure` is the cell; a computed one asks for a reason."""

    text = forms.CharField(
        label="Valeur à imprimer",
        max_length=200,
        required=False,
        help_text="Un nombre, « 17 à 20 », « 30 max », « 40 % », « non concerné », une courte phrase, ou rien.",
    )
    reason = forms.CharField(
        label="Raison", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Dites pourquoi ce chiffre diffère des dossiers : la raison sera imprimée."},
    )  # fmt: skip
    replaces = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, figure: Figure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.figure = figure
        computed = figure.cell.computed_text != "" and figure.span is not None
        self.fields["reason"].required = computed
        if not computed:
            self.fields["reason"].help_text = "Facultative : rien n’est compté ici."
        if figure.question and figure.row.key == figure.question.key:
            choices = [("", "Sans réponse"), *((short, label) for _, short, label in figure.question.options)]
            self.fields["text"] = forms.ChoiceField(label="Réponse", choices=choices, required=False)

    def layout(self) -> Layout:
        return Layout(Fieldset(self.figure.label, Field("text"), Field("reason"), "replaces"))
