"""PARTAJ always keeps somebody who can sign in and open accounts, even when two act at once."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from partaj.accounts import services
from partaj.accounts.models import Role, User
from partaj.confirming import Refused
from tests.world import PASSWORD, make_role, make_user


def administrator(name: str, **role) -> Role:
    """A role of administrator, of somebody who has chosen a password."""
    user = make_user(name)
    user.set_password(PASSWORD)
    user.save()
    return make_role(user, "administrator", **role)


@pytest.fixture
def chief(world) -> Role:
    world.administrator.set_password(PASSWORD)
    world.administrator.save()
    return world.administrator.roles.get()


def standing() -> set[str]:
    return {role.user.first_name for role in Role.objects.lasting().filter(kind="administrator").select_related("user")}


def refused_everywhere(client, role) -> bool:
    """The pages that take an administrator away say why they do not."""
    answers = [
        client.post(f"/comptes/{role.user_id}/roles/{role.pk}/fin/"),
        client.post(f"/comptes/{role.user_id}/suspendre/"),
    ]
    assert all("dernier administrateur" in answer.text for answer in answers if answer.status_code == 409)
    return [answer.status_code for answer in answers] == [409, 409]


def test_the_last_one_is_neither_ended_nor_suspended(chief, sign_in):
    assert refused_everywhere(sign_in(chief.user), chief)
    chief.refresh_from_db()
    assert chief.ends_on is None and User.objects.get(pk=chief.user_id).is_active


def test_who_cannot_replace_them_does_not_count(chief, sign_in):
    """Suspended, about to leave, not begun, or invited without having come yet."""
    client, today = sign_in(chief.user), timezone.localdate()
    services.suspend_account(user=administrator("Sylvie").user)
    administrator("Louis", ends_on=today)
    administrator("Maud", ends_on=today + dt.timedelta(days=90))
    administrator("Yann", starts_on=today + dt.timedelta(days=1))
    make_role(make_user("Invitée"), "administrator")
    assert standing() == {"Alice"}
    assert refused_everywhere(client, chief)


def test_somebody_else_who_can_sign_in_makes_it_possible(chief, sign_in):
    administrator("Bruno")
    assert sign_in(chief.user).post(f"/comptes/{chief.user_id}/roles/{chief.pk}/fin/").status_code == 302
    assert standing() == {"Bruno"}


def test_who_signs_in_without_a_password_counts_once_they_have_come(chief):
    guest = make_role(make_user("Karine"), "administrator")
    assert standing() == {"Alice"}
    User.objects.filter(pk=guest.user_id).update(last_login=timezone.now())
    services.suspend_account(user=chief.user)
    assert standing() == {"Karine"}


def at_once(*acts) -> list[str]:
    start, outcomes = threading.Barrier(len(acts)), []

    def run(act):
        start.wait()
        try:
            act()
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def end(role):
    return lambda: services.end_role(role=role)


def suspend(role):
    return lambda: services.suspend_account(user=role.user)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time by itself")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ways", [(end, end), (end, suspend), (suspend, end), (suspend, suspend)])
def test_two_acts_at_once_leave_one(ways):
    for turn in range(5):
        Role.objects.all().delete()
        roles = [administrator(f"{name}{turn}") for name in ("Alice", "Bruno")]
        assert at_once(*(way(role) for way, role in zip(ways, roles, strict=True))) == ["done", "refused"]
        assert len(standing()) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time by itself")
@pytest.mark.django_db(transaction=True)
def test_three_acts_at_once_leave_one():
    roles = [administrator(name) for name in ("Alice", "Bruno", "Carole")]
    assert at_once(end(roles[0]), suspend(roles[1]), suspend(roles[2])) == ["done", "done", "refused"]
    assert len(standing()) == 1
