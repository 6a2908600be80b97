"""Keys and means of contact that look wrong: said where they are read and typed, and never refused."""

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from partaj.keys import email_warning, ine_warning, normalise_key, office_phone_warning, phone_warning
from tests.proof.thorough import looking
from tests.youths.paper import form_of, new_url, page, paper

PHONE = "Un téléphone a 10 chiffres et commence par 0, ou commence par + et l’indicatif du pays."


@pytest.mark.parametrize(
    "phone",
    ["06 12 34 56 78", "06.12.34.56.78", "03-21-00-00-00", "+33 6 12 34 56 78", "+33 (0)6 12 34 56 78",
     "0033612345678", "+32 470 12 34 56", "+262 692 12 34 56"],
)  # fmt: skip
def test_a_number_that_can_be_called_is_left_alone(phone):
    assert phone_warning(phone) == ""


@pytest.mark.parametrize(
    "phone",
    ["06 12 34 56", "0601", "06 12 34 56 789", "1612345678", "00 12 34 56 78", "+33 6 12 34 56", "sa mère", "3949",
     "06 12 34 56 78 / 06 12 34 56 79"],
)  # fmt: skip
def test_a_number_that_cannot_be_called_warns(phone):
    assert phone_warning(phone) == PHONE


def test_a_structure_may_have_a_short_number():
    assert (office_phone_warning("39 49"), office_phone_warning("03 21 00 00 0")) == ("", PHONE)


def test_an_address_that_receives_nothing_warns():
    assert email_warning("lea.moreau@example.org") == ""
    assert email_warning("lea@gmial.com") == "Ce courriel finit par gmial.com : n’est-ce pas gmail.com ?"
    assert email_warning("lea@gmail") == "Ce courriel n’est pas une adresse complète (nom@domaine.fr)."


signs = st.sampled_from(["a", "1", ".", "-", "_", "+", "@", "'", '"', "é", "[", "]", ":", "fr", "x" * 40])
words = st.lists(signs, max_size=9).map("".join)
odd = st.sampled_from([
    "a@[127.0.0.1]", "a@[::1]", "a@[1.2]", "a@localhost", "a@b--c.fr", "A@B.FR", f"a@{'b' * 64}.fr", f"{'a' * 310}@b.fr"
])  # fmt: skip


@looking(300)
@given(words | words.map("{}@example.org".format) | words.map("a@b{}.fr".format) | odd)
def test_an_address_is_one_where_django_says_so(text):
    try:
        validate_email(text)
    except ValidationError:
        assert email_warning(text).startswith("Ce courriel n’est pas")
    else:
        assert email_warning(text) == ""


def test_a_key_is_read_through_its_spaces_and_dashes():
    assert normalise_key(" 0123-456 789\u202f–b ") == "0123456789B"
    assert ine_warning(normalise_key("0 123 456 789 A")) != ""


def test_an_unlikely_phone_is_kept_and_marked_on_the_file_and_in_its_form(world, sign_in):
    client = sign_in(world.caseworker)
    answer = client.post(
        page("change", world.lea),
        form_of(client, world.lea) | {"phone": "06 12 34 56", "email": "lea@gmial.com"},
        follow=True,
    )
    text = answer.content.decode()
    world.lea.beneficiary.refresh_from_db()
    assert (world.lea.beneficiary.phone, world.lea.beneficiary.email) == ("06 12 34 56", "lea@gmial.com")
    assert "À vérifier quand vous pourrez\u00a0: le téléphone et le courriel. Tout est gardé tel quel." in text
    assert text.count(PHONE) == 1 and "n’est-ce pas gmail.com" in text
    assert f"À vérifier : {PHONE}" in client.get(page("change", world.lea)).content.decode()
    # What was typed is judged too while something else is put right.
    refused = client.post(page("change", world.lea), form_of(client, world.lea) | {"phone": "12", "last_name": ""})
    assert refused.status_code == 422 and refused.content.decode().count(PHONE) == 1
    for reader in ("caseworker", "manager", "tutor"):
        assert PHONE not in sign_in(world.cast[reader]).get(page("detail", world.helene)).content.decode()


def test_keys_are_pasted_with_their_spaces(world, sign_in):
    client = sign_in(world.caseworker)
    form = client.get(new_url(world)).content.decode()
    for name in ("ine", "phone", "postcode"):
        tag = form[form.rindex("<input", 0, form.index(f'id="id_{name}"')) :].split(">")[0]
        assert "maxlength" not in tag
    pasted = {"ine": "0123 456-789 R", "postcode": "62 400", "phone": "\u202a06\u202f12\u00a034 56  78\u202c"}
    assert client.post(new_url(world), paper(world, **pasted)).status_code == 302
    chloe = client.get(reverse("beneficiaries:search"), {"q": "0123 456 789-r"}).context["rows"]
    assert [row["name"] for row in chloe] == ["Lefèvre Chloé"]
    person = type(world.lea.beneficiary).objects.get(last_name="Lefèvre")
    assert (person.ine, person.postcode, person.phone) == ("0123456789R", "62400", "06 12 34 56 78")
    assert person.phone_digits == "0612345678"
    too_long = client.post(new_url(world), paper(world, first_name="Zoé", ine="0123 456 789 RS"))
    assert too_long.context["form"].errors["ine"] == ["11 caractères au plus : vous en avez donné 12."]
