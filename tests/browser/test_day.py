"""A caseworker on her telephone: a call noted without leaving the page, an action done, the day's list."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from beneficiaries.following import plan
from beneficiaries.models import Contact, Enrolment, NextAction
from tests.browser.test_story import faults_of
from tests.days import today
from tests.world import make_youth

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_call_is_noted_and_followed_up_without_leaving_the_page(house, open_page):
    page = open_page(width=360, user=house.caseworker)
    page.goto(reverse("beneficiaries:detail", args=["TEST-1", house.lea.pk]))
    page.evaluate("window.stayed = true")
    page.get_by_label("Résultat").select_option(label="Rendez-vous pris")
    page.get_by_label("Ce qui s’est dit").fill("Convoquée au tribunal lundi.")
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.get_by_text("toucher à la justice").first).to_be_visible()
    expect(page.get_by_label("Ce qui s’est dit")).to_have_value("Convoquée au tribunal lundi.")

    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Ce qui s’est dit").fill("Vient jeudi avec son CV.")
    page.get_by_label("Prochaine action").fill("Confirmer jeudi")
    page.get_by_label("Pour le", exact=True).fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.get_by_text("C’est noté.")).to_be_visible()
    expect(page.locator(".timeline-lines li").first).to_contain_text(
        "Appel : rendez-vous pris. Vient jeudi avec son CV."
    )
    expect(page.locator("#dernier-contact")).to_have_text(f"dernier contact le {timezone.localdate():%d/%m/%Y}")
    expect(page.get_by_label("Ce qui s’est dit")).to_have_value("")
    assert page.evaluate("window.stayed")
    assert Contact.objects.filter(enrolment=house.lea).count() == 1

    page.locator(".breadcrumb").get_by_role("link", name="Jeunes").click()
    expect(page.get_by_role("heading", name="Jeunes")).to_be_visible()
    assert asked == []  # it is noted: nothing is left to lose
    page.goto("/")
    page.get_by_role("button", name="Fait : Confirmer jeudi").click()
    expect(page.get_by_text("Fait : Confirmer jeudi.").first).to_be_visible()
    assert NextAction.objects.get(what="Confirmer jeudi").done_on == timezone.localdate()


@pytest.mark.parametrize("width", [1280, 360])
def test_its_pages_can_be_read_by_all_and_fit(house, open_page, width):
    action = house.more["helene_action"]
    NextAction.objects.filter(pk=action.pk).update(due_on=timezone.localdate() - dt.timedelta(days=2))
    page, inside = open_page(width=width, user=house.caseworker), ["TEST-1", house.helene.pk]
    addresses = ["/", reverse("beneficiaries:actions"), reverse("beneficiaries:note", args=inside)]
    addresses += [reverse(f"beneficiaries:{each}", args=[*inside, action.pk]) for each in ("put_off", "give_up")]
    addresses.append(reverse("beneficiaries:withdraw_contact", args=[*inside, house.more["helene_contact"].pk]))
    assert [fault for address in addresses for fault in faults_of(page, address)] == []


def test_a_file_transferred_meanwhile_loses_nothing_of_what_is_being_typed(house, open_page):
    page = open_page(width=360, user=house.caseworker, refusal=404)
    page.goto(reverse("beneficiaries:detail", args=["TEST-1", house.lea.pk]))
    page.get_by_label("Ce qui s’est dit").fill("Elle rappelle jeudi.")
    Enrolment.objects.filter(pk=house.lea.pk).update(territory=house.valenciennes)
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.get_by_text("ce dossier vient d’être transféré")).to_be_visible()
    expect(page.get_by_label("Ce qui s’est dit")).to_have_value("Elle rappelle jeudi.")
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.evaluate("window.stayed = true")
    page.evaluate("location.assign('/')")  # the browser asks first
    page.wait_for_timeout(300)
    assert page.evaluate("window.stayed")


def test_what_is_ticked_follows_through_a_search_and_the_next_page(house, open_page):
    for number in range(60):
        make_youth(house.programme, house.bethune, first_name="Zoé", last_name=f"Zola {number:02}")
    page = open_page(width=1280, user=house.caseworker)
    page.goto(reverse("beneficiaries:list", args=["TEST-1"]))
    page.get_by_role("checkbox", name="Moreau Léa").check()
    page.get_by_label("Nom ou prénom").first.fill("zola")
    expect(page.get_by_text("1 dossier coché sur une autre page")).to_be_visible()
    page.get_by_label("Nom ou prénom").first.fill("zpla")  # nobody of that name
    expect(page.get_by_text("Personne ne correspond")).to_be_visible()
    page.get_by_label("Nom ou prénom").first.fill("zola")
    page.get_by_role("checkbox", name="Zola 00 Zoé").check()
    page.get_by_role("link", name="Suivants").click()
    expect(page.get_by_text("2 dossiers cochés sur d’autres pages")).to_be_visible()
    page.get_by_role("checkbox", name="Zola 59 Zoé").check()
    page.get_by_role("link", name="Précédents").click()
    expect(page.get_by_role("checkbox", name="Zola 00 Zoé")).to_be_checked()
    page.get_by_role("link", name="Tout afficher").click()
    expect(page.get_by_role("checkbox", name="Moreau Léa")).to_be_checked()
    page.get_by_role("link", name="Suivants").click()
    page.get_by_role("link", name="Précédents").click()
    page.get_by_role("button", name="Confier").click()
    expect(page.get_by_role("rowheader")).to_have_text(["Léa Moreau", "Zoé Zola 00", "Zoé Zola 59"])


def test_back_from_a_file_finds_the_list_as_it_was_narrowed_and_ticked(house, open_page):
    page = open_page(width=1280, user=house.caseworker)
    page.goto(reverse("beneficiaries:list", args=["TEST-1"]))
    page.locator("summary", has_text="Filtres").click()
    with page.expect_response(lambda answer: "f-referent" in answer.url):
        page.locator("#id_f-referent").select_option("nobody")
    expect(page.locator(".badge", has_text="Référent")).to_be_visible()
    shown = page.locator(".youth-table tbody tr").count()
    first = page.locator(".youth-table tbody tr").first
    first.get_by_role("checkbox").check()
    expect(page.locator("#id_tous")).to_contain_text("1 dossier coché")
    first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Parcours")).to_be_visible()
    page.go_back()
    expect(page.locator(".badge", has_text="Référent")).to_be_visible()
    assert page.locator(".youth-table tbody tr").count() == shown
    expect(page.locator(".youth-table tbody tr").first.get_by_role("checkbox")).to_be_checked()
    expect(page.locator("#id_tous")).to_contain_text("1 dossier coché")


def test_on_a_telephone_the_search_shows_what_it_found_and_nothing_leads_away_from_a_note(house, open_page):
    page = open_page(width=360, user=house.caseworker)
    page.goto(reverse("beneficiaries:list", args=["TEST-1"]))
    page.locator("summary", has_text="Filtres").click()
    page.locator("summary", has_text="Colonnes").click()
    expect(page.locator(".youth-count")).not_to_be_in_viewport()
    page.get_by_role("button", name="Chercher", exact=True).click()
    expect(page.locator(".youth-count")).to_be_in_viewport()

    page.goto(reverse("beneficiaries:detail", args=["TEST-1", house.lea.pk]))
    expect(page.locator(".page-actions")).to_be_visible()
    page.get_by_label("Ce qui s’est dit").focus()
    expect(page.locator(".page-actions")).to_be_hidden()


def test_a_button_elsewhere_on_the_page_asks_before_it_loses_a_note_half_written(house, open_page):
    plan(enrolment=house.lea, what="Rappeler", due_on=today(), assignee=house.caseworker)
    page, asked = open_page(width=360, user=house.caseworker), []
    page.goto(reverse("beneficiaries:detail", args=["TEST-1", house.lea.pk]))
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_label("Ce qui s’est dit").fill("Elle hésite encore.")
    page.get_by_role("button", name="Fait : Rappeler").click()
    expect(page.get_by_label("Ce qui s’est dit")).to_have_value("Elle hésite encore.")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
