"""Each page asks for its act: once nobody holds that act, the page closes, even to the administrator who sees all.

The walk cannot tell: whoever lacks an act mostly sees nothing of what it acts upon either. Two locks are on many doors;
this holds the first one by itself. Said here page by page, apart from the views.
"""

import re
from typing import Any

import pytest
from django.urls import Resolver404, resolve

from partaj import acts
from partaj.acts import Act
from tests.access.door import OWN
from tests.access.house import House, build_house
from tests.access.table import TABLE
from tests.access.test_walk import Visitor

ACTS = {
    Act.READ_DIRECTORY: "territories:territories territories:organisations territories:organisation",
    Act.CHANGE_TERRITORIES: "territories:territory_create territories:territory_change territories:territory_remove",
    Act.CHANGE_DIRECTORY: """territories:organisation_create territories:organisation_change
        territories:organisation_remove""",
    Act.READ_PROGRAMME: "programmes:list programmes:detail",
    Act.CREATE_PROGRAMMES: "programmes:create",
    Act.CHANGE_PROGRAMME: """programmes:change programmes:close programmes:reopen programmes:part programmes:part_create
        programmes:part_change programmes:part_move programmes:part_remove""",
    Act.MANAGE_ACCOUNTS: """accounts:list accounts:create accounts:account accounts:change accounts:invite
        accounts:cancel_invitation accounts:suspend accounts:restore accounts:reset_second_factor
        accounts:unlink_proconnect accounts:withdraw_calendar_of accounts:role_give accounts:role_end""",
    Act.REVIEW_ACCESS: "accounts:review accounts:review_confirm accounts:review_end beneficiaries:pass_on",
    Act.READ_RULES: "accounts:rules",
    Act.READ_JOURNAL: """accounts:journal accounts:journal_export beneficiaries:consultations
        beneficiaries:consultations_export""",
    Act.READ_YOUTHS: """beneficiaries:search beneficiaries:list beneficiaries:detail beneficiaries:document
        beneficiaries:sheet beneficiaries:saved_lists beneficiaries:save_list beneficiaries:change_list
        beneficiaries:replace_list beneficiaries:forget_list""",
    Act.EXPORT_YOUTHS: "beneficiaries:export beneficiaries:whole",
    Act.LOG_YOUTHS: """beneficiaries:new beneficiaries:readers beneficiaries:history beneficiaries:change
        beneficiaries:enter_step beneficiaries:withdraw_step beneficiaries:record_loss beneficiaries:undo_loss
        beneficiaries:note beneficiaries:note_break beneficiaries:change_break beneficiaries:withdraw_break
        beneficiaries:note_outcome beneficiaries:change_outcome beneficiaries:withdraw_outcome
        accounts:calendar accounts:new_calendar accounts:withdraw_calendar
        beneficiaries:actions beneficiaries:withdraw_contact beneficiaries:put_off beneficiaries:give_up
        beneficiaries:note_obstacle beneficiaries:change_obstacle beneficiaries:withdraw_obstacle
        beneficiaries:solve_obstacle beneficiaries:reopen_obstacle beneficiaries:note_contract
        beneficiaries:change_contract beneficiaries:break_contract beneficiaries:restore_contract
        beneficiaries:withdraw_contract
        beneficiaries:note_exam beneficiaries:change_exam beneficiaries:withdraw_exam
        beneficiaries:settle beneficiaries:reopen beneficiaries:provenance beneficiaries:assign beneficiaries:take_on
        beneficiaries:offer beneficiaries:take_back beneficiaries:handovers beneficiaries:handover beneficiaries:accept
        beneficiaries:decline beneficiaries:answer_read beneficiaries:assign_many beneficiaries:bulk_act
        beneficiaries:bulk_acts beneficiaries:bulk_undo beneficiaries:gatherings beneficiaries:new_gathering
        beneficiaries:gathering
        beneficiaries:attendance beneficiaries:change_gathering beneficiaries:call_off beneficiaries:reinstate
        beneficiaries:invite beneficiaries:signatures beneficiaries:step_many beneficiaries:invite_many
        beneficiaries:letters beneficiaries:letters_again cellules:agenda_many
        beneficiaries:put_in beneficiaries:take_out
        beneficiaries:note_notice beneficiaries:withdraw_notice beneficiaries:object beneficiaries:answer_objection
        beneficiaries:lift_objection
        cellules:cell_add cellules:cell_change cellules:cell_remove cellules:session_add
        cellules:session_change cellules:session_remove cellules:study cellules:review_withdraw
        cellules:agenda_remove""",
    Act.IMPORT_LISTS: """beneficiaries:batches beneficiaries:receive beneficiaries:batch beneficiaries:batch_progress
        beneficiaries:batch_reading beneficiaries:batch_decide beneficiaries:batch_confirm beneficiaries:batch_again
        beneficiaries:batch_forget beneficiaries:batch_undo beneficiaries:batch_rejected beneficiaries:batch_statement
        beneficiaries:batch_agreement beneficiaries:line""",
    Act.MERGE_FILES: "beneficiaries:merge beneficiaries:merge_compare beneficiaries:merge_undo",
    Act.READ_CELLS: "cellules:list cellules:cell cellules:session",
    Act.READ_HEADCOUNTS: "funding:headcounts funding:headcount funding:project",
    Act.REPORT_HEADCOUNTS: """funding:headcount_add funding:headcount_change funding:headcount_withdraw
        funding:project_add funding:project_change""",
    Act.READ_REPORTS: "reports:index reports:report reports:figure reports:export",
    Act.DECLARE_FIGURES: "reports:plan reports:declare reports:withdraw",
}
# What lets somebody see what a page acts upon: without it, nothing is there.
SEEN_WITH = {
    Act.READ_DIRECTORY: f"{ACTS[Act.CHANGE_TERRITORIES]} {ACTS[Act.CHANGE_DIRECTORY]}",
    Act.READ_PROGRAMME: f"{ACTS[Act.CREATE_PROGRAMMES]} {ACTS[Act.CHANGE_PROGRAMME]}",
    Act.READ_YOUTHS: """beneficiaries:export beneficiaries:new beneficiaries:readers beneficiaries:consultations
        beneficiaries:consultations_export beneficiaries:history beneficiaries:change beneficiaries:enter_step
        beneficiaries:withdraw_step beneficiaries:record_loss beneficiaries:undo_loss beneficiaries:note
        beneficiaries:merge beneficiaries:merge_compare beneficiaries:merge_undo
        beneficiaries:withdraw_contact beneficiaries:put_off beneficiaries:give_up beneficiaries:settle
        beneficiaries:reopen
        beneficiaries:note_obstacle beneficiaries:change_obstacle beneficiaries:withdraw_obstacle
        beneficiaries:solve_obstacle beneficiaries:reopen_obstacle beneficiaries:note_contract
        beneficiaries:change_contract beneficiaries:break_contract beneficiaries:restore_contract
        beneficiaries:withdraw_contract
        beneficiaries:note_exam beneficiaries:change_exam beneficiaries:withdraw_exam
        beneficiaries:reopen beneficiaries:assign beneficiaries:take_on beneficiaries:offer beneficiaries:take_back
        beneficiaries:assign_many beneficiaries:step_many beneficiaries:invite_many beneficiaries:letters
        cellules:agenda_many beneficiaries:reopen beneficiaries:put_in beneficiaries:take_out beneficiaries:whole
        beneficiaries:note_notice beneficiaries:withdraw_notice beneficiaries:object beneficiaries:answer_objection
        beneficiaries:lift_objection
        beneficiaries:note_break beneficiaries:change_break beneficiaries:withdraw_break
        beneficiaries:note_outcome beneficiaries:change_outcome beneficiaries:withdraw_outcome
        beneficiaries:provenance""",
    Act.READ_CELLS: """cellules:cell_add cellules:cell_change cellules:cell_remove cellules:session_add
        cellules:session_change cellules:session_remove cellules:study cellules:review_withdraw
        cellules:agenda_remove""",
    Act.READ_HEADCOUNTS: ACTS[Act.REPORT_HEADCOUNTS],
    Act.READ_REPORTS: ACTS[Act.DECLARE_FIGURES],
}
SEEN_BY_THEIR_ACT = {page for act in ACTS for page in ACTS[act].split()} - {
    page for act in SEEN_WITH for page in SEEN_WITH[act].split()
}
# Where buttons lead to an act: they go with it.
BUTTONS = {
    "territories:territories": Act.CHANGE_TERRITORIES, "territories:organisations": Act.CHANGE_DIRECTORY,
    "territories:organisation": Act.CHANGE_DIRECTORY, "beneficiaries:list": Act.LOG_YOUTHS,
    "beneficiaries:detail": Act.LOG_YOUTHS, "cellules:list": Act.LOG_YOUTHS, "cellules:cell": Act.LOG_YOUTHS,
    "cellules:session": Act.LOG_YOUTHS, "funding:headcounts": Act.REPORT_HEADCOUNTS,
    "funding:headcount": Act.REPORT_HEADCOUNTS, "funding:project": Act.REPORT_HEADCOUNTS,
}  # fmt: skip

