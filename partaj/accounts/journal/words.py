"""The lines of the journal in plain French: who, as what, did what, when (time of Paris), from where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from partaj.accounts.journal.pages import COMMANDS, page_in_words
from partaj.accounts.models import JournalEntry, Role, User
from partaj.formats import NBSP, french_date
from partaj.programmes.models import Programme

Kind = JournalEntry.Kind
ACCOUNT, RECEIVED = "accounts.user", "beneficiaries.importbatch"
ROLES = {kind: str(label).partition(",")[0] for kind, label in Role.Kind.choices}
DONE = {Kind.CREATED: "a créé", Kind.CHANGED: "a modifié", Kind.REMOVED: "a supprimé"}
# What is said on the page of one file: neither how many others were shown with it, nor anything of them.
OF_THIS_FILE = {
    Kind.READ: "a ouvert ce dossier",
    Kind.LISTED: "a vu ce dossier dans une liste",
    Kind.SEARCHED: "a trouvé ce dossier par une recherche",
    Kind.EXPORTED: "a exporté ce dossier",
}
REFUSALS = {
    "403": "ce rôle ne le permet pas",
    "404": "hors de son périmètre, ou inexistant",
    "429": "trop d’essais",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row, every word ready. `at`: of Paris; `actor`: the number of the account, None for nobody's request."""

    number: int
    at: dt.datetime
    actor: int | None
    who: str
    roles: str
    act: str
    page: str
    programme: str
    address: str

    @property
    def when(self) -> str:
        return f"{french_date(self.at)} {self.at:%H:%M:%S}"


def lines_of(entries: Sequence[JournalEntry], *, of_file: int | None = None) -> list[Line]:
    """Two queries, however many the rows. `of_file`: the number of the file whose page it is."""
    names, programmes = _names(entries), _programmes(entries)
    return [
        Line(
            number=entry.number,
            at=timezone.localtime(entry.at),
            actor=entry.actor_id,
            who=_who(entry, names),
            roles=", ".join(ROLES.get(role, role) for role in entry.roles.split(", ") if role),
            act=_act(entry, names, of_file),
            page=page_in_words(entry.page),
            programme=programmes.get(entry.programme_id or 0, ""),
            address=entry.address,
        )
        for entry in entries
    ]


def account_of(subject: str) -> int | None:
    """The number of the account that a line is about, where it is about one."""
    label, _, number = subject.partition(":")
    return int(number) if label == ACCOUNT and number.isdigit() else None


def _names(entries: Sequence[JournalEntry]) -> dict[int, str]:
    wanted = {entry.actor_id for entry in entries} | {account_of(entry.subject) for entry in entries}
    found = User.objects.filter(pk__in=wanted - {None}).only("first_name", "last_name", "email").order_by()
    return {user.pk: str(user) for user in found}


def _programmes(entries: Sequence[JournalEntry]) -> dict[int, str]:
    wanted = {entry.programme_id for entry in entries if entry.programme_id}
    return dict(Programme.objects.filter(pk__in=wanted).order_by().values_list("pk", "number"))


def _named(number: int, names: dict[int, str]) -> str:
    return names.get(number, f"compte n°{NBSP}{number}, supprimé")


def _who(entry: JournalEntry, names: dict[int, str]) -> str:
    if entry.actor_id is not None:
        return _named(entry.actor_id, names)
    return COMMANDS.get(entry.page, "personne de connecté")


def _act(entry: JournalEntry, names: dict[int, str], of_file: int | None) -> str:
    kind, detail = Kind(entry.kind), entry.detail
    beside = f" ({detail})" if detail else ""
    file = f" du dossier n°{NBSP}{entry.enrolment_id}" if entry.enrolment_id and of_file is None else ""
    account = account_of(entry.subject)
    other = f"du compte de {_named(account, names)}" if account is not None and account != entry.actor_id else ""
    if kind == Kind.EXPORTED and entry.enrolment_id:
        return f"a emporté {detail}{file or ' de ce dossier'}"
    if of_file is not None and kind in OF_THIS_FILE:
        return OF_THIS_FILE[kind]
    match kind:
        case Kind.READ:
            return f"a ouvert le dossier n°{NBSP}{entry.enrolment_id}{beside}"
        case Kind.LISTED:
            label, _, number = entry.subject.partition(":")
            return f"a lu la liste reçue n°{NBSP}{number}" if label == RECEIVED else f"a vu une liste{beside}"
        case Kind.SEARCHED:
            return f"a fait une recherche{beside}"
        case Kind.EXPORTED:
            return f"a exporté une liste{beside}"
        case Kind.PRINTED:
            return f"a produit le document {detail}"
        case Kind.CREATED | Kind.CHANGED | Kind.REMOVED:
            return f"{DONE[kind]}{NBSP}: {_thing(entry, names, account, file)}"
        case Kind.REFUSED:
            why = REFUSALS.get(detail[:3], detail)
            return f"s’est vu refuser la page «{NBSP}{page_in_words(entry.page)}{NBSP}»{file} ({why})"
        case Kind.SIGNED_IN:
            return f"a ouvert une session{beside}"
        case Kind.SIGNED_OUT:
            return f"a quitté sa session{beside}"
        case Kind.SIGN_IN_FAILED:
            return f"essai refusé {_aimed_at(entry, names, account)}{beside}"
        case Kind.SECURITY:
            return f"a changé la sécurité {other or 'de son compte'}{NBSP}: {detail}"
    if entry.page.startswith("admin:"):
        return f"a lu l’administration technique{beside}"
    return f"a lu le journal des accès{file}{beside}"


def _aimed_at(entry: JournalEntry, names: dict[int, str], account: int | None) -> str:
    if account is None:
        return "sans compte connu"
    return "sur son propre compte" if account == entry.actor_id else f"sur le compte de {_named(account, names)}"


def _thing(entry: JournalEntry, names: dict[int, str], account: int | None, file: str) -> str:
    """« passage d’étape n° 45 du dossier n° 12 », « compte de Paul Petit », « 12 lignes en 1 lot »."""
    label, _, number = entry.subject.partition(":")
    if account is not None:
        return f"compte de {_named(account, names)}" + ("" if entry.detail == "compte" else f" ({entry.detail})")
    if label == "beneficiaries.enrolment":
        return f"dossier n°{NBSP}{number}"
    return f"{entry.detail}{f' n°{NBSP}{number}' if number else ''}{file}"
