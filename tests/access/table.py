"""The access table: one row for every address of the site. A page that is not here fails the suite.

The places: `own` is TEST-1 at Béthune, `next_door` TEST-1 at Valenciennes, `elsewhere` TEST-2. The walk adds what is
absent, what lies in a programme that does not exist, and an object asked for under another programme's number;
`mixed` is a part of one object asked for under another.
"""

from collections.abc import Callable
from typing import Any

from tests.access.door import ELSEWHERE, MIXED, NEXT_DOOR, NO_SUCH_PK, OWN, Door, Kwargs
from tests.access.house import House

# -- Who ------------------------------------------------------------------------------------------
HOLDERS = "administrator manager caseworker neighbour tutor member evaluator funder"  # of a role in TEST-1
ROLES = f"{HOLDERS} other_manager"
ACCOUNTS = f"{ROLES} stranger"
RUN = "administrator manager caseworker neighbour"  # those who run TEST-1
RUNNERS = f"{RUN} other_manager"
GUESTS = "tutor member"
READERS = "evaluator funder"
LEAD, LEAD_ELSEWHERE = "administrator manager", "administrator other_manager"

# -- What -----------------------------------------------------------------------------------------
SETTINGS_OF = {OWN: LEAD, ELSEWHERE: LEAD_ELSEWHERE}
NOT_SETTINGS_OF = {OWN: f"caseworker neighbour {GUESTS} {READERS}"}
TEAM_OF = {OWN: RUN, ELSEWHERE: LEAD_ELSEWHERE}
# An object of a territory: those who run it there.
TEAM = {OWN: f"{LEAD} caseworker", NEXT_DOOR: f"{LEAD} neighbour", ELSEWHERE: LEAD_ELSEWHERE}


def _programme(house: House) -> dict[str, Any]:
    return {"number": house.programme.number}


def _other_programme(house: House) -> dict[str, Any]:
    return {"number": house.other_programme.number}


def programmes(**parts: Any) -> dict[str, Kwargs]:
    """Pages of a whole programme."""
    return {OWN: lambda house: _programme(house) | parts, ELSEWHERE: lambda house: _other_programme(house) | parts}


Objects = Callable[[House], Any]


def objects(own: Objects, next_door: Objects, elsewhere: Objects, **parts: Any) -> dict[str, Kwargs]:
    """Pages of one object of a programme, by its number."""
    return {
        OWN: lambda house: _programme(house) | {"pk": own(house).pk} | parts,
        NEXT_DOOR: lambda house: _programme(house) | {"pk": next_door(house).pk} | parts,
        ELSEWHERE: lambda house: _other_programme(house) | {"pk": elsewhere(house).pk} | parts,
    }


YOUTHS = objects(lambda house: house.helene, lambda house: house.karim, lambda house: house.foreigner)


def entries(kind: str) -> dict[str, Kwargs]:
    """Pages of one row that hangs on a youth's file: `house.more` holds one of each file, named for its youth."""
    whose = {OWN: "helene", NEXT_DOOR: "karim", ELSEWHERE: "foreigner", MIXED: "karim"}
    return {
        place: lambda house, place=place, name=name: (
            YOUTHS[OWN if place == MIXED else place](house) | {"entry": house.more[f"{name}_{kind}"].pk}
        )
        for place, name in whose.items()
    }


