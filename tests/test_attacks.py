"""What an ill-meaning or unlucky reader sends: tokens made by hand, headers that are no address, two at once."""

import base64

import pytest
from django.test import Client
from django.urls import reverse


def token(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("text", ["[" * 3000, '["\\ud800", 1]', '{"a":' * 2000, '["a", 1e400]', "[[], 1]"])
@pytest.mark.parametrize("side", ["apres", "avant"])
def test_a_place_made_by_hand_shows_the_first_page(world, sign_in, side, text):
    page = reverse("beneficiaries:list", args=["TEST-1"])
    response = sign_in(world.caseworker).get(page, {side: token(text)})
    assert response.status_code == 200
    assert "Moreau" in response.content.decode()


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "http://x]/"])
def test_a_fragment_that_says_it_stands_nowhere_is_sent_to_the_door(world, address):
    page, headers = reverse("beneficiaries:list", args=["TEST-1"]), {"HX-Request": "true", "HX-Current-URL": address}
    asked = Client().get(page, headers=headers)
    assert (asked.status_code, asked["HX-Redirect"]) == (204, "/compte/connexion/?next=%2F")
    sent = Client().post(reverse("beneficiaries:new", args=["TEST-1"]), {"saisie_de": "x"}, headers=headers)
    assert sent.status_code == 204
