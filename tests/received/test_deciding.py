"""What a person decides of a line: kept, put right, set aside, or somebody known; before and after the confirmation."""

import pytest

from beneficiaries import services
from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.undoing import undo
from beneficiaries.models import Beneficiary, Enrolment
from tests.lists.hands import TITLES
from tests.received.hands import CHLOE, LEA, NOBODY, YOUNG, confirmed, line_of, outcomes, received, url
from tests.world import make_role, make_youth

TWO_MAILS = "Vidal;Inès;05/03/2007;04 65 71 02 04;ines.vidal@example.org;ines2@example.com"


def line_url(batch, number):
    return url("line", batch, line_of(batch, number).pk)


def form_of(client, batch, number):
    form = client.get(line_url(batch, number)).context["form"]
    return {name: "" if (value := form[name].value()) is None else str(value) for name in form.fields}


def test_a_line_kept_comes_in_with_the_others(world, sign_in):
    batch, client = received(world, LEA, YOUNG), sign_in(world.administrator)
    client.post(line_url(batch, 3), form_of(client, batch, 3) | {"act": "keep"})
    assert outcomes(batch) == {2: "import", 3: "import_warning"}
    batch.refresh_from_db()
    confirm(batch=batch, version=batch.version, by=world.administrator)
    file = line_of(batch, 3).enrolment
    assert str(file.beneficiary) == "Jules Petit"
    assert line_of(batch, 3).decided_by == world.administrator


def test_what_was_put_right_is_what_is_written_and_what_was_typed_stays(world, sign_in):
    batch, client = received(world, "Mor?au;Lou;05/03/2007;;a@example.org b@example.org"), sign_in(world.administrator)
    assert outcomes(batch) == {2: "review"}
    data = form_of(client, batch, 2)
    assert data["email"] == ""
    client.post(line_url(batch, 2), data | {"act": "keep", "last_name": "Moreau", "email": "b@example.org"})
    batch.refresh_from_db()
    confirm(batch=batch, version=batch.version, by=world.administrator)
    line = line_of(batch, 2)
    assert (str(line.enrolment.beneficiary), line.enrolment.beneficiary.email) == ("Lou Moreau", "b@example.org")
    assert line.cells == ["Mor?au", "Lou", "05/03/2007", "", "a@example.org b@example.org"]


@pytest.mark.parametrize(
    "wrong",
    [{"last_name": ""}, {"birth_date": "2099-01-01"}, {"ine": "123456789012"}, {"postcode": "34"},
     {"first_name": "1 85 05 78 006 084 36"}],
)  # fmt: skip
def test_a_line_put_right_is_as_valid_as_an_intake(world, sign_in, wrong):
    batch, client = received(world, LEA, YOUNG), sign_in(world.administrator)
    data = form_of(client, batch, 3) | {"act": "keep"} | wrong
    response = client.post(line_url(batch, 3), data)
    assert response.status_code == 422
    assert outcomes(batch) == {2: "import", 3: "review"}


def test_a_line_set_aside_is_rejected_and_comes_back(world, sign_in):
    batch, client = received(world, LEA, CHLOE), sign_in(world.administrator)
    client.post(line_url(batch, 3), {"act": "discard"})
    assert outcomes(batch) == {2: "import", 3: "reject"}
    client.post(line_url(batch, 3), {"act": "take_back"})
    assert outcomes(batch) == {2: "import", 3: "import"}
    assert line_of(batch, 3).decision == ""


class TestTwoTabs:
    """The same line open twice, or before two people: the second decision does not undo the first unseen."""

    def test_what_was_typed_in_the_second_is_shown_again_and_may_be_sent_again(self, world, sign_in):
        batch, client = received(world, LEA, YOUNG), sign_in(world.administrator)
        tab = form_of(client, batch, 3) | {"act": "keep", "read_as": "", "first_name": "Julien"}
        client.post(line_url(batch, 3), {"act": "discard", "read_as": ""})
        response = client.post(line_url(batch, 3), tab)
        assert response.status_code == 422 and "décidée entre-temps par" in response.content.decode()
        assert (outcomes(batch)[3], line_of(batch, 3).decision) == ("reject", "discard")
        assert response.context["form"]["first_name"].value() == "Julien"
        client.post(line_url(batch, 3), tab | {"read_as": response.context["read_as"]})
        assert (outcomes(batch)[3], line_of(batch, 3).value("first_name")) == ("import_warning", "Julien")

    @pytest.mark.parametrize("act", ["discard", "take_back", "same"])
    def test_a_button_of_the_second_changes_nothing(self, world, sign_in, act):
        batch, client = received(world, LEA, YOUNG), sign_in(world.administrator)
        client.post(line_url(batch, 3), form_of(client, batch, 3) | {"act": "keep", "read_as": ""})
        page = client.post(line_url(batch, 3), {"act": act, "read_as": ""}, follow=True)
        assert "décidée entre-temps par" in page.content.decode()
        assert outcomes(batch)[3] == "import_warning"


