"""What somebody hid in a list is data on every page, and runs in no spreadsheet."""

import pytest

from beneficiaries.batches.confirming import confirm
from tests.lists.books import xlsx
from tests.received.hands import line_of, received, url

MARKUP = '<b onclick="x">Nom</b>'
FORMULA = '=HYPERLINK("http://example.org";"ici")'


@pytest.fixture
def batch(world):
    rows = [
        [MARKUP, "Nom", "Prénom", "Date de naissance", FORMULA],
        ["x", "<svg/onload=x>", "{{ 7|add:7 }}", "14/03/2006", "=1+1"],
        ["y", "Moreau", "Léa", "31/02/2006", "=1+1"],
    ]
    return received(world, content=xlsx(rows), filename="<script>alert(1)</script>.xlsx")


PAGES = ["batch", "batch_reading", "batch_statement", "batch_forget"]


@pytest.mark.parametrize("page", PAGES)
def test_it_is_shown_as_it_was_typed(batch, world, sign_in, page):
    text = sign_in(world.administrator).get(url(page, batch)).content.decode()
    assert not any(raw in text for raw in (MARKUP, "<svg", "<script>alert"))


def test_a_line_kept_in_spite_of_all_is_text_everywhere(batch, world, sign_in):
    client, line = sign_in(world.administrator), line_of(batch, 2)
    page = client.get(url("line", batch, line.pk)).content.decode()
    assert "&lt;svg/onload=x&gt;" in page and "<svg" not in page and "{{ 7|add:7 }}" in page
    client.post(url("line", batch, line.pk), {"act": "keep", "last_name": "<svg/onload=x>", "first_name": "Lou"})
    batch.refresh_from_db()
    confirm(batch=batch, version=batch.version, by=world.administrator)
    file = client.get(line_of(batch, 2).enrolment.get_absolute_url()).content.decode()
    assert "<svg/onload" not in file.lower()


def test_what_was_rejected_leaves_without_a_formula(batch, world, sign_in):
    response = sign_in(world.administrator).get(url("batch_rejected", batch))
    titles = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert "'=HYPERLINK" in titles and not titles.startswith("=") and ";=" not in titles
    assert "script" not in response["Content-Disposition"] or "<" not in response["Content-Disposition"]
