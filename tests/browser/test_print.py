"""What comes out of the printer says at the foot of each page who printed it, when, of which programme."""

import io

import pypdf
import pytest
from django.urls import reverse

from tests.world import make_youth


@pytest.mark.browser
def test_each_printed_page_says_who_and_when(house, open_page):
    for _ in range(60):
        make_youth(house.programme, house.bethune)
    page = open_page(user=house.caseworker)
    page.goto(reverse("beneficiaries:list", args=["TEST-1"]))
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert len(printed) > 1
    said = f"{house.programme} · imprimé de PARTAJ le "
    texts = [sheet.extract_text() for sheet in printed]
    assert [text for text in texts if said not in text or f" par {house.caseworker}" not in text] == []
