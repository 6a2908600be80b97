"""The filters of the list of youths: the same ones for the page and for its exports, told in words by both."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import django_filters
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from beneficiaries.ages import AgeBand
from beneficiaries.models import (
    NEW_FOR,
    Contract,
    Enrolment,
    NextAction,
    Notice,
    Objection,
    Obstacle,
    Outcome,
    Public,
    SavedList,
    SchoolLevel,
    Sex,
    Situation,
    StepEntry,
    overdue_among,
    silent_since,
    without_outcome,
)
from beneficiaries.models.contracts import SOON
from partaj.lists import Order, few_or_many, search_names
from partaj.programmes.models import FunnelStep, Programme
from partaj.territories.models import Territory

PREFIX = "f"  # the page's other forms must not share its ids
MISSING, ANY, NONE = "missing", "any", "none"
SELECTED = mark_safe(" selected")  # a constant
NOT_KNOWN = (MISSING, "non renseigné")

ORDERS = {
    "nom": (Order("nom", "sort_name"), "nom"),
    "entree": (Order("entree", "entered_on", descending=True, nullable=True), "entrée la plus récente"),
    "contact": (Order("contact", "contacted_on", descending=True), "premier contact le plus récent"),
}


def order_of(params: QueryDict) -> Order:
    return ORDERS.get(params.get("tri", ""), ORDERS["nom"])[0]


def reference_choices(user: Any, programme: Programme) -> dict[str, list[tuple[str, str]]]:
    """What depends on the reader and the programme, in one query: their territories, the steps of the funnel."""
    return choices_and_lists(user, programme, None)[0]


def choices_and_lists(
    user: Any, programme: Programme, lists: QuerySet[SavedList] | None
) -> tuple[dict[str, list[tuple[str, str]]], list[SavedList]]:
    """The same, and these saved lists by their names, in the same query: none of their own costs the page as much."""
    steps = FunnelStep.objects.filter(programme=programme)
    territories = Territory.objects.worked_by(user, programme)
    parts = [
        _told(steps, "step", rank=F("position"), words=F("label")),
        _told(territories, "territory", words=F("name")),
    ]
    if lists is not None:
        parts.append(_told(lists, "list", F("name"), rank=Coalesce("author", 0), query=F("query")))
    choices: dict[str, list[tuple[str, str]]] = {"step": [], "territory": []}
    found = []
    for which, rank, words, pk, query in sorted(parts[0].union(*parts[1:])):
        if which == "list":
            row = SavedList(pk=pk, name=words, query=query, author_id=rank or None, programme=programme)
            found.append(row)
        else:
            choices[which].append((str(pk), words))
    return choices, sorted(found, key=lambda row: (row.name, row.pk))


def _told(rows: QuerySet, which: str, words: F, *, rank: Any = Value(0), query: Any = Value("")) -> QuerySet:  # noqa: B008
    told = {"which": Value(which), "the_rank": rank, "words": words, "asks": query}
    return rows.order_by().annotate(**told).values_list("which", "the_rank", "words", "pk", "asks")


def _known_or_missing(queryset: QuerySet, name: str, value: str) -> QuerySet:
    return queryset.filter(**{name: "" if value == MISSING else value})


def _choice(label: str, choices: list[tuple[str, str]], method: Any = _known_or_missing, **kwargs: Any) -> Any:
    return django_filters.ChoiceFilter(
        label=label, choices=choices, method=method, empty_label=kwargs.pop("empty_label", "tous"), **kwargs
    )


class YouthFilter(django_filters.FilterSet):
    """Bound to the parameters of the address; a value that is not understood matches nobody, and is said."""

    name = django_filters.CharFilter(label="Nom", method="by_name")
    territory = _choice("Territoire", [], "by_territory")
    referent = _choice("Référent", [("me", "moi"), ("nobody", "sans référent")], "by_referent")
    silence = _choice("Nouvelles", [("silent", "sans nouvelles"), ("heard", "contacté depuis peu")], "by_silence",
                      empty_label="toutes")  # fmt: skip
    arrival = _choice("Premier contact", [("new", "depuis 30 jours"), ("earlier", "plus ancien")], "by_arrival")
    action = _choice(
        "Prochaine action",
        [("overdue", "en retard"), ("today", "aujourd’hui"), ("planned", "prévue"), ("none", "aucune")],
        "by_action", empty_label="toutes",
    )  # fmt: skip
    obstacle = _choice(
        "Frein ouvert", [*Obstacle.Kind.choices, (ANY, "au moins un"), (NONE, "aucun")], "by_obstacle"
    )  # fmt: skip
    contract = _choice(
        "Contrat de travail",
        [
            ("running", "en cours"), ("ending", "se terminant dans 30 jours"), ("broken", "rompu"),
            ("over", "allé à son terme"), (NONE, "aucun en cours"),
        ],
        "by_contract",
    )  # fmt: skip
    outcome = _choice(
        "Devenir",
        [
            ("exit", "à noter, à la sortie"), ("six", "à demander, six mois après"),
            ("twelve", "à demander, douze mois après"), ("known", "noté"),
        ],
        "by_outcome",
    )  # fmt: skip
    reinforced = _choice("Suivi renforcé", [("yes", "oui"), ("no", "non")], "by_reinforcement")
    notice = _choice(
        "Information sur les données", [("missing", "non remise"), ("given", "remise"), ("opposed", "opposition")],
        "by_notice", empty_label="toutes",
    )  # fmt: skip
    state = _choice(
        "Entrée dans le dispositif", [("entered", "entré"), ("contacted", "pas encore entré")], "by_entry"
    )  # fmt: skip
    presence = _choice("Présence", [("present", "présent"), ("lost", "parti ou perdu de vue")], "by_presence")
    step = _choice("Étape atteinte", [], "by_step", empty_label="toutes")
    public = _choice("Public", Public.choices)
    sex = _choice("Sexe", [*Sex.choices, NOT_KNOWN])
    age = _choice("Âge à l’entrée", [*AgeBand.choices, NOT_KNOWN], field_name="age_band")
    situation = _choice("Situation à l’entrée", [*Situation.choices, NOT_KNOWN], empty_label="toutes")
    level = _choice("Niveau de formation", [*SchoolLevel.choices, NOT_KNOWN], field_name="school_level")
    mission_locale = _choice(
        "Mission locale", [("yes", "suivi par la mission locale"), ("no", "non suivi"), NOT_KNOWN],
        "by_mission_locale",
    )  # fmt: skip

    base_filters: dict[str, Any]

    class Meta:
        model = Enrolment
        fields: list[str] = []

    def __init__(
        self, data: QueryDict, *, user: Any, programme: Programme, lists: QuerySet[SavedList] | None = None
    ) -> None:
        """`asked`: whether the address narrows the list at all; without it no filter is copied, no form is built.
        `lists`: saved ones, to be read along, where the page shows them."""
        self.user, self.programme = user, programme
        self.asked = any(value for key, value in data.items() if key.startswith(f"{PREFIX}-"))
        self.offered = type(self).base_filters
        if not self.asked:
            self.base_filters = {}  # which the parent copies, one by one and deeply, for each request
        self.everybody = Enrolment.objects.visible_to(user).filter(programme=programme)
        super().__init__(data, self.everybody, prefix=PREFIX)
        self.reference, self.lists = choices_and_lists(user, programme, lists)
        for name in self.filters.keys() & self.reference:
            self.filters[name].extra["choices"] = self.reference[name]

    @property
    def qs(self) -> QuerySet:
        if not self.asked:
            return self.queryset
        return super().qs if self.form.is_valid() else self.queryset.none()

    def few_or_many(self) -> tuple[QuerySet, int, bool] | None:
        """As partaj.lists: the youths found, quick to show, with their capped count; None where no filter is set."""
        return few_or_many(self.qs, self.everybody, order_of(self.data)) if self.asked else None

    def by_name(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return search_names(queryset, value)

    def by_territory(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(territory=value)

    def by_referent(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(referent=self.user if value == "me" else None)

    def by_silence(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        silent = silent_since(queryset, self.programme.silent_before(timezone.localdate()))
        return silent if value == "silent" else queryset.under_way().exclude(pk__in=silent.values("pk"))

    def by_arrival(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        day = timezone.localdate() - NEW_FOR
        return queryset.arrived_since(day) if value == "new" else queryset.filter(contacted_on__lt=day)

    def by_action(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        today, open_ones = timezone.localdate(), NextAction.objects.filter(enrolment=OuterRef("pk")).still_open()
        if value == "none":
            return queryset.under_way().exclude(Exists(open_ones))
        if value == "overdue":
            return overdue_among(queryset, today)
        return queryset.filter(Exists(open_ones.due_between(today, today) if value == "today" else open_ones))

    def by_obstacle(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        open_ones = Obstacle.objects.filter(enrolment=OuterRef("pk")).still_open()
        if value == NONE:
            return queryset.under_way().exclude(Exists(open_ones))
        return queryset.filter(Exists(open_ones if value == ANY else open_ones.filter(kind=value)))

    def by_contract(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        today, theirs = timezone.localdate(), Contract.objects.filter(enrolment=OuterRef("pk"))
        if value == NONE:
            return queryset.under_way().exclude(Exists(theirs.running(today)))
        of_then = {"running": theirs.running(today), "ending": theirs.ending_between(today, today + SOON),
                   "broken": theirs.broken(), "over": theirs.over(today)}[value]  # fmt: skip
        return queryset.filter(Exists(of_then))

    def by_outcome(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Of those who entered and left; a later moment is asked once its day has come."""
        if value == "known":
            return queryset.filter(Exists(Outcome.objects.filter(enrolment=OuterRef("pk"))))
        return without_outcome(queryset, value, timezone.localdate())

    def by_reinforcement(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(is_reinforced=value == "yes")

    def by_notice(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == "opposed":
            return queryset.filter(Exists(Objection.objects.in_force().filter(enrolment=OuterRef("pk"))))
        told = Exists(Notice.objects.filter(enrolment=OuterRef("pk")))
        return queryset.filter(told if value == "given" else ~told)

    def by_entry(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(entered_on__isnull=value == "contacted")

    def by_presence(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.gone() if value == "lost" else queryset.under_way()

    def by_step(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Exists(StepEntry.objects.filter(enrolment=OuterRef("pk"), step=value)))

    def by_mission_locale(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(followed_by_mission_locale={"yes": True, "no": False, MISSING: None}[value])

    @property
    def in_force(self) -> list[tuple[str, str]]:
        """The filters that narrow the list: (label, value), in words."""
        return [
            (str(self.filters[name].label), dict(self.filters[name].extra.get("choices", [])).get(value, value))
            for name, value in self.form.cleaned_data.items()
            if value
        ] if self.asked and self.form.is_valid() else []  # fmt: skip

    @property
    def not_understood(self) -> list[str]:
        return [str(self.filters[name].label) for name in self.form.errors] if self.asked else []

    def controls(self) -> list[dict[str, Any]]:
        """The selects, prepared for a plain loop: rendering them as form fields cost more than the whole list."""
        prepared = []
        for name, each in self.offered.items():
            if name == "name":
                continue
            key, chosen = f"{PREFIX}-{name}", self.data.get(f"{PREFIX}-{name}", "")
            choices = self.reference.get(name, each.extra["choices"])
            if len(choices) < 2 and not chosen:
                continue
            options = options_html((("", each.extra["empty_label"]), *map(tuple, choices)), chosen)
            prepared.append({"name": key, "label": each.label, "options": options, "used": bool(chosen)})
        return prepared


@lru_cache(maxsize=1024)
def options_html(choices: tuple[tuple[Any, str], ...], chosen: str) -> SafeString:
    """The options of a select: they seldom change, and written by the template they cost a third of the page."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SELECTED if str(value) == chosen else "", words) for value, words in choices),
    )
