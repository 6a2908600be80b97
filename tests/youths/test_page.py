"""The file of a youth: who reads it, and what it shows to whom."""

import datetime as dt
import re

from django.urls import reverse

from beneficiaries import services
from beneficiaries.models import (
    AccessGrant,
    ApprenticeshipBreak,
    Contract,
    Document,
    Exam,
    LogEntry,
    NextAction,
    Notice,
    Objection,
    Obstacle,
    Outcome,
)
from cellules.models import Cell, Review, Session
from tests.world import make_role, make_user, make_youth
from tests.youths.paper import everything, page, paper


def test_the_page_tells_the_path(world, sign_in):
    services.enter_step(
        enrolment=world.helene, step=world.steps["bilan"], entered_on=dt.date(2025, 3, 4), by=world.caseworker
    )
    text = sign_in(world.caseworker).get(world.helene.get_absolute_url()).content.decode()
    for words in ("Hélène LE GOFF", "16 à l’entrée", "Béthune-Bruay", "04/03/2025", "Étape « Bilan ».", "Tom", "Mina"):
        assert words in text
    assert "Demandeurs d&#x27;emploi" in text


def test_the_tutor_reads_and_changes_nothing(world, sign_in):
    person = world.helene.beneficiary
    person.phone = "06 12 34 56 78"
    person.save()
    client, before = sign_in(world.tutor), everything()
    text = client.get(world.helene.get_absolute_url()).content.decode()
    assert "06 12 34 56 78" in text
    assert "Modifier" not in text and "Mina" not in text and "Historique" not in text
    for name in ("change", "enter_step", "record_loss", "undo_loss", "note", "history"):
        assert client.get(page(name, world.helene)).status_code == 403
        assert client.post(page(name, world.helene), {"kind": "note", "words": "x"}).status_code == 403
        assert client.get(page(name, world.lea)).status_code == 404
    assert everything() == before


def test_a_caseworker_who_is_only_the_tutor_of_this_youth_reads(world, sign_in):
    """Paul works in Valenciennes and mentors Léa, of Béthune."""
    make_role(world.neighbour, "tutor", world.programme)
    services.open_access(
        enrolment=world.lea, user=world.neighbour, reason=AccessGrant.Reason.MENTORING,
        starts_on=dt.date(2025, 1, 1),
    )  # fmt: skip
    client = sign_in(world.neighbour)
    assert "Modifier" not in client.get(page("detail", world.lea)).content.decode()
    assert client.post(page("change", world.lea), paper(world)).status_code == 403
    assert client.get(page("change", world.karim)).status_code == 200


def test_files_of_others_do_not_exist(world, sign_in):
    for who in ("neighbour", "other_manager", "evaluator", "funder", "stranger", "tutor"):
        for name in ("detail", "change", "history", "note"):
            assert sign_in(world.cast[who]).get(page(name, world.lea)).status_code == 404
    elsewhere = reverse("beneficiaries:detail", args=["TEST-2", world.lea.pk])
    assert sign_in(world.administrator).get(elsewhere).status_code == 404


def fill(file, mark):
    """Something of each kind hangs on it, which says `mark`."""
    day = dt.date(2025, 6, 1)
    ApprenticeshipBreak.objects.create(enrolment=file, company=f"{mark} rupture", broken_on=day)
    Contract.objects.create(enrolment=file, contract_type="cdd", employer=f"{mark} employeur", starts_on=day)
    Exam.objects.create(enrolment=file, certificate=f"{mark} diplôme", session_on=day, result="obtained")
    Document.objects.create(enrolment=file, kind="other", about=f"{mark} document", filename="a.pdf", mime="x", size=1,
                            digest=mark, stored=mark)  # fmt: skip
    Obstacle.objects.create(enrolment=file, kind="other", precision=f"{mark} frein", opened_on=day)
    Outcome.objects.create(enrolment=file, kind="other", precision=f"{mark} devenir", seen_on=day)
    NextAction.objects.create(enrolment=file, what=f"{mark} action", due_on=day)
    Notice.objects.create(enrolment=file, how="letter", given_on=day, given_to="youth")
    Objection.objects.create(enrolment=file, scope="sharing", words=f"{mark} opposition")
    LogEntry.objects.create(enrolment=file, kind="note", happened_on=day, sentence=f"{mark} fil.")


