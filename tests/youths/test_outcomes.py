"""What became of a youth, noted in their file, put right, taken back."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from beneficiaries.models import Enrolment, Outcome
from beneficiaries.models.paths import NEVER_ENTERED
from beneficiaries.outcomes import note_outcome, revise_outcome, withdraw_outcome
from partaj.versions import StaleVersion
from tests.world import make_youth

GONE = dt.date(2025, 6, 30)
TYPED = {
    "moment": "exit",
    "seen_on": "2025-07-01",
    "kind": "cdd",
    "precision": "Boulangerie Roux",
    "state": "under_way",
}


@pytest.fixture
def left(world):
    world.lea.exited_on = GONE
    world.lea.save()
    return world


def address(enrolment, *more):
    return "/".join([f"/p/{enrolment.programme.number}/jeunes/{enrolment.pk}/devenir", *map(str, more), ""])


def noted(enrolment):
    return [(row.moment, row.kind, row.is_principal) for row in enrolment.outcomes.order_by("pk")]


def said(enrolment):
    lines = enrolment.log.filter(kind="outcome").order_by("pk")
    return [line.sentence.replace("\u00a0", " ") for line in lines]


def errors_of(response):
    form = response.context["form"]
    return [sentence.replace("\u00a0", " ") for sentences in form.errors.values() for sentence in sentences]


def text_of(response):
    return response.content.decode().replace("\u00a0", " ")


def test_a_caseworker_notes_it_and_reads_it_in_the_file(left, sign_in):
    client = sign_in(left.caseworker)
    page = text_of(client.get(left.lea.get_absolute_url()))
    assert "Rien n’est noté depuis la sortie." in page
    answer = client.post(address(left.lea), TYPED, follow=True)
    page = text_of(answer)
    assert (
        "Le devenir est noté." in page and "CDD · Boulangerie Roux" in page and "À la sortie, vu le 01/07/2025" in page
    )
    assert noted(left.lea) == [("exit", "cdd", True)]
    assert said(left.lea) == ["Devenir à la sortie, vu le 01/07/2025 : CDD (Boulangerie Roux)."]


def test_a_second_click_writes_nothing_twice(left, sign_in):
    client = sign_in(left.caseworker)
    client.post(address(left.lea), TYPED)
    page = text_of(client.post(address(left.lea), TYPED, follow=True))
    assert "rien n’a été écrit deux fois" in page and noted(left.lea) == [("exit", "cdd", True)]


class TestWhoHasNotLeft:
    def test_is_asked_when_and_leaves_with_it(self, world, sign_in):
        client = sign_in(world.caseworker)
        page = text_of(client.get(address(world.lea)))
        assert "Sorti du dispositif le" in page and f"Entré le {world.lea.entered_on:%d/%m/%Y}." in page
        client.post(address(world.lea), TYPED | {"exited_on": "2025-06-30"})
        world.lea.refresh_from_db()
        assert (world.lea.exited_on, noted(world.lea)) == (GONE, [("exit", "cdd", True)])
        assert said(world.lea)[0] == "Sortie du dispositif."

    def test_without_the_day_nothing_is_written_and_nothing_lost(self, world, sign_in):
        answer = sign_in(world.caseworker).post(address(world.lea), TYPED)
        page = text_of(answer)
        assert answer.status_code == 422 and "donnez sa date" in page and "Boulangerie Roux" in page
        assert noted(world.lea) == []

    @pytest.mark.parametrize(
        ("exited_on", "seen_on", "sentence"),
        [
            (
                "2025-07-15",
                "2025-07-01",
                "Le devenir précède la sortie : vérifiez la date. La sortie est notée le 15/07/2025.",
            ),
            ("2099-01-01", "2025-07-01", "Cette date est à venir : on ne note que ce qui a eu lieu."),
            ("2024-01-01", "2025-07-01", "La sortie précède l’entrée : vérifiez les deux dates."),
            ("2025-06-30", "2099-01-01", "Cette date est à venir : on ne note que ce qui a eu lieu."),
        ],
    )
    def test_days_that_cannot_be_are_told(self, world, sign_in, exited_on, seen_on, sentence):
        answer = sign_in(world.caseworker).post(
            address(world.lea), TYPED | {"exited_on": exited_on, "seen_on": seen_on}
        )
        world.lea.refresh_from_db()
        assert answer.status_code == 422 and errors_of(answer) == [sentence]
        assert (noted(world.lea), world.lea.exited_on) == ([], None)

    def test_who_never_entered_does_not_leave_so(self, world, sign_in):
        """No report would count them: they are asked to enter, or to depart."""
        Enrolment.objects.filter(pk=world.lea.pk).update(entered_on=None, entry_rank=None, age_band="", profile=0)
        answer = sign_in(world.caseworker).post(address(world.lea), TYPED | {"exited_on": "2025-06-30"})
        assert answer.status_code == 422 and "n’est pas entré dans le dispositif" in text_of(answer)
        world.lea.refresh_from_db()
        assert (world.lea.exited_on, noted(world.lea)) == (None, []) and "Boulangerie Roux" in text_of(answer)

    def test_nor_through_the_file(self, world, sign_in):
        Enrolment.objects.filter(pk=world.lea.pk).update(entered_on=None, entry_rank=None, age_band="", profile=0)
        client, url = sign_in(world.caseworker), f"{world.lea.get_absolute_url()}modifier/"
        form = client.get(url).context["form"]
        typed = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
        answer = client.post(url, typed | {"exited_on": "2025-06-30"})
        assert answer.status_code == 422 and errors_of(answer) == [NEVER_ENTERED.replace("\u00a0", " ")]
        wrong = client.post(url, typed | {"entered_on": "2025-02-31", "exited_on": "2025-06-30"})
        assert list(wrong.context["form"].errors) == ["entered_on"]
        Enrolment.objects.filter(pk=world.lea.pk).update(exited_on=GONE)  # before this rule was there
        typed |= {"exited_on": "2025-06-30", "read": client.get(url).context["form"]["read"].value()}
        assert client.post(url, typed | {"phone": "06 39 98 00 01"}).status_code == 302

    def test_the_service_refuses_by_itself(self, world):
        with pytest.raises(ValidationError, match="n’est pas notée"):
            note_outcome(row=Outcome(enrolment=world.lea, kind="cdi", seen_on=GONE), by=world.caseworker)


def test_other_asks_for_words(left, sign_in):
    answer = sign_in(left.caseworker).post(address(left.lea), TYPED | {"kind": "other", "precision": ""})
    assert answer.status_code == 422 and "précisez en quelques mots" in text_of(answer)


class TestThePrincipalOne:
    @pytest.fixture
    def two(self, left):
        self.job = note_outcome(row=Outcome(enrolment=left.lea, kind="cdi", seen_on=GONE), by=left.caseworker)
        self.school = note_outcome(row=Outcome(enrolment=left.lea, kind="stayed", seen_on=GONE), by=left.caseworker)
        return left

    def test_is_the_first_until_another_is_chosen(self, two, sign_in):
        assert noted(two.lea) == [("exit", "cdi", True), ("exit", "stayed", False)]
        typed = TYPED | {"kind": "stayed", "precision": "", "is_principal": "on", "version": 1}
        assert sign_in(two.caseworker).post(address(two.lea, self.school.pk), typed).status_code == 302
        assert noted(two.lea) == [("exit", "cdi", False), ("exit", "stayed", True)]

    def test_withdrawn_leaves_its_place_to_the_other(self, two, sign_in):
        sign_in(two.caseworker).post(address(two.lea, self.job.pk, "retirer"), {"why": "Erreur de dossier"})
        assert noted(two.lea) == [("exit", "stayed", True)]
        assert said(two.lea)[-1] == "Devenir à la sortie, vu le 30/06/2025 : CDI, retiré : Erreur de dossier"

    def test_the_exit_stays_while_another_tells_of_it(self, two, sign_in):
        """The page does not offer it; the service refuses."""
        client, url = sign_in(two.caseworker), address(two.lea, self.job.pk, "retirer")
        assert "Effacer aussi la sortie" not in text_of(client.get(url))
        with pytest.raises(ValidationError, match="Un autre devenir"):
            withdraw_outcome(row=self.job, reason="Erreur", reopens=True, by=two.caseworker)
        two.lea.refresh_from_db()
        assert (two.lea.exited_on, len(noted(two.lea))) == (GONE, 2)

    def test_moved_to_another_date_leaves_its_place_too(self, two, sign_in):
        typed = TYPED | {"kind": "cdi", "precision": "", "moment": "six", "seen_on": "2025-12-30", "version": 1}
        sign_in(two.caseworker).post(address(two.lea, self.job.pk), typed)
        assert noted(two.lea) == [("six", "cdi", True), ("exit", "stayed", True)]

    def test_a_second_tab_is_told_and_overwrites_nothing(self, two, sign_in):
        client = sign_in(two.caseworker)
        typed = TYPED | {"kind": "cdd", "version": 1}
        client.post(address(two.lea, self.job.pk), typed)
        page = text_of(client.post(address(two.lea, self.job.pk), typed | {"kind": "interim"}))
        assert "CDD" in page and noted(two.lea)[0] == ("exit", "cdd", True)

    def test_put_right_once_the_exit_was_taken_back_asks_for_it_again(self, two, sign_in):
        Enrolment.objects.filter(pk=two.lea.pk).update(exited_on=None)
        client, typed = sign_in(two.caseworker), TYPED | {"kind": "cdd", "version": 1}
        answer = client.post(address(two.lea, self.job.pk), typed)
        assert answer.status_code == 422 and "donnez sa date" in text_of(answer)
        assert client.post(address(two.lea, self.job.pk), typed | {"exited_on": "2025-06-30"}).status_code == 302
        two.lea.refresh_from_db()
        assert (two.lea.exited_on, noted(two.lea)[0]) == (GONE, ("exit", "cdd", True))

    def test_unless_it_was_taken_back(self, two):
        Outcome.objects.filter(pk=self.job.pk).delete()
        with pytest.raises(StaleVersion):
            revise_outcome(row=self.job, version=1, by=two.caseworker)


class TestTheOnlyOneTakenBack:
    @pytest.fixture
    def page(self, world, sign_in):
        row = Outcome(enrolment=world.lea, kind="cdi", seen_on=GONE)
        self.row = note_outcome(row=row, exited_on=GONE, by=world.caseworker)
        self.client, self.url = sign_in(world.caseworker), address(world.lea, self.row.pk, "retirer")
        return text_of(self.client.get(self.url))

    def test_may_take_the_exit_along(self, world, page):
        assert "Effacer aussi la sortie du 30/06/2025" in page
        self.client.post(self.url, {"why": "Erreur de dossier", "reopens": "on"})
        world.lea.refresh_from_db()
        assert (world.lea.exited_on, noted(world.lea)) == (None, [])
        assert said(world.lea)[-1] == "Sortie du 30/06/2025 effacée : Erreur de dossier"

    def test_unless_another_was_noted_meanwhile(self, world, page):
        note_outcome(row=Outcome(enrolment=world.lea, kind="stayed", seen_on=GONE), by=world.caseworker)
        answer = self.client.post(self.url, {"why": "Erreur", "reopens": "on"})
        assert answer.status_code == 422 and "Un autre devenir vient d’être noté" in text_of(answer)
        world.lea.refresh_from_db()
        assert (world.lea.exited_on, len(noted(world.lea))) == (GONE, 2)

    def test_or_leave_it(self, world, page):
        self.client.post(self.url, {"why": "Ce n’était pas un CDI"})
        world.lea.refresh_from_db()
        assert (world.lea.exited_on, noted(world.lea)) == (GONE, [])
        assert said(world.lea)[-1].endswith("retiré : Ce n’était pas un CDI")


class TestFilters:
    """Léa left in June; Hélène last week; Karim is there; a fourth was never in."""

    @pytest.fixture
    def moments(self, left):
        today = timezone.localdate()
        left.lea.exited_on = today - dt.timedelta(days=200)
        left.lea.save()
        left.helene.exited_on = today - dt.timedelta(days=7)
        left.helene.save()
        make_youth(left.programme, left.bethune, entered_on=None, exited_on=today - dt.timedelta(days=300))
        return left

    def found(self, client, **asked):
        answer = client.get("/p/TEST-1/jeunes/", {f"f-{name}": value for name, value in asked.items()})
        return {row["pk"] for row in answer.context["page"].rows}

    def test_what_is_to_be_noted_or_asked_is_a_list(self, moments, sign_in):
        client, lea, helene = sign_in(moments.caseworker), moments.lea.pk, moments.helene.pk
        assert self.found(client, outcome="exit") == {lea, helene}
        assert (self.found(client, outcome="six"), self.found(client, outcome="twelve")) == ({lea}, set())
        note_outcome(row=Outcome(enrolment=moments.lea, kind="cdi", moment="six"), by=moments.caseworker)
        assert (self.found(client, outcome="six"), self.found(client, outcome="known")) == (set(), {lea})
        assert self.found(client, outcome="exit") == {lea, helene}

    def test_those_followed_more_closely_are_a_list(self, moments, sign_in):
        Enrolment.objects.filter(pk=moments.lea.pk).update(is_reinforced=True)
        client = sign_in(moments.caseworker)
        assert self.found(client, reinforced="yes") == {moments.lea.pk}
        assert moments.lea.pk not in self.found(client, reinforced="no")


class TestWhoMay:
    def test_a_guest_reads_it_and_changes_nothing(self, left, sign_in):
        left.helene.exited_on = GONE
        left.helene.save()
        row = note_outcome(row=Outcome(enrolment=left.helene, kind="cdi", seen_on=GONE), by=left.caseworker)
        client = sign_in(left.tutor)
        assert "CDI" in text_of(client.get(left.helene.get_absolute_url()))
        assert client.get(address(left.helene)).status_code == 403
        assert client.get(address(left.helene, row.pk)).status_code == 403

    def test_the_neighbour_finds_nothing_there(self, left, sign_in):
        row = note_outcome(row=Outcome(enrolment=left.lea, kind="cdi", seen_on=GONE), by=left.caseworker)
        client = sign_in(left.neighbour)
        assert client.get(address(left.lea, row.pk)).status_code == 404
        assert not Outcome.objects.visible_to(left.neighbour).exists()

    def test_a_closed_programme_refuses(self, left, sign_in):
        left.programme.closed_on = dt.date(2026, 1, 1)
        left.programme.save()
        assert sign_in(left.caseworker).post(address(left.lea), TYPED).status_code == 409
        assert noted(left.lea) == []


@pytest.mark.parametrize(("moment", "soonest"), [("six", dt.date(2025, 9, 29)), ("twelve", dt.date(2025, 12, 29))])
def test_what_is_to_be_seen_months_after_is_not_noted_at_once(left, sign_in, moment, soonest):
    """It would be counted as what they became by then."""
    client = sign_in(left.caseworker)
    too_early = {"moment": moment, "seen_on": str(soonest - dt.timedelta(days=1))}
    answer = client.post(address(left.lea), TYPED | too_early)
    assert answer.status_code == 422 and "ne se constate pas si tôt : la sortie est du 30/06/2025" in text_of(answer)
    assert noted(left.lea) == [] and "Boulangerie Roux" in text_of(answer)
    client.post(address(left.lea), TYPED | too_early | {"seen_on": str(soonest)})
    assert noted(left.lea) == [(moment, "cdd", True)]
