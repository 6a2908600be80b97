"""An invitation: one use, one day, one address; a link that opens nothing tells nothing."""

import datetime as dt
import io
import logging
import re

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone
from structlog.processors import JSONRenderer
from structlog.stdlib import ProcessorFormatter

from partaj.accounts.models import Invitation, JournalEntry
from tests.world import PASSWORD, make_user

FORM = {"password1": PASSWORD, "password2": PASSWORD}
OVER = "Demandez une nouvelle invitation à l’administrateur de votre structure."


@pytest.fixture
def administrator(world, sign_in):
    return sign_in(world.administrator)


@pytest.fixture
def louise(db):
    return make_user("Louise", last_name="Marchand")


def link_of(letter) -> str:
    return re.search(r"http://testserver(/compte/invitation/\S+)", letter.body).group(1)


def invited(administrator, account) -> str:
    """The link of the letter that `account` gets."""
    administrator.post(f"/comptes/{account.pk}/inviter/")
    assert mail.outbox[-1].to == [account.email]
    return link_of(mail.outbox[-1])


def test_the_link_serves_once_and_leaves_the_address_at_once(administrator, louise):
    link = invited(administrator, louise)
    browser = Client()
    opened = browser.get(link)
    assert (opened.status_code, opened.url, opened["Referrer-Policy"]) == (302, "/compte/invitation/", "same-origin")
    page = browser.get(opened.url)
    assert louise.email in page.text and link.split("/")[-2] not in page.text
    assert "15 caractères au moins" in page.text
    assert page["Referrer-Policy"] == "same-origin" and "no-store" in page["Cache-Control"]
    chosen = browser.post(opened.url, FORM, follow=True)
    assert "Votre mot de passe est choisi" in chosen.text and chosen.redirect_chain == [("/compte/connexion/", 302)]
    louise.refresh_from_db()
    assert louise.check_password(PASSWORD)

    for visitor in (browser, Client()):
        again = visitor.get(link, follow=True)
        assert again.status_code == 410 and OVER in again.text
    assert "choisi par la personne" in administrator.get(f"/comptes/{louise.pk}/").text


def test_looking_at_the_link_changes_nothing(administrator, louise):
    """A mail scanner opens every link before its reader does."""
    link = invited(administrator, louise)
    before = list(Invitation.objects.values()), list(JournalEntry.objects.values())
    for _ in range(3):
        assert Client().get(link, follow=True).status_code == 200
    assert (list(Invitation.objects.values()), list(JournalEntry.objects.values())) == before


def test_every_dead_link_gets_the_same_page(administrator, louise, world):
    """Used, expired, cancelled, replaced, of a suspended account, of another address, forged: all alike."""
    pages = {}

    def knock(name, link, browser=None):
        browser = browser or Client()
        opened = browser.get(link)
        page = browser.get(opened.url)
        posted = browser.post(opened.url, FORM)
        once = re.compile(r'nonce="[^"]*"|value="[^"]*"|X-CSRFToken": "[^"]*"|content="[^"]*"')
        pages[name] = (opened.status_code, page.status_code, posted.status_code, once.sub("", page.text))
        assert OVER in page.text and OVER in posted.text

    knock("forged", "/compte/invitation/n-importe-quoi/")
    replaced = invited(administrator, louise)
    cancelled = invited(administrator, louise)
    knock("replaced", replaced)
    open_page = Client()
    open_page.get(cancelled)
    administrator.post(f"/comptes/{louise.pk}/invitation/annuler/")
    knock("cancelled", cancelled)
    assert open_page.post("/compte/invitation/", FORM).status_code == 410
    old = invited(administrator, louise)
    with time_machine.travel(timezone.localtime() + dt.timedelta(hours=24, minutes=1)):
        knock("expired", old)
    moved = invited(administrator, louise)
    administrator.post(
        f"/comptes/{louise.pk}/modifier/", {"email": "l.m@partaj.example", "first_name": "L", "last_name": "M"}
    )
    knock("moved", moved)
    louise.refresh_from_db()
    suspended = invited(administrator, louise)
    administrator.post(f"/comptes/{louise.pk}/suspendre/")
    knock("suspended", suspended)
    administrator.post(f"/comptes/{louise.pk}/reactiver/")
    knock("reopened", suspended)
    assert len(set(pages.values())) == 1, pages.keys()
    louise.refresh_from_db()
    assert not louise.has_usable_password()


