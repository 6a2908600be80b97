"""One's own second factor: adding it, being asked for it, losing it."""

import json
import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.conf import settings as production
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from partaj.accounts.journal.events import note_security
from partaj.accounts.journal.trace import Trace, following
from partaj.accounts.letters import wait_until_posted
from partaj.accounts.models import User
from partaj.accounts.second_factor import codes
from partaj.accounts.second_factor.views import AddPasskey
from partaj.formats import NBSP
from tests.door.hands import code_of, confirm, enter, give_application, give_codes, give_password, journal
from tests.world import PASSWORD

PRODUCTION_HASHERS = list(production.PASSWORD_HASHERS)  # before the tests take cheap ones


def letters() -> list[str]:
    wait_until_posted()
    return [letter.body for letter in mail.outbox]


@pytest.fixture
def holder(world):
    return give_password(world.caseworker)


def test_confirming_who_one_is_changes_the_number_of_the_session(holder):
    browser, _ = enter(holder)
    former = browser.cookies["sessionid"].value
    stolen = Client()
    stolen.cookies["sessionid"] = former
    confirm(browser, reverse("mfa_activate_totp"), password=PASSWORD)
    assert browser.cookies["sessionid"].value != former
    assert stolen.get(reverse("mfa_index")).status_code == 302  # to the sign-in page
    assert browser.get(reverse("mfa_index")).content.decode().count("celle-ci") == 1


def test_adding_an_application_then_signing_in_with_it(holder, django_capture_on_commit_callbacks):
    browser, _ = enter(holder)
    page = reverse("mfa_activate_totp")
    shown = confirm(browser, page, password=PASSWORD)
    assert "Ajouter une application de codes" in shown.text
    secret = browser.session["mfa.totp.secret"]
    assert f"<code>{secret}</code>" in shown.text

    wrong = browser.post(page, {"code": "000000"})
    assert "Ce code n’est pas le bon" in wrong.text
    assert Authenticator.objects.count() == 0
    with django_capture_on_commit_callbacks(execute=True):
        added = browser.post(page, {"code": code_of(secret)})
    shown = re.findall(r"<code>(\d+)</code>", added.text)
    assert [code[0] for code in shown] == list("0123456789")
    assert all(len(code) == 9 for code in shown)
    assert browser.get(page).url == reverse("mfa_deactivate_totp")  # the page read again shows them no more
    assert "10 restants" in browser.get(reverse("mfa_index")).text
    assert "une application de codes a été ajoutée à votre compte" in letters()[0]
    assert journal("security") == [
        (f"accounts.user:{holder.pk}", "application de codes : ajout"),
        (f"accounts.user:{holder.pk}", "codes de secours : ajout"),
    ]

    other, answer = enter(holder)
    assert answer.url == reverse("mfa_authenticate")
    assert other.get("/").status_code == 302  # not in yet
    stage = other.get(answer.url).text
    assert "Confirmez que c’est bien vous" in stage
    assert other.post(answer.url, {"code": code_of(secret, 1)}).url == "/"
    assert other.get("/").status_code == 200
    assert journal("signed_in")[-1] == (
        f"accounts.user:{holder.pk}", "mot de passe, application de codes",
    )  # fmt: skip


def test_the_code_that_added_the_application_opens_nothing_else(holder):
    browser, _ = enter(holder)
    page = reverse("mfa_activate_totp")
    confirm(browser, page, password=PASSWORD)
    code = code_of(browser.session["mfa.totp.secret"])
    assert "Mes codes de secours" in browser.post(page, {"code": code}).text
    other, answer = enter(holder)
    refused = other.post(answer.url, {"code": code})
    assert refused.status_code == 422
    assert "il a déjà servi" in refused.text
    assert other.get("/").status_code == 302


def test_a_code_serves_once_and_a_wrong_one_is_journalled(holder):
    secret = give_application(holder)
    code = code_of(secret)
    first, answer = enter(holder)
    assert first.post(answer.url, {"code": "123"}).status_code == 422
    assert journal("failed") == [(f"accounts.user:{holder.pk}", "second facteur")]
    assert first.post(answer.url, {"code": f"{code[:3]} {code[3:]}"}).url == "/"
    second, answer = enter(holder)
    refused = second.post(answer.url, {"code": code})
    assert refused.status_code == 422
    assert "il a déjà servi" in refused.text
    assert second.get("/").status_code == 302


