"""The broken apprenticeships of one file: noting one, putting it right, taking it back; and how the file shows them."""

from __future__ import annotations

from typing import Any

from beneficiaries.break_forms import BreakForm
from beneficiaries.breaks import note_break, revise_break, withdraw_break
from beneficiaries.models import ApprenticeshipBreak, Enrolment
from beneficiaries.views.rows import ChangeRow, NoteRow, WithdrawRow
from partaj.formats import french_date, french_value


class NoteBreak(NoteRow):
    model = ApprenticeshipBreak
    form_class = BreakForm
    title = "Noter une rupture d’apprentissage"
    submit_label = "Enregistrer"
    done = "La rupture est notée."

    def note(self, form: BreakForm) -> ApprenticeshipBreak:
        return note_break(row=form.instance, by=self.request.user)


class ChangeBreak(ChangeRow):
    model = ApprenticeshipBreak
    form_class = BreakForm
    done = "La rupture est enregistrée."

    def get_title(self) -> str:
        return f"Modifier la {self.get_stored()}"

    def revise(self, form: BreakForm) -> ApprenticeshipBreak:
        return revise_break(row=form.instance, version=form.version_read, by=self.request.user)


class WithdrawBreak(WithdrawRow):
    model = ApprenticeshipBreak
    submit_label = "Retirer la rupture"
    done = "La rupture est retirée ; le fil en garde la trace."

    def get_title(self) -> str:
        return f"Retirer la {self.row}"

    def carry_out(self, given: dict[str, Any]) -> None:
        withdraw_break(row=self.row, reason=given["why"], by=self.request.user)


# -- On the page of the file -----------------------------------------------------------------------------
SHOWN = ("training_place", "sector", "company", "motive")


def breaks_of(enrolment: Enrolment, reader: Any, url: str) -> list[dict[str, Any]]:
    """The breaks of the file in words, the latest first; `url`: of the page of the file."""
    rows = ApprenticeshipBreak.objects.of_file(enrolment, reader)
    return [
        {
            "title": str(row).capitalize(),
            "chosen": row.get_chosen_display() if row.chosen != ApprenticeshipBreak.Choice.UNKNOWN else "",
            "facts": facts_of(row),
            "url": f"{url}rupture/{row.pk}/",
        }
        for row in rows
    ]


def facts_of(row: ApprenticeshipBreak) -> list[tuple[str, str]]:
    """What is known, each with its label."""
    fields = [row._meta.get_field(name) for name in SHOWN]
    facts = [(str(field.verbose_name), french_value(field, getattr(row, field.name))) for field in fields]
    facts.insert(3, ("contrat", contract(row)))
    facts.append(("suivi ailleurs", answer(row.followed_elsewhere, row.followed_by)))
    facts.append(("solution trouvée depuis", answer(row.solution_found, row.solution)))
    return [(label, words) for label, words in facts if words]


def contract(row: ApprenticeshipBreak) -> str:
    """« du 01/09/2025 au 31/08/2027 », or the one of the two days that is known."""
    starts, ends = french_date(row.contract_starts_on), french_date(row.contract_ends_on)
    if starts and ends:
        return f"du {starts} au {ends}"
    return f"à partir du {starts}" if starts else f"jusqu’au {ends}" if ends else ""


def answer(yes: bool | None, words: str) -> str:
    """« oui, Mission locale », « non », or nothing where it is not known."""
    if yes is None:
        return ""
    return ", ".join(filter(None, ["oui" if yes else "non", words]))