STEP_ENTRIES = entries("entry")
# Two files to compare: the other one is of the same place, but for `mixed`, where it is next door.
PAIRS: dict[str, Kwargs] = {
    OWN: lambda house: YOUTHS[OWN](house) | {"other": house.more["other_own"].pk},
    NEXT_DOOR: lambda house: YOUTHS[NEXT_DOOR](house) | {"other": house.more["other_next_door"].pk},
    ELSEWHERE: lambda house: YOUTHS[ELSEWHERE](house) | {"other": house.more["other_elsewhere"].pk},
    MIXED: lambda house: YOUTHS[OWN](house) | {"other": house.karim.pk},
}
MERGES: dict[str, Kwargs] = {
    OWN: lambda house: YOUTHS[OWN](house) | {"merge": house.more["merge_own"].pk},
    NEXT_DOOR: lambda house: YOUTHS[NEXT_DOOR](house) | {"merge": house.more["merge_next_door"].pk},
    ELSEWHERE: lambda house: YOUTHS[ELSEWHERE](house) | {"merge": house.more["merge_elsewhere"].pk},
    MIXED: lambda house: YOUTHS[OWN](house) | {"merge": house.more["merge_next_door"].pk},
}
BREAKS = entries("break")
OUTCOMES = entries("outcome")
OBSTACLES = entries("obstacle")
CONTRACTS = entries("contract")
EXAMS = entries("exam")
CONTACTS = entries("contact")
ACTIONS = entries("action")
# Of one file: to be taken back from there. Of itself: for those to whom it is offered, who do not see the file.
OFFERS: dict[str, Kwargs] = {
    OWN: lambda house: YOUTHS[OWN](house) | {"entry": house.more["offer_own"].pk},
    NEXT_DOOR: lambda house: YOUTHS[NEXT_DOOR](house) | {"entry": house.more["offer_next_door"].pk},
    ELSEWHERE: lambda house: YOUTHS[ELSEWHERE](house) | {"entry": house.more["offer_elsewhere"].pk},
    MIXED: lambda house: YOUTHS[OWN](house) | {"entry": house.more["offer_next_door"].pk},
}
OFFERED = objects(
    lambda house: house.more["offer_own"],
    lambda house: house.more["offer_next_door"],
    lambda house: house.more["offer_elsewhere"],
)
ANSWERS = objects(
    lambda house: house.more["answer_own"],
    lambda house: house.more["answer_next_door"],
    lambda house: house.more["answer_elsewhere"],
)
BULK_ACTS = objects(
    lambda house: house.more["bulk_own"],
    lambda house: house.more["bulk_next_door"],
    lambda house: house.more["bulk_elsewhere"],
)
GATHERINGS = objects(
    lambda house: house.more["gathering_own"],
    lambda house: house.more["gathering_next_door"],
    lambda house: house.more["gathering_elsewhere"],
)
SAVED_LISTS = objects(
    lambda house: house.more["saved_own"],
    lambda house: house.more["saved_next_door"],
    lambda house: house.more["saved_elsewhere"],
)
THEIR_AUTHORS = {OWN: "caseworker", NEXT_DOOR: "neighbour", ELSEWHERE: "other_manager"}
NOT_THEIR_AUTHORS = {OWN: LEAD, NEXT_DOOR: LEAD, ELSEWHERE: "administrator"}
LEAVERS = objects(lambda house: house.caseworker, lambda house: house.neighbour, lambda house: house.other_manager)
BOTH_SIDES = {OWN: RUN, NEXT_DOOR: RUN, ELSEWHERE: LEAD_ELSEWHERE}
ASKED = {OWN: f"{LEAD} neighbour", NEXT_DOOR: f"{LEAD} caseworker", ELSEWHERE: "other_manager"}
NOT_ASKED = {OWN: "caseworker", NEXT_DOOR: "neighbour", ELSEWHERE: "administrator"}
NOTICES = entries("notice")
OBJECTIONS = entries("objection")
DOCUMENTS = entries("document")
PROJECTS = objects(
    lambda house: house.project, lambda house: house.foreign_project, lambda house: house.more["project_elsewhere"]
)
HEADCOUNTS = objects(
    lambda house: house.headcount,
    lambda house: house.more["headcount_next_door"],
    lambda house: house.more["headcount_elsewhere"],
)
CELLS = objects(
    lambda house: house.more["cell_own"],
    lambda house: house.more["cell_next_door"],
    lambda house: house.more["cell_elsewhere"],
)
SESSIONS = objects(
    lambda house: house.more["session_own"],
    lambda house: house.more["session_next_door"],
    lambda house: house.more["session_elsewhere"],
)
REVIEWS: dict[str, Kwargs] = {
    OWN: lambda house: SESSIONS[OWN](house) | {"review": house.more["review_own"].pk},
    NEXT_DOOR: lambda house: SESSIONS[NEXT_DOOR](house) | {"review": house.more["review_next_door"].pk},
    ELSEWHERE: lambda house: SESSIONS[ELSEWHERE](house) | {"review": house.more["review_elsewhere"].pk},
    MIXED: lambda house: SESSIONS[OWN](house) | {"review": house.more["review_next_door"].pk},
}
AGENDAS: dict[str, Kwargs] = {
    place: lambda house, place=place, name=name, whose=whose: (
        {"number": SESSIONS[OWN if place == MIXED else place](house)["number"]}
        | {"pk": house.more[f"coming_{name}"].pk}
        | {"item": house.more[f"item_{whose}"].pk}
    )
    for place, name, whose in [
        (OWN, "own", "own"),
        (NEXT_DOOR, "next_door", "next_door"),
        (ELSEWHERE, "elsewhere", "elsewhere"),
        (MIXED, "own", "next_door"),
    ]
}
BATCHES = objects(
    lambda house: house.more["batch_own"],
    lambda house: house.more["batch_next_door"],
    lambda house: house.more["batch_elsewhere"],
)
LINES: dict[str, Kwargs] = {
    OWN: lambda house: BATCHES[OWN](house) | {"line": house.more["line_own"].pk},
    NEXT_DOOR: lambda house: BATCHES[NEXT_DOOR](house) | {"line": house.more["line_next_door"].pk},
    ELSEWHERE: lambda house: BATCHES[ELSEWHERE](house) | {"line": house.more["line_elsewhere"].pk},
    MIXED: lambda house: BATCHES[OWN](house) | {"line": house.more["line_next_door"].pk},
}
STEPS: dict[str, Kwargs] = {
    OWN: lambda house: _programme(house) | {"setting": "etapes", "pk": house.steps["contact"].pk},
    ELSEWHERE: lambda house: _other_programme(house) | {"setting": "etapes", "pk": house.more["step_elsewhere"].pk},
}
TERRITORIES: dict[str, Kwargs] = {
    OWN: lambda house: {"pk": house.bethune.pk},
    NEXT_DOOR: lambda house: {"pk": house.valenciennes.pk},
}
# The whole directory of structures is shared by those who run programmes.
ORGANISATIONS: dict[str, Kwargs] = {OWN: lambda house: {"pk": house.holder.pk}}