def test_a_recovery_code_replaces_the_telephone_once(holder):
    give_application(holder)
    code = give_codes(holder)[3]
    browser, answer = enter(holder)
    assert browser.post(answer.url, {"code": f"{code[:3]} {code[3:6]} {code[6:]}"}).url == "/"
    assert journal("signed_in")[-1][1] == "mot de passe, codes de secours"
    assert "9 restants" in browser.get(reverse("mfa_index")).text
    browser, answer = enter(holder)
    for _ in range(2):
        assert browser.post(answer.url, {"code": code}).status_code == 422
        cache.clear()  # the database knows it too, long after
    assert journal("failed")[-1] == (f"accounts.user:{holder.pk}", "second facteur")


def test_of_two_requests_with_the_same_recovery_code_one_comes_in(holder, monkeypatch):
    give_application(holder)
    code = give_codes(holder)[0]
    (first, asked), (second, _) = enter(holder), enter(holder)
    compare, answers = codes.check_password, []

    def meanwhile(typed: str, known: str) -> bool:
        """The second has found the code to be right when the first comes in with it."""
        right = compare(typed, known)
        if not answers:
            answers.append(None)
            answers.append(first.post(asked.url, {"code": code}).status_code)
        return right

    monkeypatch.setattr(codes, "check_password", meanwhile)
    monkeypatch.setattr("partaj.accounts.second_factor.forms.serve_once", lambda *args: None)  # the database alone
    assert second.post(asked.url, {"code": code}).status_code == 422
    assert answers == [None, 302]
    assert second.get("/").status_code == 302


def test_recovery_codes_are_kept_as_salted_hashes_of_a_password_hasher(holder, settings):
    settings.PASSWORD_HASHERS = PRODUCTION_HASHERS
    drawn = codes.draw()
    kept = codes.hashed([drawn[0], drawn[0]])
    codes.keep(holder, kept)
    assert all(each.startswith("argon2$argon2id$") for each in kept)
    assert kept[0] != kept[1]  # each with its own salt
    everything = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert not any(code in everything or code[1:] in everything for code in drawn)
    assert codes.use(holder, drawn[0]) is not None


def test_a_recovery_code_costs_one_hash_whatever_it_is(holder, monkeypatch):
    drawn, costs = give_codes(holder), []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: costs.append(1) or encode(self, *args))

    def cost(code: str) -> tuple[int, bool]:
        costs.clear()
        opens = codes.use(holder, code) is not None
        return len(costs), opens

    other = f"{drawn[4][0]}{(int(drawn[4][1:]) + 1) % 10**8:08}"
    assert [cost(drawn[4]), cost(drawn[4]), cost(other)] == [(1, True), (1, False), (1, False)]
    Authenticator.objects.all().delete()
    assert cost(drawn[5]) == (1, False)


@pytest.mark.parametrize("typed", ["", "12345678", "1234567890", "١٢٣٤٥٦٧٨٩", "12345678x", "0" * 9, "9" * 10_000])
def test_what_is_no_recovery_code_opens_nothing(holder, typed):
    give_application(holder)
    browser, answer = enter(holder)
    assert browser.post(answer.url, {"code": typed}).status_code == 422
    assert browser.get("/").status_code == 302


def test_renewing_them_shows_ten_once_and_the_former_open_nothing(holder, django_capture_on_commit_callbacks):
    secret, former = give_application(holder), give_codes(holder)
    browser, answer = enter(holder)
    browser.post(answer.url, {"code": code_of(secret)})
    page = reverse("mfa_generate_recovery_codes")
    assert "Les 10 codes qui restent" in confirm(browser, page, code=code_of(secret, 1)).text
    new = re.findall(r"<code>(\d+)</code>", browser.post(page).text)
    assert len(set(new) - set(former)) == 10
    assert not any(code in browser.get(page).text for code in new)
    assert "les codes de secours de votre compte ont été renouvelés" in letters()[0]
    assert [detail for _, detail in journal("security")] == ["codes de secours : retrait", "codes de secours : ajout"]
    other, answer = enter(holder)
    assert other.post(answer.url, {"code": former[0]}).status_code == 422
    assert other.post(answer.url, {"code": new[0]}).url == "/"


