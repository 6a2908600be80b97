"""The sections of annexe 1: the rows of the form, what each counts, and whom a section splits.

Source: FEJ, annexe 1 « Public visé »: labels are the form's, character for character. What is printed from people
(reports) and what is typed from headcounts (funding) both come from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from beneficiaries.ages import AgeBand
from beneficiaries.models import AdultQuality, SchoolLevel, Sex, Situation
from partaj.programmes.models import Section, SectionRule

YOUTHS, EVERYONE = SectionRule.Population.YOUTHS.value, SectionRule.Population.EVERYONE.value
ADULTS = "adults"


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of the form; `codes`: the answers that it counts (« Infra V » counts two of them)."""

    code: str
    label: str
    codes: tuple[str, ...]


def _one_each(choices: Iterable[tuple[str, str]]) -> tuple[FormRow, ...]:
    return tuple(FormRow(str(code), label, (str(code),)) for code, label in choices)


FORM_ROWS: dict[str, tuple[FormRow, ...]] = {
    Section.AGE: _one_each(AgeBand.choices),
    Section.SITUATION: _one_each(Situation.choices),
    Section.LEVEL: (
        FormRow("infra-V", "Infra V", (SchoolLevel.VI.value, SchoolLevel.V_BIS.value)),
        *_one_each([
            (SchoolLevel.V, "Niveau V"), (SchoolLevel.IV, "Niveau IV"), (SchoolLevel.III, "Niveau III"),
            (SchoolLevel.II, "Niveau II"), (SchoolLevel.I, "Niveau I"), (SchoolLevel.UNKNOWN, "Non connue"),
        ]),
    ),
    Section.SEX: _one_each([(Sex.FEMALE, "Filles"), (Sex.MALE, "Garçons")]),
    Section.QUALITY: _one_each(AdultQuality.choices),
}  # fmt: skip


def population_of(section: str, chosen: str | None = None) -> str:
    """Whom a section splits: the youths, unless the programme chose everyone there; the adults by quality."""
    return ADULTS if section == Section.QUALITY else chosen or YOUTHS