ACCOUNT: dict[str, Kwargs] = {OWN: lambda house: {"pk": house.caseworker.pk}}
ROLE: dict[str, Kwargs] = {
    OWN: lambda house: ACCOUNT[OWN](house) | {"role_pk": house.more["role_caseworker"].pk},
    MIXED: lambda house: ACCOUNT[OWN](house) | {"role_pk": house.more["role_neighbour"].pk},
}
# Nobody confirms their own role, but administrators.
REVIEWED: dict[str, Kwargs] = {
    OWN: lambda house: {"pk": house.more["role_caseworker"].pk},
    NEXT_DOOR: lambda house: {"pk": house.more["role_other_manager"].pk},
    MIXED: lambda house: {"pk": house.more["role_manager"].pk},
}
REVIEWERS = {OWN: "administrator manager", NEXT_DOOR: "administrator", MIXED: "administrator"}
# What somebody typed is theirs alone.
DRAFT: dict[str, Kwargs] = {
    OWN: lambda house: {"pk": house.more["draft_caseworker"].pk},
    NEXT_DOOR: lambda house: {"pk": house.more["draft_neighbour"].pk},
}
OPEN_SESSION: dict[str, Kwargs] = {
    OWN: lambda house: {"pk": house.more["open_caseworker"].pk},
    NEXT_DOOR: lambda house: {"pk": house.more["open_neighbour"].pk},
}
KEY: dict[str, Kwargs] = {OWN: lambda house: {"pk": NO_SUCH_PK}}
NEW_PASSWORD: dict[str, Kwargs] = {OWN: lambda house: {"uidb36": "1", "key": "clef-inconnue"}}
# The agenda of the caseworker is read by its address, whoever comes with it; any other address is no page.
AGENDA: dict[str, Kwargs] = {OWN: lambda house: {"secret": house.more["agenda_caseworker"]}}
NO_AGENDA: dict[str, Kwargs] = {OWN: lambda house: {"secret": "secret-inconnu"}}
INVITATION: dict[str, Kwargs] = {OWN: lambda house: {"key": "clef-inconnue"}}

