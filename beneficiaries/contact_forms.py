"""The forms of a caseworker's day: a contact or a note in one line, and an action put off or given up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst

from beneficiaries.following import Said, impossible_day
from beneficiaries.forms import OfFileForm, ReasonForm, columns
from beneficiaries.free_text import warning_about
from beneficiaries.models import Contact, NextAction, impossible
from beneficiaries.models.contacts import LONGEST
from beneficiaries.referents import working_on
from partaj.accounts.models import User

NOTE = "note"
# A presence at a meeting is noted on the page of the meeting, for all who were asked.
KINDS = [
    *((each.value, capfirst(each.label)) for each in Contact.Channel if each is not Contact.Channel.GROUP),
    (NOTE, "Note"),
]
RESULTS = [("", "sans résultat"), *((value, capfirst(label)) for value, label in Contact.Result.choices)]
MORE = '<details class="entry-more"{opened}><summary>Autre jour, durée, note privée</summary>'
IN_MORE = ("happened_on", "minutes", "is_private")


class QuickEntryForm(OfFileForm):
    """What a caseworker notes between two calls: ten seconds, two choices and some words.

    Words that touch on health, justice or the family are kept once their author has said so.
    """

    kind = forms.ChoiceField(label="Nature", choices=KINDS, initial=Contact.Channel.CALL)
    result = forms.ChoiceField(label="Résultat", choices=RESULTS, required=False)
    words = forms.CharField(
        label="Ce qui s’est dit", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    next_what = forms.CharField(label="Prochaine action", max_length=160, required=False)
    next_on = forms.DateField(label="Pour le", required=False)
    happened_on = forms.DateField(label="Le", initial=timezone.localdate)
    minutes = forms.IntegerField(label="Durée (minutes)", min_value=1, max_value=LONGEST, required=False)
    is_private = forms.BooleanField(
        label="Note privée", required=False, help_text="Vous seul lirez ces mots, pas même l’administrateur."
    )
    is_meant = forms.BooleanField(label="Garder ce texte", required=False)

    def clean_happened_on(self) -> dt.date:
        day = self.cleaned_data["happened_on"]
        if sentence := impossible(day):
            raise ValidationError(sentence)
        born = self.enrolment.beneficiary.birth_date
        if born and day < born:
            raise ValidationError("Cette date précède la naissance : vérifiez l’année.")
        return day

    def clean_words(self) -> str:
        """Word breaks a line within a paragraph by a character of its own, which browsers show as a box."""
        return self.cleaned_data["words"].replace("\x0b", "\n")

    def clean_next_on(self) -> dt.date | None:
        day = self.cleaned_data["next_on"]
        if day and (sentence := impossible_day(day)):
            raise ValidationError(sentence)
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_note, words = cleaned.get("kind") == NOTE, cleaned.get("words", "")
        if is_note and not words and "words" not in self.errors:
            self.add_error("words", "Écrivez la note.")
        if is_note and cleaned.get("result"):
            self.add_error("result", "Une note n’a pas de résultat : choisissez un contact, ou « sans résultat ».")
        if is_note and cleaned.get("minutes"):
            self.add_error("minutes", "Une note n’a pas de durée : choisissez un contact, ou videz ce champ.")
        if not is_note and not words and not cleaned.get("result") and {"words", "result"}.isdisjoint(self.errors):
            self.add_error("result", "Choisissez le résultat, ou écrivez quelques mots.")
        if cleaned.get("is_private") and not words and "words" not in self.errors:
            self.add_error("words", "Une note privée a des mots : écrivez-les, ou décochez « Note privée ».")
        self._clean_next(cleaned)
        said = " ".join(filter(None, [words, cleaned.get("next_what", "")]))
        if not cleaned.get("is_meant") and (warning := warning_about(said)):
            self.add_error("words", warning)
        return cleaned

    def _clean_next(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("next_what") and not cleaned.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", "Pour quand ? Choisissez un jour.")
        if cleaned.get("next_on") and not cleaned.get("next_what") and "next_what" not in self.errors:
            self.add_error("next_what", "Que faut-il faire ce jour-là ?")

    @property
    def said(self) -> Said:
        given = self.cleaned_data
        return Said(
            happened_on=given["happened_on"],
            words=given["words"],
            is_private=given["is_private"],
            channel=None if given["kind"] == NOTE else given["kind"],
            result=given["result"],
            minutes=given["minutes"],
            next_what=given["next_what"],
            next_on=given["next_on"],
        )

    def layout(self) -> Layout:
        told = self.is_bound and any(name in self.errors or name in self.changed_data for name in IN_MORE)
        # Asked for only of who was warned, or has answered.
        meant = ["is_meant"] if self.is_bound and warning_about(self.data.get("words", "")) else []
        return Layout(
            columns("kind", "result"),
            "words",
            *meant,
            Div(columns("next_what", "next_on"), css_class="entry-next"),
            HTML(MORE.format(opened=" open" if told else "")),
            columns("happened_on", "minutes", "is_private"),
            HTML("</details>"),
        )


class WithdrawContactForm(ReasonForm):
    """Its author may have mistyped: what they wrote comes back to them, and is not lost for a slip. A private note is
    a line of its own, which stays."""

    rewrites = forms.BooleanField(
        label="Le réécrire : ce que vous aviez noté revient dans le dossier, à corriger", required=False
    )

    def __init__(self, *args: Any, may_rewrite: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_rewrite:
            del self.fields["rewrites"]


class PutOffForm(OfFileForm):
    """Another day, or somebody else of the team."""

    due_on = forms.DateField(label="Pour le")
    assignee = forms.ModelChoiceField(User.objects.none(), label="Par", empty_label="personne", required=False)

    def __init__(self, *args: Any, action: NextAction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = working_on(self.enrolment.programme, [self.enrolment.territory_id]).values("user")
        people = self.fields["assignee"]
        people.queryset = User.objects.filter(Q(pk__in=able) | Q(pk=action.assignee_id) | Q(pk=self.user.pk))
        self.initial["due_on"] = max(action.due_on, timezone.localdate())
        self.initial["assignee"] = action.assignee_id

    def clean_due_on(self) -> dt.date:
        day = self.cleaned_data["due_on"]
        if sentence := impossible_day(day):
            raise ValidationError(sentence)
        return day

    def layout(self) -> Layout:
        return Layout(columns("due_on", "assignee"))
