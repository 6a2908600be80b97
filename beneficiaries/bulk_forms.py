"""Several files at once: what the page showed of them travels with the form, signed for its reader."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core import signing
from django.utils import timezone

from beneficiaries.bulk_referents import able_on_all
from beneficiaries.forms import columns
from beneficiaries.letters import Text
from beneficiaries.meant import WarnsOfWords
from beneficiaries.models import Enrolment, Gathering
from partaj.accounts.models import User
from partaj.formats import counted
from partaj.forms import PaperForm, SeveralField
from partaj.programmes.models import FunnelStep, Programme

LATELY = dt.timedelta(days=60)


class FilesRead(forms.Field):
    """By number of file, the referent that was shown; nothing where it was made by hand, or for another reader."""

    widget = forms.HiddenInput
    salt = "partaj.files-read"

    def __init__(self, *, scope: list[int], **kwargs: Any) -> None:
        self.scope = scope  # the reader and the programme
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return signing.dumps({"scope": self.scope, "files": value}, salt=self.salt, compress=True)

    def to_python(self, value: Any) -> dict[int, int | None]:
        try:
            read = signing.loads(value or "", salt=self.salt)
        except signing.BadSignature:
            return {}
        return dict(read["files"]) if read["scope"] == self.scope else {}


def what_is_read(files: list[Enrolment]) -> list[list[int | None]]:
    return [[file.pk, file.referent_id] for file in files]


class SeveralFilesForm(PaperForm):
    """`files`: those that the page shows; on its way back, those that it had shown."""

    def __init__(self, *args: Any, programme: Programme, files: list[Enrolment], **kwargs: Any) -> None:
        self.programme, self.shown = programme, files
        super().__init__(*args, **kwargs)
        self.fields["read"] = FilesRead(scope=[self.user.pk, programme.pk])
        self.initial["read"] = what_is_read(files)


class AssignManyForm(SeveralFilesForm):
    referent = forms.ModelChoiceField(User.objects.none(), label="Confier à", empty_label="choisir…")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territories = {file.territory_id for file in self.shown}
        self.fields["referent"].queryset = able_on_all(self.programme, territories)
        if len(territories) > 1:
            self.fields["referent"].help_text = (
                f"Ces dossiers sont sur {len(territories)} territoires : seuls ceux qui travaillent sur tous sont "
                "proposés. Pour les autres, confiez territoire par territoire."
            )

    def layout(self) -> Layout:
        return Layout("read", columns("referent"))


class StepManyForm(SeveralFilesForm):
    step = forms.ModelChoiceField(FunnelStep.objects.all(), label="Étape", empty_label="choisir…")
    entered_on = forms.DateField(label="Franchie le", initial=timezone.localdate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps: Any = self.fields["step"]
        steps.queryset = steps.queryset.filter(programme=self.programme)

    def layout(self) -> Layout:
        return Layout("read", columns("step", "entered_on"))


class MeetingField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}{' (passée)' if obj.held_on < timezone.localdate() else ''}"


class InviteManyForm(SeveralFilesForm):
    """Meetings to come, and those of the last weeks: a list of those who came may be filled in afterwards."""

    gathering = MeetingField(Gathering.objects.all(), label="Réunion ou atelier", empty_label="choisir…")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meetings: Any = self.fields["gathering"]
        since = timezone.localdate() - LATELY
        meetings.queryset = meetings.queryset.coming(since).filter(programme=self.programme).order_by("held_on", "pk")

    def layout(self) -> Layout:
        return Layout("read", columns("gathering"))


class LettersForm(WarnsOfWords, SeveralFilesForm):
    """`initial` may be the text of a former letter."""

    subject = forms.CharField(label="Objet", max_length=160)
    body = forms.CharField(
        label="Texte", max_length=4000, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="Champs remplis pour chacun : {prénom}, {nom}, {référent} ; et d’une réunion : {réunion}, {date}, "
        "{heure}, {lieu}. L’adresse, la date et l’objet se placent d’eux-mêmes.",
    )  # fmt: skip
    gathering = forms.ModelChoiceField(
        Gathering.objects.all(), label="Réunion dont parle la lettre", empty_label="aucune", required=False
    )
    signed_by = forms.CharField(label="Signature", max_length=160, required=False)
    place = forms.CharField(label="Fait à", max_length=100, required=False)
    written_on = forms.DateField(label="Le", initial=timezone.localdate)
    texts = ("subject", "body")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meetings: Any = self.fields["gathering"]
        today = timezone.localdate()
        meetings.queryset = meetings.queryset.coming(today).filter(programme=self.programme).order_by("held_on", "pk")

    @property
    def text(self) -> Text:
        given = self.cleaned_data
        return Text(**{name: given[name] for name in ("subject", "body", "signed_by", "place", "gathering")})

    def layout(self) -> Layout:
        return Layout(
            "read", columns("subject", "gathering"), "body", columns("signed_by", "place", "written_on"),
            *self.asks_whether_meant(),
        )  # fmt: skip


class PassOnForm(SeveralFilesForm):
    """By territory, who takes what somebody leaves: nobody, somebody, or several in turn."""

    def __init__(self, *args: Any, leaver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {file.territory_id: file.territory for file in self.shown}
        counts = Counter(file.territory_id for file in self.shown)
        for number, place in self.places.items():
            self.fields[f"to-{number}"] = SeveralField(
                able_on_all(self.programme, [number]).exclude(pk=leaver.pk),
                label=f"Sur {place.name} ({counted(counts[number], 'dossier')}), à",
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not self.to:
            self.add_error(None, "Dites à qui, sur un territoire au moins.")
        return cleaned

    @property
    def to(self) -> dict[int, list[User]]:
        said = {number: list(self.cleaned_data.get(f"to-{number}") or ()) for number in self.places}
        return {number: people for number, people in said.items() if people}

    def layout(self) -> Layout:
        return Layout("read", *(f"to-{number}" for number in self.places))