# -- The door of the site: what is `public` is so on purpose ------------------------------------------
ENTRANCE = [
    Door("health", {OWN: ACCOUNTS}, public=(200, 405)),
    Door("account_login", {OWN: ACCOUNTS}, get=302, post=302, public=(200, 422)),
    Door("account_logout", {OWN: ACCOUNTS}, post=302),
    Door("account_change_password", {OWN: ACCOUNTS}, post=422),
    Door("account_reset_password", {OWN: ACCOUNTS}, post=422, public=(200, 422)),
    Door("account_reset_password_done", {OWN: ACCOUNTS}, public=(200, 405)),
    Door("account_reset_password_from_key", {OWN: ACCOUNTS}, NEW_PASSWORD, get=410, post=410, public=(410, 410)),
    Door("account_reset_password_from_key_done", {OWN: ACCOUNTS}, public=(200, 405)),
    Door("invitation", {OWN: ACCOUNTS}, get=410, post=410, public=(410, 410)),
    Door("invitation_link", {OWN: ACCOUNTS}, INVITATION, get=302, public=(302, 405)),
    Door("account_inactive", {OWN: ACCOUNTS}, public=(200, 405)),
    Door("home", {OWN: ACCOUNTS}),
    Door("beneficiaries:calendar", {OWN: ACCOUNTS}, AGENDA, public=(200, 405)),
    Door("beneficiaries:calendar", {OWN: ACCOUNTS}, NO_AGENDA, get=404, public=(404, 405)),
    Door("accounts:discard_draft", {OWN: "caseworker", NEXT_DOOR: "neighbour"}, DRAFT, get=405, post=302),
]

# -- One's own security: what changes it asks first who one is (302) --------------------------------------
SECURITY = [
    Door("mfa_index", {OWN: ACCOUNTS}),
    Door("mfa_authenticate", {OWN: ACCOUNTS}, get=302, post=302, public=(302, 302)),
    Door("account_reauthenticate", {OWN: ACCOUNTS}, post=422),
    Door("mfa_reauthenticate", {OWN: ACCOUNTS}, get=302, post=302),
    Door("mfa_reauthenticate_webauthn", {OWN: ACCOUNTS}, get=302, post=302),
    Door("mfa_activate_totp", {OWN: ACCOUNTS}, get=302, post=302),
    Door("mfa_add_webauthn", {OWN: ACCOUNTS}, get=302, post=302),
    Door("mfa_generate_recovery_codes", {OWN: ACCOUNTS}, get=302, post=302),
    # Nobody here has a factor: what is theirs is tried in tests/door.
    Door("mfa_deactivate_totp"),
    Door("mfa_edit_webauthn", objects=KEY),
    Door("mfa_remove_webauthn", objects=KEY),
    Door("close_session", {OWN: "caseworker", NEXT_DOOR: "neighbour"}, OPEN_SESSION, get=302, post=302),
    Door("close_other_sessions", {OWN: ACCOUNTS}, get=302, post=302),
    Door("accounts:calendar", {OWN: RUNNERS}),
    Door("accounts:new_calendar", {OWN: RUNNERS}, get=302, post=302),
    Door("accounts:withdraw_calendar", {OWN: RUNNERS}, post=302),
    # Off unless configured.
    Door("proconnect", public=(404, 404)),
    Door("proconnect_back", public=(404, 404)),
]

