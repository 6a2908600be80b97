"""What was typed when a session ended comes back to whoever typed it, and to nobody else."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from beneficiaries.gatherings import invite
from beneficiaries.models import Attendance, Gathering
from partaj.accounts.drafts import AUTHOR_FIELD, MOST, author_field
from partaj.accounts.models import Draft, JournalEntry
from partaj.territories.models import Organisation
from tests.world import PASSWORD, make_youth

TYPED = {"name": "Mission locale d’Artois", "kind": "mission_locale", "phone": "03 21 00 00 00"}


@pytest.fixture
def page(world):
    return reverse("territories:organisation_create")


def form_of(user, **typed):
    """What the browser sends: the fields and the signed author that the page carried when it was opened."""
    return {AUTHOR_FIELD: author_field(user)["value"]} | TYPED | typed


def sign_in_through_the_door(user, target):
    user.email = "ines.lopez@partaj.example"
    user.set_password(PASSWORD)
    user.save()
    browser = Client()
    answer = browser.post(target, {"login": user.email, "password": PASSWORD})
    return browser, answer


def test_a_form_sent_after_the_session_ended_comes_back_filled_in_and_is_forgotten_once_saved(world, page):
    lost = Client().post(page, form_of(world.caseworker))
    assert lost.status_code == 302
    assert lost.url.startswith(reverse("account_login"))
    assert Organisation.objects.filter(name=TYPED["name"]).count() == 0

    browser, back = sign_in_through_the_door(world.caseworker, lost.url)
    draft = Draft.objects.get()
    assert back.url == f"{page}?reprise={draft.pk}"
    again = browser.get(back.url)
    assert again.status_code == 200
    assert 'value="Mission locale d’Artois"' in again.text
    assert "Voici votre saisie telle qu’elle était" in again.text

    saved = browser.post(back.url, form_of(world.caseworker))
    assert saved.status_code == 302
    assert Organisation.objects.filter(name=TYPED["name"]).count() == 1
    assert Draft.objects.count() == 0


def test_the_door_says_that_the_typing_is_kept(world, page):
    lost = Client().post(page, form_of(world.caseworker))
    assert "Votre saisie est conservée" in Client().get(lost.url).text
    assert "Votre saisie est conservée" not in Client().get(reverse("account_login")).text


def test_an_invalid_resumed_form_keeps_its_draft(world, page, sign_in):
    Client().post(page, form_of(world.caseworker))
    draft = Draft.objects.get()
    refused = sign_in(world.caseworker).post(f"{page}?reprise={draft.pk}", form_of(world.caseworker, name=""))
    assert refused.status_code == 422
    assert Draft.objects.get() == draft


@pytest.mark.parametrize("who", ["manager", "administrator"])
def test_nobody_else_gets_it_not_even_the_administrator(world, page, sign_in, who):
    Client().post(page, form_of(world.caseworker))
    draft = Draft.objects.get()
    other = sign_in(world.cast[who])
    assert TYPED["name"] not in other.get(f"{page}?reprise={draft.pk}").text
    assert "a été conservée" not in other.get("/").text
    assert other.post(reverse("accounts:discard_draft", args=[draft.pk])).status_code == 404
    assert other.post(f"{page}?reprise={draft.pk}", form_of(world.cast[who])).status_code == 302
    assert Draft.objects.get() == draft


def test_it_fills_in_no_other_page_and_a_strange_number_fills_in_nothing(world, page, sign_in):
    Client().post(page, form_of(world.caseworker))
    draft = Draft.objects.get()
    browser = sign_in(world.caseworker)
    elsewhere = reverse("territories:organisation_change", args=[world.holder.pk])
    assert TYPED["name"] not in browser.get(f"{elsewhere}?reprise={draft.pk}").text
    for number in ["0", "-1", "abc", "9" * 30, "²"]:
        assert TYPED["name"] not in browser.get(page, {"reprise": number}).text


def test_it_is_offered_on_the_home_page_and_may_be_set_aside(world, page, sign_in):
    Client().post(page, form_of(world.caseworker))
    draft = Draft.objects.get()
    browser = sign_in(world.caseworker)
    home = browser.get("/").text
    assert "« Nouvelle structure »" in home
    assert f'href="{page}?reprise={draft.pk}"' in home
    address = reverse("accounts:discard_draft", args=[draft.pk])
    assert browser.get(address).status_code == 405
    assert Draft.objects.count() == 1
    assert browser.post(address).status_code == 302
    assert Draft.objects.count() == 0


def test_a_forged_author_keeps_nothing(world, page):
    forged = Client().post(page, form_of(world.caseworker) | {AUTHOR_FIELD: str(world.caseworker.pk)})
    assert forged.status_code == 401
    assert "Votre session est terminée" in forged.text
    assert Draft.objects.count() == 0


def test_neither_tokens_nor_passwords_are_kept_and_nul_bytes_do_no_harm(world, page):
    Client().post(page, form_of(world.caseworker, csrfmiddlewaretoken="x", password1="secret", note="a\x00b"))
    fields = parse_qs(Draft.objects.get().fields)
    assert fields == {name: [value] for name, value in TYPED.items()} | {"note": ["a\x00b"]}


def test_a_form_too_long_is_refused_without_being_kept(world, page):
    assert Client().post(page, form_of(world.caseworker, note="é" * 100_000)).status_code == 401
    assert Draft.objects.count() == 0


def test_losing_the_session_twice_leaves_one_draft_with_the_last_words(world, page):
    Client().post(page, form_of(world.caseworker))
    first = Draft.objects.get()
    Client().post(f"{page}?reprise={first.pk}", form_of(world.caseworker, phone="06 00 00 00 00"))
    assert parse_qs(Draft.objects.get().fields)["phone"] == ["06 00 00 00 00"]
    assert Draft.objects.get().path == page


def test_home_says_of_whom_a_draft_was_as_long_as_its_author_may_see_them(world, sign_in, page):
    for day in range(20, 30):  # met since: neither Léa nor Hélène is among the latest, whom home names anyway
        make_youth(world.programme, world.bethune, contacted_on=dt.date(2025, 8, day), entered_on=None)
    sign_in(world.caseworker).get("/")
    assert not journal(world.lea) and not journal(world.helene)
    lost = [reverse("beneficiaries:record_loss", args=["TEST-1", file.pk]) for file in (world.helene, world.karim)]
    for path in (page, world.lea.get_absolute_url(), *lost, f"/p/TEST-1/jeunes/{10**30}/", "/nulle/part/"):
        Draft.objects.create(author=world.caseworker, path=path, fields="why=x")
    home = sign_in(world.caseworker).get("/").text.replace("\u00a0", " ")
    assert "(« Noter un départ », Hélène Le Goff) a été conservée" in home and "Léa Moreau) a été conservée" in home
    assert "Karim" not in home and "Benali" not in home and home.count("a été conservée") == 6
    assert journal(world.lea) and journal(world.helene) and not journal(world.karim)


def journal(file):
    """Whether home has named them to somebody."""
    return JournalEntry.objects.filter(page="home", shown__contains=f" {file.pk} ").exists()


def test_an_author_keeps_a_bounded_number_of_drafts(world, page):
    for number in range(MOST + 3):
        Client().post(page, form_of(world.caseworker, phone=str(number)))
    assert Draft.objects.count() == MOST
    assert "phone=22" in Draft.objects.first().fields


def test_a_fragment_sent_without_session_leads_to_its_whole_page(world, page):
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}?de=liste"}
    answer = Client().post("/p/TEST-1/effectifs/", form_of(world.caseworker), headers=headers)
    assert answer.status_code == 204
    target = parse_qs(urlsplit(answer.headers["HX-Redirect"]).query)["next"]
    assert target == [f"{page}?de=liste&reprise={Draft.objects.get().pk}"]


@pytest.mark.parametrize("said", ["http://testserver//ailleurs.example/a", "http://x/%5Cailleurs.example", "http://["])
def test_a_draft_is_never_of_a_page_elsewhere(world, page, said):
    Client().post(page, form_of(world.caseworker), headers={"HX-Request": "true", "HX-Current-URL": said})
    assert Draft.objects.get().path == page


def test_a_fragment_read_without_session_leads_to_the_door_and_back_to_its_page(world, page):
    answer = Client().get("/", headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"{reverse('account_login')}?next={page.replace('/', '%2F')}"


def test_a_stale_token_keeps_the_typing_for_its_author(world, page):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.caseworker, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post(page, form_of(world.caseworker))
    assert answer.status_code == 403
    draft = Draft.objects.get()
    assert f'href="{page}?reprise={draft.pk}"' in answer.text
    assert "Reprendre ma saisie" in answer.text


def test_a_stale_token_under_another_account_shows_nothing_of_the_first(world, page):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post(page, form_of(world.caseworker))
    assert answer.status_code == 403
    assert Draft.objects.get().author == world.caseworker
    assert "reprise=" not in answer.text
    assert TYPED["name"] not in answer.text


def test_a_stale_token_of_a_fragment_opens_its_page_again_filled_in_or_says_where_it_is(world):
    address, fields, headers = note_of(world)
    for user, where in ((world.caseworker, world.lea.get_absolute_url()), (world.manager, "/")):
        Draft.objects.all().delete()
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        answer = browser.post(address, fields, headers=headers)
        own = f"?reprise={Draft.objects.get().pk}" if user == world.caseworker else ""
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (403, f"{where}{own}")
        page = browser.get(answer.headers["HX-Redirect"]).text
        assert ("Elle rappelle jeudi." in page) is bool(own) and "n’a été enregistré" in page
    answer = browser.post(address, {"words": "Sans auteur"}, headers=headers)  # nothing that could be kept for anybody
    assert (answer.status_code, answer.headers["Partaj-Stale"], "HX-Redirect" in answer.headers) == (403, "1", False)


def note_of(world, **typed):
    """What htmx sends from the page of Léa's file, where the line of a call stands."""
    file = world.lea.get_absolute_url()
    fields = {"kind": "call", "result": "no_answer", "words": "Elle rappelle jeudi.", "happened_on": "2025-06-02"}
    author = {AUTHOR_FIELD: author_field(world.caseworker)["value"]}
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{file}"}
    return f"{file}note/", fields | author | typed, headers


