"""What each column holds, by the names that Apogée gives and those that people write by hand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import models

from beneficiaries.lists.kinds import ListKind
from beneficiaries.lists.synonyms import APOGEE, FORBIDDEN, OF_A_BREAK, SYNONYMS
from partaj.folding import fold
from partaj.uploads.refusal import UploadRefused


class Field(models.TextChoices):
    """What a column may hold."""

    LAST_NAME = "last_name", "nom de naissance"
    USAGE_NAME = "usage_name", "nom d’usage"
    FIRST_NAME = "first_name", "prénom"
    FULL_NAME = "full_name", "nom et prénom"
    BIRTH_DATE = "birth_date", "date de naissance"
    SEX = "sex", "sexe"
    INE = "ine", "INE"
    INE_BASE = "ine_base", "INE, sans sa clé"
    INE_KEY = "ine_key", "clé de l’INE"
    STUDENT_NUMBER = "student_number", "numéro d’étudiant"
    PHONE = "phone", "téléphone"
    EMAIL = "email", "courriel"
    ADDRESS = "address", "adresse"
    POSTCODE = "postcode", "code postal"
    CITY = "city", "commune"
    STEP_CODE = "step_code", "code de la formation"
    STEP_LABEL = "step_label", "formation"
    YEAR = "year", "année universitaire"
    REGISTERED = "registered", "inscription administrative"
    PEDAGOGICAL = "pedagogical", "inscriptions pédagogiques"
    ABSENCE = "absence", "absence aux examens"
    PRESENCE = "presence", "présence aux examens"
    DIPLOMA = "diploma", "diplôme"
    NATIONALITY = "nationality", "nationalité"
    SCHOLARSHIP = "scholarship", "bourse"
    COMMENT = "comment", "commentaire"
    # Of a broken apprenticeship, under the names of `models.ApprenticeshipBreak`.
    TRAINING_PLACE = "training_place", "dernier lieu de formation"
    SECTOR = "sector", "secteur d’activité"
    COMPANY = "company", "entreprise"
    CONTRACT_STARTS_ON = "contract_starts_on", "début du contrat"
    CONTRACT_ENDS_ON = "contract_ends_on", "fin du contrat"
    BROKEN_ON = "broken_on", "date de la rupture"
    MOTIVE = "motive", "motif de la rupture"
    CHOSEN = "chosen", "rupture choisie ou subie"
    FOLLOWED_ELSEWHERE = "followed_elsewhere", "suivi ailleurs"
    FOLLOWED_BY = "followed_by", "suivi par"
    SOLUTION_FOUND = "solution_found", "solution trouvée depuis"
    SOLUTION = "solution", "solution : laquelle"


SEVERAL = {Field.PHONE, Field.EMAIL, Field.ADDRESS}  # those that a list spreads over several columns
ON_PURPOSE = {Field.NATIONALITY, Field.SCHOLARSHIP, Field.COMMENT}  # not needed: taken only where somebody says so
NAMES = {Field.LAST_NAME, Field.FULL_NAME}
NUMBERS = {Field.INE, Field.INE_BASE, Field.STUDENT_NUMBER}
# Needed in a list of breaks alone.
OF_BREAKS = {
    Field.TRAINING_PLACE, Field.SECTOR, Field.COMPANY, Field.CONTRACT_STARTS_ON, Field.CONTRACT_ENDS_ON,
    Field.BROKEN_ON, Field.MOTIVE, Field.CHOSEN, Field.FOLLOWED_ELSEWHERE, Field.FOLLOWED_BY, Field.SOLUTION_FOUND,
    Field.SOLUTION,
}  # fmt: skip
# Trades and places of care are nobody's health; in the other columns people write what they want.
WRITTEN_FREELY = [Field.COMMENT, *sorted(OF_BREAKS - {Field.TRAINING_PLACE, Field.SECTOR, Field.COMPANY})]

Meaning = tuple[Field, int]  # and how precise the title is: 0 is the most


def _meanings(synonyms: Mapping[str, Iterable[str]]) -> dict[str, Meaning]:
    return {name: (Field(code), rank) for code, names in synonyms.items() for rank, name in enumerate(names)}


_FIELD_OF = _meanings(SYNONYMS)
_IN_BREAKS = _FIELD_OF | {
    name: (field, len(SYNONYMS[field]) + rank) for name, (field, rank) in _meanings(OF_A_BREAK).items()
}
_ASIDE = re.compile(r"\([^)]*\)|[:*°º#?]")
LONGEST_TITLE = 200  # characters: what stands further tells no title from another
_SMALL = {"de", "du", "des", "d", "la", "l", "et"}


def title_key(title: str) -> str:
    """What tells one title from another: « Date de naissance (JJ/MM/AAAA) : » → « date naissance »."""
    return " ".join(word for word in fold(_ASIDE.sub(" ", title[:LONGEST_TITLE])).split() if word not in _SMALL)


def field_of(title: str, kind: ListKind = ListKind.STUDENTS) -> Field | None:
    found = _meaning(title, kind)
    return found[0] if found else None


def _meaning(title: str, kind: ListKind) -> Meaning | None:
    return (_IN_BREAKS if kind is ListKind.BREAKS else _FIELD_OF).get(title_key(title))


def not_needed(kind: ListKind) -> set[Field]:
    """What is taken of such a list only where somebody says so."""
    return ON_PURPOSE if kind is ListKind.BREAKS else ON_PURPOSE | OF_BREAKS


def fields_of(kind: ListKind) -> list[Field]:
    """What a column of such a list may hold."""
    return [field for field in Field if kind is ListKind.BREAKS or field not in OF_BREAKS]


def recognised(cells: Iterable[str]) -> set[Field]:
    """The fields that these titles name."""
    return {found for cell in cells if len(cell) <= 60 and (found := field_of(cell))}


def is_forbidden(title: str) -> bool:
    return title_key(title) in FORBIDDEN


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column that is not taken: `index` from 0, its title, and why. `field`: what it could be mapped to."""

    index: int
    title: str
    reason: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """`places`: the columns of each field, from 0, in the order in which they are read. `free_text`: those where
    people write what they want, looked at so that nothing forbidden passes unsaid."""

    titles: tuple[str, ...]
    places: Mapping[Field, tuple[int, ...]]
    left_out: tuple[LeftOut, ...]
    free_text: tuple[int, ...]

    def __contains__(self, field: Field) -> bool:
        return field in self.places

    @property
    def of_apogee(self) -> bool:
        """Whether names were cut where Apogée cuts them."""
        return any(
            title_key(self.titles[index]) in APOGEE for each in (Field.LAST_NAME, Field.FIRST_NAME)
            for index in self.places.get(each, ())
        )  # fmt: skip

    def title_of(self, field: Field) -> str:
        return " + ".join(self.titles[index] for index in self.places[field])