def test_the_page_of_the_account_says_where_the_invitation_stands(administrator, louise):
    page = f"/comptes/{louise.pk}/"
    assert "aucune invitation n’est partie" in administrator.get(page).text
    invited(administrator, louise)
    waiting = administrator.get(page).text
    assert "en attente" in waiting and "expire le" in waiting and "Renouveler l’invitation" in waiting
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        administrator_of_tomorrow = Client()
        administrator_of_tomorrow.force_login(
            Invitation.objects.get().made_by, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        assert "invitation expirée" in administrator_of_tomorrow.get(page).text
    asked = administrator.get(f"/comptes/{louise.pk}/invitation/annuler/")
    assert "n’ouvrira plus rien" in asked.text and Invitation.objects.pending().count() == 1
    administrator.post(f"/comptes/{louise.pk}/invitation/annuler/")
    assert "invitation retirée" in administrator.get(page).text
    assert administrator.post(f"/comptes/{louise.pk}/invitation/annuler/").status_code == 409


def test_who_has_chosen_a_password_is_not_invited_again(administrator, louise):
    louise.set_password(PASSWORD)
    louise.save()
    answer = administrator.post(f"/comptes/{louise.pk}/inviter/", follow=True)
    assert "Cette personne a déjà choisi son mot de passe." in answer.text
    assert mail.outbox == [] and not Invitation.objects.exists()


def test_a_password_that_breaks_the_rules_leaves_the_link_good(administrator, louise):
    link, browser = invited(administrator, louise), Client()
    page = browser.get(link).url
    refused = browser.post(page, {"password1": "Louise Marchand 2026", "password2": "Louise Marchand 2026"})
    assert refused.status_code == 422 and "Il contient votre nom" in refused.text
    assert browser.post(page, FORM).status_code == 302


def test_somebody_else_s_session_ends_when_the_password_is_chosen(administrator, louise, world, sign_in):
    link, shared = invited(administrator, louise), sign_in(world.manager)
    shared.post(shared.get(link).url, FORM)
    assert shared.get("/").status_code == 302


def test_letters_upon_one_account_are_counted(administrator, louise):
    for _ in range(5):
        administrator.post(f"/comptes/{louise.pk}/inviter/")
    answer = administrator.post(f"/comptes/{louise.pk}/inviter/")
    assert (answer.status_code, len(mail.outbox)) == (429, 5)
    assert "Réessayez dans 60 minutes" in answer.text


def test_the_former_invitation_stays_when_the_new_one_does_not_leave(administrator, louise, settings):
    link = invited(administrator, louise)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = administrator.post(f"/comptes/{louise.pk}/inviter/", follow=True)
    assert "l’invitation n’est pas partie" in answer.text
    assert Client().get(link, follow=True).status_code == 200


def test_only_administrators_see_invitations(administrator, louise, world):
    invited(administrator, louise)
    seeing = [name for name, user in world.cast.items() if Invitation.objects.visible_to(user).exists()]
    assert seeing == ["administrator"]


def test_the_key_is_kept_nowhere_and_written_nowhere(administrator, louise, settings):
    """Neither in the tables, nor in the journal of accesses, nor in the logs, even where the link is misused."""
    logs = io.StringIO()
    handler = logging.StreamHandler(logs)
    handler.setFormatter(ProcessorFormatter(processor=JSONRenderer()))
    logging.getLogger().addHandler(handler)
    former, level = logging.getLogger("django_structlog").level, logging.INFO
    logging.getLogger("django_structlog").setLevel(level)
    try:
        link = invited(administrator, louise)
        browser = Client(enforce_csrf_checks=True)
        browser.post(link, FORM)
        browser.get(link, follow=True)
        Client().post(Client().get(link).url, FORM)
        Client().get(link.rstrip("/") + "/encore/")
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger("django_structlog").setLevel(former)
    key = link.split("/")[-2]
    assert "compte/invitation/" in logs.getvalue(), "the requests left their lines"
    assert key not in logs.getvalue()
    kept = [str(row) for rows in (Invitation, JournalEntry) for row in rows.objects.values_list()]
    kept += [str(session.get_decoded()) for session in Session.objects.all()]
    assert not [row for row in kept if key in row]
    journal = " ".join(str(row) for row in JournalEntry.objects.values_list())
    assert louise.email not in journal


def test_each_act_leaves_its_line_in_the_journal(administrator, louise, world):
    link, browser = invited(administrator, louise), Client()
    browser.post(browser.get(link).url, FORM)
    number = Invitation.objects.get().pk
    lines = [
        (line.kind, line.subject, line.actor_id, line.detail)
        for line in JournalEntry.objects.exclude(kind="signed_in").order_by("number")
    ]
    account, mine = f"accounts.user:{louise.pk}", f"accounts.invitation:{number}"
    assert lines == [
        ("created", mine, world.administrator.pk, "invitation"),
        ("changed", mine, None, "invitation"),
        ("changed", account, None, "compte"),
        ("security", account, louise.pk, "invitation acceptée, mot de passe choisi"),
    ]