# -- Accounts: the administrators' affair, unknown to everybody else ------------------------------------
OFFICE = [
    Door("accounts:list", {OWN: "administrator"}),
    Door("accounts:create", {OWN: "administrator"}, post=422),
    Door("accounts:account", {OWN: "administrator"}, ACCOUNT),
    Door("accounts:change", {OWN: "administrator"}, ACCOUNT, post=422),
    Door("accounts:invite", {OWN: "administrator"}, ACCOUNT, get=405, post=302),
    Door("accounts:cancel_invitation", {OWN: "administrator"}, ACCOUNT, post=409),
    Door("accounts:reset_second_factor", {OWN: "administrator"}, ACCOUNT, post=409),
    Door("accounts:withdraw_calendar_of", {OWN: "administrator"}, ACCOUNT, post=302),
    Door("accounts:unlink_proconnect", {OWN: "administrator"}, ACCOUNT, post=409),
    Door("accounts:suspend", {OWN: "administrator"}, ACCOUNT, post=302),
    Door("accounts:restore", {OWN: "administrator"}, ACCOUNT, post=302),
    Door("accounts:role_give", {OWN: "administrator"}, ACCOUNT, post=422),
    Door("accounts:rules", {OWN: "administrator manager other_manager"}),
    Door("accounts:role_end", {OWN: "administrator"}, ROLE, post=302),
    Door("accounts:journal", {OWN: "administrator manager other_manager"}),
    Door("accounts:journal_export", {OWN: "administrator manager other_manager"}),
    Door("accounts:review", {OWN: "administrator manager other_manager"}),
    Door("accounts:review_confirm", REVIEWERS, REVIEWED, get=405, post=302),
    Door("accounts:review_end", REVIEWERS, REVIEWED, post=302),
]

# -- The ground -------------------------------------------------------------------------------------
GROUND = [
    Door("territories:territories", {OWN: RUNNERS}),
    Door("territories:territory_create", {OWN: "administrator"}, refused={OWN: RUNNERS}, post=422),
    Door(
        "territories:territory_change",
        {OWN: "administrator", NEXT_DOOR: "administrator"},
        TERRITORIES,
        refused={OWN: "manager caseworker", NEXT_DOOR: "manager other_manager neighbour"},
        post=422,
    ),
    Door(
        "territories:territory_remove",
        {OWN: "administrator", NEXT_DOOR: "administrator"},
        TERRITORIES,
        refused={OWN: "manager caseworker", NEXT_DOOR: "manager other_manager neighbour"},
        post=409,
    ),
    Door("territories:organisations", {OWN: RUNNERS}),
    Door("territories:organisation", {OWN: RUNNERS}, ORGANISATIONS),
    Door("territories:organisation_create", {OWN: RUNNERS}, post=422),
    Door("territories:organisation_change", {OWN: RUNNERS}, ORGANISATIONS, post=422),
    Door("territories:organisation_remove", {OWN: RUNNERS}, ORGANISATIONS, post=409),
    Door("programmes:list", {OWN: ROLES}),
    Door("programmes:create", {OWN: "administrator"}, refused={OWN: ROLES}, post=422),
    Door("programmes:detail", {OWN: HOLDERS, ELSEWHERE: LEAD_ELSEWHERE}, programmes()),
    Door("programmes:change", SETTINGS_OF, programmes(), refused=NOT_SETTINGS_OF, post=422),
    Door("programmes:close", SETTINGS_OF, programmes(), refused=NOT_SETTINGS_OF, post=422),
    Door("programmes:reopen", SETTINGS_OF, programmes(), refused=NOT_SETTINGS_OF, post=302),
    Door("programmes:part", SETTINGS_OF, programmes(setting="etapes"), refused=NOT_SETTINGS_OF),
    Door("programmes:part_create", SETTINGS_OF, programmes(setting="etapes"), refused=NOT_SETTINGS_OF, post=422),
    Door("programmes:part_change", SETTINGS_OF, STEPS, refused=NOT_SETTINGS_OF, post=422),
    Door("programmes:part_move", SETTINGS_OF, STEPS, refused=NOT_SETTINGS_OF, get=405, post=302),
    Door("programmes:part_remove", SETTINGS_OF, STEPS, refused=NOT_SETTINGS_OF, post=409),
]

