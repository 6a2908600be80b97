"""The base of every form: laid out like the paper, choices narrowed to what the user may see.

A subclass declares its fields and rules, and gives `layout()` with the legends of the document that users know.
No field is styled in a template. A social-security number typed in any text is refused (it is never stored).
"""

import re
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import BLANK_CHOICE_DASH
from django.utils.html import format_html

from partaj.keys import holds_social_security_number, normalise_key
from partaj.scoping import ScopedQuerySet

NIR_REFUSED = (
    "Ce texte semble contenir un numéro de sécurité sociale : PARTAJ ne les conserve jamais. "
    "Retirez-le ; le reste de votre saisie est gardé."
)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class EuroField(forms.DecimalField):
    """An exact amount in euros, typed as French people write it: « 1 115 614,50 », with or without « € »."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**{"max_digits": 12, "decimal_places": 2, "min_value": 0} | kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"[\s€]", "", value).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return str(value).replace(".", ",") if isinstance(value, Decimal) else value


class PastedField(forms.CharField):
    """A text often pasted from elsewhere: its length is judged once tidied, here and not by the browser.

    A browser's own limit cuts « 123 456 789 00012 » while it is pasted, without a word.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = "%(limit_value)d caractères au plus : vous en avez donné %(show_value)d."

    def to_python(self, value: object) -> str:
        return self.tidied(super().to_python(value) or "")

    def tidied(self, text: str) -> str:
        raise NotImplementedError


class KeyField(PastedField):
    """INE, UAI, SIRET, postcode: read with or without spaces, dashes and dots, in either case."""

    def tidied(self, text: str) -> str:
        return normalise_key(text)


class PhoneField(PastedField):
    """A telephone, kept as typed but for what one does not see: address books paste marks of direction along."""

    widget = forms.TextInput(attrs={"type": "tel"})

    def tidied(self, text: str) -> str:
        return " ".join(re.sub(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", text).split())


def mark_doubts(form: forms.BaseForm, doubts: dict[str, str]) -> None:
    """Under each field, what looks wrong in the value that it holds: it warns, and blocks nothing."""
    for name, sentence in doubts.items():
        field = form[name]
        field.help_text = format_html('{}<span class="warns">À vérifier : {}</span>', field.help_text, sentence)


class SeveralField(forms.ModelMultipleChoiceField):
    """Several rows chosen among those that the user may see."""

    def clean(self, value: Any) -> Any:
        # SQLite cannot even compare a number beyond 64 bits: such a key is nobody's.
        for key in value or []:
            if len(str(key)) > 18:
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": str(key)[:18]}
                )
        return super().clean(value)


DASHES = BLANK_CHOICE_DASH[0][1]


def say_what_empty_means(field: forms.Field) -> None:
    """Words for the empty choice, which the framework prints as a row of dashes."""
    words = "choisir…" if field.required else "non renseigné"
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = words
    elif isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        if ("", DASHES) in choices:
            field.choices = [(value, words if label == DASHES else label) for value, label in choices]


class PaperFormMixin:
    """Helper, French dates, scoped choices. `user` is whoever fills the form in."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            queryset = getattr(field, "queryset", None)
            if isinstance(queryset, ScopedQuerySet):
                field.queryset = queryset.visible_to(user)
            say_what_empty_means(field)
            # A browser cuts what is pasted at « maxlength » without a word: the form says how much is too much.
            field.widget.attrs.pop("maxlength", None)
            if isinstance(field, forms.DateField):
                field.widget = DateInput(attrs=field.widget.attrs)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False  # the page's <form> also carries the token, the draft's author and the buttons
        helper.disable_csrf = True
        helper.layout = self.layout() or helper.build_default_layout(self)
        return helper

    def layout(self) -> Layout | None:
        return None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data  # type: ignore[misc,attr-defined]
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and holds_social_security_number(value):
                self.add_error(name, ValidationError(NIR_REFUSED))  # type: ignore[attr-defined]
        return cleaned


class PaperModelForm(PaperFormMixin, forms.ModelForm):
    pass


class PaperForm(PaperFormMixin, forms.Form):
    pass
