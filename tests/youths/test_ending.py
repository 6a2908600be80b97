"""A path ends: what was still to be done is asked about, and never goes by itself."""

import pytest

from beneficiaries.following import plan, settle
from beneficiaries.models import NextAction
from tests.days import today
from tests.youths.paper import page

LEFT = "Cochez ce qui ne se fera pas"


@pytest.fixture
def planned(world):
    return [
        plan(enrolment=world.lea, what=what, due_on=today(days), assignee=by)
        for what, days, by in (("Rappeler la mère", 2, world.caseworker), ("Prendre des nouvelles", 90, world.manager))
    ]


def loss(world, **more):
    return {"reason": world.reasons["abandon"].pk, "lost_on": "2025-05-02", **more}


def left(world, **more):
    return {
        "exited_on": "2025-06-30", "moment": "exit", "seen_on": "2025-07-01", "kind": "cdd", "precision": "",
        "state": "under_way", **more,
    }  # fmt: skip


def still_open(file):
    return set(file.actions.still_open().values_list("what", flat=True))


@pytest.mark.parametrize(
    ("name", "typed", "why"),
    [
        ("record_loss", loss, "Départ\u00a0: Abandon."),
        ("note_outcome", left, "Sortie du dispositif le 30/06/2025."),
    ],
)
def test_who_ends_it_says_what_will_not_be_done(world, sign_in, planned, name, typed, why):
    client, address = sign_in(world.caseworker), page(name, world.lea)
    shown = client.get(address)
    assert LEFT in shown.text and f"Rappeler la mère, le {today(2):%d/%m/%Y} (Inès)" in shown.text
    assert 'name="given_up"' in shown.text and "checked" not in shown.text.split(LEFT)[1].split("</fieldset>")[0]
    assert client.post(address, typed(world, given_up=[planned[0].pk])).status_code == 302
    assert still_open(world.lea) == {"Prendre des nouvelles"}
    assert world.lea.log.get(kind="action").sentence == f"Abandonné\u00a0: Rappeler la mère. {why}"


@pytest.mark.parametrize(("name", "typed"), [("record_loss", loss), ("note_outcome", left)])
def test_nothing_ticked_and_nothing_goes(world, sign_in, planned, name, typed):
    sign_in(world.caseworker).post(page(name, world.lea), typed(world))
    assert still_open(world.lea) == {"Rappeler la mère", "Prendre des nouvelles"}


def test_a_refusal_keeps_what_was_ticked_and_gives_nothing_up(world, sign_in, planned):
    client = sign_in(world.caseworker)
    refused = client.post(page("record_loss", world.lea), loss(world, lost_on="2020-01-01", given_up=[planned[1].pk]))
    assert refused.status_code == 422 and len(still_open(world.lea)) == 2
    assert refused.context["form"]["given_up"].value() == [str(planned[1].pk)]


def test_only_what_is_of_this_file_and_still_open_is_given_up(world, sign_in, planned):
    elsewhere = plan(enrolment=world.helene, what="Visite", due_on=today(3), assignee=world.caseworker)
    settle(action=planned[0], by=world.caseworker)
    told = [planned[0].pk, elsewhere.pk, 10**30]
    assert sign_in(world.caseworker).post(
        page("record_loss", world.lea), loss(world, given_up=told)
    ).status_code == 302  # fmt: skip
    assert still_open(world.helene) == {"Visite"} and still_open(world.lea) == {"Prendre des nouvelles"}
    assert NextAction.objects.get(pk=planned[0].pk).given_up == ""
    nonsense = sign_in(world.caseworker).post(page("record_loss", world.helene), loss(world, given_up=["x"]))
    assert nonsense.status_code == 422


def test_nobody_is_asked_where_nothing_is_left(world, sign_in):
    assert "given_up" not in sign_in(world.caseworker).get(page("record_loss", world.lea)).text


def test_an_outcome_six_months_after_asks_nothing(world, sign_in, planned):
    world.lea.exited_on = today(-200)
    world.lea.save()
    assert "given_up" not in sign_in(world.caseworker).get(page("note_outcome", world.lea)).text