def match(
    titles: list[str],
    mapping: Mapping[int, Field | None] | None = None,
    *,
    kind: ListKind = ListKind.STUDENTS,
    known_by: Collection[Field] = NAMES,
) -> Columns:
    """The columns of a list; `mapping` is heard before the titles. Raises UploadRefused where nothing tells people
    (`known_by`), or where two columns bear the same title and either could be meant."""
    chosen, aside = dict(mapping or {}), not_needed(kind)
    forbidden = {index for index, title in enumerate(titles) if is_forbidden(title)}
    claims: dict[Field, list[tuple[int, int]]] = {}
    for index, title in enumerate(titles):
        found = _meaning(title, kind)
        if index in chosen or index in forbidden or found is None or found[0] in aside:
            continue
        claims.setdefault(found[0], []).append((found[1], index))
    for index, field in chosen.items():
        if field and index not in forbidden and 0 <= index < len(titles):
            claims.setdefault(field, []).append((-1, index))
    places = {field: _placed(field, sorted(found), titles) for field, found in claims.items()}
    _second_name(places, claims)
    if places.keys().isdisjoint(known_by):
        raise _nobody(titles)
    taken = {index for found in places.values() for index in found}
    left_out = tuple(
        _left_out(index, title, places, kind, on_purpose=index in chosen) for index, title in enumerate(titles)
        if index not in taken and title.strip()
    )  # fmt: skip
    free = [each.index for each in left_out if each.field is None or each.field in WRITTEN_FREELY]
    free += [index for field in WRITTEN_FREELY for index in places.get(field, ())]
    return Columns(tuple(titles), places, left_out, tuple(free))


def _placed(field: Field, found: list[tuple[int, int]], titles: list[str]) -> tuple[int, ...]:
    if field in SEVERAL:
        return tuple(index for _, index in found)
    first = found[0]
    twins = [index for rank, index in found if rank == first[0]]
    if len(twins) > 1:
        raise UploadRefused(
            f"Deux colonnes disent « {field.label} » (« {titles[twins[0]].strip()} », colonnes "
            f"{twins[0] + 1} et {twins[1] + 1}) : renommez ou retirez celle qui ne sert pas.",
            "duplicate_titles",
        )
    return (first[1],)


def _second_name(places: dict[Field, tuple[int, ...]], claims: dict[Field, list[tuple[int, int]]]) -> None:
    """Beside « Nom de naissance », the column « Nom » is the name in use."""
    found = sorted(claims.get(Field.LAST_NAME, []))
    if len(found) == 2 and found[0][0] >= 0 and Field.USAGE_NAME not in places:
        places[Field.USAGE_NAME] = (found[1][1],)


def _left_out(
    index: int, title: str, places: Mapping[Field, tuple[int, ...]], kind: ListKind, *, on_purpose: bool
) -> LeftOut:
    field = field_of(title, kind)
    if is_forbidden(title):
        return LeftOut(index, title, "numéro de sécurité sociale : jamais repris", Field.COMMENT)
    if on_purpose:
        return LeftOut(index, title, "écartée à votre demande", field)
    if field in not_needed(kind):
        return LeftOut(index, title, "pas nécessaire", field)
    if field in places:
        return LeftOut(index, title, f"une autre colonne dit déjà « {field.label} »", field)
    return LeftOut(index, title, "non reconnue", field)


def _nobody(titles: list[str]) -> UploadRefused:
    read = ", ".join(title.strip()[:30] for title in titles if title.strip())[:200]
    return UploadRefused(
        f"Aucune colonne ne donne le nom des personnes (colonnes lues : {read}) : intitulez-la « Nom ».", "no_name"
    )
