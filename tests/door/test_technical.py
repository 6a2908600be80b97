"""The technical administration: it reads four tables for an administrator with a second factor, and nobody else; one
page takes a list in, another confirms it (tests/received/test_technical.py tells what they do)."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve, reverse

from beneficiaries.models import ImportBatch
from partaj.accounts.models import JournalEntry
from partaj.accounts.second_factor.gate import SHOWN
from partaj.accounts.technical.site import site
from tests.access.headers import header_faults
from tests.access.watch import fingerprint
from tests.door.paper import inert_faults
from tests.received.hands import LEA, received

TABLES = {"mfa_authenticator", "usersessions_usersession", "accounts_journalseal", "beneficiaries_importbatch"}
DOORS = {"beneficiaries_importbatch_import", "beneficiaries_importbatch_preview"}  # forms may be sent to these
SECRET = "canari-de-la-clef"


def group() -> URLResolver:
    return next(each for each in get_resolver().url_patterns if getattr(each, "namespace", "") == "admin")


@pytest.fixture
def row(world) -> Authenticator:
    factor = Authenticator.objects.create(user=world.caseworker, type="totp", data={"secret": SECRET})
    UserSession.objects.create(user=world.tutor, ip="192.0.2.7", session_key=SECRET, user_agent="Firefox")
    received(world, LEA)
    ImportBatch.objects.update(digest=SECRET)
    return factor


@pytest.fixture
def technician(world, sign_in) -> Client:
    browser = sign_in(world.administrator)
    show_factor(browser, world.administrator)
    return browser


def show_factor(browser: Client, user) -> None:
    session = browser.session
    session[SHOWN] = user.pk
    session.save()


def addresses(row: Authenticator) -> list[str]:
    change = {
        "mfa_authenticator": row.pk,
        "usersessions_usersession": UserSession.objects.get(session_key=SECRET).pk,
        "beneficiaries_importbatch": ImportBatch.objects.get().pk,
    }
    return [
        reverse("admin:index"), reverse("admin:jsi18n"), reverse("admin:app_list", args=["mfa"]),
        *[reverse(f"admin:{table}_changelist") for table in sorted(TABLES)],
        *[reverse(f"admin:{table}_change", args=[pk]) for table, pk in change.items()],
    ]  # fmt: skip


def doors() -> list[str]:
    batch = ImportBatch.objects.get()
    return [
        reverse("admin:beneficiaries_importbatch_import"),
        reverse("admin:beneficiaries_importbatch_preview", args=[batch.pk]),
    ]


def test_the_group_holds_these_addresses_and_no_other():
    names = {"index", "app_list", "jsi18n"} | {
        f"{table}_{kind}" for table in TABLES for kind in ("changelist", "change")
    }
    names |= DOORS
    assert {pattern.name for pattern in group().url_patterns} == names
    assert {model._meta.db_table for model in site._registry} == TABLES


def test_an_administrator_with_a_second_factor_reads_in_french_and_no_secret(technician, row):
    for address in [*addresses(row), *doors()]:
        answer = technician.get(address)
        text = answer.content.decode()
        assert (answer.status_code, header_faults(answer.headers)) == (200, [])
        assert SECRET not in text
        if "jsi18n" not in address:
            assert inert_faults(text) == [] and 'lang="fr"' in text and "style=" not in text
            assert "Enregistrer" not in text and "Supprimer" not in text and "theme.js" not in text
    tables = sum("_change" in resolve(address).view_name for address in addresses(row))
    assert JournalEntry.objects.filter(kind="journal", page__startswith="admin:").count() == tables
    assert JournalEntry.objects.filter(kind="listed", page="admin:beneficiaries_importbatch_preview").count() == 1
    listing = technician.get(reverse("admin:mfa_authenticator_changelist")).content.decode()
    assert "Inès" in listing and "lecture seule" in technician.get(reverse("admin:index")).content.decode()


QUESTIONS = [
    "data__contains=canari", "user__password__startswith=a", "session_key=x", "o=1", "_to_field=data", "p=9999999999",
    "all=", "q=canari", "e=1", "id__in=1,x", "digest__startswith=c", "lines__name__startswith=M", "content__contains=M",
]  # fmt: skip


@pytest.mark.parametrize("query", QUESTIONS)
def test_no_question_is_answered_by_the_address(technician, row, query):
    for table in ("mfa_authenticator", "usersessions_usersession", "beneficiaries_importbatch"):
        answer = technician.get(f"{reverse(f'admin:{table}_changelist')}?{query}", follow=True)
        assert answer.status_code in {200, 400}
        assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("factor", [False, True])
def test_for_everybody_else_there_is_nothing(world, row, sign_in, factor):
    nothing = {}
    for name, user in world.cast.items():
        if name == "administrator" and factor:
            continue
        browser = sign_in(user)
        if factor:
            show_factor(browser, user)
        for address in [
            *addresses(row),
            *doors(),
            "/administration-technique/login/",
            "/administration-technique/r/1/1/",
        ]:
            for method in (browser.get, browser.post):
                answer = method(address)
                assert answer.status_code == 404, f"{name} {address}"
        nothing[name] = browser.get("/administration-technique/nulle-part/").status_code
    assert set(nothing.values()) == {404}
    for address in [*addresses(row), *doors()]:
        assert Client().get(address).url.startswith(reverse("account_login"))


def test_the_factor_of_somebody_else_or_of_another_session_opens_nothing(world, row, sign_in):
    browser = sign_in(world.administrator)
    show_factor(browser, world.manager)
    assert browser.get(reverse("admin:index")).status_code == 404


def test_a_role_that_ends_closes_it_at_once(technician, world):
    assert technician.get(reverse("admin:index")).status_code == 200
    world.administrator.roles.all().delete()
    assert technician.get(reverse("admin:index")).status_code == 404


FORGED = [
    {"_save": "1", "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-user": "1", "form-0-type": "webauthn"},
    {"_save": "1", "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": "1", "form-0-type": "webauthn"},
    {"action": "delete_selected", "_selected_action": "1", "post": "yes", "select_across": "1"},
    {"user": "1", "type": "webauthn", "data": "{}", "_save": "1", "authenticator_set-TOTAL_FORMS": "1",
     "authenticator_set-INITIAL_FORMS": "0", "authenticator_set-0-type": "totp"},
    {"_saveasnew": "1", "user": "1", "type": "webauthn", "data": "{}"},
    {"filename": "a.csv", "programme": "1", "state": "confirmed", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0",
     "lines-0-number": "9", "lines-0-name": "Faux", "_save": "1"},
]  # fmt: skip


@pytest.mark.parametrize("forged", FORGED)
def test_whatever_is_posted_creates_and_changes_nothing(technician, row, forged):
    before = fingerprint()
    for address in addresses(row):
        for method in (technician.post, technician.put, technician.delete, technician.patch):
            assert method(address, forged).status_code == 405
        for act in ("add/", f"{row.pk}/delete/", f"{row.pk}/history/"):
            assert technician.post(f"{address}{act}", forged).status_code in {404, 405}
            assert technician.get(f"{address}{act}").status_code in {302, 404}
    assert fingerprint() == before


@pytest.mark.parametrize("forged", [*FORGED, {"version": "999"}, {"version": "1e3"}, {"confirm": "Confirmer"}])
def test_what_is_sent_to_a_door_otherwise_than_by_its_form_does_nothing(technician, row, forged):
    before = fingerprint()
    for address in doors():
        assert technician.post(address, forged).status_code in {302, 422}
        for method in (technician.put, technician.delete, technician.patch):
            assert method(address, forged).status_code == 405
    assert fingerprint() == before
    guarded = Client(enforce_csrf_checks=True, headers={"cookie": technician.cookies.output(header="", sep=";")})
    assert {guarded.post(address, forged).status_code for address in doors()} == {403}
