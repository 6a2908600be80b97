"""Lists on a telephone: each becomes cards, and neither the page nor a frame inside it slides sideways."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from partaj.programmes.models import Partnership
from partaj.territories.models import Organisation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# In one evaluation: how far the page overflows, and the frames whose list still slides.
SLIDING = """() => {
    const frames = [...document.querySelectorAll('.table-responsive')];
    const sliding = frames.filter(frame => frame.scrollWidth > frame.clientWidth);
    return [document.scrollingElement.scrollWidth - innerWidth, sliding.length];
}"""


def lists_of(house) -> list[str]:
    number = house.programme.number
    inside = {
        "programmes:part": ["etapes", "motifs", "periodes", "sections", "lignes", "partenaires"],
        "cellules:cell": [house.more["cell_own"].pk], "funding:project": [house.project.pk],
    }  # fmt: skip
    return [
        reverse("accounts:list"), reverse("accounts:account", args=[house.caseworker.pk]),
        reverse("territories:territories"), reverse("territories:organisations"), reverse("programmes:list"),
        *[reverse(page, args=[number]) for page in ("beneficiaries:list", "cellules:list", "funding:headcounts")],
        reverse("reports:figure", args=[number, "annexe-1"]) + "?ligne=youths&colonne=total",
        *[reverse(page, args=[number, one]) for page, many in inside.items() for one in many],
    ]  # fmt: skip


def fill_with_long_words(house) -> None:
    house.caseworker.email = f"{'prenom-compose.' * 5}lopez@association-de-prevention.example"
    house.caseworker.save()
    long = Organisation.objects.create(
        name="Groupement d’établissements " + "Hautes-Alpes-de-Haute-Provence-" * 3, siret="73282932000074",
        uai="0590123Z", territory=house.bethune,
    )  # fmt: skip
    house.programme.holder, house.programme.title = long, "Expérimentation " * 12
    house.programme.save()
    Partnership.objects.create(programme=house.programme, organisation=long, role="accompagnement vers l’emploi " * 4)


def test_no_list_slides_sideways(house, open_page):
    fill_with_long_words(house)
    page = open_page(width=360, user=house.administrator)
    sliding = {}
    for address in lists_of(house):
        assert page.goto(address).status == 200, address
        sliding[address] = page.evaluate(SLIDING)
    assert {address: found for address, found in sliding.items() if found[0] > 0 or found[1]} == {}


def test_a_card_says_what_each_of_its_values_is(house, open_page):
    page = open_page(width=360, user=house.administrator)
    page.goto(reverse("funding:headcounts", args=[house.programme.number]))
    card = page.get_by_role("row").filter(has_text="Le jeu des métiers")
    youths = card.locator("td").first
    assert youths.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Jeunes"'
    expect(youths).to_have_text("10")
    expect(card.get_by_role("link", name="Le jeu des métiers")).to_be_visible()
    wide = open_page(width=1280, user=house.administrator)
    wide.goto(reverse("funding:headcounts", args=[house.programme.number]))
    expect(wide.get_by_role("columnheader", name="Jeunes")).to_be_visible()


def test_the_way_back_is_one_line(house, open_page):
    page = open_page(width=360, user=house.caseworker)
    page.goto(reverse("beneficiaries:change", args=[house.programme.number, house.lea.pk]))
    way = page.get_by_role("navigation", name="Fil d’Ariane").get_by_role("link")
    expect(way).to_have_count(1)
    way.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Léa")
