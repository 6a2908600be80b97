"""The yearly review: whoever answers for a role confirms it or ends it; it is asked again a year later."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partaj.accounts.models import JournalEntry, Role
from tests.world import make_role, make_user

PAGE = "/revue-des-acces/"


@pytest.fixture
def asleep(world) -> Role:
    """Tom's role, that nobody has confirmed for thirteen months."""
    role = world.tutor.roles.get()
    Role.objects.filter(pk=role.pk).update(confirmed_at=timezone.now() - dt.timedelta(days=400))
    return role


def shown(client, **asked):
    return [(role.user.first_name, role.kind) for role in client.get(PAGE, asked).context["page"].rows]


def test_a_manager_reviews_the_roles_of_their_programmes_but_their_own(world, sign_in):
    assert {name for name, _ in shown(sign_in(world.manager))} == {"Inès", "Paul", "Tom", "Mina", "Eva", "Fanny"}
    assert shown(sign_in(world.other_manager)) == []
    everybody = {name for name, _ in shown(sign_in(world.administrator))}
    assert {"Alice", "Bruno", "Carole", "Inès"} < everybody


def test_those_not_confirmed_for_a_year_come_first_and_are_counted(world, asleep, sign_in):
    client = sign_in(world.manager)
    page = client.get(PAGE)
    assert page.context["page"].rows[0] == asleep and "1 rôle à confirmer" in page.text
    assert shown(client, state="a-confirmer") == [("Tom", "tutor")]
    assert shown(client, q="inès") == [("Inès", "caseworker")]
    home = client.get("/").text
    assert "Revue des accès : 1 rôle à confirmer" in home
    assert "Revue des accès :" not in sign_in(world.caseworker).get("/").text
    assert "Revue des accès :" not in sign_in(world.other_manager).get("/").text


def test_a_role_is_confirmed_by_whom_and_when_for_a_year(world, asleep, sign_in):
    client = sign_in(world.manager)
    answer = client.post(f"{PAGE}{asleep.pk}/confirmer/?state=a-confirmer", follow=True)
    assert answer.redirect_chain == [(f"{PAGE}?state=a-confirmer", 302)]
    assert "C’est confirmé pour un an : Tom, référent tuteur · TEST-1." in answer.text
    asleep.refresh_from_db()
    assert asleep.confirmed_by == world.manager and not asleep.needs_review
    assert f"le {timezone.localdate():%d/%m/%Y} par Bruno" in client.get(PAGE).text
    assert "Revue des accès :" not in client.get("/").text
    assert asleep.history.first().confirmed_by == world.manager
    (line,) = JournalEntry.objects.filter(subject=f"accounts.role:{asleep.pk}")
    assert (line.kind, line.actor, line.programme) == ("changed", world.manager, world.programme)


def test_a_role_that_is_not_needed_any_more_is_ended_from_there(world, asleep, sign_in):
    client = sign_in(world.manager)
    asked = client.get(f"{PAGE}{asleep.pk}/fin/")
    assert "C’est un rôle de Tom." in asked.text
    asleep.refresh_from_db()
    assert asleep.ends_on is None
    assert client.post(f"{PAGE}{asleep.pk}/fin/").status_code == 302
    asleep.refresh_from_db()
    assert asleep.ends_on == timezone.localdate()
    assert "dernier jour" in client.get(PAGE).text


def test_nobody_confirms_what_is_not_theirs_to_review(world, asleep, sign_in):
    before = list(Role.objects.order_by("pk").values())
    own, colleague = world.manager.roles.get(), world.caseworker.roles.get()
    tries = [(world.manager, own), (world.other_manager, asleep), (world.caseworker, colleague), (world.funder, asleep)]
    for user, role in tries:
        for act in ("confirmer", "fin"):
            assert sign_in(user).post(f"{PAGE}{role.pk}/{act}/").status_code == 404, (user, role)
    assert list(Role.objects.order_by("pk").values()) == before


def test_a_role_that_has_ended_is_not_reviewed(world, asleep, sign_in):
    Role.objects.filter(pk=asleep.pk).update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    assert sign_in(world.manager).post(f"{PAGE}{asleep.pk}/confirmer/").status_code == 404


def test_the_last_administrator_is_not_ended_from_there_either(world, sign_in):
    world.administrator.set_password("une longue phrase de passe")
    world.administrator.save()
    role = world.administrator.roles.get()
    answer = sign_in(world.administrator).post(f"{PAGE}{role.pk}/fin/")
    assert answer.status_code == 409 and "dernier administrateur" in answer.text


def test_giving_a_role_is_confirming_it(world, sign_in):
    fields = {"kind": "funder", "programme": world.programme.pk, "starts_on": "2009-01-01"}
    sign_in(world.administrator).post(f"/comptes/{world.stranger.pk}/roles/donner/", fields)
    role = world.stranger.roles.get()
    assert role.confirmed_by == world.administrator and not role.needs_review


def test_the_page_costs_the_same_with_more_roles(world, sign_in):
    client = sign_in(world.manager)

    def cost() -> int:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as counted:
            client.get(PAGE)
        return len(counted)

    before = cost()
    for number in range(60):
        role = make_role(make_user(f"Autre{number}"), "tutor", world.programme, organisation=world.holder)
        Role.objects.filter(pk=role.pk).update(confirmed_by=world.administrator)
    assert cost() == before
    first = client.get(PAGE).context["page"]
    second = client.get(f"{PAGE}?{first.next_query}").context["page"]
    assert len(first.rows) == 50 and len({role.pk for role in [*first.rows, *second.rows]}) == 66


def test_accounts_open_from_the_review_for_administrators_only(world, sign_in):
    account = reverse("accounts:account", args=[world.caseworker.pk])
    for who, opens in (("administrator", True), ("manager", False)):
        page = sign_in(world.cast[who]).get(reverse("accounts:review")).content.decode()
        assert "Inès" in page
        assert (f'href="{account}"' in page) is opens
