"""Where the titles of a list lie, and what its lines are: a person, nothing, the titles again, or a footer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from enum import Enum
from itertools import islice
from typing import NamedTuple

from beneficiaries.lists.columns import NAMES, Field, recognised
from beneficiaries.lists.records import Record
from partaj.folding import fold

SEARCHED = 60  # records: titles never lie further down
IDENTITY = {Field.LAST_NAME, Field.FIRST_NAME, Field.FULL_NAME, Field.INE, Field.STUDENT_NUMBER}


def find_titles(records: Iterable[Record], known_by: Collection[Field] = NAMES) -> Record | None:
    """The first record that names at least two fields, one of them the person's identity; else one that names alone
    what people are `known_by`; else the record that names most fields, so that a refusal may quote it."""
    alone = best = None
    most = 1
    for record in islice(records, SEARCHED):
        found = recognised(record.cells)
        if len(found) > 1 and found & IDENTITY:
            return record
        if alone is None and not found.isdisjoint(known_by) and sum(map(bool, record.cells)) == 1:
            alone = record
        if len(found) > most:
            best, most = record, len(found)
    return alone or best


class Kind(Enum):
    """What a line is; the French word says how many there were."""

    PERSON = "personne"
    BLANK = "ligne vide"
    TITLES = "titres répétés"
    RULE = "trait de séparation"
    FOOTER = "pied de liste"


class Nature(NamedTuple):
    kind: Kind
    announced: int | None = None  # how many people a footer says there are


PERSON = Nature(Kind.PERSON)
BLANK = Nature(Kind.BLANK)
_DIGIT = re.compile(r"\d")
_ORNAMENT = "*-=_#.~ "
_NO_NAME = re.compile(r"\d|[:@]")
_LINE_DRAWN = re.compile(r"[-=_*+|~\s]+")
_COUNT = re.compile(
    r"(?:sous )?(?:total|nombre|nb|effectif|soit|compte)\b(?: general| des?| d| etudiants?| eleves?| jeunes?"
    r"| inscrits?| personnes?| lignes?| absents?| effectifs?| total| selectionnes?| concernes?)*[ :=]*(\d[\d ]*)?"
    r"(?: (?:etudiant|eleve|jeune|inscrit|personne|ligne|absent|enregistrement)\w*)?"
)
_COUNT_FIRST = re.compile(
    r"(\d[\d ]*) (?:etudiant|eleve|jeune|inscrit|personne|ligne|absent|enregistrement)\w*"
    r"(?: (?:selectionne|trouve|affiche|concerne|recense|au total|absent|inscrit)\w*)*"
)
_CLOSING = re.compile(
    r"(?:extraction|extrait|edite|edition|imprime|genere|exporte|page \d|source |document confidentiel|confidentiel"
    r"|apogee|\(c\)|tous droits|date d (?:edition|extraction)"
    r"|fin d(?:u|e|e la|e l) (?:liste|page|extraction|fichier|document|tableau)\b)"
)


class Layout:
    """What the lines under these titles are."""

    def __init__(self, titles: Record) -> None:
        self.titles = [_plain(title) for title in titles.cells]
        self.known = set(self.titles)

    def nature_of(self, record: Record) -> Nature:
        """Footers say little: two cells at most, and words that no name begins with."""
        filled = list(filter(None, map(str.strip, record.cells)))
        if not filled:
            return BLANK
        if len(filled) <= 2 and (footer := _footer(filled)):
            return footer
        if len(filled) == 1 and len(self.titles) > 2 and _tells_of_nobody(filled[0]):
            return Nature(Kind.FOOTER)
        if not filled[0][0].isalnum() and all(map(_LINE_DRAWN.fullmatch, filled)):
            return Nature(Kind.RULE)
        return Nature(Kind.TITLES) if self._repeats(record, filled) else PERSON

    def _repeats(self, record: Record, filled: list[str]) -> bool:
        """The same titles at the same places, or other titles of the same fields (codes, then labels)."""
        if len(filled) < 2 < len(self.titles):
            return False
        if _plain(filled[0]) in self.known and len(record.cells) <= len(self.titles):
            pairs = zip(record.cells, self.titles, strict=False)
            if all(_plain(cell) in ("", title) for cell, title in pairs):
                return True
        return len(filled) > 2 and not _DIGIT.search("".join(filled)) and len(recognised(filled)) == len(filled)


def _plain(title: str) -> str:
    return title.strip().casefold()


def _footer(filled: list[str]) -> Nature | None:
    said = fold(filled[0].replace(":", " ")).strip(_ORNAMENT)
    more = fold(filled[1]) if len(filled) > 1 else ""
    found = _COUNT.fullmatch(said) or _COUNT_FIRST.fullmatch(said)
    if found and (not more or more.isdecimal()) and (found[1] or more):
        return Nature(Kind.FOOTER, _number(found[1] or more))
    return Nature(Kind.FOOTER) if _CLOSING.match(said) and _is_sentence(said, filled) else None


def _tells_of_nobody(said: str) -> bool:
    """A sentence alone on its line, with signs that no name bears: « Contact : poste 12 », « *** FIN *** »."""
    return said.strip(_ORNAMENT).casefold() == "fin" or (" " in said and bool(_NO_NAME.search(said)))


def _number(digits: str) -> int | None:
    digits = digits.replace(" ", "")
    return int(digits) if len(digits) < 9 else None


def _is_sentence(said: str, filled: list[str]) -> bool:
    """« Page » is also a family's name: a closing line holds a figure, or stands alone in several words."""
    return any(character.isdigit() for character in "".join(filled)) or (len(filled) == 1 and " " in said)
