"""Signing in by OpenID Connect, tried against a provider on this machine which answers as ProConnect does."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.test import Client
from django.urls import reverse

from partaj.accounts import services
from partaj.accounts.models import JournalEntry, ProConnectIdentity, User
from tests.door.hands import code_of, give_application, give_password, journal
from tests.door.provider import CLIENT, SECRET, serving

DOOR, BACK = "proconnect", "proconnect_back"


@pytest.fixture
def provider(settings):
    with serving() as provider:
        configure(settings, provider)
        yield provider


def configure(settings, provider, **more):
    settings.PROCONNECT = {"issuer": provider.url, "client_id": CLIENT, "client_secret": SECRET, "email_verified": True}
    settings.PROCONNECT |= more


@pytest.fixture
def holder(world, provider):
    provider.email = world.caseworker.email
    return world.caseworker


def come_by(provider, browser=None, **typed):
    """From our button to the provider and back: the browser, and our last answer."""
    browser = browser or Client()
    leaving = browser.post(reverse(DOOR), typed)
    assert leaving.status_code == 302
    return browser, browser.get(provider.authorize(leaving.url))


def stays_out(browser, answer, why):
    assert answer.status_code == 403
    assert "ProConnect ne vous a pas fait entrer" in answer.text
    assert browser.get("/").status_code == 302
    assert journal("failed")[-1][1] == f"ProConnect : {why}"
    assert journal("signed_in") == []


# -- Coming in ----------------------------------------------------------------------------------------------
def test_an_existing_account_comes_in_under_its_address(provider, holder):
    provider.email = holder.email.upper()
    before = holder.password
    browser, answer = come_by(provider)
    assert answer.url == "/"
    assert "Bonjour Inès" in browser.get("/").text
    assert journal("signed_in") == [(f"accounts.user:{holder.pk}", "ProConnect")]
    asked = provider.asked
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "email"}
    assert len(asked["nonce"]) == 32
    assert asked["redirect_uri"] == f"http://testserver{reverse(BACK)}"
    # Nothing is kept of what the provider said but whose identity it is, and the password of the account is untouched.
    assert [model.objects.count() for model in (SocialAccount, SocialApp, SocialToken)] == [0, 0, 0]
    assert User.objects.get(pk=holder.pk).password == before


def test_it_leads_where_one_was_going_and_only_to_us(provider, holder, world):
    youths = reverse("beneficiaries:list", args=[world.programme.number])
    assert come_by(provider, next=youths)[1].url == youths
    assert come_by(provider, next="https://ailleurs.example/")[1].url == "/"


def test_an_elliptic_signature_is_as_good(settings, world):
    with serving("ES256") as provider:
        configure(settings, provider)
        provider.email = world.caseworker.email
        assert come_by(provider)[1].url == "/"


def test_who_has_a_second_factor_shows_it_here_as_well(provider, holder):
    secret = give_application(holder)
    browser, answer = come_by(provider)
    assert answer.url == reverse("mfa_authenticate")
    assert browser.get("/").status_code == 302
    assert browser.post(answer.url, {"code": code_of(secret)}).url == "/"
    assert journal("signed_in")[-1][1] == "ProConnect, application de codes"


def test_coming_by_proconnect_leaves_the_account_that_was_signed_in(provider, holder, world, sign_in):
    browser, answer = come_by(provider, sign_in(world.manager))
    assert answer.url == "/"
    assert "Bonjour Inès" in browser.get("/").text


def test_signing_out_leaves_the_provider_too(provider, holder):
    browser, _ = come_by(provider)
    farewell = urlsplit(browser.post(reverse("account_logout")).url)
    assert f"{farewell.scheme}://{farewell.netloc}{farewell.path}" == f"{provider.url}/session/end"
    said = parse_qs(farewell.query)
    assert said["post_logout_redirect_uri"] == [f"http://testserver{reverse('account_login')}"]
    assert said["id_token_hint"][0].count(".") == 2
    assert browser.get("/").status_code == 302


# -- Whose identity it is -------------------------------------------------------------------------------------
def bears(provider, sub):
    provider.identity, provider.userinfo = {"sub": sub}, {"sub": sub}


def identities() -> list[tuple[str, str]]:
    return [(each.account.email, each.sub) for each in ProConnectIdentity.objects.order_by("pk")]


def test_once_in_the_identity_opens_the_account_and_the_address_does_not(provider, holder, world):
    come_by(provider)
    assert identities() == [(holder.email, "sub-1")]
    assert ProConnectIdentity.objects.get().issuer == provider.url
    assert ("created", f"accounts.proconnectidentity:{ProConnectIdentity.objects.get().pk}") in [
        (row.kind, row.subject) for row in JournalEntry.objects.all()
    ]
    for address in ("inconnue@partaj.example", world.manager.email):  # the provider knows another one by now
        provider.email = address
        assert "Bonjour Inès" in come_by(provider)[0].get("/").text
    provider.userinfo = {"email_verified": False}
    assert "Bonjour Inès" in come_by(provider)[0].get("/").text
    assert identities() == [(holder.email, "sub-1")]


def test_the_address_of_a_linked_account_in_the_hands_of_another(provider, holder):
    come_by(provider)
    bears(provider, "sub-2")
    browser, answer = come_by(provider)
    assert answer.status_code == 403
    assert "déjà relié à une autre identité ProConnect" in answer.text
    assert "délier l’ancienne" in answer.text
    assert browser.get("/").status_code == 302
    assert journal("failed") == [
        (f"accounts.user:{holder.pk}", "ProConnect : autre identité que celle reliée au compte")
    ]
    assert identities() == [(holder.email, "sub-1")]


def test_the_same_number_from_another_issuer_is_another_identity(provider, holder, settings, world):
    come_by(provider)
    with serving() as other:
        configure(settings, other)
        other.email = world.manager.email
        assert "Bonjour Inès" not in come_by(other)[0].get("/").text
        assert identities() == [(holder.email, "sub-1"), (world.manager.email, "sub-1")]


def test_an_identity_is_kept_only_once_the_second_factor_was_shown(provider, holder):
    """Whoever was given the address before its holder ever came in is stopped by the factor, and keeps nothing."""
    secret = give_application(holder)
    bears(provider, "sub-2")
    browser, answer = come_by(provider)
    assert answer.url == reverse("mfa_authenticate")
    assert identities() == []
    assert browser.post(answer.url, {"code": "000000"}).status_code == 422
    assert identities() == []
    bears(provider, "sub-1")
    browser, answer = come_by(provider)
    assert browser.post(answer.url, {"code": code_of(secret)}).url == "/"
    assert identities() == [(holder.email, "sub-1")]
    bears(provider, "sub-2")
    assert come_by(provider)[1].status_code == 403


def test_of_two_identities_that_come_first_at_once_one_stays_out(provider, holder, world):
    """The other was linked between the question and the sign-in: to this account, then to another one."""
    secret = give_application(holder)
    (first, asked) = come_by(provider)
    ProConnectIdentity.objects.create(account=holder, issuer=provider.url, sub="sub-2")
    assert first.post(asked.url, {"code": code_of(secret)}).status_code == 403
    assert first.get("/").status_code == 302
    ProConnectIdentity.objects.all().delete()
    (first, asked) = come_by(provider)
    ProConnectIdentity.objects.create(account=world.manager, issuer=provider.url, sub="sub-1")
    assert first.post(asked.url, {"code": code_of(secret, 1)}).status_code == 403
    assert first.get("/").status_code == 302
    assert identities() == [(world.manager.email, "sub-1")]


def test_an_administrator_undoes_the_link_and_the_next_identity_is_kept(provider, holder, world, sign_in):
    here, _ = come_by(provider)
    office = sign_in(world.administrator)
    page = reverse("accounts:unlink_proconnect", args=[holder.pk])
    assert page in office.get(reverse("accounts:account", args=[holder.pk])).text
    assert holder.email in office.get(page).text
    assert office.post(page).status_code == 302
    assert here.get("/").status_code == 302  # its sessions are closed
    assert journal("security")[-1] == (
        f"accounts.user:{holder.pk}", "identité ProConnect déliée par un administrateur",
    )  # fmt: skip
    assert page not in office.get(reverse("accounts:account", args=[holder.pk])).text
    assert "rien à délier" in office.post(page).text
    bears(provider, "sub-2")
    assert come_by(provider)[1].url == "/"
    assert identities() == [(holder.email, "sub-2")]


def test_an_account_that_changes_hands_by_its_address_forgets_who_came(provider, holder):
    come_by(provider)
    former, holder.email = holder.email, "suivante@partaj.example"
    services.rename_account(user=holder)
    assert identities() == []
    provider.email = former
    assert come_by(provider)[1].status_code == 403
    holder.first_name = "Inès-Marie"
    provider.email = holder.email
    come_by(provider)
    services.rename_account(user=holder)  # the same address
    assert identities() == [(holder.email, "sub-1")]


@pytest.mark.parametrize("sub", ["", "x" * 256, "nul\x00", "é"])
def test_a_number_that_is_none(provider, holder, sub):
    bears(provider, sub)
    stays_out(*come_by(provider), "sub illisible")


# -- Staying out ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("part", ["userinfo", "id_token"])
def test_a_forged_signature(provider, holder, part):
    provider.signed_by[part] = (provider.forger, "RS256")
    stays_out(*come_by(provider), "InvalidSignatureError")


@pytest.mark.parametrize("part", ["userinfo", "id_token"])
def test_a_token_signed_by_nobody_or_with_a_shared_secret(provider, holder, part):
    provider.signed_by[part] = (None, "none")
    stays_out(*come_by(provider), "algorithme none")
    provider.signed_by[part] = ("a secret that we share, long enough", "HS256")
    stays_out(*come_by(provider), "algorithme HS256")


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "autre-service"}, "InvalidAudienceError"),
        ({"iss": "https://ailleurs.example"}, "InvalidIssuerError"),
        ({"exp": 1}, "ExpiredSignatureError"),
        ({"azp": "autre-service"}, "azp"),
    ],
)
def test_a_token_that_is_not_for_us_or_no_more(provider, holder, claims, why):
    provider.identity = claims
    stays_out(*come_by(provider), why)
    provider.identity, provider.userinfo = {}, claims
    stays_out(*come_by(provider), why)


def test_the_answer_to_another_question(provider, holder):
    provider.identity = {"nonce": "another"}
    stays_out(*come_by(provider), "nonce")
    provider.identity = {"nonce": ""}
    stays_out(*come_by(provider), "nonce")


def test_the_identity_of_one_and_the_address_of_another(provider, holder):
    provider.userinfo = {"sub": "sub-2"}
    stays_out(*come_by(provider), "sub")
    assert identities() == []


def test_a_userinfo_that_is_not_signed(provider, holder):
    provider.content_type = "application/json"
    stays_out(*come_by(provider), "userinfo non signé")


@pytest.mark.parametrize("page", ["/userinfo", "/jwks"])
def test_an_answer_that_sends_elsewhere_is_not_followed(provider, holder, page):
    provider.elsewhere = page
    browser, answer = come_by(provider)
    assert answer.status_code in {403, 503}
    assert "_auth_user_id" not in browser.session


def test_an_address_that_no_account_bears(provider, holder):
    accounts = User.objects.count()
    provider.email = "inconnue@partaj.example"
    stays_out(*come_by(provider), "aucun compte à cette adresse")
    assert User.objects.count() == accounts
    for strange in (None, 7, "", ["a@b.example"]):
        provider.email = strange
        stays_out(*come_by(provider), "sans adresse")


def test_an_address_that_nobody_vouches_for(provider, holder, settings):
    provider.userinfo = {"email_verified": False}
    stays_out(*come_by(provider), "aucun compte à cette adresse")
    provider.userinfo = {}
    configure(settings, provider, email_verified=False)  # the provider says nothing of it, and is not to be believed
    stays_out(*come_by(provider), "aucun compte à cette adresse")
    provider.userinfo = {"email_verified": True}
    assert come_by(provider)[1].url == "/"


def test_a_suspended_account(provider, holder):
    User.objects.filter(pk=holder.pk).update(is_active=False)
    stays_out(*come_by(provider), "compte suspendu")
    assert journal("failed")[-1][0] == f"accounts.user:{holder.pk}"


def test_a_state_that_is_not_ours_or_serves_twice(provider, holder):
    browser = Client()
    back = provider.authorize(browser.post(reverse(DOOR)).url)
    stays_out(Client(), Client().get(back), "abandon ou état inconnu")  # another browser
    stays_out(browser, browser.get(f"{reverse(BACK)}?code=the-code&state=forged"), "abandon ou état inconnu")
    assert browser.get(back).url == "/"
    browser.post(reverse("account_logout"))
    assert browser.get(back).status_code == 403


def test_a_code_without_the_proof_that_one_asked_for_it(provider, holder):
    browser = Client()
    back = provider.authorize(browser.post(reverse(DOOR)).url)
    provider.asked["code_challenge"] = "of-somebody-else"
    stays_out(browser, browser.get(back), "OAuth2Error")


def test_one_who_gives_up_there(provider, holder):
    browser = Client()
    back = provider.authorize(browser.post(reverse(DOOR)).url).replace("code=the-code", "error=access_denied")
    stays_out(browser, browser.get(back), "abandon ou état inconnu")


def test_the_visitor_chooses_neither_scope_nor_process(provider, holder):
    answer = Client().post(
        f"{reverse(DOOR)}?scope=admin&process=redirect&auth_params=prompt%3Dnone&next=//evil.example"
    )
    provider.authorize(answer.url)
    assert "admin" not in provider.asked["scope"]
    assert "prompt" not in provider.asked


# -- A provider that does not do its part -----------------------------------------------------------------------
def test_a_provider_that_does_not_answer_or_is_another(provider, holder):
    provider.down = True
    answer = Client().post(reverse(DOOR))
    assert answer.status_code == 503
    assert "ProConnect ne répond pas" in answer.text
    provider.down, provider.config = False, {"issuer": "https://ailleurs.example"}
    assert Client().post(reverse(DOOR)).status_code == 403
    provider.config = {}
    browser = Client()
    back = provider.authorize(browser.post(reverse(DOOR)).url)
    provider.down = True
    assert browser.get(back).status_code == 503


def test_it_is_fast_to_refuse_what_is_absurd(provider, holder):
    began = time.monotonic()
    for query in ("", "?code=x", "?state=x", "?code=" + "x" * 5000, "?error=" + "é" * 500, "?state=%00&code=%00"):
        assert Client().get(reverse(BACK) + query).status_code == 403
    assert time.monotonic() - began < 6


# -- Off ----------------------------------------------------------------------------------------------------------
def test_without_configuration_neither_address_exists_nor_the_button(world):
    for method in (Client().get, Client().post):
        assert [method(reverse(name)).status_code for name in (DOOR, BACK)] == [404, 404]
    assert "ProConnect" not in Client().get(reverse("account_login")).text


def test_with_it_the_sign_in_page_has_its_button_and_the_door_takes_no_get(provider, world):
    page = Client().get(f"{reverse('account_login')}?next=/comptes/").text
    assert f'action="{reverse(DOOR)}"' in page
    assert '<input type="hidden" name="next" value="/comptes/">' in page
    assert Client().get(reverse(DOOR)).status_code == 405
    assert Client().post(reverse(BACK)).status_code == 405
    assert Client(enforce_csrf_checks=True).post(reverse(DOOR)).status_code == 403


def test_an_account_without_password_has_clear_pages(provider, holder):
    browser, _ = come_by(provider)
    security = browser.get(reverse("mfa_index")).text
    assert "vous entrez par ProConnect" in security
    assert browser.get(reverse("account_change_password")).status_code in (200, 302)
    assert browser.get(reverse("mfa_activate_totp")).status_code == 200  # nothing else to confirm by


def test_with_a_password_both_ways_stay_open(provider, holder):
    give_password(holder)
    come_by(provider)
    holder.refresh_from_db()
    assert holder.has_usable_password()
