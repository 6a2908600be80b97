"""How the day of a caseworker is tried: on a telephone, over a slow network. Ten calls, an interview, a contract that
breaks, a transfer, a list for Monday; and a neighbour who sees, counts and guesses nothing of it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from beneficiaries.models import Contact, Contract, Enrolment, Handover, SavedList
from tests.world import make_youth

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 200_000, "uploadThroughput": 80_000}
RESULTS = ["Rendez-vous pris", "Contacté sans retour", "Coordonnées incorrectes", "Déjà accompagné", "Autre"]


def file_of(youth: Enrolment) -> str:
    return reverse("beneficiaries:detail", args=["TEST-1", youth.pk])


def slowed(page: Page) -> Page:
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    page.set_default_timeout(30_000)
    return page


def note(page: Page, youth: Enrolment, kind: str, result: str, words: str) -> None:
    page.goto(file_of(youth))
    page.locator("select[name=kind]").select_option(label=kind)
    page.get_by_label("Résultat").select_option(label=result)
    page.get_by_label("Ce qui s’est dit").fill(words)
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.get_by_text("C’est noté.")).to_be_visible()


def note_an_interview(page: Page, next_on: dt.date) -> None:
    """On the page of the last call, with what is to be done next."""
    page.get_by_label("Prochaine action").fill("Rappeler lundi")
    page.get_by_label("Pour le", exact=True).fill(next_on.isoformat())
    page.locator("select[name=kind]").select_option(label="Entretien")
    page.get_by_label("Ce qui s’est dit").fill("Projet de CAP cuisine.")
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.locator(".timeline-lines li").first).to_contain_text("Projet de CAP cuisine.")


def confirm(page: Page, youth: Enrolment) -> None:
    """The act of the page, which leads back to the file."""
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("h1")).to_contain_text(youth.beneficiary.first_name)


def break_contract(page: Page, contract: Contract, on: dt.date) -> None:
    page.goto(reverse("beneficiaries:break_contract", args=["TEST-1", contract.enrolment_id, contract.pk]))
    page.get_by_label("Rompu le").fill(on.isoformat())
    page.get_by_label("Motif").select_option(index=1)
    page.get_by_label("À l’initiative de").select_option(index=1)
    confirm(page, contract.enrolment)


def offer(page: Page, youth: Enrolment, to: str, message: str) -> None:
    page.goto(reverse("beneficiaries:offer", args=["TEST-1", youth.pk]))
    place = page.locator("select[name=to] option", has_text=to).first.get_attribute("value")
    page.locator("select[name=to]").select_option(place)
    page.locator("[name=message]").fill(message)
    confirm(page, youth)


def save_list(page: Page, filters: str, found: str, name: str) -> None:
    page.goto(f"{reverse('beneficiaries:list', args=['TEST-1'])}?{filters}")
    expect(page.get_by_role("status")).to_contain_text(found)
    page.get_by_role("link", name="Enregistrer cette liste").click()
    page.locator("input[name=name]").fill(name)
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_text(name).first).to_be_visible()


def test_a_whole_day_on_a_telephone(house, open_page):
    today, mine = timezone.localdate(), {"referent": house.caseworker}
    youths = [make_youth(house.programme, house.bethune, first_name=f"Prénom{rank}", **mine) for rank in range(10)]
    page = slowed(open_page(width=360, user=house.caseworker))
    for rank, youth in enumerate(youths):
        note(page, youth, "Appel", RESULTS[rank % len(RESULTS)], f"Appel numéro {rank}.")
    assert Contact.objects.filter(author=house.caseworker, channel="call", enrolment__in=youths).count() == 10
    note_an_interview(page, today + dt.timedelta(days=2))
    contract = Contract.objects.create(
        enrolment=youths[0], contract_type="cdd", employer="Garage Roux", starts_on=dt.date(2025, 3, 1)
    )
    break_contract(page, contract, today)
    contract.refresh_from_db()
    assert contract.broken_on == today
    offer(page, youths[1], "Valenciennes", "Elle emménage chez sa tante.")
    assert Handover.objects.get(enrolment=youths[1]).territory == house.valenciennes
    save_list(page, "f-referent=me&f-action=planned", "1 personne", "Lundi matin")
    assert SavedList.objects.get(name="Lundi matin").author == house.caseworker

    # The neighbour reads of the one who is offered a number and initials, and of the others nothing.
    near = open_page(width=360, user=house.neighbour)
    near.goto(reverse("beneficiaries:list", args=["TEST-1"]))
    said = near.content()
    assert "Prénom" not in said and "Lundi matin" not in said
    for youth in youths:
        assert near.goto(file_of(youth)).status == 404
    near.goto("/")
    assert "Prénom" not in near.content() and "Elle emménage" in near.content()
