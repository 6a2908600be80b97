"""Two who act on the same files at once."""

import pytest
from django.utils import timezone

from beneficiaries.merging.comparing import compare
from beneficiaries.merging.uniting import merge_people
from beneficiaries.models import Enrolment, LogEntry, Merge, NextAction
from partaj.versions import StaleVersion
from tests.test_attacks import ON_POSTGRESQL, at_once
from tests.world import make_youth
from tests.youths.merging.hands import comparison_of, proposed, unite
from tests.youths.paper import page


def test_the_service_refuses_what_was_read_before(world, double, namesake):
    read = compare(world.lea.beneficiary_id, double.beneficiary_id, {})
    said = {question.key: question.ticked for question in read.questions}
    unite(world, namesake, double)
    with pytest.raises(StaleVersion):
        merge_people(kept=world.lea, absorbed=double, answers=said, versions=read.versions, by=world.manager)


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_two_who_unite_the_same_files_at_once_unite_them_once(world, sign_in):
    again = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
    there, back = (world.lea, again), (again, world.lea)
    clients = [sign_in(world.manager), sign_in(world.administrator)]
    sent = [proposed(client, *pair) for client, pair in zip(clients, (there, back), strict=True)]
    answers = at_once(
        lambda: clients[0].post(comparison_of(*there), sent[0]), lambda: clients[1].post(comparison_of(*back), sent[1])
    )
    assert answers == [302, 404]
    assert Merge.objects.count() == 1


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_a_note_written_while_its_file_is_united_is_not_lost(world, sign_in):
    """Either it came first and goes along, or its author is told that there is no such file any more."""
    manager, ines = sign_in(world.manager), sign_in(world.caseworker)
    for number in range(4):
        again = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
        merging, sent = comparison_of(world.lea, again), proposed(manager, world.lea, again)
        noting, note = page("note", again), {"kind": "note", "words": f"Note {number}", "happened_on": "2025-03-01"}
        answers = at_once(
            lambda to=merging, sent=sent: manager.post(to, sent), lambda to=noting, note=note: ines.post(to, note)
        )
        assert answers in ([302, 302], [302, 404], [302, 409])
        told = LogEntry.objects.filter(sentence=f"Note {number}")
        assert [line.enrolment_id for line in told] in ([], [world.lea.pk], [again.pk])
        assert told.count() == (answers.count(302) - (not Enrolment.objects.filter(pk=again.pk).exists()))


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_an_action_done_while_its_file_is_united_stays_done_or_is_told_gone(world, sign_in):
    """Neither waits for the other for ever."""
    manager, ines = sign_in(world.manager), sign_in(world.caseworker)
    for number in range(4):
        again = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
        action = NextAction.objects.create(
            enrolment=again, what=f"Appeler {number}", due_on=timezone.localdate(), assignee=world.caseworker
        )
        merging, sent = comparison_of(world.lea, again), proposed(manager, world.lea, again)
        done = page("settle", again, action.pk)
        answers = at_once(lambda to=merging, sent=sent: manager.post(to, sent), lambda to=done: ines.post(to))
        assert answers in ([302, 302], [302, 404])
        action.refresh_from_db()
        told = LogEntry.objects.filter(sentence=f"Fait\u00a0: Appeler {number}.").count()
        assert (action.done_on is not None, told) == (answers[1] == 302, int(answers[1] == 302))
