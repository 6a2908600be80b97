"""The page that receives a list, in a real browser: what belongs to one kind of list is shown with it alone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from beneficiaries.models import ImportBatch
from tests.received.hands import CHLOE, LEA, content_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DROPOUTS, DIFFERENCE, BREAKS = "Décrocheurs d’une liste", "Inscrits, moins les inscrits", "Ruptures d’apprentissage"


def file(name, *lines):
    return {"name": name, "mimeType": "text/csv", "buffer": content_of(*lines)}


@pytest.fixture
def page(house, open_page):
    """Alice, administrator, on the page that receives a list."""
    page = open_page(user=house.administrator)
    page.goto(reverse("beneficiaries:receive", args=["TEST-1"]))
    return page


def test_the_second_file_is_asked_for_where_there_are_two_and_the_rule_where_there_is_one(page):
    second, rule = page.get_by_label("Second fichier"), page.get_by_label("Règle de décrochage", exact=True)
    for kind, shown in ((DROPOUTS, rule), (DIFFERENCE, second), (BREAKS, None)):
        page.get_by_label(kind).check()
        for field in (second, rule):
            expect(field).to_be_visible() if field is shown else expect(field).to_be_hidden()


def test_a_file_chosen_for_another_kind_is_not_sent(page, house):
    page.get_by_label(DIFFERENCE).check()
    page.get_by_label("Fichier*", exact=True).set_input_files(file("inscrits.csv", LEA, CHLOE))
    page.get_by_label("Second fichier").set_input_files(file("ip.csv", LEA))
    page.get_by_label(DROPOUTS).check()
    page.get_by_label("Remise par").select_option(label=str(house.holder))
    page.get_by_label("Territoire des dossiers").select_option(label="Béthune-Bruay")
    page.get_by_role("button", name="Lire la liste").click()
    expect(page.get_by_role("heading", name="inscrits.csv")).to_be_visible()
    batch = ImportBatch.objects.get(filename="inscrits.csv")
    assert (batch.kind, batch.second) == ("students", None)


def test_without_scripts_everything_is_shown_and_says_what_it_is_for(page):
    context = page.context.browser.new_context(java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    bare = context.new_page()
    bare.goto(page.url)
    expect(bare.get_by_label("Second fichier")).to_be_visible()
    expect(bare.get_by_text("qui y figure n’est pas à contacter")).to_be_visible()
    expect(bare.get_by_label("Règle de décrochage", exact=True)).to_be_visible()
    context.close()
