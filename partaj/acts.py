"""Which acts which roles may do: one table, read by the views, the navigation and the tests.

Seeing comes first (`visible_to`, 404 otherwise); an act on something that one sees but may not do is a 403.
The floor of accounts gives `user.reach`; this file only reads it, so that every floor may ask `may(…)`.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any


class Act(StrEnum):
    MANAGE_ACCOUNTS = "manage_accounts"  # accounts and roles
    REVIEW_ACCESS = "review_access"  # confirm or end the roles that one answers for
    READ_RULES = "read_rules"  # the page « qui peut voir quoi »
    READ_JOURNAL = "read_journal"  # who read and changed what
    CHANGE_TERRITORIES = "change_territories"
    CREATE_PROGRAMMES = "create_programmes"
    READ_DIRECTORY = "read_directory"  # territories and structures
    CHANGE_DIRECTORY = "change_directory"  # structures
    READ_PROGRAMME = "read_programme"  # that it exists, its fiche synthétique
    CHANGE_PROGRAMME = "change_programme"  # settings of one programme
    READ_YOUTHS = "read_youths"  # the list of youths, with names
    LOG_YOUTHS = "log_youths"  # intake, changes, steps
    MERGE_FILES = "merge_files"  # two files of one person made one, and parted again
    EXPORT_YOUTHS = "export_youths"
    IMPORT_LISTS = "import_lists"  # lists handed over by universities, mission locales, CFA
    READ_CELLS = "read_cells"  # cells and their sessions
    READ_HEADCOUNTS = "read_headcounts"
    REPORT_HEADCOUNTS = "report_headcounts"
    READ_REPORTS = "read_reports"
    DECLARE_FIGURES = "declare_figures"


ADMINISTRATOR, MANAGER, CASEWORKER = "administrator", "manager", "caseworker"
TUTOR, MEMBER, EVALUATOR, FUNDER = "tutor", "member", "evaluator", "funder"

WHO: dict[Act, frozenset[str]] = {
    Act.MANAGE_ACCOUNTS: frozenset({ADMINISTRATOR}),
    Act.REVIEW_ACCESS: frozenset({ADMINISTRATOR, MANAGER}),
    Act.READ_RULES: frozenset({ADMINISTRATOR, MANAGER}),
    Act.READ_JOURNAL: frozenset({ADMINISTRATOR, MANAGER}),
    Act.CHANGE_TERRITORIES: frozenset({ADMINISTRATOR}),
    Act.CREATE_PROGRAMMES: frozenset({ADMINISTRATOR}),
    Act.READ_DIRECTORY: frozenset({ADMINISTRATOR, MANAGER, CASEWORKER}),
    Act.CHANGE_DIRECTORY: frozenset({ADMINISTRATOR, MANAGER, CASEWORKER}),
    Act.READ_PROGRAMME: frozenset({ADMINISTRATOR, MANAGER, CASEWORKER, TUTOR, MEMBER, EVALUATOR, FUNDER}),
    Act.CHANGE_PROGRAMME: frozenset({ADMINISTRATOR, MANAGER}),
    Act.READ_YOUTHS: frozenset({ADMINISTRATOR, MANAGER, CASEWORKER, TUTOR, MEMBER}),
    Act.LOG_YOUTHS: frozenset({ADMINISTRATOR, MANAGER, CASEWORKER}),
    Act.MERGE_FILES: frozenset({ADMINISTRATOR, MANAGER}),
    Act.EXPORT_YOUTHS: frozenset({ADMINISTRATOR, MANAGER, CASEWORKER}),  # and may_export on the role
    Act.IMPORT_LISTS: frozenset({ADMINISTRATOR, MANAGER}),
    Act.READ_CELLS: frozenset({ADMINISTRATOR, MANAGER, CASEWORKER}),
    Act.READ_HEADCOUNTS: frozenset({ADMINISTRATOR, MANAGER, CASEWORKER}),
    Act.REPORT_HEADCOUNTS: frozenset({ADMINISTRATOR, MANAGER, CASEWORKER}),
    Act.READ_REPORTS: frozenset({ADMINISTRATOR, MANAGER, CASEWORKER, EVALUATOR, FUNDER}),
    Act.DECLARE_FIGURES: frozenset({ADMINISTRATOR, MANAGER}),
}

# In the users' words, for the page « qui peut voir quoi ».
IN_WORDS: dict[Act, str] = {
    Act.MANAGE_ACCOUNTS: "ouvrir et suspendre les comptes, donner et retirer les rôles",
    Act.REVIEW_ACCESS: "revoir chaque année les rôles dont on répond : confirmer, ou mettre fin",
    Act.READ_RULES: "lire cette page",
    Act.READ_JOURNAL: "lire le journal des accès, et qui a consulté un dossier",
    Act.CHANGE_TERRITORIES: "créer et modifier les territoires",
    Act.CREATE_PROGRAMMES: "créer un programme",
    Act.READ_DIRECTORY: "lire l’annuaire des territoires et des structures",
    Act.CHANGE_DIRECTORY: "créer et modifier les structures",
    Act.READ_PROGRAMME: "lire la fiche synthétique du programme",
    Act.CHANGE_PROGRAMME: "régler le programme, le clore",
    Act.READ_YOUTHS: "lire la liste et les dossiers des jeunes, avec leurs noms",
    Act.LOG_YOUTHS: "tenir les dossiers : accueil, modifications, étapes, ruptures, départs, notes, historique",
    Act.MERGE_FILES: "réunir deux dossiers d’une même personne, et défaire",
    Act.EXPORT_YOUTHS: "exporter des listes nominatives",
    Act.IMPORT_LISTS: "recevoir les listes de jeunes, décider de leurs lignes, annuler un import",
    Act.READ_CELLS: "lire et tenir les cellules et leurs séances",
    Act.READ_HEADCOUNTS: "lire les projets et leurs effectifs",
    Act.REPORT_HEADCOUNTS: "saisir les projets et leurs effectifs",
    Act.READ_REPORTS: "lire les tableaux de restitution",
    Act.DECLARE_FIGURES: "saisir les prévisions, déclarer un chiffre",
}


@lru_cache(maxsize=1024)
def kinds_in(reach: Any, programme: int | None) -> frozenset[str]:
    """Kinds of role that count for an act in `programme` (its id), or anywhere when it is None."""
    held = {
        MANAGER: reach.managed,
        CASEWORKER: reach.worked,
        TUTOR: reach.tutored,
        MEMBER: reach.convened,
        EVALUATOR: reach.evaluated,
        FUNDER: reach.funded,
    }
    kinds = {kind for kind, programmes in held.items() if (programme in programmes if programme else programmes)}
    return frozenset(kinds | {ADMINISTRATOR} if reach.everything else kinds)


def may(user: Any, act: Act, programme: Any | None = None) -> bool:
    """Whether `user` may do `act`, in `programme` where the act belongs to one."""
    if not user.is_authenticated or not user.is_active:
        return False
    reach, where = user.reach, programme.pk if programme else None
    if act is Act.EXPORT_YOUTHS and not reach.everything:
        return any(where is None or where == exported for exported, _ in reach.exported)
    return bool(WHO[act] & kinds_in(reach, where))
