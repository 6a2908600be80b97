"""The two ways of finding those who dropped out; one is chosen for a list, and printed with what it gave."""

from __future__ import annotations

from functools import lru_cache

from django.db import models

from beneficiaries.lists.columns import Columns, Field
from beneficiaries.lists.kinds import ListKind
from beneficiaries.lists.names import clean
from beneficiaries.lists.outcomes import Finding, review, warning
from beneficiaries.lists.records import Record
from partaj.folding import fold
from partaj.formats import counted


class Rule(models.TextChoices):
    """`ia-ip`: TEM_IAE = O and NB_IP = 0."""

    IA_IP = "ia-ip", "inscription administrative sans inscription pédagogique"
    ABSENCE = "absence", "absence aux examens"


def rule_in_words(kind: str, rule: str | None, registered: int | None) -> str:
    """By what the people of a list are those of the list, as it is printed with what it gave; `registered`: how many
    people were read in the second of two lists."""
    if kind == ListKind.DIFFERENCE and registered is not None:
        read = counted(registered, "personne lue", "personnes lues")
        return f"{ListKind.DIFFERENCE.label} ({read} dans le second fichier)"
    if kind == ListKind.STUDENTS:
        return Rule(rule).label if rule else ""
    return ListKind(kind).label


REMEMBERED = 1024  # pairs of things said in one list
YES = {"o", "oui", "y", "yes", "1", "vrai", "true", "x"}
NO = {"n", "non", "no", "0", "faux", "false"}
ATTENDED = {"present", "presente", "pr", "p"}

NOT_REGISTERED = review("Pas d’inscription administrative (TEM_IAE) : la règle ne retient pas cette personne.")
NOT_COUNTED = review("Les inscriptions pédagogiques (NB_IP) ne sont pas renseignées.")
EXCUSED = warning("Absence justifiée.")
PRESENT = review("Présence aux examens : la règle ne retient pas cette personne.")


def rule_of(columns: Columns) -> Rule:
    """Where nobody chose: `ia-ip` for a list that counts pedagogical registrations, else `absence`."""
    return Rule.IA_IP if Field.PEDAGOGICAL in columns else Rule.ABSENCE


def unverifiable(rule: Rule, columns: Columns) -> str:
    """What the list lacks for this rule to be checked line by line; empty where it lacks nothing. A list of absent
    people is taken at its word: universities seldom say it once more on each line."""
    if rule is Rule.ABSENCE:
        return ""
    needed = {Field.REGISTERED: "TEM_IAE", Field.PEDAGOGICAL: "NB_IP"}
    missing = [name for field, name in needed.items() if field not in columns]
    return f"La règle ia-ip n’a pu être vérifiée, faute de {' et '.join(missing)}." if missing else ""


def _said(typed: str | None) -> str | None:
    """What a column says, folded; None without such a column."""
    if typed is None:
        return None
    typed = clean(typed)
    return typed.lower() if typed.isascii() else fold(typed)


def _ia_ip(registered: str | None, courses: str | None) -> Finding | None:
    registered, courses = _said(registered), _said(courses)
    if registered is not None and registered not in YES:
        if registered in NO:
            return NOT_REGISTERED
        return review(f"L’inscription administrative (TEM_IAE) vaut « {registered[:20]} » : ni O, ni N.")
    if courses is None or courses in ("0", "n", "non", "faux"):
        return None
    if not courses:
        return NOT_COUNTED
    if courses.isdecimal():
        return review(f"Inscriptions pédagogiques : {courses[:6]}. La règle ne retient pas cette personne.")
    return review(f"Les inscriptions pédagogiques (NB_IP) valent « {courses[:20]} » : ce n’est pas un nombre.")


def _absence(absent: str | None, present: str | None) -> Finding | None:
    absent, present = _said(absent), _said(present)
    if absent == "abj":
        return EXCUSED
    return PRESENT if absent in NO | ATTENDED or present in YES | ATTENDED else None


_RULES = {
    Rule.IA_IP: ((Field.REGISTERED, Field.PEDAGOGICAL), _ia_ip),
    Rule.ABSENCE: ((Field.ABSENCE, Field.PRESENCE), _absence),
}


class RuleReader:
    """Judges the lines of one list by a rule: columns so short say few things, and each is judged once."""

    def __init__(self, rule: Rule, columns: Columns) -> None:
        fields, judged = _RULES[rule]
        self.first, self.second = (columns.places.get(each, (None,))[0] for each in fields)
        self.judged = lru_cache(REMEMBERED)(judged)

    def read(self, record: Record) -> Finding | None:
        return self.judged(_typed(record.cells, self.first), _typed(record.cells, self.second))


def _typed(cells: list[str], place: int | None) -> str | None:
    if place is None:
        return None
    return cells[place] if place < len(cells) else ""
