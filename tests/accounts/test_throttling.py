"""Attempts are counted by place and by account; whoever attacks one account stops nobody else."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partaj.accounts.addresses import address_key
from partaj.accounts.journal.words import lines_of
from partaj.accounts.models import JournalEntry
from tests.world import PASSWORD, make_user

HERE, ELSEWHERE, THIRD = "192.0.2.10", "198.51.100.20", "203.0.113.30"


@pytest.fixture
def helene(db):
    user = make_user("Helene", last_name="Vasseur")
    user.email = "helene.vasseur@partaj.example"
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def now():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


WRONG = "pas le bon mot de passe"


def tried(login, password=WRONG, *, at=HERE, **extra):
    return Client().post("/compte/connexion/", {"login": login, "password": password}, REMOTE_ADDR=at, **extra)


def statuses(count, login, **more):
    return [tried(login, **more).status_code for _ in range(count)]


WRITINGS = [
    "helene.vasseur@partaj.example", "HELENE.VASSEUR@PARTAJ.EXAMPLE", "hélène.vasseur@partaj.example",
    "  helene.vasseur@partaj.example ", "helene .vasseur @partaj. example", "he\u0301le\u0300ne.vasseur@partaj.example",
    "ｈｅｌｅｎｅ．ｖａｓｓｅｕｒ＠ｐａｒｔａｊ．ｅｘａｍｐｌｅ", "helene\u200b.vasseur\u00ad@partaj.example\u2028",
    "\u202ehelene.vasseur@partaj.example", "Helene.Vasseur@Partaj.Example\u00a0", "hеlene.vasseur@partaj.example",
]  # fmt: skip


@pytest.mark.parametrize("writing", WRITINGS)
def test_every_writing_of_an_address_is_one(writing):
    assert address_key(writing) == "helene.vasseur@partaj.example"


@pytest.mark.parametrize("writing", WRITINGS)
def test_one_signs_in_with_any_writing_of_one_s_address(helene, writing):
    assert tried(writing, PASSWORD).status_code == 302


def test_every_writing_counts_as_one_and_the_page_says_when_to_try_again(helene, now):
    assert [tried(each).status_code for each in WRITINGS[:6]] == [422] * 5 + [429]
    page = tried(WRITINGS[6])
    assert page.status_code == 429 and page["Retry-After"] == "300"
    at = timezone.localtime() + dt.timedelta(minutes=5)
    assert f"Réessayez dans 5 minutes, à partir de {at:%H:%M}." in page.text
    assert tried(helene.email, PASSWORD).status_code == 429, "the right password waits as well"
    now.shift(dt.timedelta(minutes=5, seconds=1))
    assert tried(helene.email, PASSWORD).status_code == 302


def test_two_accounts_cannot_have_two_writings_of_one_address(helene, world, sign_in):
    answer = sign_in(world.administrator).post(
        "/comptes/nouveau/", {"email": "hélène.vasseur@partaj.example", "first_name": "H", "last_name": "V"}
    )
    assert answer.status_code == 422
    answer = sign_in(world.administrator).post(
        "/comptes/nouveau/", {"email": "he.lene.vasseur@partaj.example", "first_name": "H", "last_name": "V"}
    )
    assert answer.status_code == 302


def test_nobody_else_is_stopped(helene, now):
    other = make_user("Bruno")
    other.set_password(PASSWORD)
    other.save()
    assert statuses(6, helene.email)[-1] == 429
    assert tried(helene.email, PASSWORD, at=ELSEWHERE).status_code == 302, "the holder, from elsewhere"
    assert tried(other.email, PASSWORD).status_code == 302, "somebody else, from the same place"


def test_an_unknown_address_is_counted_like_a_known_one(helene, now):
    known, unknown = statuses(7, helene.email), statuses(7, "personne@partaj.example", at=ELSEWHERE)
    assert known == unknown


def test_one_place_that_tries_everybody_is_stopped_and_the_others_are_not(helene, now):
    answers = [tried(f"compte{number}@partaj.example").status_code for number in range(31)]
    assert answers == [422] * 30 + [429]
    assert tried(helene.email, PASSWORD).status_code == 429
    assert tried(helene.email, PASSWORD, at=ELSEWHERE).status_code == 302
    now.shift(dt.timedelta(minutes=10, seconds=1))
    assert tried(helene.email, PASSWORD).status_code == 302


def test_one_account_tried_from_everywhere_waits_a_minute_and_not_where_it_is_at_home(helene, now):
    assert tried(helene.email, PASSWORD, at=THIRD).status_code == 302
    answers = [tried(helene.email, at=f"198.51.100.{number // 4}").status_code for number in range(21)]
    assert answers == [422] * 20 + [429]
    assert tried(helene.email, PASSWORD, at=ELSEWHERE).status_code in {302, 429}
    strange = tried(helene.email, PASSWORD, at="192.0.2.99")
    assert strange.status_code == 429 and strange["Retry-After"] == "60" and "dans une minute" in strange.text
    assert tried(helene.email, PASSWORD, at=THIRD).status_code == 302, "where it has signed in before"
    now.shift(dt.timedelta(seconds=61))
    assert tried(helene.email, PASSWORD, at="192.0.2.99").status_code == 302


def test_succeeding_now_and_then_does_not_wipe_out_what_failed(helene, now):
    assert statuses(4, helene.email) == [422] * 4
    assert tried(helene.email, PASSWORD).status_code == 302
    assert statuses(2, helene.email) == [422, 429]


def test_a_forged_forwarded_address_changes_nothing(helene, settings, now):
    for trusted, sent in [(0, "{}"), (1, "{}, 192.0.2.10")]:
        settings.TRUSTED_PROXIES = trusted
        cache.clear()
        forged = [sent.format(f"10.0.0.{number}") for number in range(6)]
        answers = [tried(helene.email, headers={"x-forwarded-for": each}).status_code for each in forged]
        assert answers == [422] * 5 + [429], trusted


def test_an_ipv6_subscriber_is_one_place(helene, now):
    answers = [tried(helene.email, at=f"2001:db8:1:2::{number}").status_code for number in range(6)]
    assert answers == [422] * 5 + [429]
    assert tried(helene.email, PASSWORD, at="2001:db8:1:3::1").status_code == 302


def test_a_reset_frees_what_was_tried_before(helene, now):
    from partaj.accounts import throttling

    assert statuses(6, helene.email)[-1] == 429
    request = Client().get("/compte/connexion/", REMOTE_ADDR=HERE).wsgi_request
    throttling.free(request, account=helene.email)
    assert tried(helene.email, PASSWORD).status_code == 302


def test_counters_live_in_the_database_and_name_nobody(helene):
    tried(helene.email)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM partaj_cache")
        rows = cursor.fetchall()
    assert len([key for key, _ in rows if "throttling:sign_in" in key]) == 3
    assert "vasseur" not in str(rows)


def test_many_counters_do_not_push_each_other_out(helene, settings):
    """Django's default keeps 300: trying 300 addresses would have emptied everybody's counters."""
    assert statuses(5, helene.email, at=ELSEWHERE) == [422] * 5
    for number in range(320):
        cache.set(f"throttling:autre:{number}", [1.0], 600)
    assert tried(helene.email, at=ELSEWHERE).status_code == 429


def test_a_password_asked_again_inside_is_counted_too(helene, sign_in):
    client = sign_in(helene)
    form = {"oldpassword": "faux", "password1": "une longue phrase neuve", "password2": "une longue phrase neuve"}
    answers = [client.post("/compte/mot-de-passe/", form) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "Réessayez dans une minute" in answers[-1].text


def stopped() -> list[tuple[str, str, str, int | None]]:
    rows = JournalEntry.objects.filter(detail="trop d’essais").order_by("number")
    return [(row.page, row.subject, row.address, row.actor_id) for row in rows]


def test_who_is_stopped_leaves_a_line_without_what_they_typed(helene, now):
    assert statuses(7, WRITINGS[2])[-2:] == [429, 429]
    assert stopped() == [("account_login", f"accounts.user:{helene.pk}", HERE, None)]
    now.shift(dt.timedelta(minutes=1, seconds=1))
    assert statuses(2, helene.email) == [429, 429]
    assert len(stopped()) == 2  # one a minute: insisting does not fill the journal
    for number in range(30):
        tried(f"inconnue{number}@partaj.example", at=ELSEWHERE)
    assert statuses(3, "inconnue31@partaj.example", at=ELSEWHERE) == [429] * 3
    assert tried("inconnue32@partaj.example", at=ELSEWHERE).status_code == 429
    assert stopped()[2:] == [("account_login", "", ELSEWHERE, None)]
    everything = str(list(JournalEntry.objects.values_list()))
    assert "inconnue" not in everything and "vasseur" not in everything


def test_who_asks_for_too_many_links_leaves_a_line(helene, now):
    answers = [Client().post(reverse("account_reset_password"), {"email": helene.email}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    assert [row[:2] for row in stopped()] == [("account_reset_password", f"accounts.user:{helene.pk}")]
    read = lines_of(list(JournalEntry.objects.filter(detail="trop d’essais")))
    assert read[0].act.endswith("(trop d’essais)")
