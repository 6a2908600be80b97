"""The reports that exist: their code (DESIGN §5), their title and who builds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reports import annexe1
from reports.assembly import build_annexe_1
from reports.perimeter import Perimeter
from reports.tables import Report


@dataclass(frozen=True, slots=True)
class Definition:
    code: str
    title: str
    summary: str
    build: Callable[[Perimeter], Report]


REPORTS = {
    definition.code: definition
    for definition in (
        Definition(
            annexe1.CODE,
            annexe1.TITLE,
            "Combien de jeunes et d’adultes, avec quelles caractéristiques à l’entrée, et sur quel territoire.",
            build_annexe_1,
        ),
    )
}
