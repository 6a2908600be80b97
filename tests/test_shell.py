"""The shell of every page: who is led where, the door, the errors, the headers and the files that it needs."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse

from partaj.accounts.letters import wait_until_posted
from partaj.navigation import ENTRIES
from tests.world import PASSWORD, make_role

TEMPLATES = Path(settings.BASE_DIR) / "templates"
STYLES = Path(settings.BASE_DIR) / "partaj" / "static" / "partaj" / "css"


def refuse(request):
    raise PermissionDenied


def break_down(request):
    raise ZeroDivisionError


urlpatterns = [path("essai/refus/", refuse), path("essai/panne/", break_down), path("", include("partaj.urls"))]


def labels(answer):
    return [entry.label for entry in answer.context["nav_entries"]]


# -- Navigation -----------------------------------------------------------------------------------
INSIDE = ["Jeunes", "Réunions et ateliers", "Cellules", "Projets et effectifs", "Restitution", "Programme"]
WITH_LISTS = [*INSIDE[:2], "Listes reçues", *INSIDE[2:]]
LED_TO = {
    "administrator": ["Accueil", *WITH_LISTS, "Structures", "Territoires", "Programmes", "Comptes et rôles",
                      "Revue des accès", "Qui peut voir quoi", "Journal des accès"],
    "manager": ["Accueil", *WITH_LISTS, "Structures", "Territoires", "Revue des accès", "Qui peut voir quoi",
                "Journal des accès"],
    "caseworker": ["Accueil", *INSIDE, "Structures", "Territoires"],
    "tutor": ["Accueil", "Jeunes", "Programme"],
    "member": ["Accueil", "Jeunes", "Programme"],
    "evaluator": ["Accueil", "Restitution", "Programme"],
    "funder": ["Accueil", "Restitution", "Programme"],
    "stranger": ["Accueil"],
}  # fmt: skip


@pytest.mark.parametrize("who", LED_TO)
def test_each_role_is_led_to_its_sections_and_no_other(world, sign_in, who):
    assert labels(sign_in(world.cast[who]).get("/")) == LED_TO[who]


@pytest.mark.parametrize("who", LED_TO)
def test_every_link_of_the_navigation_opens(world, sign_in, who):
    browser = sign_in(world.cast[who])
    addresses = [entry.url for entry in browser.get("/").context["nav_entries"]]
    assert {address: browser.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


def test_every_entry_names_a_page_that_exists():
    addresses = [reverse(entry.page, args=["X"] if entry.inside_programme else []) for entry in ENTRIES]
    assert all(addresses)


def test_the_search_box_is_for_those_who_read_youths(world, sign_in):
    seen = {who for who, user in world.cast.items() if 'role="search"' in sign_in(user).get("/").text}
    assert seen == {"administrator", "manager", "other_manager", "caseworker", "neighbour", "tutor", "member"}


def test_choosing_another_programme_keeps_the_section_where_the_role_allows_it(world, sign_in):
    make_role(world.caseworker, "caseworker", world.other_programme, territory=world.valenciennes)
    make_role(world.funder, "manager", world.other_programme)
    youths, cells = reverse("beneficiaries:list", args=["TEST-1"]), reverse("cellules:list", args=["TEST-2"])
    choices = sign_in(world.caseworker).get(youths).context["nav_programmes"]
    assert [(each.url, each.chosen) for each in choices] == [
        (youths, True),
        (reverse("beneficiaries:list", args=["TEST-2"]), False),
    ]
    choices = sign_in(world.funder).get(cells).context["nav_programmes"]
    assert choices[0].url == reverse("programmes:detail", args=["TEST-1"])  # a funder has no cells there


def test_the_chooser_names_no_programme_of_others(world, sign_in):
    page = sign_in(world.caseworker).get("/").text
    assert "TEST-1" in page
    assert "TEST-2" not in page
    assert "AILLEURS" not in sign_in(world.caseworker).get("/?programme=TEST-2").text


def test_the_shell_says_where_one_is(world, sign_in):
    answer = sign_in(world.caseworker).get(reverse("territories:organisation_create"))
    assert '<html lang="fr">' in answer.text
    assert answer.text.count("<h1>") == 1
    assert 'aria-current="true"' in answer.text  # deeper inside « Structures »
    assert 'href="#contenu"' in answer.text
    assert world.caseworker.email in answer.text


def test_a_demonstration_and_a_closed_programme_say_so(world, sign_in):
    assert "Démonstration" not in sign_in(world.caseworker).get("/").text
    world.programme.is_demonstration, world.programme.closed_on = True, "2012-01-01"
    world.programme.save()
    page = sign_in(world.caseworker).get("/").text
    assert "Les personnes de ce programme sont inventées ; il est clos" in page
    assert "clos le 01/01/2012" in page


# -- Home -----------------------------------------------------------------------------------------
def test_home_greets_and_opens_the_programmes_of_the_reader(world, sign_in):
    answer = sign_in(world.funder).get("/")
    assert "<h1>Bonjour Fanny</h1>" in answer.text
    cards = {card["programme"].number: [link.label for link in card["links"]] for card in answer.context["programmes"]}
    assert cards == {"TEST-1": ["Restitution", "Programme"]}


def test_home_of_an_account_without_role_says_whom_to_ask(world, sign_in):
    page = sign_in(world.stranger).get("/").text
    assert "Demandez à l’administrateur de votre structure" in page
    assert world.stranger.email in page


def test_home_costs_the_same_with_more_programmes(world, sign_in, django_assert_num_queries):
    browser = sign_in(world.funder)
    with CaptureQueriesContext(connection) as before:
        browser.get("/")
    make_role(world.funder, "funder", world.other_programme)
    with django_assert_num_queries(len(before)):
        browser.get("/")


# -- The door -------------------------------------------------------------------------------------
@pytest.fixture
def ines(world):
    world.caseworker.email = "ines.lopez@partaj.example"
    world.caseworker.set_password(PASSWORD)
    world.caseworker.save()
    return world.caseworker


def test_one_signs_in_by_email_whatever_its_case(ines):
    browser = Client()
    answer = browser.post("/compte/connexion/", {"login": ines.email.upper(), "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/")
    assert browser.get("/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_are_told_in_the_same_words(ines):
    sentence = "Adresse ou mot de passe incorrect"
    for login in [ines.email, "inconnue@partaj.example"]:
        answer = Client().post("/compte/connexion/", {"login": login, "password": "autre phrase de passe"})
        assert (answer.status_code, answer.text.count(sentence)) == (422, 1)


@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_an_empty_form_is_told_in_french(db, name):
    answer = Client().post(reverse(name), {})
    assert answer.text.count("Ce champ est obligatoire.") >= 2  # in the summary and under the field
    assert "This field" not in answer.text


def test_the_door_lets_browsers_fill_it_in_and_lists_no_password(db):
    page = Client().get("/compte/connexion/").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "README" in page
    assert "demonstration-partaj" not in page


def test_the_door_leads_nowhere_outside_the_site(ines):
    answer = Client().post(
        "/compte/connexion/?next=https://ailleurs.example/", {"login": ines.email, "password": PASSWORD}
    )
    assert answer.url == "/"


def test_one_signs_out_by_post_only(world, sign_in):
    browser = sign_in(world.caseworker)
    assert "Vous déconnecter ?" in browser.get("/compte/deconnexion/").text
    assert browser.get("/").status_code == 200
    assert browser.post("/compte/deconnexion/").url == "/compte/connexion/"
    assert browser.get("/").status_code == 302


def test_a_forgotten_password_is_replaced_by_the_link_of_a_letter_in_french(ines):
    browser = Client()
    assert browser.post("/compte/mot-de-passe/oublie/", {"email": ines.email}).status_code == 302
    wait_until_posted()
    [letter] = mail.outbox
    assert letter.subject == "PARTAJ · Choisir un nouveau mot de passe"
    [link] = re.findall(r"http://testserver(\S+)", letter.body)
    form = browser.get(link, follow=True)
    assert "Choisir un nouveau mot de passe" in form.text
    phrase = "une longue phrase toute neuve"
    browser.post(form.request["PATH_INFO"], {"password1": phrase, "password2": phrase})
    ines.refresh_from_db()
    assert ines.check_password(phrase)
    assert "Ce lien ne sert plus" in Client().get(link, follow=True).text


def test_an_unknown_address_gets_the_same_page_and_no_letter(db):
    answer = Client().post("/compte/mot-de-passe/oublie/", {"email": "inconnue@partaj.example"}, follow=True)
    assert "Si un compte existe à cette adresse" in answer.text
    wait_until_posted()
    assert mail.outbox == []


def test_changing_ones_password_asks_for_the_present_one_and_says_when_it_is_done(ines, sign_in):
    browser, phrase = sign_in(ines), "une longue phrase toute neuve"
    form = {"oldpassword": "faux", "password1": phrase, "password2": phrase}
    assert "Ce n’est pas votre mot de passe actuel." in browser.post("/compte/mot-de-passe/", form).text
    form["oldpassword"] = PASSWORD
    assert "Votre mot de passe est changé." in browser.post("/compte/mot-de-passe/", form, follow=True).text


def test_an_account_without_password_has_none_to_change(world, sign_in):
    answer = sign_in(world.caseworker).get("/compte/mot-de-passe/", follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Votre compte n’a pas de mot de passe" in answer.text


def test_a_closed_account_is_told_so_and_stays_outside(ines):
    ines.is_active = False
    ines.save()
    browser = Client()
    answer = browser.post("/compte/connexion/", {"login": ines.email, "password": PASSWORD}, follow=True)
    assert "Ce compte est fermé" in answer.text
    assert browser.get("/").status_code == 302


def test_too_many_attempts_are_told_in_french(ines):
    browser = Client()
    answers = [browser.post("/compte/connexion/", {"login": ines.email, "password": "x"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "Réessayez dans 5 minutes" in answers[-1].text


@pytest.mark.parametrize(
    "address", ["/compte/mot-de-passe/oublie/envoye/", "/compte/mot-de-passe/nouveau/fait/", "/compte/inactif/"]
)
def test_the_other_pages_of_the_door_are_in_french(db, address):
    page = Client().get(address)
    assert page.status_code == 200
    assert "connex" in page.text or "connecter" in page.text


# -- Errors ---------------------------------------------------------------------------------------
def test_what_does_not_exist_keeps_the_shell_for_who_is_signed_in(world, sign_in):
    answer = sign_in(world.caseworker).get("/nexiste/pas/")
    assert answer.status_code == 404
    assert "Cette page n’existe pas, ou pas pour vous" in answer.text
    assert "Navigation principale" in answer.text


def test_what_does_not_exist_tells_a_passer_by_nothing(world):
    answer = Client().get("/p/TEST-1/nexiste/pas/")
    assert answer.status_code == 404
    for leak in ["TEST-1", "Navigation principale", "nexiste", "urlpatterns"]:
        assert leak not in answer.text


def test_anothers_record_and_none_at_all_get_the_same_page(world, sign_in):
    browser = sign_in(world.caseworker)
    pages = [
        browser.get(reverse("beneficiaries:detail", args=["TEST-1", pk]))
        for pk in (world.karim.pk, world.foreigner.pk, 999_999)
    ]
    texts = {re.sub(r'("X-CSRFToken": |csrfmiddlewaretoken" value=|saisie_de" value=)"[^"]*"', "", page.text)
             for page in pages}  # fmt: skip
    assert [page.status_code for page in pages] == [404, 404, 404]
    assert len(texts) == 1


@pytest.mark.urls("tests.test_shell")
def test_a_refusal_explains_itself(world, sign_in):
    answer = sign_in(world.caseworker).get("/essai/refus/")
    assert answer.status_code == 403
    assert "Vos rôles ne permettent pas cela" in answer.text
    assert "Rien n’a été changé." in answer.text


@pytest.mark.urls("tests.test_shell")
def test_a_breakdown_shows_a_page_and_no_entrails(world, sign_in):
    browser = sign_in(world.caseworker)
    browser.raise_request_exception = False
    answer = browser.get("/essai/panne/")
    assert answer.status_code == 500
    assert "PARTAJ a rencontré une panne" in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_the_pages_of_last_resort_need_neither_context_nor_database():
    for name in ["400.html", "500.html"]:
        assert '<html lang="fr">' in render_to_string(name)


# -- Headers and files ----------------------------------------------------------------------------
def test_the_policy_of_the_browser_is_strict(world, sign_in):
    answer = sign_in(world.caseworker).get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert re.search(r"script-src 'self'( 'nonce-[^']+')?(;|$)", policy)
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in answer.headers["Cache-Control"]


def test_no_template_writes_style_or_script_inside_the_page():
    inside = re.compile(r"\sstyle=|\son[a-z]+=\"|<style(?! nonce)|<script(?![^>]*(src=|type=\"application/json\"))")
    found = {
        str(page.relative_to(TEMPLATES)): match[0]
        for page in TEMPLATES.rglob("*.html")
        if "print" not in page.parts and (match := inside.search(page.read_text()))
    }
    assert found == {}


def static_names():
    for page in TEMPLATES.rglob("*.html"):
        text = page.read_text()
        yield from re.findall(r"{% static '([^']+)' %}", text)
        yield from re.findall(r'"/static/([^"]+)"', text)
    for sheet in STYLES.glob("*.css"):
        for name in re.findall(r'url\("((?!data:)[^"]+)"\)', sheet.read_text()):
            yield str((Path("/partaj/css") / name).resolve().relative_to("/"))


def test_every_static_file_that_is_named_exists():
    assert {name for name in static_names() if finders.find(name) is None} == set()


@pytest.mark.parametrize(
    ("name", "begins", "ends"),
    [
        ("vendor/tabler/css/tabler.min.css", "7ef750bd", "3d1c9a"),
        ("vendor/tabler/js/tabler.min.js", "b60c7616", "d99eb9"),
    ],
)
def test_tabler_is_the_one_that_its_makers_publish(name, begins, ends):
    digest = hashlib.sha256(Path(finders.find(name)).read_bytes()).hexdigest()
    assert (digest[: len(begins)], digest[-len(ends) :]) == (begins, ends)