# -- Youths -----------------------------------------------------------------------------------------
READ_FILE = {OWN: f"{TEAM[OWN]} {GUESTS}", NEXT_DOOR: TEAM[NEXT_DOOR], ELSEWHERE: TEAM[ELSEWHERE]}
GUEST_OF_FILE = {OWN: GUESTS}
LEAD_ON_FILE = {OWN: LEAD, NEXT_DOOR: LEAD, ELSEWHERE: LEAD_ELSEWHERE}
NOT_LEAD_ON_FILE = {OWN: f"caseworker {GUESTS}", NEXT_DOOR: "neighbour"}
PEOPLE = [
    Door("beneficiaries:search", {OWN: f"{RUNNERS} {GUESTS}"}),
    Door("beneficiaries:actions", {OWN: RUNNERS}),
    Door("beneficiaries:list", {OWN: f"{RUN} {GUESTS}", ELSEWHERE: LEAD_ELSEWHERE}, programmes()),
    Door("beneficiaries:saved_lists", {OWN: f"{RUN} {GUESTS}", ELSEWHERE: LEAD_ELSEWHERE}, programmes()),
    Door("beneficiaries:save_list", {OWN: f"{RUN} {GUESTS}", ELSEWHERE: LEAD_ELSEWHERE}, programmes(), post=422),
    Door("beneficiaries:change_list", THEIR_AUTHORS, SAVED_LISTS, refused=NOT_THEIR_AUTHORS, post=422),
    Door("beneficiaries:replace_list", THEIR_AUTHORS, SAVED_LISTS, refused=NOT_THEIR_AUTHORS, post=409),
    Door("beneficiaries:forget_list", TEAM, SAVED_LISTS, post=302),
    Door(
        "beneficiaries:export",
        {OWN: f"{LEAD} caseworker", ELSEWHERE: LEAD_ELSEWHERE},
        programmes(kind="csv"),
        refused={OWN: f"neighbour {GUESTS}"},
    ),
    Door("beneficiaries:new", TEAM_OF, programmes(), refused={OWN: GUESTS}, post=422),
    Door("beneficiaries:detail", READ_FILE, YOUTHS),
    Door("beneficiaries:readers", TEAM, YOUTHS, refused=GUEST_OF_FILE),
    Door("beneficiaries:consultations", LEAD_ON_FILE, YOUTHS, refused=NOT_LEAD_ON_FILE),
    Door("beneficiaries:consultations_export", LEAD_ON_FILE, YOUTHS, refused=NOT_LEAD_ON_FILE),
    Door("beneficiaries:history", TEAM, YOUTHS, refused=GUEST_OF_FILE),
    Door("beneficiaries:change", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:enter_step", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:withdraw_step", TEAM, STEP_ENTRIES, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:record_loss", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:undo_loss", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:note", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:withdraw_contact", TEAM, CONTACTS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:put_off", TEAM, ACTIONS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:give_up", TEAM, ACTIONS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:settle", TEAM, ACTIONS, refused=GUEST_OF_FILE, get=405, post=302),
    Door("beneficiaries:reopen", TEAM, ACTIONS, refused=GUEST_OF_FILE, get=405, post=302),
    Door("beneficiaries:assign", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=302),
    Door("beneficiaries:take_on", TEAM, YOUTHS, refused=GUEST_OF_FILE, get=405, post=302),
    Door("beneficiaries:offer", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:take_back", TEAM, OFFERS, get=405, post=302),
    Door("beneficiaries:handovers", {OWN: RUNNERS}),
    Door("beneficiaries:handover", BOTH_SIDES, OFFERED),
    Door("beneficiaries:accept", ASKED, OFFERED, refused=NOT_ASKED, get=405, post=302),
    Door("beneficiaries:decline", ASKED, OFFERED, refused=NOT_ASKED, post=422),
    Door(
        "beneficiaries:answer_read",
        {OWN: "caseworker", NEXT_DOOR: "neighbour", ELSEWHERE: "administrator"},
        ANSWERS,
        get=405,
        post=302,
    ),
    Door("beneficiaries:assign_many", TEAM_OF, programmes(), refused={OWN: GUESTS}, post=302),
    Door("beneficiaries:step_many", TEAM_OF, programmes(), refused={OWN: GUESTS}, post=302),
    Door("beneficiaries:invite_many", TEAM_OF, programmes(), refused={OWN: GUESTS}, post=302),
    Door("beneficiaries:letters", TEAM_OF, programmes(), refused={OWN: GUESTS}, post=302),
    Door("beneficiaries:letters_again", TEAM, BULK_ACTS),
    Door("beneficiaries:bulk_act", TEAM, BULK_ACTS),
    Door("beneficiaries:bulk_undo", TEAM, BULK_ACTS, post=302),
    Door("beneficiaries:gatherings", TEAM_OF, programmes()),
    Door("beneficiaries:new_gathering", TEAM_OF, programmes(), post=422),
    Door("beneficiaries:gathering", TEAM, GATHERINGS),
    Door("beneficiaries:attendance", TEAM, GATHERINGS, get=405, post=302),
    Door("beneficiaries:change_gathering", TEAM, GATHERINGS, post=422),
    Door("beneficiaries:call_off", TEAM, GATHERINGS, post=422),
    Door("beneficiaries:reinstate", TEAM, GATHERINGS, get=405, post=302),
    Door("beneficiaries:invite", TEAM, GATHERINGS, post=422),
    Door("beneficiaries:signatures", TEAM, GATHERINGS),
    Door("beneficiaries:pass_on", LEAD_ON_FILE, LEAVERS, post=302),
    Door("beneficiaries:put_in", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:document", READ_FILE, DOCUMENTS),
    Door("beneficiaries:note_notice", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:withdraw_notice", TEAM, NOTICES, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:object", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:answer_objection", TEAM, OBJECTIONS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:lift_objection", TEAM, OBJECTIONS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:sheet", READ_FILE, YOUTHS),
    Door(
        "beneficiaries:whole",
        {OWN: f"{LEAD} caseworker", NEXT_DOOR: LEAD, ELSEWHERE: LEAD_ELSEWHERE},
        objects(lambda house: house.helene, lambda house: house.karim, lambda house: house.foreigner, kind="json"),
        refused={OWN: GUESTS, NEXT_DOOR: "neighbour"},
    ),
    Door("beneficiaries:take_out", TEAM, DOCUMENTS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:merge", LEAD_ON_FILE, YOUTHS, refused=NOT_LEAD_ON_FILE),
    # A guest of one of the two files sees nothing of the other; nothing is united by who did not read the two.
    Door(
        "beneficiaries:merge_compare",
        LEAD_ON_FILE | {MIXED: LEAD},
        PAIRS,
        refused={OWN: "caseworker", NEXT_DOOR: "neighbour"},
        post=409,
    ),
    Door("beneficiaries:merge_undo", LEAD_ON_FILE, MERGES, post=302),
    Door("beneficiaries:note_break", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:change_break", TEAM, BREAKS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:withdraw_break", TEAM, BREAKS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:note_outcome", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:change_outcome", TEAM, OUTCOMES, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:withdraw_outcome", TEAM, OUTCOMES, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:note_obstacle", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:change_obstacle", TEAM, OBSTACLES, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:solve_obstacle", TEAM, OBSTACLES, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:reopen_obstacle", TEAM, OBSTACLES, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:withdraw_obstacle", TEAM, OBSTACLES, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:note_contract", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:change_contract", TEAM, CONTRACTS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:break_contract", TEAM, CONTRACTS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:restore_contract", TEAM, CONTRACTS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:withdraw_contract", TEAM, CONTRACTS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:note_exam", TEAM, YOUTHS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:change_exam", TEAM, EXAMS, refused=GUEST_OF_FILE, post=422),
    Door("beneficiaries:withdraw_exam", TEAM, EXAMS, refused=GUEST_OF_FILE, post=422),
]

# -- Lists received: those who answer for the programme; for its caseworkers there are none ----------------
RECEIVES = {OWN: LEAD, NEXT_DOOR: LEAD, ELSEWHERE: LEAD_ELSEWHERE}
LISTS = [
    Door("beneficiaries:batches", SETTINGS_OF, programmes()),
    Door("beneficiaries:receive", SETTINGS_OF, programmes(), post=422),
    Door("beneficiaries:batch", RECEIVES, BATCHES),
    Door("beneficiaries:batch_progress", RECEIVES, BATCHES, get=204),
    Door("beneficiaries:batch_reading", RECEIVES, BATCHES, post=422),
    Door("beneficiaries:batch_decide", RECEIVES, BATCHES, get=405, post=302),
    Door("beneficiaries:batch_confirm", RECEIVES, BATCHES, get=405, post=302),
    Door("beneficiaries:batch_again", RECEIVES, BATCHES, get=405, post=302),
    Door("beneficiaries:batch_forget", RECEIVES, BATCHES, post=302),
    Door("beneficiaries:batch_undo", RECEIVES, BATCHES, post=409),
    Door("beneficiaries:batch_rejected", RECEIVES, BATCHES),
    Door("beneficiaries:batch_statement", RECEIVES, BATCHES),
    Door("beneficiaries:batch_agreement", RECEIVES, BATCHES, post=422),
    Door("beneficiaries:line", RECEIVES, LINES, post=422),
    Door("beneficiaries:provenance", TEAM, YOUTHS, refused=GUEST_OF_FILE),
]

# -- Cells, headcounts, reports -----------------------------------------------------------------------
COLLECTIVE = [
    Door("cellules:list", TEAM_OF, programmes()),
    Door("cellules:cell_add", TEAM_OF, programmes(), post=422),
    Door("cellules:cell", TEAM, CELLS),
    Door("cellules:cell_change", TEAM, CELLS, post=422),
    Door("cellules:cell_remove", TEAM, CELLS, post=409),
    Door("cellules:session_add", TEAM, CELLS, post=422),
    Door("cellules:session", TEAM, SESSIONS),
    Door("cellules:session_change", TEAM, SESSIONS, post=422),
    Door("cellules:session_remove", TEAM, SESSIONS, post=409),
    Door("cellules:study", TEAM, SESSIONS, post=422),
    Door("cellules:review_withdraw", TEAM, REVIEWS, post=422),
    Door("cellules:agenda_many", TEAM_OF, programmes(), refused={OWN: GUESTS}, post=302),
    Door("cellules:agenda_remove", TEAM, AGENDAS, get=405, post=302),
    Door("funding:headcounts", TEAM_OF, programmes()),
    Door("funding:headcount_add", TEAM_OF, programmes(), post=422),
    Door("funding:headcount", TEAM, HEADCOUNTS),
    Door("funding:headcount_change", TEAM, HEADCOUNTS, post=422),
    Door("funding:headcount_withdraw", TEAM, HEADCOUNTS, post=422),
    Door("funding:project_add", TEAM_OF, programmes(), post=422),
    Door("funding:project", TEAM, PROJECTS),
    Door("funding:project_change", TEAM, PROJECTS, post=422),
]
READ_REPORTS = {OWN: f"{RUN} {READERS}", ELSEWHERE: LEAD_ELSEWHERE}
MAY_NOT_DECLARE = {OWN: f"caseworker neighbour {READERS}"}
FIGURE = "ligne=youths&colonne=total"
# Of the other reports, a figure that is hidden from nobody: nobody is counted there.
FIGURES = {
    "parcours": "ligne=paths&colonne=adults", "devenir": "ligne=work&colonne=exit",
    "ruptures": "ligne=trial-yes&colonne=broken",
}  # fmt: skip
BY_HAND = {"refused": MAY_NOT_DECLARE, "post": 422}
REPORTS = [
    Door("reports:index", READ_REPORTS, programmes()),
    Door("reports:report", READ_REPORTS, programmes(code="annexe-1")),
    Door("reports:export", READ_REPORTS, programmes(code="annexe-1", extension="csv")),
    Door("reports:figure", READ_REPORTS, programmes(code="annexe-1"), query=FIGURE),
    *(
        door
        for code, figure in FIGURES.items()
        for door in (
            Door("reports:report", READ_REPORTS, programmes(code=code)),
            Door("reports:export", READ_REPORTS, programmes(code=code, extension="csv")),
            Door("reports:figure", READ_REPORTS, programmes(code=code), query=figure),
            Door(
                "reports:declare", SETTINGS_OF, programmes(code=code), refused=MAY_NOT_DECLARE, query=figure, post=422
            ),
        )
    ),
    Door("reports:plan", SETTINGS_OF, programmes(code="annexe-1"), refused=MAY_NOT_DECLARE, post=302),
    Door("reports:declare", SETTINGS_OF, programmes(code="annexe-1"), refused=MAY_NOT_DECLARE, query=FIGURE, post=422),
    Door(
        "reports:withdraw",
        SETTINGS_OF,
        programmes(code="annexe-1"),
        refused=MAY_NOT_DECLARE,
        query=FIGURE,
        get=405,
        post=302,
    ),
]

TABLE = [*ENTRANCE, *SECURITY, *OFFICE, *GROUND, *PEOPLE, *LISTS, *COLLECTIVE, *REPORTS]