RUNNERS = "administrator manager caseworker"
HOLDERS = {
    Act.MANAGE_ACCOUNTS: "administrator",
    Act.REVIEW_ACCESS: "administrator manager",
    Act.READ_RULES: "administrator manager",
    Act.READ_JOURNAL: "administrator manager",
    Act.CHANGE_TERRITORIES: "administrator",
    Act.CREATE_PROGRAMMES: "administrator",
    Act.READ_DIRECTORY: RUNNERS,
    Act.CHANGE_DIRECTORY: RUNNERS,
    Act.READ_PROGRAMME: f"{RUNNERS} tutor member evaluator funder",
    Act.CHANGE_PROGRAMME: "administrator manager",
    Act.READ_YOUTHS: f"{RUNNERS} tutor member",
    Act.LOG_YOUTHS: RUNNERS,
    Act.MERGE_FILES: "administrator manager",
    Act.EXPORT_YOUTHS: RUNNERS,
    Act.IMPORT_LISTS: "administrator manager",
    Act.READ_CELLS: RUNNERS,
    Act.READ_HEADCOUNTS: RUNNERS,
    Act.REPORT_HEADCOUNTS: RUNNERS,
    Act.READ_REPORTS: f"{RUNNERS} evaluator funder",
    Act.DECLARE_FIGURES: "administrator manager",
}


