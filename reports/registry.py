"""The reports that exist: their code (DESIGN §5), their title and who builds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reports import annexe1, devenir, parcours, ruptures
from reports.assembly import build_annexe_1
from reports.figures import Figure, figure_of_annexe_1
from reports.perimeter import Perimeter
from reports.tables import Report


@dataclass(frozen=True, slots=True)
class Definition:
    code: str
    title: str
    summary: str
    build: Callable[[Perimeter], Report]
    # What is behind the cell of a row and a column; KeyError where there is none.
    figure: Callable[[Perimeter, str, str], Figure]
    is_planned: bool = False  # whether it has a column of what was planned, typed at once


REPORTS = {
    definition.code: definition
    for definition in (
        Definition(
            annexe1.CODE,
            annexe1.TITLE,
            "Combien de jeunes et d’adultes, avec quelles caractéristiques à l’entrée, et sur quel territoire.",
            build_annexe_1,
            figure_of_annexe_1,
            is_planned=True,
        ),
        Definition(
            parcours.CODE,
            parcours.TITLE,
            "Combien de parcours passent par chaque étape, combien s’y arrêtent, et pour quel motif.",
            parcours.build_parcours,
            parcours.figure_of_parcours,
        ),
        Definition(
            devenir.CODE,
            devenir.TITLE,
            "Ce que sont devenus les jeunes à la sortie, six et douze mois après, sur une base qui est dite.",
            devenir.build_devenir,
            devenir.figure_of_devenir,
        ),
        Definition(
            ruptures.CODE,
            ruptures.TITLE,
            "Combien de contrats d’apprentissage et de travail ont été rompus, pourquoi, et combien de temps après.",
            ruptures.build_ruptures,
            ruptures.figure_of_ruptures,
        ),
    )
}
