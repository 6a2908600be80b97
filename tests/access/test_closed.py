"""A closed programme keeps what it holds: which pages answer that nothing changes there any more, and no other."""

import datetime as dt

import pytest
from django.db import transaction

from tests.access.door import OWN
from tests.access.house import build_house
from tests.access.table import TABLE
from tests.access.test_walk import Visitor

CLOSED = 409
KEPT = """
beneficiaries:new beneficiaries:change beneficiaries:enter_step beneficiaries:withdraw_step beneficiaries:record_loss
beneficiaries:undo_loss beneficiaries:note beneficiaries:merge_compare beneficiaries:merge_undo
beneficiaries:withdraw_contact beneficiaries:put_off beneficiaries:give_up beneficiaries:settle beneficiaries:reopen
beneficiaries:note_break beneficiaries:change_break beneficiaries:withdraw_break beneficiaries:put_in
beneficiaries:take_out beneficiaries:note_notice beneficiaries:withdraw_notice beneficiaries:object
beneficiaries:answer_objection beneficiaries:lift_objection
beneficiaries:note_break beneficiaries:change_break beneficiaries:withdraw_break
beneficiaries:note_outcome beneficiaries:change_outcome beneficiaries:withdraw_outcome
beneficiaries:note_obstacle beneficiaries:change_obstacle beneficiaries:withdraw_obstacle
beneficiaries:solve_obstacle beneficiaries:reopen_obstacle beneficiaries:note_contract
beneficiaries:change_contract beneficiaries:break_contract beneficiaries:restore_contract
beneficiaries:withdraw_contract
beneficiaries:note_exam beneficiaries:change_exam beneficiaries:withdraw_exam
beneficiaries:assign beneficiaries:take_on beneficiaries:offer beneficiaries:take_back beneficiaries:accept
beneficiaries:decline beneficiaries:assign_many beneficiaries:bulk_undo beneficiaries:pass_on
beneficiaries:save_list beneficiaries:forget_list
beneficiaries:receive beneficiaries:batch_reading beneficiaries:batch_decide beneficiaries:batch_confirm
beneficiaries:batch_again beneficiaries:batch_forget beneficiaries:batch_undo beneficiaries:batch_agreement
beneficiaries:line beneficiaries:new_gathering beneficiaries:attendance beneficiaries:change_gathering
beneficiaries:call_off beneficiaries:reinstate beneficiaries:invite beneficiaries:step_many beneficiaries:invite_many
beneficiaries:letters
cellules:cell_add cellules:cell_change cellules:cell_remove cellules:session_add cellules:session_change
cellules:session_remove cellules:study cellules:review_withdraw cellules:agenda_many cellules:agenda_remove
funding:headcount_add funding:headcount_change funding:headcount_withdraw funding:project_add funding:project_change
programmes:part_create programmes:part_change programmes:part_move programmes:part_remove
"""


@pytest.mark.django_db
def test_pages_that_change_what_is_counted_say_that_the_programme_is_closed():
    house = build_house()
    house.programme.closed_on = dt.date(2026, 1, 31)
    house.programme.save()
    manager = Visitor(house, "manager")
    kept = set()
    for door in TABLE:
        if door.expected("manager", OWN, "POST") in (200, 302, 409, 422) and "number" in door.kwargs(OWN, house):
            with transaction.atomic():
                answer = manager.post(door.address(OWN, house))
                if answer.status_code == CLOSED and "Le programme est clos" in answer.content.decode():
                    kept.add(door.page)
                    # Before anything is typed, not only once it is sent.
                    assert manager.get(door.address(OWN, house)).status_code == CLOSED, door.page
                transaction.set_rollback(True)
    assert kept == set(KEPT.split())
