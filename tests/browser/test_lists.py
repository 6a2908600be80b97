"""A university's list, from the file on somebody's desk to a youth's file, in a real browser; and the way back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from beneficiaries.models import Enrolment, ImportBatch
from tests.browser.test_story import faults_of
from tests.received.hands import CHLOE, NOBODY, YOUNG, content_of, url

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LEA_ELSEWHERE = "Moreau;Lea;17/05/2008;06 39 98 00 20;lea@example.org"  # the Léa whom Béthune knows


@pytest.fixture
def dropped(tmp_path):
    path = tmp_path / "AES-2025.csv"
    path.write_bytes(
        content_of("Ravel;Léa;14/03/2006;06 39 98 00 11;ravel@example.org", CHLOE, YOUNG, NOBODY, LEA_ELSEWHERE)
    )
    return path


def test_from_the_file_to_the_youths_and_back(house, open_page, dropped):
    page = open_page(user=house.administrator)
    page.goto(reverse("beneficiaries:batches", args=["TEST-1"]))
    page.get_by_role("link", name="Recevoir une liste").click()
    page.get_by_label("Fichier*", exact=True).set_input_files(dropped)
    page.get_by_label("Remise par").select_option(label=house.holder.name)
    page.get_by_label("Territoire des dossiers").select_option(label="Béthune-Bruay")
    page.get_by_label("Âges comptés au").fill("2026-01-30")
    page.get_by_label("Premier contact le").fill("2026-02-01")
    page.get_by_role("button", name="Lire la liste").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("AES-2025.csv")
    expect(page.locator("main")).to_contain_text("5 lignes lues = 2 + 0 + 2 + 1 + 0")
    page.get_by_role("link", name="comparer la ligne 6").click()
    expect(page.locator("main")).to_contain_text("Léa Moreau, déjà dans PARTAJ")
    page.get_by_role("button", name="C’est la même personne").click()
    page.get_by_role("link", name="À examiner").click()
    page.get_by_role("link", name="ouvrir la ligne 4").click()
    page.get_by_role("button", name="Écarter cette ligne").click()
    expect(page.get_by_role("status")).to_contain_text("écartée")

    page.get_by_role("button", name="Confirmer 3 dossiers").click()
    expect(page.locator("main")).to_contain_text("2 dossiers ouverts, 1 complété")
    page.get_by_role("link", name="À importer 2").click()
    page.locator("tr", has_text="Lefèvre").get_by_role("link", name="dossier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chloé LEFÈVRE")
    page.get_by_role("link", name="D’où vient ce dossier").click()
    expect(page.locator("main")).to_contain_text("Liste « AES-2025.csv », ligne 3")

    opened = Enrolment.objects.count()
    batch = ImportBatch.objects.get(filename="AES-2025.csv")
    page.goto(url("batch_undo", batch))
    page.get_by_role("button", name="Annuler l’import").click()
    expect(page.locator("main")).to_contain_text("L’import est annulé")
    assert Enrolment.objects.count() == opened - 2


@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_of_lists_can_be_read_by_all_and_fit(house, open_page, width):
    page, batch = open_page(width=width, user=house.administrator), house.more["batch_own"]
    addresses = [
        reverse("beneficiaries:batches", args=["TEST-1"]),
        reverse("beneficiaries:receive", args=["TEST-1"]),
        url("batch", batch),
        url("batch_reading", batch),
        url("line", batch, house.more["line_own"].pk),
        url("batch_statement", batch),
        url("batch_undo", batch),
        reverse("beneficiaries:provenance", args=["TEST-1", house.helene.pk]),
        "/",
    ]
    assert [fault for address in addresses for fault in faults_of(page, address)] == []