def test_who_has_a_factor_and_no_code_is_offered_some(holder):
    """After the move from the codes of before, whose seed is gone."""
    TOTP.activate(holder, secret := generate_totp_secret())
    browser, answer = enter(holder)
    browser.post(answer.url, {"code": code_of(secret)})
    assert "Recevoir<span" in browser.get(reverse("mfa_index")).text
    page = reverse("mfa_generate_recovery_codes")
    assert "qui restent" not in confirm(browser, page, code=code_of(secret, 1)).text
    assert len(re.findall(r"<code>\d{9}</code>", browser.post(page).text)) == 10


def test_the_codes_of_before_are_taken_away_with_their_seed(holder):
    Authenticator.objects.create(user=holder, type="recovery_codes", data={"seed": "locked", "used_mask": 0})
    TOTP.activate(holder, generate_totp_secret())
    import_module("partaj.accounts.migrations.0010_recovery_codes_hashed").forget(apps, None)
    assert [row.type for row in Authenticator.objects.all()] == ["totp"]


def test_guessing_codes_is_stopped(holder):
    secret = give_application(holder)
    browser, answer = enter(holder)
    for number in range(10):
        last = browser.post(answer.url, {"code": f"00000{number}"})
    assert "Trop de tentatives" in last.text
    assert browser.post(answer.url, {"code": code_of(secret)}).status_code in (422, 429)
    assert browser.get("/").status_code == 302


def test_removing_it_asks_who_one_is_by_the_factor_itself(holder, django_capture_on_commit_callbacks):
    secret = give_application(holder)
    browser, answer = enter(holder)
    browser.post(answer.url, {"code": code_of(secret)})
    page = reverse("mfa_deactivate_totp")
    asked = browser.get(page)
    assert asked.url.startswith(reverse("mfa_reauthenticate"))  # not the password, which may be stolen
    by_password = browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert by_password.url == reverse("mfa_reauthenticate")
    assert Authenticator.objects.filter(user=holder).count() == 2
    shown = confirm(browser, page, code=code_of(secret, 1))
    assert "Retirer l’application de codes" in shown.text
    assert browser.post(page).url == reverse("mfa_index")
    assert Authenticator.objects.filter(user=holder).count() == 0
    assert "l’application de codes a été retirée" in letters()[0]
    assert ("application de codes : retrait") in [detail for _, detail in journal("security")]


def test_the_secret_is_not_legible_in_the_database_and_a_lost_key_opens_to_nobody(holder, settings):
    secret = give_application(holder)
    stored = Authenticator.objects.get(user=holder, type="totp").data["secret"]
    assert secret not in stored
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-key-of-production-that-nobody-told-the-old-one-of"
    browser, answer = enter(holder)
    assert browser.post(answer.url, {"code": code_of(secret)}).status_code == 422
    settings.SECRET_KEY_FALLBACKS = [old]
    assert browser.post(answer.url, {"code": code_of(secret)}).url == "/"


def test_secrets_are_locked_again_under_a_new_key_and_the_former_is_forgotten(world, holder, settings, capsys):
    secret, other = give_application(holder), give_application(world.manager)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-of-production-that-nobody-told-the-old-one-of"
    with pytest.raises(CommandError, match=f"comptes {holder.pk}, {world.manager.pk}"):
        call_command("relock_second_factors")
    settings.SECRET_KEY_FALLBACKS = [former]
    capsys.readouterr()
    call_command("relock_second_factors")
    assert capsys.readouterr().out.splitlines() == [
        "2 secrets sont verrouillés sous SECRET_KEY.".replace(" ", NBSP, 1),
        "Les clefs d’avant peuvent quitter SECRET_KEY_FALLBACKS.",
    ]
    settings.SECRET_KEY_FALLBACKS = []
    for user, theirs in ((holder, secret), (give_password(world.manager), other)):
        browser, answer = enter(user)
        assert browser.post(answer.url, {"code": code_of(theirs)}).url == "/"


