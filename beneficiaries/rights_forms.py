"""The forms of what a youth was told of their data, and of what they object to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from beneficiaries.forms import OfFileForm, columns
from beneficiaries.meant import WarnsOfWords
from beneficiaries.models import Notice, Objection, impossible


class DayForm(OfFileForm):
    """About something that took place on a day."""

    day = forms.DateField(label="Le")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate()

    def clean_day(self) -> dt.date:
        day = self.cleaned_data["day"]
        if sentence := impossible(day):
            raise ValidationError(sentence)
        return day


class NoticeForm(DayForm):
    how = forms.ChoiceField(label="Comment", choices=Notice.How.choices)
    given_to = forms.ChoiceField(label="À qui", choices=Notice.To.choices)
    accepts_charter = forms.BooleanField(label="A accepté la charte d’utilisation des données", required=False)

    def layout(self) -> Layout:
        return Layout(columns("day", "how", "given_to"), "accepts_charter")


class ObjectionForm(WarnsOfWords, DayForm):
    scope = forms.ChoiceField(label="S’oppose", choices=Objection.Scope.choices)
    words = forms.CharField(label="Ce qui a été dit", max_length=300, required=False)
    texts = ("words",)

    def layout(self) -> Layout:
        return Layout(columns("day", "scope"), "words", *self.asks_whether_meant())


class AnswerForm(DayForm):
    answer = forms.CharField(label="Ce qui a été répondu", max_length=300)

    def layout(self) -> Layout:
        return Layout(columns("day"), "answer")