@pytest.fixture
def house(db: None) -> House:
    return build_house()


@pytest.fixture
def administrator(house: House) -> Visitor:
    return Visitor(house, "administrator")


def status_at(administrator: Visitor, house: House, page: str) -> set[int]:
    return {administrator.get(door.address(OWN, house)).status_code for door in TABLE if door.page == page}


@pytest.mark.parametrize("act", HOLDERS, ids=str)
def test_an_act_is_held_by_the_roles_of_the_design_and_no_other(world, act):
    """Even where what the act works upon is hidden from them already; the page « qui peut voir quoi » prints it."""
    assert acts.WHO[act] == set(HOLDERS[act].split())
    held = {
        kind: any(acts.may(user, act, programme) for programme in (None, world.programme))
        for kind, user in world.cast.items()
        if kind in acts.WHO[Act.READ_PROGRAMME] or kind == "stranger"
    }
    assert {kind for kind, may in held.items() if may} == set(HOLDERS[act].split())


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_a_page_is_refused_once_nobody_holds_its_act(house, administrator, monkeypatch, act):
    monkeypatch.setitem(acts.WHO, act, frozenset())
    for page in ACTS[act].split():
        assert status_at(administrator, house, page) == {404 if page in SEEN_BY_THEIR_ACT else 403}, page


@pytest.mark.parametrize("act", SEEN_WITH, ids=str)
def test_what_may_no_longer_be_seen_may_no_longer_be_acted_upon(house, administrator, monkeypatch, act):
    monkeypatch.setitem(acts.WHO, act, frozenset())
    for page in SEEN_WITH[act].split():
        assert status_at(administrator, house, page) == {404}, page


@pytest.mark.parametrize("page", BUTTONS)
def test_buttons_go_with_the_act_they_lead_to(house, administrator, monkeypatch, page):
    address = next(door for door in TABLE if door.page == page).address(OWN, house)
    leads_to = set(ACTS[BUTTONS[page]].split())
    assert leads_to & pages_led_to(administrator.get(address))
    monkeypatch.setitem(acts.WHO, BUTTONS[page], frozenset())
    assert not leads_to & pages_led_to(administrator.get(address))


def pages_led_to(response: Any) -> set[str]:
    assert response.status_code == 200
    found = set()
    for address in re.findall(r'(?:href|action|hx-get|hx-post)="(/[^"?#]*)', response.content.decode()):
        try:
            found.add(resolve(address).view_name)
        except Resolver404:  # a static file
            continue
    return found


def test_every_page_that_asks_for_an_act_is_said_here():
    from partaj.access import ActRequired
    from tests.mutants.tables import callbacks

    asking = {
        page for page, view in callbacks().items() if issubclass(getattr(view, "view_class", object), ActRequired)
    }
    assert {page for pages in ACTS.values() for page in pages.split()} == asking
    assert ACTS.keys() == HOLDERS.keys() == set(Act)