def test_keys_of_others_do_not_exist(world, sign_in):
    key = Authenticator.objects.create(user=world.neighbour, type="webauthn", data={"name": "Clé 1", "credential": {}})
    browser = sign_in(world.caseworker)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert browser.get(reverse(name, args=[key.pk])).status_code == 404
        assert browser.post(reverse(name, args=[key.pk])).status_code == 404
    assert Authenticator.objects.get() == key


# -- A lost telephone: the administrator --------------------------------------------------------------
def test_an_administrator_resets_it_and_its_holder_is_told(world, holder, django_capture_on_commit_callbacks):
    secret = give_application(holder)
    lost, answer = enter(holder)
    lost.post(answer.url, {"code": code_of(secret)})
    office, _ = enter(give_password(world.administrator))
    page = reverse("accounts:reset_second_factor", args=[holder.pk])
    assert page in office.get(reverse("accounts:account", args=[holder.pk])).text
    assert "appelez-la à un numéro que vous connaissez" in office.get(page).text
    with django_capture_on_commit_callbacks(execute=True):
        assert office.post(page).status_code == 302
    assert Authenticator.objects.count() == 0
    assert lost.get("/").status_code == 302  # its sessions are closed
    assert "C’est un administrateur de PARTAJ" in letters()[0]
    assert mail.outbox[0].to == [holder.email]
    entry = journal("security")[-1]
    assert entry == (f"accounts.user:{holder.pk}", "second facteur réinitialisé par un administrateur")
    assert office.post(page).status_code == 409  # nothing is left to reset


def test_never_ones_own(world):
    secret = give_application(give_password(world.administrator))
    office, answer = enter(world.administrator)
    office.post(answer.url, {"code": code_of(secret)})
    page = reverse("accounts:reset_second_factor", args=[world.administrator.pk])
    assert page not in office.get(reverse("accounts:account", args=[world.administrator.pk])).text
    refused = office.post(page)
    assert refused.status_code == 409
    assert "vos propres facteurs" in refused.text
    assert Authenticator.objects.filter(user=world.administrator).count() == 2


@pytest.mark.parametrize("who", ["manager", "caseworker", "stranger"])
def test_nobody_else_resets_anybody(world, sign_in, who):
    give_application(world.tutor)
    page = reverse("accounts:reset_second_factor", args=[world.tutor.pk])
    assert sign_in(world.cast[who]).post(page).status_code == 404
    assert Authenticator.objects.count() == 2


def test_a_key_that_cannot_be_written_down_is_not_added(world, rf, monkeypatch):
    def added(request, name, credential):
        return Authenticator.objects.create(user=request.user, type=Authenticator.Type.WEBAUTHN, data={}), None

    def fail(*args):
        raise RuntimeError("the journal is full")

    monkeypatch.setattr("allauth.mfa.webauthn.views.flows.add_authenticator", added)
    monkeypatch.setattr("partaj.accounts.journal.events.note_security", fail)
    request = rf.post(reverse("mfa_add_webauthn"))
    request.user = world.caseworker
    page = AddPasskey()
    page.setup(request)
    with pytest.raises(RuntimeError, match="the journal is full"):
        page.form_valid(SimpleNamespace(cleaned_data={"name": "Clé", "credential": {}}))
    assert not Authenticator.objects.exists()


@pytest.fixture
def confirmed(holder):
    """With an application and a key « Clé du bureau », having just confirmed who they are."""
    secret = give_application(holder)
    key = Authenticator.objects.create(
        user=holder, type="webauthn", data={"name": "Clé du bureau", "credential": {}, "passwordless": False}
    )
    browser, answer = enter(holder)
    browser.post(answer.url, {"code": code_of(secret)})
    confirm(browser, reverse("mfa_edit_webauthn", args=[key.pk]), code=code_of(secret, 1))
    return browser, key


