"""The form of an exam result. A session is a day, or only a month, as certificates say it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError

from beneficiaries.forms import capitalised, columns
from beneficiaries.models import Exam
from partaj.formats import french_date
from partaj.revisions import VersionedForm

NOT_A_SESSION = "Donnez un mois (« 06/2026 ») ou un jour (« 21/06/2026 »)."
_TYPED = re.compile(r"(?:(\d{1,2})\s*[/.\s-]\s*)?(\d{1,2})\s*[/.\s-]\s*(\d{4})")


class SessionField(forms.CharField):
    """« 06/2026 » or « 21/06/2026 », also as a machine writes them; `day_known` says which of the two was typed last,
    or is shown."""

    day_known = True

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        if not typed:
            return None
        found = _TYPED.fullmatch(re.sub(r"^(\d{4})-(\d{2})-(\d{2})$", r"\3/\2/\1", typed))
        if found is None:
            raise ValidationError(NOT_A_SESSION)
        day, month, year = found.groups()
        self.day_known = day is not None
        try:
            return dt.date(int(year), int(month), int(day or 1))
        except ValueError:
            raise ValidationError(NOT_A_SESSION) from None

    def run_validators(self, value: Any) -> None:
        """Those of a text have nothing to say of a day."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dt.date):
            return french_date(value) if self.day_known else f"{value:%m/%Y}"
        return value


class ExamForm(VersionedForm):
    class Meta:
        model = Exam
        fields = ("certificate", "session_on", "result", "units_validated", "units_total")
        field_classes = {"session_on": SessionField}
        widgets = {"session_on": forms.TextInput(attrs={"placeholder": "06/2026"})}
        help_texts = {"session_on": "Le mois, ou le jour s’il est connu : « 06/2026 », « 21/06/2026 »."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        capitalised(self.fields["result"])
        self.fields["session_on"].day_known = self.instance.day_known

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.instance.day_known = self.fields["session_on"].day_known
        return cleaned

    def layout(self) -> Layout:
        return Layout(
            "version", columns("certificate", "session_on"), columns("result", "units_validated", "units_total")
        )
