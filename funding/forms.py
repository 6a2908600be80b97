"""Forms of the local projects and of the people whom they count, laid out as in annexe 1."""

from typing import Any

from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from beneficiaries.sections import ADULTS, YOUTHS
from funding.breakdowns import ALL, LINES, Breakdown, Line, Parts, Tally, tallies, wholes
from funding.models import A_COUNT, LARGEST_COUNT, NOT_RETAINED, Headcount, Project
from partaj.directories import SearchForm
from partaj.forms import PaperForm
from partaj.programmes.models import Programme, SectionRule
from partaj.revisions import VersionedForm
from partaj.territories.models import Territory

FOREIGN_PROJECT = "Ce projet n’est pas de ceux que vous suivez : choisissez-en un dans la liste."
FOREIGN_TERRITORY = "Ce territoire n’est pas de ceux que vous suivez : choisissez-en un dans la liste."


class ProjectFilter(SearchForm):
    """What the list shows; read from the address. A value that means nothing is said, and narrows nothing."""

    territory = forms.ModelChoiceField(
        Territory.objects.all(), label="Territoire", required=False, empty_label="tous",
        error_messages={"invalid_choice": FOREIGN_TERRITORY},
    )  # fmt: skip
    status = forms.ChoiceField(
        label="État", required=False, choices=[("", "tous"), *Project.Status.choices],
        error_messages={"invalid_choice": "Choisissez un état de la liste."},
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["q"].label = "Intitulé"
        self.fields["territory"].queryset = Territory.objects.worked_by(user, programme)  # type: ignore[attr-defined]


class ProjectForm(VersionedForm):
    class Meta:
        model = Project
        fields = ["title", "organisation", "territory", "status"]
        error_messages = {
            "territory": {"invalid_choice": FOREIGN_TERRITORY},
            "organisation": {"invalid_choice": "Cette structure n’existe plus : choisissez-en une dans la liste."},
        }

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.programme = programme
        self.fields["territory"].queryset = Territory.objects.worked_by(self.user, programme)  # type: ignore[attr-defined]

    def layout(self) -> Layout:
        return Layout(
            "version",
            Fieldset("Le projet d’initiative locale", "title", "organisation", "territory"),
            Fieldset("Suite donnée à l’appel à projets", "status"),
        )


class CountField(forms.IntegerField):
    """A number of persons, typed with or without spaces between thousands; empty is not 0."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = dict.fromkeys(["invalid", "min_value", "max_value"], A_COUNT)
        attrs = {"inputmode": "numeric", "autocomplete": "off"} | kwargs.pop("attrs", {})
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(required=False, min_value=0, max_value=LARGEST_COUNT, error_messages=wrong, **kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)


class RetainedProjectField(forms.ModelChoiceField):
    """Offers the retained projects of `seen`; another of them is refused by name, for it may just have been."""

    seen: QuerySet[Project] = Project.objects.none()

    def to_python(self, value: Any) -> Project | None:
        try:
            return super().to_python(value)
        except ValidationError:
            forms.ModelChoiceField(self.seen, error_messages={"invalid_choice": FOREIGN_PROJECT}).clean(value)
            raise ValidationError(NOT_RETAINED) from None


class TallyOutput(LayoutObject):
    """Under a breakdown: what its lines make of the total, said by the server and kept up to date by the page."""

    def __init__(self, section: str) -> None:
        self.section = section

    def render(self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any) -> str:
        return render_to_string("funding/_tally.html", {"tally": form.tallies()[self.section]})


class HeadcountForm(VersionedForm):
    """One headcount and its five breakdowns. The rules are those of the model and of funding.breakdowns."""

    youths = CountField(label="Jeunes, en tout", attrs={"data-total": YOUTHS})
    adults = CountField(label="Adultes, en tout", attrs={"data-total": ADULTS})

    class Meta:
        model = Headcount
        fields = ["project", "counted_on", "youths", "adults", "note"]
        field_classes = {"project": RetainedProjectField}
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}
        error_messages = {
            "project": {"invalid_choice": FOREIGN_PROJECT, "required": "Choisissez le projet qui a compté."},
            "counted_on": {"required": "Donnez la date d’entrée.", "invalid": "Cette date n’existe pas."},
        }

    def __init__(self, *args: Any, programme: Programme, parts: Parts | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.populations = wholes(programme)
        chosen = Q(status=Project.Status.RETAINED) | Q(pk=self.instance.project_id)
        field = self.fields["project"]
        field.seen = field.queryset.filter(programme=programme)  # type: ignore[attr-defined]
        field.queryset = field.seen.filter(chosen)  # type: ignore[attr-defined]
        field.empty_label = "Choisissez un projet retenu"  # type: ignore[attr-defined]
        for line in LINES.values():
            self.fields[line.field] = CountField(label=line.label, attrs={"data-part": line.section})
            self.initial[line.field] = (parts or {}).get(line.key)

    def clean_youths(self) -> int:
        return self.cleaned_data["youths"] or 0

    def clean_adults(self) -> int:
        return self.cleaned_data["adults"] or 0

    def parts(self) -> dict[tuple[str, str], int]:
        """What was typed: empty lines are not there."""
        typed = {line.key: self._count(line.field) for line in LINES.values()}
        return {key: count for key, count in typed.items() if count is not None}

    def _count(self, name: str) -> int | None:
        if not self.is_bound:
            return self.initial.get(name)
        return getattr(self, "cleaned_data", {}).get(name)

    def tallies(self) -> dict[str, Tally]:
        wrong = set(self.errors)
        totals_wrong = bool(wrong & {"youths", "adults"})
        return tallies(
            youths=self._count("youths") or 0,
            adults=self._count("adults") or 0,
            parts=self.parts(),
            populations=self.populations,
            unreadable=frozenset(
                each.section for each in ALL if totals_wrong or any(line.field in wrong for line in each.lines)
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for tally in self.tallies().values():
            if tally.refusal:
                self.add_error(None, ValidationError(tally.refusal))
        return cleaned

    def layout(self) -> Layout:
        return Layout(
            "version",
            Fieldset("Le projet et la date", "project", "counted_on"),
            Fieldset(
                "Nombre de personnes touchées",
                Field("youths", wrapper_class="headcount-line"),
                Field("adults", wrapper_class="headcount-line"),
            ),
            Div(*[self._fieldset(each) for each in ALL], css_class="breakdowns"),
            Fieldset("Remarque", "note"),
        )

    def _fieldset(self, breakdown: Breakdown) -> Fieldset:
        rows: list[Any] = []
        group = ""
        for line in breakdown.lines:
            if line.group and line.group != group:
                rows.append(HTML(f'<p class="headcount-group">{line.group}</p>'))
            group = line.group
            rows.append(Field(line.field, wrapper_class=_row_class(line)))
        legend, population = breakdown.legend, self.populations[breakdown.section]
        if population != ADULTS:  # « Qualité des adultes » says it
            legend += f" : {SectionRule.Population(population).label}"
        return Fieldset(legend, *rows, TallyOutput(breakdown.section), css_class="breakdown")


def _row_class(line: Line) -> str:
    return "headcount-line headcount-line-detail" if line.group else "headcount-line"


class WithdrawForm(PaperForm):
    reason = forms.CharField(
        label="Pourquoi le retirer ?", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="La raison reste dans l’historique du projet, avec les nombres retirés.",
        error_messages={"required": "Dites pourquoi cet effectif est retiré : la raison est conservée."},
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
