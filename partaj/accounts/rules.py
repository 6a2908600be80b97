"""« Qui peut voir quoi »: roles × kinds of data, and roles × acts, asked of the rules that the code uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model

from partaj.accounts.models import Role
from partaj.accounts.reach import Holder, RoleHeld, holder_of
from partaj.acts import IN_WORDS, Act, may
from partaj.programmes.models import Programme
from partaj.scoping import ScopedQuerySet
from partaj.seeing import (
    BESIDES_ROWS,
    EVERYTHING,
    NOTHING,
    ONE_PROGRAMME,
    ONE_TERRITORY,
    ONESELF,
    Bound,
    Scope,
    Shown,
    in_words,
    scope_of,
)

ROLES = tuple(Role.Kind)
# The order of the page: people first, settings last.
GROUPS = {
    "beneficiaries": "Jeunes",
    "cellules": "Cellules",
    "funding": "Projets et effectifs",
    "reports": "Restitution",
    "accounts": "Comptes et journal",
    "programmes": "Programmes",
    "territories": "Territoires et structures",
}


def holder(kind: str, *, may_export: bool = False) -> Holder:
    """Who holds one role of this kind, in the programme and on the territory that the rules are asked about."""
    placed = kind != Role.Kind.ADMINISTRATOR
    here = (ONE_PROGRAMME if placed else None, ONE_TERRITORY if kind == Role.Kind.CASEWORKER else None)
    return holder_of(RoleHeld(kind, *here, user_id=ONESELF, may_export=may_export))


def kinds_of_data() -> Iterator[Shown]:
    """Every model that says who sees it, then what applications show besides."""
    for label in GROUPS:
        for model in apps.get_app_config(label).get_models():
            yield from _kinds_in(label, model)
        yield from (shown for shown in BESIDES_ROWS if shown.group == label)


def _kinds_in(group: str, model: type[Model]) -> Iterator[Shown]:
    manager: Any = model._default_manager
    rows = manager.all()
    if isinstance(rows, ScopedQuerySet):
        names = getattr(model, "holds", None) or {str(model._meta.verbose_name_plural): {}}
        for label, given in names.items():
            sentence = rows.seen_by if isinstance(rows.seen_by, str) else rows.seen_by[label]
            yield Shown(group, label, manager.all().visible_to, sentence, given)


def scope(shown: Shown, kind: str) -> Scope:
    """How far what is shown to a role of this kind extends; raises partaj.seeing.Unreadable."""
    who = holder(kind)
    # Whose role names no programme is asked about any.
    return scope_of(shown.rows(who), shown.given, whatever_programme=who.reach.everything)


@dataclass(frozen=True, slots=True)
class Answer:
    """One cell: the words, what is held back of it, and whether it is nothing, a part or everything."""

    role: str
    words: str
    caveat: str = ""
    tone: str = "part"


@dataclass(slots=True)
class Line:
    label: str
    sentence: str
    answers: list[Answer]


def data_lines() -> dict[str, list[Line]]:
    """By group; kinds of data with one rule in common share a line."""
    groups: dict[str, list[Line]] = {title: [] for title in GROUPS.values()}
    for shown in kinds_of_data():
        lines, answers = groups[GROUPS[shown.group]], [_data_answer(shown, kind) for kind in ROLES]
        same = next((line for line in lines if (line.sentence, line.answers) == (shown.sentence, answers)), None)
        if same:
            same.label = f"{same.label} ; {shown.label}"
        else:
            lines.append(Line(shown.label, shown.sentence, answers))
    return {title: lines for title, lines in groups.items() if lines}


def _data_answer(shown: Shown, kind: Role.Kind) -> Answer:
    reached = scope(shown, kind)
    tone = "all" if reached == EVERYTHING else "none" if reached == NOTHING else "part"
    return Answer(kind.label, in_words(reached), shown.caveat(holder(kind)), tone)


def kept_from_administrators() -> list[str]:
    """Kinds of data that not even an administrator reads, but for their own."""
    found = ((shown.label, scope(shown, Role.Kind.ADMINISTRATOR)) for shown in kinds_of_data())
    return [label for label, reached in found if reached and all(Bound.SELF in bounds for bounds in reached)]


def act_lines() -> list[Line]:
    """An act bears on what its author sees, hence within the scope of their role."""
    return [Line(IN_WORDS[act], "", [_act_answer(act, kind) for kind in ROLES]) for act in Act]


def _act_answer(act: Act, kind: Role.Kind) -> Answer:
    here = Programme(pk=ONE_PROGRAMME)
    if may(holder(kind), act, here):
        return Answer(kind.label, "oui", tone="all")
    if may(holder(kind, may_export=True), act, here):
        return Answer(kind.label, "si ce droit lui est donné")
    return Answer(kind.label, "non", tone="none")
