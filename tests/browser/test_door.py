"""The door in a real browser: a passkey, and what the next person on a shared computer finds."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.test_story import faults_of
from tests.door.hands import code_of, give_application
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEPT = """async () => ({
    local: localStorage.length, session: sessionStorage.length, history: JSON.stringify(history.state),
    bases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
})"""


def sign_in(page, user):
    page.goto(reverse("account_login"))
    page.get_by_role("textbox", name="Adresse électronique").fill(user.email)
    page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def sign_out(page):
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")


def a_key_on_this_computer(page):
    """An authenticator that answers by itself, as a laptop with a fingerprint reader would; returns its handle."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_from_its_registration_to_the_next_sign_in(house, open_page):
    page = open_page()
    page.context.grant_permissions(["clipboard-write"])
    devtools, key = a_key_on_this_computer(page)
    sign_in(page, house.caseworker)
    page.locator(".user-menu summary").click()
    page.get_by_role("link", name="Ma sécurité").click()
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_role("textbox", name="Nom de la clé").fill("Portable du bureau")
    page.get_by_role("button", name="Enregistrer la clé").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Mes codes de secours")
    codes = page.locator("#codes li")
    expect(codes).to_have_count(10)
    page.get_by_role("button", name="Copier").click()
    expect(page.locator("#codes-told")).to_contain_text("Les codes sont copiés")
    page.locator("#recherche").press("Control+v")  # no script may read what is copied; its line takes no return
    assert "".join(page.locator("#recherche").input_value().split()) == "".join(
        text.strip() for text in codes.all_inner_texts()
    )
    page.goto(reverse("mfa_index"))
    expect(page.locator(".factors")).to_contain_text("Portable du bureau")

    sign_out(page)
    sign_in(page, house.caseworker)
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirmez que c’est bien vous")
    # Another computer first, which does not hold the key.
    held = devtools.send("WebAuthn.getCredentials", key)["credentials"]
    devtools.send("WebAuthn.clearCredentials", key)
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    expect(page.locator("[data-passkey-fault]")).to_contain_text("La clé n’a pas répondu")
    devtools.send("WebAuthn.addCredential", key | {"credential": held[0]})
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")

    # It is asked for again before it is removed.
    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="Retirer Portable du bureau").click()
    page.get_by_role("link", name="Confirmer par une clé d’accès").click()  # a recovery code would do as well
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    page.get_by_role("button", name="Retirer la clé").click()
    expect(page.locator(".messages").first).to_contain_text("La clé est retirée")


def test_who_sits_down_next_finds_nothing(house, open_page):
    page = open_page()
    sign_in(page, house.caseworker)
    page.goto(reverse("beneficiaries:list", args=[house.programme.number]))
    page.locator("#id_f-name").fill("goff")  # a fragment: what htmx might keep
    expect(page.locator("#jeunes")).not_to_contain_text("Moreau", ignore_case=True)
    page.get_by_role("link", name="Le Goff").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hélène")
    sign_out(page)

    for _ in range(3):
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")
        assert "Hélène" not in page.content()
    names = {cookie["name"] for cookie in page.context.cookies()}
    assert settings.SESSION_COOKIE_NAME not in names
    kept = page.evaluate(KEPT)
    assert {name: kept[name] for name in ("local", "session", "bases", "caches")} == dict.fromkeys(
        ("local", "session", "bases", "caches"), 0
    )
    assert kept["history"] == "null"


@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_of_security_can_be_read_by_all_and_fit(house, open_page, width):
    secret = give_application(house.caseworker)
    page = open_page(width=width)
    sign_in(page, house.caseworker)
    faults = faults_of(page, reverse("mfa_authenticate"))
    page.get_by_role("textbox", name="Code").fill(code_of(secret))
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    faults += faults_of(page, reverse("mfa_index")) + faults_of(page, reverse("mfa_reauthenticate"))
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_role("textbox", name="Code").fill(code_of(secret, 1))
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ajouter une clé d’accès")
    for name in ("mfa_add_webauthn", "mfa_deactivate_totp", "mfa_generate_recovery_codes"):
        faults += faults_of(page, reverse(name))
    other = open_page(width=width)
    sign_in(other, house.manager)
    faults += faults_of(other, reverse("account_reauthenticate"))
    other.goto(reverse("mfa_activate_totp"))
    other.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    other.get_by_role("button", name="Confirmer").click()
    expect(other.get_by_role("img", name="Image à lire")).to_be_visible()
    faults += faults_of(other, reverse("mfa_activate_totp"))
    assert faults == []
