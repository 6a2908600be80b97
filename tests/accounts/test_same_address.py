"""Two accounts given the same address at the same moment: one gets it, the other reads why, in one sentence."""

import threading

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from partaj.accounts import services
from partaj.accounts.models import User

ADDRESS = "jeanne.nouvelle@partaj.example"
SENTENCE = ["Un compte a déjà cette adresse."]


def typed(**more):
    return {"email": ADDRESS, "first_name": "Jeanne", "last_name": "Nouvelle"} | more


@pytest.mark.parametrize("writing", [ADDRESS, "Jeanne.Nouvelle@PARTAJ.example"])
@pytest.mark.parametrize("act", ["open_account", "rename_account"])
def test_the_other_tab_was_quicker_between_the_check_and_the_saving(world, sign_in, monkeypatch, act, writing):
    save = getattr(services, act)

    def a_moment_too_late(*, user: User) -> User:
        if not User.objects.with_address(ADDRESS).exists():
            User.objects.create_user(ADDRESS, first_name="Jeanne")
        return save(user=user)

    monkeypatch.setattr(services, act, a_moment_too_late)
    office, former = sign_in(world.administrator), world.caseworker.email
    page = (
        reverse("accounts:create") if act == "open_account" else reverse("accounts:change", args=[world.caseworker.pk])
    )
    answer = office.post(page, typed(email=writing))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"email": SENTENCE}
    assert SENTENCE[0] in answer.text
    assert [each.first_name for each in User.objects.with_address(ADDRESS)] == ["Jeanne"]
    assert User.objects.get(pk=world.caseworker.pk).email == former
    assert mail.outbox == []  # nobody was invited twice


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time by itself")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("changes", [(None, None), ("caseworker", "tutor"), (None, "tutor")])
def test_two_tabs_of_an_administrator_at_once(world, sign_in, changes):
    """`changes`: whose address is changed in each tab, None where an account is created."""
    for turn in range(5):
        address, answers, start = f"jeanne{turn}@partaj.example", [], threading.Barrier(2)

        def run(client, page, address=address, answers=answers, start=start):
            start.wait()
            try:
                answer = client.post(page, typed(email=address))
                answers.append((answer.status_code, SENTENCE[0] in answer.text))
            finally:
                connection.close()

        pages = [
            reverse("accounts:change", args=[world.cast[name].pk]) if name else reverse("accounts:create")
            for name in changes
        ]
        tabs = [threading.Thread(target=run, args=[sign_in(world.administrator), page]) for page in pages]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        assert sorted(answers) == [(302, False), (422, True)]
        assert User.objects.with_address(address).count() == 1
