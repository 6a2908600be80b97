"""Bad input through every form of the site: what is typed stays a text, what is chosen is one's own.

The forms are those of the access table, read from their pages as a browser would: a new page is tried without a word.
"""

import pytest
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from beneficiaries.models import Enrolment
from partaj.accounts.models import User
from partaj.programmes.models import FunnelStep, LossReason, Programme
from partaj.territories.models import Organisation, Territory
from tests.access.canaries import WORD, Canaries
from tests.access.door import OWN, Door
from tests.access.house import House, build_house
from tests.access.table import COLLECTIVE, GROUND, OFFICE, PEOPLE, REPORTS
from tests.access.watch import written
from tests.door.paper import Paper, inert_faults, main_paper, post
from tests.door.payloads import PAYLOADS

FORMS = [door for door in [*OFFICE, *GROUND, *PEOPLE, *COLLECTIVE, *REPORTS] if door.get == 200 and door.post == 422]
WORDS = ("caseworker", "manager", "administrator")  # who tries: the least powerful that gets through
ANSWERS = {200, 302, 400, 403, 404, 405, 409, 413, 415, 422}


@pytest.fixture
def house(db) -> House:
    return build_house()


def reader_of(door: Door, house: House) -> Client:
    role = next(name for name in WORDS if name in door.through[OWN].split())
    client = Client(raise_request_exception=True)
    client.force_login(house.cast[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page_and_paper(door: Door, house: House) -> tuple[Client, str, Paper]:
    client, address = reader_of(door, house), door.address(OWN, house)
    paper = main_paper(client.get(address).content.decode())
    assert paper is not None, f"{door.page} shows no form"
    return client, address, paper


def test_there_are_sixty_payloads_and_every_form_is_tried():
    assert len(set(PAYLOADS)) == 60
    assert len(FORMS) > 20


@pytest.mark.parametrize("door", FORMS, ids=lambda door: door.page)
def test_what_is_typed_stays_a_text_or_is_refused_in_a_sentence(house, door):
    """Each payload goes through each form once: as many at a time as it has fields; refused ones then give way."""
    client, address, paper = page_and_paper(door, house)
    faults, left = [], list(PAYLOADS)
    while left and paper.free:
        round_, left = left[: len(paper.free)], left[len(paper.free) :]
        typed = dict(zip(paper.free, round_, strict=False))
        with transaction.atomic():
            answer = post(client, address, paper.with_values(**typed))
            if answer.status_code == 422 and "form" in (answer.context or {}):
                kept = {name: value for name, value in typed.items() if name not in answer.context["form"].errors}
                faults += told(door, answer, "")
                answer = post(client, address, paper.with_values(**kept))
            faults += told(door, answer, "stored: ")
            if answer.status_code == 302:
                faults += told(door, client.get(answer.url), "shown: ")
            transaction.set_rollback(True)
    assert faults == []


def told(door: Door, answer, when: str) -> list[str]:
    if answer.status_code not in ANSWERS:
        return [f"{door.page}: {when}{answer.status_code}"]
    text = answer.content.decode()
    found = [f"{door.page}: {when}{fault}" for fault in inert_faults(text)]
    return found + [f"{door.page}: {when}computed"] * ("demonstration-only-never" in text)


# -- Other people's numbers ---------------------------------------------------------------------------
NONSENSE = ["-1", "0", "9" * 30, "9" * 5000, "x", "\x00", "1 OR 1=1", "1.5", "[1]", "\ud800", "null"]


def numbers_of_others(house: House) -> set[str]:
    """What exists and may not be for this reader: the first and the last of each kind, typed wherever one chooses."""
    found: set[int] = set()
    for model in (Territory, Programme, Organisation, User, Enrolment, FunnelStep, LossReason, *_more(house)):
        numbers = model._base_manager.order_by("pk").values_list("pk", flat=True)
        found |= {numbers.first(), numbers.last()}
    return {str(number) for number in found}


def _more(house: House) -> set[type[Model]]:
    return {type(each) for each in house.more.values() if isinstance(each, Model)}


@pytest.mark.parametrize("door", FORMS, ids=lambda door: door.page)
def test_nobody_chooses_what_they_were_not_offered(house, door):
    house.canaries = Canaries(house.cast)
    client, address, paper = page_and_paper(door, house)
    own = set(WORD.findall(client.get(address).content))
    faults = []
    for name, offered in paper.choices.items():
        for value in sorted((numbers_of_others(house) | set(NONSENSE)) - offered):
            with transaction.atomic(), written() as statements:
                answer = post(client, address, paper.with_values(**{name: value}))
                transaction.set_rollback(True)
            said = f"{door.page}: {name}={value[:20]!r}"
            errors = answer.context["form"].errors if answer.context and "form" in answer.context else {}
            if answer.status_code not in {400, 403, 404, 409, 422}:
                faults.append(f"{said}: {answer.status_code}")
            elif answer.status_code == 422 and not errors:
                faults.append(f"{said}: refused without a word")
            elif statements:
                faults.append(f"{said}: wrote {statements[0][:80]}")
            elif set(WORD.findall(answer.content)) - own:
                faults.append(f"{said}: told")
    assert faults == []


def test_a_form_in_another_alphabet_is_refused_even_where_a_token_is_asked_for(db):
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.get(reverse("account_login"))
    refused = browser.post(
        reverse("account_login"), b"login=+ADw-", content_type="application/x-www-form-urlencoded; charset=utf-7"
    )
    assert refused.status_code == 400
    assert "n’a pas pu être lue" in refused.text