def test_several_lines_at_once(world, sign_in):
    batch, client = received(world, LEA, YOUNG, ";Zoé;05/03/2007;;"), sign_in(world.administrator)
    chosen = [line_of(batch, number).pk for number in (3, 4)]
    response = client.post(
        url("batch_decide", batch), {"line": chosen, "decision": "keep", "sort": "review"}, follow=True
    )
    text = response.content.decode()
    assert "1\u00a0ligne gardée." in text and "1\u00a0ligne attend encore" in text
    assert outcomes(batch) == {2: "import", 3: "import_warning", 4: "review"}
    client.post(url("batch_decide", batch), {"line": chosen, "decision": "discard"})
    assert outcomes(batch) == {2: "import", 3: "reject", 4: "reject"}
    assert client.post(url("batch_decide", batch), {"line": [], "decision": "keep"}, follow=True).status_code == 200


def test_the_buttons_are_there_where_there_is_something_to_decide(world, sign_in):
    batch, client = confirmed(world, LEA, YOUNG), sign_in(world.administrator)
    for sort, there in (("import", False), ("review", True), ("ignore", False)):
        page = client.get(url("batch", batch), {"sort": sort}).content.decode()
        assert ("Garder les lignes cochées" in page) is there, sort


def test_a_line_decided_after_the_confirmation_opens_its_file_at_once(world, sign_in):
    batch, client = confirmed(world, LEA, YOUNG), sign_in(world.administrator)
    before = Enrolment.objects.count()
    client.post(line_url(batch, 3), form_of(client, batch, 3) | {"act": "keep"})
    assert Enrolment.objects.count() == before + 1
    # What is open is changed as any other file: nothing more is decided of the line.
    data = form_of(client, batch, 3) | {"act": "discard"}
    assert "Cette liste a changé" in client.post(line_url(batch, 3), data, follow=True).content.decode()
    assert line_of(batch, 3).enrolment is not None


def test_a_line_set_aside_before_the_confirmation_waits_if_one_comes_back_to_it_after(world, sign_in):
    batch, client = received(world, LEA, CHLOE), sign_in(world.administrator)
    client.post(line_url(batch, 3), {"act": "discard"})
    batch.refresh_from_db()
    confirm(batch=batch, version=batch.version, by=world.administrator)
    client.post(line_url(batch, 3), {"act": "take_back"})
    assert outcomes(batch) == {2: "import", 3: "review"}


class TestSomebodyKnown:
    """Zoé works her own way through another programme; the list tells of her too."""

    LINE = "Ailleurs;Zoé;17/05/2008;06 39 98 00 20;zoe@example.org"

    def test_their_file_is_completed_and_a_path_is_opened_here(self, world, sign_in):
        batch, client = received(world, LEA, self.LINE), sign_in(world.administrator)
        assert outcomes(batch)[3] == "review"
        page = client.get(line_url(batch, 3)).content.decode()
        assert "Zoé Ailleurs, déjà dans PARTAJ" in page
        person = world.foreigner.beneficiary
        client.post(line_url(batch, 3), {"act": "same", "person": person.pk})
        batch.refresh_from_db()
        people = Beneficiary.objects.count()
        confirm(batch=batch, version=batch.version, by=world.administrator)
        person.refresh_from_db()
        assert (Beneficiary.objects.count(), person.phone, person.email) == (
            people + 1,
            "06 39 98 00 20",
            "zoe@example.org",
        )
        assert {path.programme for path in person.enrolments.all()} == {world.programme, world.other_programme}
        assert line_of(batch, 3).completed == {"phone": "", "email": ""}

    def test_what_is_known_stays_but_where_one_chose_the_list(self, world, sign_in):
        person = world.foreigner.beneficiary
        Beneficiary.objects.filter(pk=person.pk).update(phone="01 02 03 04 05", email="ancienne@example.org")
        batch, client = received(world, LEA, self.LINE), sign_in(world.administrator)
        client.post(line_url(batch, 3), {"act": "same", "person": person.pk, "take": ["phone", "version", "pk"]})
        batch.refresh_from_db()
        confirm(batch=batch, version=batch.version, by=world.administrator)
        person.refresh_from_db()
        assert (person.phone, person.email) == ("06 39 98 00 20", "ancienne@example.org")
        history = person.history.first()
        assert (history.phone, history.history_type) == ("06 39 98 00 20", "~")

    def test_nobody_else_is_completed(self, world, sign_in):
        batch, client = received(world, LEA, self.LINE), sign_in(world.administrator)
        for person in (world.karim.beneficiary_id, 999_999, "x", ""):
            assert client.post(line_url(batch, 3), {"act": "same", "person": person}).status_code == 404
        assert outcomes(batch)[3] == "review"

    def test_a_manager_is_told_that_somebody_is_there_and_nothing_of_them(self, world, sign_in):
        batch, client = received(world, LEA, self.LINE), sign_in(world.manager)
        page = client.get(line_url(batch, 3)).content.decode()
        assert "Une personne hors de votre périmètre" in page and "TEST-2" not in page
        given = {"act": "same", "person": world.foreigner.beneficiary_id}
        assert client.post(line_url(batch, 3), given).status_code == 404

    def test_a_managers_own_list_is_compared_with_those_whom_they_see_alone(self, world):
        assert outcomes(received(world, LEA, self.LINE, by=world.manager))[3] == "import"
        make_role(world.manager, "manager", world.other_programme)
        assert outcomes(received(world, LEA, self.LINE, by=world.manager))[3] == "review"


