"""The headcount form in a real browser: it adds up as one types, and says what the server says."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from funding.breakdowns import Tally, tallies, wholes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TYPED = [
    {},
    {"age_16-18": 6, "age_18-26": 4},
    {"age_16-18": 6, "age_18-26": 6},
    {"age_16-18": 9, "age_18-26": 4},
    {"age_16-18": 0},
]


@pytest.fixture
def page(house, open_page):
    """Inès, caseworker in Béthune, signed in."""
    return open_page(user=house.caseworker)


def sentence_of_the_server(world, parts) -> Tally:
    numbers = {("age", name.removeprefix("age_")): count for name, count in parts.items()}
    return tallies(youths=12, adults=0, parts=numbers, populations=wholes(world.programme))["age"]


def test_the_form_adds_up_as_one_types_and_the_server_agrees(house, page):
    page.goto(reverse("funding:headcount_add", args=["TEST-1"]))
    ages = page.locator('[data-tally="age"]')
    page.get_by_label("Jeunes, en tout").fill("12")
    for parts in TYPED:
        for name in ("age_16-18", "age_18-26"):
            page.locator(f'[name="{name}"]').fill(str(parts.get(name, "")))
        tally = sentence_of_the_server(house, parts)
        expect(ages).to_have_text(tally.sentence)
        assert ages.get_attribute("data-state") == tally.state
    page.locator('[name="age_16-18"]').fill("beaucoup")
    expect(ages).to_have_text(Tally.SENTENCES["unreadable"])
    page.get_by_label("Jeunes, en tout").fill("1 500")
    page.locator('[name="age_16-18"]').fill("1200")
    expect(ages).to_have_text("1\u00a0200 sur 1\u00a0500 : 300 sans réponse", use_inner_text=False)
    # A total corrected afterwards is counted again too.
    page.get_by_label("Jeunes, en tout").fill("1199")
    expect(ages).to_have_text("1\u00a0200 pour 1\u00a0199 : 1 de trop")
    assert ages.get_attribute("aria-live") == "polite"


def test_the_form_is_filled_in_by_keyboard_and_kept(page):
    page.goto(reverse("funding:headcount_add", args=["TEST-1"]))
    page.get_by_label("Projet").select_option(label="Le jeu des métiers")
    page.get_by_label("Entrés le").fill("2025-06-01")
    page.get_by_label("Jeunes, en tout").focus()
    page.keyboard.type("12")
    page.locator('[name="age_16-18"]').focus()
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2\u00a0jeunes sans âge connu.")).to_be_visible()
    expect(page.get_by_role("row", name="Sans réponse")).to_contain_text("2")