SAID = {"rupture", "employeur", "diplôme", "document", "frein", "devenir", "action", "fil"}


def test_it_shows_what_hangs_on_this_file_and_not_on_the_next_one(world, sign_in):
    """Even to who reads both."""
    fill(world.lea, "LÉA")
    fill(world.helene, "HÉLÈNE")
    for who in ("caseworker", "manager", "administrator"):
        for file, mark, other in ((world.lea, "LÉA", "HÉLÈNE"), (world.helene, "HÉLÈNE", "LÉA")):
            text = sign_in(world.cast[who]).get(page("detail", file)).content.decode()
            assert set(re.findall(rf"{mark} (\w+)", text)) >= SAID and not re.findall(rf"{other} \w+", text)


def test_a_private_note_is_read_by_its_author(world, sign_in):
    client = sign_in(world.caseworker)
    client.post(
        page("note", world.helene),
        {"kind": "note", "words": "Pour moi seule.", "happened_on": "2025-05-01", "is_private": "on"},
    )
    client.post(page("note", world.helene), {"kind": "note", "words": "Pour l’équipe.", "happened_on": "2025-05-01"})
    readers = ("caseworker", "manager", "administrator", "tutor")
    seen = {who: sign_in(world.cast[who]).get(page("detail", world.helene)).content.decode() for who in readers}
    assert [who for who, text in seen.items() if "Pour moi seule." in text] == ["caseworker"]
    assert all("Pour l’équipe." in text for text in seen.values())


def test_other_paths_are_shown_where_the_reader_may_go(world, sign_in):
    make_youth(
        world.programme, world.valenciennes, beneficiary=world.lea.beneficiary, contacted_on=dt.date(2024, 1, 5),
        entered_on=None,
    )  # fmt: skip
    assert "Autres parcours" in sign_in(world.manager).get(page("detail", world.lea)).content.decode()
    text = sign_in(world.caseworker).get(page("detail", world.lea)).content.decode()
    assert "Autres parcours" not in text and "Valenciennes" not in text


def test_queries_of_the_page_do_not_grow_with_the_timeline(world, sign_in, django_assert_max_num_queries):
    client = sign_in(world.caseworker)
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(20) as captured:
            client.get(page("detail", world.helene))
        counts.append(len(captured))
        for number in range(30):
            services.write_log(
                kind="note", enrolment=world.helene, sentence=f"note {number}", happened_on=dt.date(2025, 4, 1),
                author=make_user("Auteur"),
            )  # fmt: skip
    assert counts[0] == counts[1]


def test_a_file_number_that_no_database_holds_is_a_404(world, sign_in):
    client = sign_in(world.caseworker)
    assert [client.get(f"/p/TEST-1/jeunes/{pk}/").status_code for pk in (10**9, 10**19, 10**30)] == [404, 404, 404]


def test_a_session_held_elsewhere_is_told_without_a_way_into_it(world, sign_in):
    """A youth who moved was studied by the cell of the other territory, which is not the reader's."""
    cell = Cell.objects.create(programme=world.programme, territory=world.valenciennes, name="Cellule du Hainaut")
    session = Session.objects.create(cell=cell, held_on=dt.date(2025, 4, 1))
    Review.objects.create(session=session, enrolment=world.lea)
    way = reverse("cellules:session", args=["TEST-1", session.pk])
    for who, led in (("caseworker", False), ("manager", True)):
        shown = sign_in(world.cast[who]).get(world.lea.get_absolute_url()).content.decode()
        assert "Cellule du Hainaut" in shown
        assert (way in shown) is led