def test_a_call_being_noted_when_the_session_ended_is_filled_in_again_and_forgotten_once_noted(world):
    address, fields, headers = note_of(world)
    lost = Client().post(address, fields, headers=headers)
    browser, back = sign_in_through_the_door(world.caseworker, lost.headers["HX-Redirect"])
    draft = Draft.objects.get()
    assert back.url == f"{world.lea.get_absolute_url()}?reprise={draft.pk}"
    again = browser.get(back.url).text
    assert "Elle rappelle jeudi." in again and 'value="2025-06-02"' in again
    assert "Voici votre saisie telle qu’elle était" in again and f"note/?reprise={draft.pk}" in again
    address, fields, headers = note_of(world)
    headers["HX-Current-URL"] += f"?reprise={draft.pk}"
    refused = browser.post(f"{address}?reprise={draft.pk}", fields | {"happened_on": "2999-01-01"}, headers=headers)
    assert refused.status_code == 422 and f"note/?reprise={draft.pk}" in refused.text and Draft.objects.exists()
    noted = browser.post(f"{address}?reprise={draft.pk}", fields, headers=headers)
    assert noted.status_code == 200 and "reprise=" not in noted.text
    assert not Draft.objects.exists() and world.lea.log.filter(sentence__contains="Elle rappelle jeudi.").exists()


