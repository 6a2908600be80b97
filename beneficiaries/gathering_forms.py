"""The forms of meetings: planned or put right, called off, and the youths who are asked to come."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import Exists, OuterRef, QuerySet

from beneficiaries.forms import capitalised, columns
from beneficiaries.meant import WarnsOfWords
from beneficiaries.models import Attendance, Enrolment, Gathering
from partaj.forms import PaperForm, SeveralField
from partaj.programmes.models import Programme
from partaj.revisions import VersionedForm
from partaj.territories.models import Territory

NOBODY = "Cochez au moins un jeune."
OF_ELSEWHERE = "Un de ces jeunes n’est plus dans vos dossiers, ou est déjà invité : cherchez-le de nouveau."


def candidates(user: Any, gathering: Gathering) -> QuerySet[Enrolment]:
    """Those whom `user` may ask to come: present in the programme, on the territory where it has one."""
    asked = Attendance.objects.filter(gathering=gathering, enrolment=OuterRef("pk"))
    files = Enrolment.objects.changeable_by(user).under_way().filter(~Exists(asked), programme=gathering.programme_id)
    return files.filter(territory=gathering.territory_id) if gathering.territory_id else files


class GatheringForm(WarnsOfWords, VersionedForm):
    texts = ("title",)

    class Meta:
        model = Gathering
        fields = ("kind", "title", "held_on", "starts_at", "minutes", "place", "territory", "led_by")
        widgets = {"starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
        error_messages = {
            "territory": {
                "invalid_choice": "Ce territoire n’est pas de ceux que vous suivez : choisissez-en un dans la liste."
            },
            "starts_at": {"invalid": "Écrivez l’heure ainsi : 14:00."},
        }

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.programme = programme
        capitalised(self.fields["kind"])
        territory = self.fields["territory"]
        territory.queryset = Territory.objects.worked_by(self.user, programme, self.instance.territory_id)  # type: ignore[attr-defined]
        territory.empty_label = "tout le programme"  # type: ignore[attr-defined]
        if self.instance.pk and self.instance.attendances.exists():
            territory.queryset = territory.queryset.filter(pk=self.instance.territory_id)  # type: ignore[attr-defined]
            if self.instance.territory_id:
                territory.required, territory.empty_label = True, None  # type: ignore[attr-defined]
            territory.help_text = "Des jeunes y sont invités : elle garde le sien."

    def layout(self) -> Layout:
        return Layout(
            "version", columns("kind", "territory"), columns("title"), columns("held_on", "starts_at", "minutes"),
            columns("place", "led_by"), *self.asks_whether_meant(),
        )  # fmt: skip


class CallOffForm(PaperForm):
    reason = forms.CharField(
        label="Pourquoi",
        max_length=300,
        help_text="Ces mots seront dans le fil de chaque jeune invité : n’y nommez personne.",
    )


class InviteForm(PaperForm):
    """The youths ticked; the page lists them beside their search."""

    youths = SeveralField(Enrolment.objects.none(), error_messages={"required": NOBODY, "invalid_choice": OF_ELSEWHERE})

    def __init__(self, *args: Any, gathering: Gathering, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["youths"].queryset = candidates(self.user, gathering)  # type: ignore[attr-defined]
