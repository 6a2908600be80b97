"""Declaring a figure by hand, and the planned ones all at once."""

from typing import Any

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms

from partaj.forms import PaperForm
from reports.annexe1 import QUESTIONS
from reports.figures import Figure
from reports.models import DeclaredFigure
from reports.tables import Report, Row, Table


class DeclareForm(PaperForm):
    """`figure` is the cell; a computed one asks for a reason."""

    text = forms.CharField(
        label="Valeur à imprimer",
        max_length=200,
        required=False,
        help_text="Un nombre, « 17 à 20 », « 30 max », « 40 % », « non concerné », une courte phrase, ou rien.",
    )
    reason = forms.CharField(
        label="Raison", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Dites pourquoi ce chiffre diffère des dossiers : la raison sera imprimée."},
    )  # fmt: skip
    replaces = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, figure: Figure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.figure = figure
        computed = figure.cell.computed_text != "" and figure.is_counted
        self.fields["reason"].required = computed
        if not computed:
            self.fields["reason"].help_text = "Facultative : rien n’est compté ici."
        if figure.choices:
            choices = [("", "Sans réponse"), *figure.choices]
            self.fields["text"] = forms.ChoiceField(label="Réponse", choices=choices, required=False)

    def read_again(self, current: DeclaredFigure | None) -> None:
        """What was typed stays; sent again, it replaces the declaration that its author has now read."""
        typed = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict: the form came by POST
        typed["replaces"] = current.pk if current else ""
        self.data = typed

    def layout(self) -> Layout:
        return Layout(Fieldset(self.figure.label, Field("text"), Field("reason"), "replaces"))


class PlanForm(PaperForm):
    """The planned column of annexe 1, as on the paper: one box for each row.

    Each box travels with the declaration that was read with it, so that two managers never overwrite each other.
    `texts`: what each declaration of the column says, by its key, those since replaced too.
    """

    def __init__(
        self, *args: Any, report: Report, current: dict[str, DeclaredFigure], texts: dict[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.report, self.texts = report, texts
        options = {question.key: question.options for question in QUESTIONS}
        for row in (row for _, rows in self.boxes() for row in rows):
            figure = current.get(row.key)
            text = figure.text if figure else ""
            self.fields[row.key] = _planned_field(row, text, options.get(row.key))
            self.fields[f"lu-{row.key}"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput, initial=figure.pk if figure else None
            )

    def boxes(self) -> list[tuple[Table, list[Row]]]:
        """The rows that are typed: an option of a question is chosen in the question's own box, unless it counts."""
        chosen = {question.key for question in QUESTIONS if question.part is None}
        return [
            (table, [row for row in table.rows if not (row.level and table.key in chosen)])
            for table in self.report.tables
        ]

    def layout(self) -> Layout:
        fieldsets = []
        for table, rows in self.boxes():
            names = [name for row in rows for name in (row.key, f"lu-{row.key}")]
            fieldsets.append(Fieldset(table.title, Div(*names, css_class="plan-rows")))
        return Layout(*fieldsets)

    def changes(self) -> list[dict[str, Any]]:
        """What differs from what was read: row, text, and the declaration that it replaces."""
        keys = [row.key for _, rows in self.boxes() for row in rows]
        typed = [{"row": key, "text": self.cleaned_data[key], "replaces": self.cleaned_data[f"lu-{key}"]}
                 for key in keys]  # fmt: skip
        return [each for each in typed if each["text"] != self.texts.get(each["replaces"], "")]

    def read_again(self, current: dict[str, DeclaredFigure]) -> None:
        """What was typed stays; the boxes refused, sent again, replace the declarations now read beside them."""
        typed = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict: the form came by POST
        for key in self.errors:
            typed[f"lu-{key}"] = current[key].pk if key in current else ""
        self.data = typed


def _planned_field(row: Row, text: str, options: Any) -> forms.Field:
    if options:
        choices = [("", "Sans réponse"), *((short, label) for _, short, label in options)]
        return forms.ChoiceField(label=row.label, choices=choices, required=False, initial=text)
    return forms.CharField(label=row.label, max_length=200, required=False, initial=text)