def test_presences_being_noted_come_back_on_the_page_of_the_meeting(world):
    meeting = Gathering.objects.create(
        programme=world.programme, territory=world.bethune, kind="workshop", title="CV", held_on=dt.date(2025, 6, 2)
    )
    invite(gathering=meeting, numbers=[world.lea.pk], by=world.caseworker)
    page = reverse("beneficiaries:gathering", args=["TEST-1", meeting.pk])
    fields = {AUTHOR_FIELD: author_field(world.caseworker)["value"], f"lu-{world.lea.pk}": "invited"}
    fields[f"etat-{world.lea.pk}"] = "excused"
    lost = Client().post(f"{page}presences/", fields)
    browser, back = sign_in_through_the_door(world.caseworker, lost.url)
    draft = Draft.objects.get()
    assert back.url == f"{page}?reprise={draft.pk}"
    again = browser.get(back.url).text
    assert '<option value="excused" selected>' in again and "telles que vous les aviez choisies" in again
    browser.post(f"{page}presences/?reprise={draft.pk}", fields)
    assert Attendance.objects.get().state == "excused" and not Draft.objects.exists()


def test_a_button_pressed_without_a_session_leads_back_to_its_page_and_promises_nothing(world):
    file = world.lea.get_absolute_url()
    for signed in ({}, {AUTHOR_FIELD: author_field(world.caseworker)["value"]}):
        lost = Client().post(f"{file}action/12/fait/", {"de": "actions"} | signed, follow=False)
        target = lost.url if lost.status_code == 302 else lost.context["login_url"]
        assert parse_qs(urlsplit(target).query)["next"] in ([file], [f"{file}action/12/"])
    assert not Draft.objects.exists()
