"""Several files at once: what the page showed of them travels with the form, signed for its reader."""

from __future__ import annotations

from collections import Counter
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core import signing

from beneficiaries.bulk_referents import able_on_all
from beneficiaries.forms import columns
from beneficiaries.models import Enrolment
from partaj.accounts.models import User
from partaj.formats import counted
from partaj.forms import PaperForm, SeveralField
from partaj.programmes.models import Programme


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