def test_who_has_a_path_under_way_here_is_completed_and_not_enrolled_again(world, sign_in):
    line = "Moreau;Léa;17/05/2008;06 39 98 00 20;lea@example.org"
    batch, client = received(world, CHLOE, line), sign_in(world.administrator)
    paths = Enrolment.objects.count()
    client.post(line_url(batch, 3), {"act": "same", "person": world.lea.beneficiary_id})
    batch.refresh_from_db()
    confirm(batch=batch, version=batch.version, by=world.administrator)
    assert Enrolment.objects.count() == paths + 1
    assert (line_of(batch, 3).enrolment, line_of(batch, 3).opened_path) == (world.lea, False)
    world.lea.beneficiary.refresh_from_db()
    assert world.lea.beneficiary.phone == "06 39 98 00 20"


def test_who_left_comes_back_by_the_list(world, sign_in):
    path = make_youth(world.programme, world.bethune, first_name="Sofia", last_name="Retour")
    services.record_loss(enrolment=path, reason=world.reasons["abandon"], lost_on=path.entered_on, step=None, by=None)
    batch, client = received(world, "Retour;Sofia;17/05/2008;;sofia@example.org"), sign_in(world.administrator)
    client.post(line_url(batch, 2), {"act": "same", "person": path.beneficiary_id})
    batch.refresh_from_db()
    confirm(batch=batch, version=batch.version, by=world.administrator)
    assert path.beneficiary.enrolments.count() == 2


def test_somebody_who_came_since_the_list_was_read_is_not_opened_twice(world):
    batch = received(world, LEA, CHLOE)
    make_youth(world.programme, world.bethune, first_name="Chloé", last_name="Lefèvre", birth_date=_day("09/04/2007"))
    confirm(batch=batch, version=batch.version, by=world.administrator)
    assert outcomes(batch) == {2: "import", 3: "review"}
    assert line_of(batch, 3).enrolment is None


def _day(typed):
    import datetime as dt

    return dt.datetime.strptime(typed, "%d/%m/%Y").date()


def test_nobody_is_opened_out_of_a_line_that_tells_of_nobody(world, sign_in):
    batch, client = received(world, LEA, NOBODY, titles=TITLES), sign_in(world.administrator)
    assert client.post(line_url(batch, 3), {"act": "keep"}).status_code == 422


class TestTwoLinesOfOnePerson:
    LINES = ("Martinez;Chloé;12/05/2006;06 39 98 00 11;", "MARTÍNEZ;Chloe;12/05/2006;;chloe@example.org")

    def test_the_second_completes_the_file_that_the_first_opens(self, world, sign_in):
        batch, client = received(world, *self.LINES), sign_in(world.administrator)
        assert outcomes(batch) == {2: "import", 3: "review"}
        assert "Chloé Martinez" in client.get(line_url(batch, 3)).content.decode()
        client.post(line_url(batch, 3), {"act": "same", "other": 2})
        batch.refresh_from_db()
        batch = confirm(batch=batch, version=batch.version, by=world.administrator)
        first, second = line_of(batch, 2), line_of(batch, 3)
        assert (batch.opened, first.enrolment) == (1, second.enrolment)
        person = first.enrolment.beneficiary
        assert (person.last_name, person.phone, person.email) == ("Martinez", "06 39 98 00 11", "chloe@example.org")
        # That is no work of anybody's: the import can still be undone.
        undo(batch=batch, version=batch.version, by=world.administrator)
        assert not Beneficiary.objects.filter(pk=person.pk).exists()
        assert (line_of(batch, 3).person, line_of(batch, 3).same_as) == (None, first)

    def test_it_waits_where_the_first_does_not_come_in(self, world, sign_in):
        batch, client = received(world, *self.LINES, LEA), sign_in(world.administrator)
        client.post(line_url(batch, 3), {"act": "same", "other": 2})
        client.post(line_url(batch, 2), {"act": "discard"})
        batch.refresh_from_db()
        confirm(batch=batch, version=batch.version, by=world.administrator)
        assert outcomes(batch) == {2: "reject", 3: "review", 4: "import"}

    @pytest.mark.parametrize("other", ["4", "99", "x", ""])
    def test_a_line_completes_those_alone_that_it_looks_like(self, world, sign_in, other):
        batch, client = received(world, *self.LINES, LEA), sign_in(world.administrator)
        assert client.post(line_url(batch, 3), {"act": "same", "other": other}).status_code == 404

    def test_a_line_does_not_complete_one_that_waits(self, world, sign_in):
        batch, client = received(world, *self.LINES), sign_in(world.administrator)
        client.post(line_url(batch, 2), {"act": "discard"})
        text = client.post(line_url(batch, 3), {"act": "same", "other": 2}, follow=True).content.decode()
        assert "n’est pas à importer" in text and outcomes(batch)[3] == "review"
