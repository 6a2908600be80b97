"""Who knocks, and at what: the roles and the objects of the access table.

The places: `own` is TEST-1 at Béthune, `next_door` TEST-1 at Valenciennes, `elsewhere` TEST-2. The walk adds what is
absent, what lies in a programme that does not exist, and an object asked for under another programme's number;
`mixed` is a part of one object asked for under another.
"""

from collections.abc import Callable
from typing import Any

from tests.access.door import ELSEWHERE, MIXED, NEXT_DOOR, NO_SUCH_PK, OWN, Kwargs
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


def kept(name: str) -> dict[str, Kwargs]:
    """Pages of one object of which `house.more` holds one of each place, named for it."""
    return objects(
        lambda house: house.more[f"{name}_own"],
        lambda house: house.more[f"{name}_next_door"],
        lambda house: house.more[f"{name}_elsewhere"],
    )


def parts(wholes: dict[str, Kwargs], **part: str) -> dict[str, Kwargs]:
    """Pages of one part of an object: `part` is its name in the address, and in `house.more`."""
    ((key, name),) = part.items()
    where = {OWN: OWN, NEXT_DOOR: NEXT_DOOR, ELSEWHERE: ELSEWHERE, MIXED: NEXT_DOOR}
    return {
        place: lambda house, place=place, of=of: (
            wholes[OWN if place == MIXED else place](house) | {key: house.more[f"{name}_{of}"].pk}
        )
        for place, of in where.items()
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
MERGES = parts(YOUTHS, merge="merge")
BREAKS = entries("break")
OUTCOMES = entries("outcome")
OBSTACLES = entries("obstacle")
CONTRACTS = entries("contract")
EXAMS = entries("exam")
CONTACTS = entries("contact")
ACTIONS = entries("action")
# Of one file: to be taken back from there. Of itself: for those to whom it is offered, who do not see the file.
OFFERS = parts(YOUTHS, entry="offer")
OFFERED = kept("offer")
ANSWERS = kept("answer")
BULK_ACTS = kept("bulk")
GATHERINGS = kept("gathering")
SAVED_LISTS = kept("saved")
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
CELLS = kept("cell")
SESSIONS = kept("session")
REVIEWS = parts(SESSIONS, review="review")
AGENDAS = parts(kept("coming"), item="item")
BATCHES = kept("batch")
LINES = parts(BATCHES, line="line")
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
