"""What a person does with a mouse, then with a keyboard alone, on a wide screen and on a telephone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_door_to_the_people_behind_a_figure(house, open_page):
    page = open_page()
    page.goto("/")
    page.get_by_role("textbox", name="Adresse électronique").fill(house.manager.email)
    page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")

    menu = page.get_by_role("navigation", name="Navigation principale")
    menu.get_by_role("link", name="Jeunes").click()
    page.get_by_role("link", name="Le Goff").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hélène")

    menu.get_by_role("link", name="Restitution").click()
    page.locator("main").get_by_role("link", name="Annexe 1").first.click()
    report = page.url
    page.locator("a[href*='ligne=youths'][href*='colonne=total']").first.click()
    people = page.locator("main")
    for name in ("Moreau", "Le Goff", "Benali"):
        expect(people).to_contain_text(name, ignore_case=True)
    expect(people).not_to_contain_text("Zoé")  # of the programme next door
    page.go_back()
    expect(page).to_have_url(report)


def test_the_search_box_finds_without_accents(house, open_page):
    page = open_page(user=house.caseworker)
    page.goto("/")
    page.keyboard.press("/")
    expect(page.locator("#recherche")).to_be_focused()
    page.keyboard.type("helene le goff")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Hélène")
    expect(page.locator("main")).not_to_contain_text("Benali", ignore_case=True)


def test_the_menu_opens_and_leads_by_keyboard_alone(house, open_page):
    page = open_page(user=house.manager)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()

    page.goto("/")
    youths = page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Jeunes")
    tab_to(page, youths)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jeunes")


def test_the_menu_folds_on_a_telephone_and_opens_by_keyboard(house, open_page):
    page = open_page(width=360, user=house.manager)
    page.goto("/")
    youths = page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Jeunes")
    expect(youths).to_be_hidden()
    tab_to(page, page.get_by_role("button", name="Menu"))
    page.keyboard.press("Enter")
    expect(youths).to_be_visible()
    tab_to(page, youths)


def tab_to(page, wanted, most=40):
    """Press Tab until `wanted` has the focus, as somebody without a mouse would."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{most} tabs do not reach {wanted}")


def pages_of(house) -> list[str]:
    """One address of each kind of page."""
    number, figure = house.programme.number, "?ligne=youths&colonne=total"
    inside = {
        "programmes:detail": [], "programmes:change": [], "programmes:part": ["periodes"],
        "programmes:part_create": ["periodes"],
        "beneficiaries:list": [], "beneficiaries:new": [], "beneficiaries:detail": [house.helene.pk],
        "beneficiaries:history": [house.helene.pk], "beneficiaries:change": [house.helene.pk],
        "beneficiaries:record_loss": [house.helene.pk], "beneficiaries:note_break": [house.helene.pk],
        "beneficiaries:merge": [house.helene.pk], "beneficiaries:receive": [],
        "beneficiaries:merge_compare": [house.helene.pk, house.more["other_own"].pk],
        "beneficiaries:merge_undo": [house.helene.pk, house.more["merge_own"].pk],
        "cellules:list": [], "cellules:session": [house.more["session_own"].pk],
        "cellules:study": [house.more["session_own"].pk],
        "funding:headcounts": [], "funding:headcount": [house.headcount.pk],
        "funding:headcount_change": [house.headcount.pk], "funding:project": [house.project.pk],
        "reports:index": [], "reports:report": ["annexe-1"],
    }  # fmt: skip
    return [
        "/", reverse("programmes:list"), reverse("territories:territories"), reverse("territories:organisations"),
        reverse("territories:organisation_create"), reverse("accounts:list"),
        reverse("accounts:account", args=[house.caseworker.pk]),
        reverse("accounts:role_give", args=[house.stranger.pk]),
        reverse("account_change_password"), "/nulle-part/", f"{reverse('beneficiaries:search')}?q=goff",
        *[reverse(page, args=[number, *args]) for page, args in inside.items()],
        *[reverse(page, args=[number, "annexe-1"]) + figure for page in ("reports:figure", "reports:declare")],
    ]  # fmt: skip


@pytest.mark.parametrize("width", [1280, 360])
def test_every_kind_of_page_can_be_read_by_all_and_fits(house, open_page, width):
    """WCAG 2.1 AA as axe can judge it, and nothing to scroll sideways but tables in their own frame."""
    page = open_page(width=width, user=house.administrator)
    faults = [fault for address in pages_of(house) for fault in faults_of(page, address)]
    stranger = open_page(width=width)
    faults += [
        fault for name in ("account_login", "account_reset_password") for fault in faults_of(stranger, reverse(name))
    ]
    assert faults == []


def faults_of(page, address) -> list[str]:
    answer = page.goto(address)
    expected = 404 if address == "/nulle-part/" else 200
    if answer.status != expected:
        return [f"{address}: {answer.status}"]
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    found = Axe().run(page, options=rules).response["violations"]
    faults = [f"{address}: {each['id']} · {each['nodes'][0]['html'][:160]}" for each in found]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*faults, f"{address}: {wide} px too wide"] if wide > 0 else faults
