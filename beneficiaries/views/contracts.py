"""The work contracts of one youth: noted, put right, broken, taken back; how the file shows them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone

from beneficiaries import contracts
from beneficiaries.contract_forms import BreakContractForm, ContractForm, RestoreForm
from beneficiaries.contracts import Overlap
from beneficiaries.models import Contract, Enrolment
from beneficiaries.models.contracts import SOON
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.rows import ChangeRow, NoteRow, OneRow, WithdrawRow
from partaj.formats import french_date, in_days


class TellsOverlap:
    """An overlap shows the box that keeps both. Put before the page."""

    def refused(self, form: Any, refusal: ValidationError) -> HttpResponse:
        form.beside = isinstance(refusal, Overlap)
        return super().refused(form, refusal)  # type: ignore[misc]


class OneContract(OneRow):
    model = Contract

    def rows(self) -> QuerySet:
        return super().rows().select_related("organisation")


class NoteContract(TellsOverlap, NoteRow):
    model = Contract
    form_class = ContractForm
    title = "Noter un contrat de travail"
    done = "Le contrat est noté."

    def note(self, form: ContractForm) -> Contract | None:
        return contracts.note_contract(row=form.instance, both=form.cleaned_data["both"], by=self.request.user)


class ChangeContract(TellsOverlap, OneContract, ChangeRow):
    form_class = ContractForm
    done = "Le contrat est enregistré."

    def get_title(self) -> str:
        return f"Modifier le contrat : {self.get_stored()}"

    def revise(self, form: ContractForm) -> Contract:
        return contracts.revise_contract(
            row=form.instance, version=form.version_read, both=form.cleaned_data["both"], by=self.request.user
        )


class BreakContract(OneContract, ActOnFile):
    form_class = BreakContractForm
    submit_label = "Noter la rupture"
    done = "La rupture est notée."

    def get_title(self) -> str:
        return f"Rompre le contrat : {self.row}"

    def carry_out(self, given: dict[str, Any]) -> None:
        said = {name: given[name] for name in contracts.BREAK}
        contracts.break_contract(contract=self.row, by=self.request.user, **said)


class RestoreContract(TellsOverlap, OneContract, ActOnFile):
    """For a break noted by mistake."""

    form_class = RestoreForm
    submit_label = "Rétablir le contrat"
    done = "La rupture est annulée ; le fil en garde la trace."

    def get_title(self) -> str:
        return f"Annuler la rupture du {french_date(self.row.broken_on)} : {self.row}"

    def carry_out(self, given: dict[str, Any]) -> None:
        contracts.restore_contract(contract=self.row, reason=given["why"], both=given["both"], by=self.request.user)


class WithdrawContract(OneContract, WithdrawRow):
    submit_label = "Retirer le contrat"
    done = "Le contrat est retiré ; le fil en garde la trace."

    def get_title(self) -> str:
        return f"Retirer le contrat : {self.row}"

    def carry_out(self, given: dict[str, Any]) -> None:
        contracts.withdraw_contract(contract=self.row, reason=given["why"], by=self.request.user)


# -- On the page of the file -----------------------------------------------------------------------------
def contracts_of(enrolment: Enrolment, reader: Any, url: str) -> list[dict[str, Any]]:
    """The contracts of the file in words, the latest first; `url`: of the page of the file. In one query."""
    today = timezone.localdate()
    return [_shown(row, today, url) for row in Contract.objects.of_file(enrolment, reader)]


def _shown(row: Contract, today: dt.date, url: str) -> dict[str, Any]:
    state, tone = state_of(row, today)
    trial = row.trial_ends_on if row.trial_ends_on and row.trial_ends_on >= today and not row.is_broken else None
    return {
        "label": str(row),
        "state": state,
        "tone": tone,
        "period": row.period(),
        "opca": row.opca,
        "trial": f"essai jusqu’au {french_date(trial)} ({in_days(trial, today)})" if trial else "",
        "broken": broken_in_words(row),
        "is_broken": row.is_broken,
        "url": f"{url}contrat/{row.pk}/",
    }


def state_of(row: Contract, today: dt.date) -> tuple[str, str]:
    """« finit dans 12 jours », and the tone of it."""
    if row.broken_on:
        return f"rompu le {french_date(row.broken_on)}", "left"
    if row.starts_on > today:
        return f"commence {in_days(row.starts_on, today)}", "waiting"
    if row.ends_on and row.ends_on < today:
        return f"allé à son terme le {french_date(row.ends_on)}", "there"
    if row.ends_on and row.ends_on <= today + SOON:
        return f"finit {in_days(row.ends_on, today)}", "waiting"
    return "en cours", "there"


def broken_in_words(row: Contract) -> str:
    """« à l’initiative de : commun accord ; motif : absences ; pendant l’essai »; "" where it is not broken."""
    if not row.is_broken:
        return ""
    motive = row.break_precision or row.get_break_motive_display()
    trial = {True: "pendant l’essai", False: "après l’essai"}.get(row.in_trial, "")  # type: ignore[arg-type]
    return " ; ".join(filter(None, [f"motif : {motive}", f"initiative : {row.get_initiative_display()}", trial]))