def test_a_key_renamed_leaves_a_line_without_its_names(confirmed, holder):
    browser, key = confirmed
    page = reverse("mfa_edit_webauthn", args=[key.pk])
    assert browser.post(page, {"name": "Clé de la maison"}).status_code == 302
    assert str(Authenticator.objects.get(pk=key.pk)) == "Clé de la maison"
    assert journal("security") == [(f"accounts.user:{holder.pk}", "clé d’accès : nouveau nom")]


@pytest.mark.parametrize("act", ["rename", "remove key", "remove application", "renew codes"])
def test_a_change_that_cannot_be_written_down_is_not_made(confirmed, holder, monkeypatch, act):
    browser, key = confirmed
    page, typed = {
        "rename": (reverse("mfa_edit_webauthn", args=[key.pk]), {"name": "Autre"}),
        "remove key": (reverse("mfa_remove_webauthn", args=[key.pk]), {}),
        "remove application": (reverse("mfa_deactivate_totp"), {}),
        "renew codes": (reverse("mfa_generate_recovery_codes"), {}),
    }[act]
    before = list(Authenticator.objects.order_by("pk").values("pk", "type", "data"))

    def fail(*args):
        raise RuntimeError("the journal is full")

    monkeypatch.setattr("partaj.accounts.journal.events.note_security", fail)
    with pytest.raises(RuntimeError, match="the journal is full"):
        browser.post(page, typed)
    assert list(Authenticator.objects.order_by("pk").values("pk", "type", "data")) == before


def test_a_line_on_security_outside_the_transaction_of_its_change_is_refused(world, rf):
    request = rf.post("/")
    request.user, request.resolver_match = world.caseworker, None
    with following(Trace(request)):
        with pytest.raises(RuntimeError, match="outside a transaction"):
            note_security(world.caseworker, "session fermée")
        with pytest.raises(RuntimeError, match="outside a transaction"):
            password_changed.send(sender=User, request=request, user=world.caseworker)
        with transaction.atomic():
            note_security(world.caseworker, "session fermée")
    assert journal("security") == [(f"accounts.user:{world.caseworker.pk}", "session fermée")]


def test_of_two_who_type_the_same_code_at_once_one_comes_in(holder, monkeypatch):
    code = code_of(give_application(holder))
    (first, asked), (second, _) = enter(holder), enter(holder)
    assert first.post(asked.url, {"code": code}).status_code == 302
    # What the second saw before the first had done.
    monkeypatch.setattr("partaj.accounts.second_factor.forms.cache.get", lambda key, default=None, **kwargs: default)
    monkeypatch.setattr(TOTP, "validate_code", lambda *args: True)
    assert second.post(asked.url, {"code": code}).status_code == 422


def test_nothing_of_the_pages_is_in_english(world, holder):
    secret = give_application(holder)
    browser, answer = enter(holder)
    pages = [browser.get(answer.url).text]
    browser.post(answer.url, {"code": code_of(secret)})
    pages.append(confirm(browser, reverse("mfa_deactivate_totp"), code=code_of(secret, 1)).text)
    pages += [
        browser.get(reverse(name)).text
        for name in ("mfa_index", "mfa_add_webauthn", "mfa_generate_recovery_codes", "mfa_reauthenticate")
    ]  # fmt: skip
    for page in pages:
        assert 'lang="fr"' in page
        for word in ("Authenticat", "Security", "Sign In", "password", "Recovery Codes", "Use "):
            assert word not in page.replace('autocomplete="current-password"', "").replace("mot-de-passe", ""), word


def test_the_way_in_between_leads_nowhere_else(holder):
    give_application(holder)
    browser, _ = enter(holder)
    for page in ("/", reverse("accounts:list"), reverse("mfa_index"), reverse("account_change_password")):
        assert browser.get(page).url.startswith(reverse("account_login"))
    assert browser.post(reverse("account_logout")).status_code == 302
    assert Client().get(reverse("mfa_authenticate")).url == reverse("account_login")
    assert browser.get(reverse("mfa_authenticate")).url == reverse("account_login")
