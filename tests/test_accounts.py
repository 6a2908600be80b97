"""Accounts and roles: an administrator opens and closes doors, the effect is at the next request."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from beneficiaries.models import Enrolment
from partaj.accounts.models import Role, User
from partaj.territories.models import Territory
from tests.world import PASSWORD, make_role, make_user

TODAY = dt.date(2026, 3, 10)


def role_fields(**changes):
    return {"kind": "caseworker", "starts_on": "2025-01-01"} | changes


def end_url(role):
    return f"/comptes/{role.user_id}/roles/{role.pk}/fin/"


def test_a_new_colleague_chooses_a_password_from_the_mail_and_sees_what_the_role_opens(world, sign_in, client):
    administrator = sign_in(world.administrator)
    answer = administrator.post(
        "/comptes/nouveau/", {"email": "Lea.Petit@Partaj.example", "first_name": "Léa", "last_name": "Petit"}
    )
    colleague = User.objects.get(email="lea.petit@partaj.example")
    assert answer.url == f"/comptes/{colleague.pk}/"
    assert not colleague.has_usable_password()
    fields = role_fields(programme=world.programme.pk, territory=world.bethune.pk, may_export="on")
    assert administrator.post(f"/comptes/{colleague.pk}/roles/donner/", fields).status_code == 302

    [message] = mail.outbox
    assert message.to == ["lea.petit@partaj.example"] and "Bonjour Léa," in message.body
    link = re.search(r"http://testserver(/compte/invitation/\S+)", message.body).group(1)
    page = client.get(link, follow=True)
    form_path = page.redirect_chain[-1][0]
    client.post(form_path, {"password1": PASSWORD, "password2": PASSWORD})
    client.post("/compte/connexion/", {"login": "lea.petit@partaj.example", "password": PASSWORD})
    assert client.get("/p/TEST-1/programme/").status_code == 200
    seen = {each.pk for each in Enrolment.objects.visible_to(User.objects.get(pk=colleague.pk))}
    assert seen == {world.lea.pk, world.helene.pk}


def test_pages_of_accounts_do_not_exist_for_others(world, sign_in):
    role = world.caseworker.roles.get()
    urls = ["/comptes/", "/comptes/nouveau/"] + [
        f"/comptes/{world.caseworker.pk}/{act}"
        for act in [
            "",
            "modifier/",
            "inviter/",
            "invitation/annuler/",
            "suspendre/",
            "reactiver/",
            "roles/donner/",
            f"roles/{role.pk}/fin/",
        ]
    ]
    before = list(User.objects.values()), list(Role.objects.values())
    payload = role_fields(programme=world.programme.pk, territory=world.bethune.pk, email="pirate@x.fr", first_name="P",
                          last_name="P")  # fmt: skip
    for name, user in world.cast.items():
        if name != "administrator":
            client = sign_in(user)
            last_login = list(User.objects.values())
            statuses = {client.get(url).status_code for url in urls} | {
                client.post(url, payload).status_code for url in urls
            }
            assert statuses == {404}, name
            assert list(User.objects.values()) == last_login
    assert list(Role.objects.values()) == before[1] and mail.outbox == []


def test_an_address_already_used_is_refused_in_either_case(world, sign_in):
    answer = sign_in(world.administrator).post(
        "/comptes/nouveau/", {"email": world.manager.email.upper(), "first_name": "B", "last_name": "B"}
    )
    assert answer.status_code == 422 and "Un compte a déjà cette adresse." in answer.content.decode()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "caseworker", "programme": "own"}, "Un chargé de mission est attaché à un territoire"),
        ({"kind": "caseworker", "territory": "bethune"}, "Chaque rôle est attaché à un programme"),
        ({"kind": "administrator", "programme": "own"}, "sauf celui d’administrateur"),
        ({"kind": "manager", "programme": "own", "territory": "bethune"}, "ne se limite pas à un territoire"),
        ({"kind": "caseworker", "programme": "other", "territory": "bethune"}, "n’est pas de ce programme"),
        ({"kind": "funder", "programme": "own", "may_export": "on"}, "exportent des listes nominatives"),
        ({"kind": "funder", "programme": "own", "ends_on": "2024-12-31"}, "Le rôle finit avant de commencer"),
        ({"kind": "funder", "programme": "own", "starts_on": "2025-02-30"}, "Saisissez une date valide"),
        ({"kind": "roi", "programme": "own"}, "n’en fait pas partie"),
        ({"kind": "funder", "programme": "99999"}, "ne fait pas partie"),
    ],
)  # fmt: skip
def test_a_role_that_makes_no_sense_is_refused_with_its_reason(world, sign_in, changes, sentence):
    ids = {"own": world.programme.pk, "other": world.other_programme.pk, "bethune": world.bethune.pk}
    fields = role_fields(**{name: ids.get(value, value) for name, value in changes.items()})
    answer = sign_in(world.administrator).post(f"/comptes/{world.stranger.pk}/roles/donner/", fields)
    page = answer.content.decode().replace("&#x27;", "’").replace("'", "’")
    assert answer.status_code == 422 and sentence in page
    assert not world.stranger.roles.exists()


def test_the_territories_of_a_role_stand_under_the_programmes_that_work_there(world, sign_in):
    Territory.objects.create(name="Sambre-Avesnois")
    page = sign_in(world.administrator).get(f"/comptes/{world.stranger.pk}/roles/donner/").content.decode()
    groups = re.findall(r'<optgroup label="([^"]*)">(.*?)</optgroup>', page, re.DOTALL)
    assert [(label, re.findall(r">\s*([^<>]+?)\s*</option>", options)) for label, options in groups] == [
        ("TEST-1", ["Béthune-Bruay"]), ("TEST-1, TEST-2", ["Valenciennes"]),
    ]  # fmt: skip
    assert "Sambre-Avesnois" not in page


def test_the_same_role_is_not_given_twice_over_the_same_days(world, sign_in):
    client = sign_in(world.administrator)
    url = f"/comptes/{world.funder.pk}/roles/donner/"
    fields = role_fields(kind="funder", programme=world.programme.pk)
    answer = client.post(url, fields)
    assert answer.status_code == 422 and "a déjà ce rôle à ces dates" in answer.content.decode()
    assert client.post(url, fields | {"programme": world.other_programme.pk}).status_code == 302
    assert world.funder.roles.count() == 2


def test_a_role_that_ends_today_works_today_and_not_tomorrow(world, sign_in):
    role = world.caseworker.roles.get()
    with time_machine.travel(dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC), tick=False):
        sign_in(world.administrator).get(end_url(role))
        role.refresh_from_db()
        assert role.ends_on is None
        sign_in(world.administrator).post(end_url(role))
        role.refresh_from_db()
        assert role.ends_on == TODAY
        colleague = sign_in(world.caseworker)
        assert colleague.get("/p/TEST-1/programme/").status_code == 200
    with time_machine.travel(dt.datetime(2026, 3, 11, 0, 30, tzinfo=dt.UTC), tick=False):
        assert sign_in(world.caseworker).get("/p/TEST-1/programme/").status_code == 404
        page = sign_in(world.administrator).get(f"/comptes/{world.caseworker.pk}/").content.decode()
        assert "Rôles passés" in page and "10/03/2026" in page
    assert [each.ends_on for each in role.history.order_by("history_id")][-1] == TODAY


def test_a_role_to_come_is_taken_away_before_it_begins(world, sign_in):
    later = timezone.localdate() + dt.timedelta(days=10)
    role = make_role(world.stranger, "funder", world.programme, starts_on=later)
    page = sign_in(world.administrator).get(end_url(role)).content.decode()
    assert "n’a pas commencé" in page
    assert sign_in(world.stranger).get("/p/TEST-1/programme/").status_code == 404
    sign_in(world.administrator).post(end_url(role))
    assert not world.stranger.roles.exists()


def test_a_role_ended_twice_keeps_its_first_end(world, sign_in):
    role = make_role(world.stranger, "funder", world.programme, ends_on=dt.date(2025, 1, 1))
    answer = sign_in(world.administrator).post(end_url(role))
    assert answer.status_code == 409 and "Ce rôle a déjà pris fin." in answer.content.decode()
    role.refresh_from_db()
    assert role.ends_on == dt.date(2025, 1, 1)


def test_the_role_of_somebody_else_does_not_exist_under_this_account(world, sign_in):
    role = world.caseworker.roles.get()
    answer = sign_in(world.administrator).post(f"/comptes/{world.manager.pk}/roles/{role.pk}/fin/")
    role.refresh_from_db()
    assert (answer.status_code, role.ends_on) == (404, None)


def test_a_suspended_account_is_out_at_its_next_page_and_comes_back_with_its_roles(world, sign_in):
    colleague = sign_in(world.caseworker)
    assert colleague.get("/p/TEST-1/programme/").status_code == 200
    client = sign_in(world.administrator)
    client.post(f"/comptes/{world.caseworker.pk}/suspendre/")
    answer = colleague.get("/p/TEST-1/programme/")
    assert answer.status_code == 302 and answer.url.startswith("/compte/connexion/")
    client.post(f"/comptes/{world.caseworker.pk}/inviter/")
    assert mail.outbox == []
    client.post(f"/comptes/{world.caseworker.pk}/reactiver/")
    world.caseworker.refresh_from_db()
    assert world.caseworker.is_active and world.caseworker.roles.count() == 1
    assert sign_in(world.caseworker).get("/p/TEST-1/programme/").status_code == 200


def test_a_role_taken_away_closes_the_page_that_was_open(world, sign_in):
    colleague = sign_in(world.manager)
    assert colleague.get("/p/TEST-1/programme/modifier/").status_code == 200
    Role.objects.filter(user=world.manager).update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    assert colleague.get("/p/TEST-1/programme/modifier/").status_code == 404


def test_the_account_is_kept_when_the_mail_does_not_leave(world, sign_in, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = sign_in(world.administrator).post(
        "/comptes/nouveau/", {"email": "a@partaj.example", "first_name": "A", "last_name": "B"}, follow=True
    )
    assert User.objects.filter(email="a@partaj.example").exists()
    assert "l’invitation n’est pas partie" in answer.content.decode()


def test_a_former_address_opens_nothing_any_more(world, sign_in, client):
    former = world.caseworker.email
    world.caseworker.set_password(PASSWORD)
    world.caseworker.save()
    client.post("/compte/connexion/", {"login": former, "password": PASSWORD})
    client.post("/compte/deconnexion/")
    sign_in(world.administrator).post(
        f"/comptes/{world.caseworker.pk}/modifier/",
        {"email": "ines@partaj.example", "first_name": "Inès", "last_name": "Lopez"},
    )
    client.post("/compte/connexion/", {"login": former, "password": PASSWORD})
    assert client.get("/").status_code == 302
    client.post("/compte/connexion/", {"login": "ines@partaj.example", "password": PASSWORD})
    assert client.get("/").status_code == 200


def test_accounts_are_found_without_accents_by_role_and_by_state(world, sign_in):
    client = sign_in(world.administrator)
    make_user("Chloé", last_name="D’Hondt", is_active=False)

    def names(**query):
        return {str(each) for each in client.get("/comptes/", query).context["page"].rows}

    assert names(q="d hondt chloe") == names(state="suspendu") == {"Chloé D’Hondt"}
    assert names(q=world.funder.email[:8]) == {"Fanny"}
    assert names(kind="caseworker") == {"Inès", "Paul"}
    assert names(kind="caseworker", q="ines") == {"Inès"}
    assert names(q="x\x00y", kind="roi") == names()


def test_the_list_of_accounts_costs_the_same_with_more_rows(world, sign_in, django_assert_max_num_queries):
    client = sign_in(world.administrator)

    def cost(url):
        client.get(url)
        with django_assert_max_num_queries(40) as captured:
            client.get(url)
        return len(captured)

    before = cost("/comptes/"), cost(f"/comptes/{world.caseworker.pk}/")
    for number in range(10):
        colleague = make_user(f"Collègue{number}")
        make_role(colleague, "caseworker", world.programme, territory=world.bethune)
        make_role(colleague, "tutor", world.programme, organisation=world.holder)
        make_role(world.caseworker, "tutor", world.programme, starts_on=dt.date(2021, 1, number + 1),
                  ends_on=dt.date(2021, 1, number + 1))  # fmt: skip
    assert (cost("/comptes/"), cost(f"/comptes/{world.caseworker.pk}/")) == before


def test_createsuperuser_makes_an_administrator_of_partaj(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", email="Chef@Partaj.example", interactive=False, verbosity=0)
    chief = User.objects.get(email="chef@partaj.example")
    assert chief.check_password(PASSWORD) and chief.reach.everything
