"""Forms whose free text warns of what it should seldom hold: kept once its author has said that it is meant."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from beneficiaries.free_text import warning_about


class WarnsOfWords:
    """Put before a form of `partaj.forms`. `texts`: the fields that are read. Words that were there already, and that
    their reader leaves as they are, are not asked about again."""

    texts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_meant"] = forms.BooleanField(label="Garder ce texte", required=False)  # type: ignore[attr-defined]

    def warning(self, name: str, words: str) -> str:
        return warning_about(words)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()  # type: ignore[misc]
        for name, sentence in [] if cleaned.get("is_meant") else self.warnings():
            self.add_error(name, sentence)  # type: ignore[attr-defined]
        return cleaned

    def warnings(self) -> list[tuple[str, str]]:
        form: Any = self
        said = [(name, form.data.get(form.add_prefix(name), "")) for name in self.texts if name in form.changed_data]
        return [(name, sentence) for name, words in said if (sentence := self.warning(name, words))]

    def asks_whether_meant(self) -> list[str]:
        """For the layout: the box is shown to nobody but who was warned, or has answered."""
        return ["is_meant"] if self.is_bound and self.warnings() else []  # type: ignore[attr-defined]
