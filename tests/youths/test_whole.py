"""The copy of a whole file for the person themselves: complete, stable, nothing private, by who may export it."""

import datetime as dt
import io
import json

import pypdf
import pytest
from django.utils import timezone

from beneficiaries.breaks import note_break
from beneficiaries.documents import Sent, put_in
from beneficiaries.following import Said, note, plan
from beneficiaries.gatherings import invite, plan_gathering
from beneficiaries.models import (
    ApprenticeshipBreak,
    Contract,
    Enrolment,
    Exam,
    Gathering,
    Notice,
    Objection,
    Obstacle,
    Outcome,
)
from beneficiaries.rights import note_notice
from beneficiaries.services import enter_step
from beneficiaries.whole import BYTES, ELSEWHERE, OTHER_PATHS, PRIVATE
from partaj.accounts.journal.words import lines_of
from partaj.accounts.models import JournalEntry, Role
from tests.access.house import SENT
from tests.received.hands import CHLOE, confirmed
from tests.world import make_role, make_youth
from tests.youths.paper import form_of, page

DAY = dt.date(2026, 1, 10)


@pytest.fixture
def lived(world, sign_in):
    """Hélène's file, with something of everything."""
    file, by = world.helene, world.caseworker
    enter_step(enrolment=file, step=world.steps["contact"], entered_on=dt.date(2025, 3, 1), by=by)
    note(enrolment=file, said=Said(DAY, "Elle vient jeudi.", channel="call", result="appointment", minutes=4), by=by)
    note(enrolment=file, said=Said(DAY, "Lasse, à ménager.", is_private=True), by=by)
    plan(enrolment=file, what="Appeler le CFA", due_on=timezone.localdate(), assignee=by)
    note_break(row=ApprenticeshipBreak(enrolment=file, company="Garage Dupont", broken_on=DAY), by=by)
    put_in(enrolment=file, sent=Sent(SENT, "cv", dated_on=DAY), by=by)
    put_in(enrolment=file, sent=Sent(SENT, "other", "à relire seule", is_private=True), by=by)
    client = sign_in(by)
    client.post(page("change", file), form_of(client, file) | {"phone": "06 39 98 00 01"})
    return file


def copy(client, file, kind="json"):
    answer = client.get(page("whole", file, kind))
    assert answer.status_code == 200
    return answer


def read(client, file):
    return json.loads(copy(client, file).content)


def test_it_holds_all_that_is_kept_in_plain_values(world, sign_in, lived):
    told = read(sign_in(world.caseworker), lived)
    by, today = str(world.caseworker), timezone.localdate().isoformat()
    assert list(told) == [
        "format", "version", "issued_at", "issued_by", "programme", "file", "left_out", "identity", "path", "steps",
        "timeline", "contacts", "gatherings", "actions", "breaks", "obstacles", "contracts", "exams", "outcomes",
        "documents", "notices", "objections", "sources",
        "other_paths", "readers", "consultations", "corrections",
    ]  # fmt: skip
    assert (told["format"], told["version"], told["file"], told["issued_by"]) == ("partaj-dossier", 1, lived.pk, by)
    assert told["programme"] == {"number": "TEST-1", "title": "Plan d’accompagnement"}
    assert told["identity"] == {
        "last_name": "Le Goff", "usage_name": None, "first_name": "Hélène", "birth_date": "2008-05-17",
        "sex": {"code": "F", "text": "féminin"}, "ine": None, "phone": "06 39 98 00 01", "email": None, "address": None,
        "postcode": None, "city": None,
    }  # fmt: skip
    assert (told["path"]["territory"], told["path"]["entered_on"], told["path"]["has_disability"]) == (
        "Béthune-Bruay", "2025-02-03", None,
    )  # fmt: skip
    assert told["path"]["school_level"]["code"] == "Vbis"
    assert told["steps"] == [{"label": "Contacté", "entered_on": "2025-03-01"}]
    assert [line["text"] for line in told["timeline"]] == [
        "Premier contact.", "Étape «\u00a0Contacté\u00a0».",
        "Appel\u00a0: rendez-vous pris (4\u00a0min). Elle vient jeudi.",
        "Rupture du contrat d’apprentissage (Garage Dupont).",
        "Document ajouté\u00a0: CV, daté du 10/01/2026.",
    ]  # fmt: skip
    assert told["contacts"] == [
        {"on": "2026-01-10", "channel": {"code": "call", "text": "appel"},
         "result": {"code": "appointment", "text": "rendez-vous pris"}, "minutes": 4, "author": by}
    ]  # fmt: skip
    assert told["actions"] == [
        {"what": "Appeler le CFA", "due_on": today, "done_on": None, "given_up": None, "assignee": by}
    ]
    assert (told["breaks"][0]["company"], told["breaks"][0]["broken_on"]) == ("Garage Dupont", "2026-01-10")
    (paper,) = told["documents"]
    assert (paper["filename"], paper["size"], len(paper["sha256"])) == ("cv.png", len(SENT.content), 64)
    assert {reader["who"] for reader in told["readers"]} == {"Alice", "Bruno", by, "Tom", "Mina"}
    assert told["corrections"][0]["details"] == [{"label": "téléphone", "before": None, "after": "06 39 98 00 01"}]


def test_what_another_youth_lived_changes_nothing_of_it(world, sign_in, lived):
    """Of each kind that is copied, one row is theirs."""
    client, by, other = sign_in(world.caseworker), world.caseworker, world.lea
    before = read(client, lived)
    enter_step(enrolment=other, step=world.steps["contact"], entered_on=dt.date(2025, 3, 1), by=by)
    note(enrolment=other, said=Said(DAY, "Elle rappelle.", channel="call"), by=by)
    plan(enrolment=other, what="Rappeler", due_on=timezone.localdate(), assignee=by)
    gathering = Gathering(programme=world.programme, territory=world.bethune, title="Forum", held_on=DAY)
    invite(gathering=plan_gathering(gathering=gathering, by=by), numbers=[other.pk], by=by)
    note_notice(notice=Notice(enrolment=other, given_on=DAY, how="oral"), by=by)
    put_in(enrolment=other, sent=Sent(SENT, "cv", dated_on=DAY), by=by)
    ApprenticeshipBreak.objects.create(enrolment=other, company="Fournil", broken_on=DAY)
    Obstacle.objects.create(enrolment=other, kind="housing", opened_on=DAY)
    Contract.objects.create(enrolment=other, contract_type="cdd", employer="Fournil", starts_on=DAY)
    Exam.objects.create(enrolment=other, certificate="CAP", session_on=DAY, result="passed")
    Outcome.objects.create(enrolment=other, kind="cdi", seen_on=DAY)
    Objection.objects.create(enrolment=other, made_on=DAY, scope="sharing", lifted_on=DAY)
    after = read(client, lived)
    assert before | {"issued_at": ""} == after | {"issued_at": ""}


def test_what_is_private_is_not_in_it_and_it_says_so(world, sign_in, lived):
    for reader in (world.caseworker, world.administrator):
        answer = copy(sign_in(reader), lived).content.decode()
        assert "Lasse" not in answer and "à relire seule" not in answer
        assert json.loads(answer)["left_out"][:2] == [PRIVATE, BYTES]


def test_who_consulted_it_is_told_to_those_who_may_read_the_journal(world, sign_in, lived):
    sign_in(world.tutor).get(page("detail", lived))
    told = read(sign_in(world.caseworker), lived)
    assert told["consultations"] is None and ELSEWHERE in told["left_out"]
    told = read(sign_in(world.manager), lived)
    assert ELSEWHERE not in told["left_out"]
    assert ("Tom", "a ouvert ce dossier") in [(each["who"], each["act"]) for each in told["consultations"]]


def test_another_path_is_said_to_exist_to_who_sees_it(world, sign_in, lived):
    again = make_youth(world.other_programme, world.valenciennes, beneficiary=lived.beneficiary)
    assert read(sign_in(world.caseworker), lived)["other_paths"] == []
    told = read(sign_in(world.administrator), lived)
    assert told["other_paths"] == [{"programme": "TEST-2", "file": again.pk}] and OTHER_PATHS in told["left_out"]


def test_the_list_that_told_of_them_is_named(world, sign_in):
    confirmed(world, CHLOE)
    chloe = Enrolment.objects.get(sort_name="lefevre chloe")
    (source,) = read(sign_in(world.administrator), chloe)["sources"]
    assert (source["list"], source["line"], source["from"]) == ("AES-2025.csv", 2, "Centre social de Béthune")


def test_the_printed_copy_says_the_same_in_words(world, sign_in, lived):
    answer = copy(sign_in(world.manager), lived, "pdf")
    printed = pypdf.PdfReader(io.BytesIO(answer.content))
    text = " ".join(" ".join(each.extract_text() for each in printed.pages).split())
    for said in (
        f"Dossier n° {lived.pk}", "TEST-1 · Plan d’accompagnement", "RGPD, article 15", PRIVATE, "06 39 98 00 01",
        "Sexe féminin", "Entreprise Garage Dupont", "Elle vient jeudi.", "Appeler le CFA", "cv.png",
        "téléphone : — → 06 39 98 00 01", "Qui l’a consulté", "a modifié", f"page 1 / {len(printed.pages)}",
    ):  # fmt: skip
        assert " ".join(said.split()) in text, said
    assert "Lasse" not in text and "à relire seule" not in text
    assert (printed.trailer["/Root"]["/Lang"], answer["Content-Type"]) == ("fr", "application/pdf")
    name = f"dossier-{lived.pk}-{timezone.localdate():%Y-%m-%d}.pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_journal_says_who_took_it(world, sign_in, lived):
    copy(sign_in(world.caseworker), lived)
    entry = JournalEntry.objects.get(kind="exported")
    assert (entry.enrolment_id, entry.actor_id) == (lived.pk, world.caseworker.pk)
    assert [line.act for line in lines_of([entry])] == [f"a emporté la copie (JSON) du dossier n°\u00a0{lived.pk}"]


def test_only_who_may_export_there_is_given_the_way_and_the_copy(world, sign_in):
    Role.objects.filter(user=world.caseworker).update(may_export=False)
    for reader, file in ((world.caseworker, world.lea), (world.neighbour, world.karim), (world.tutor, world.helene)):
        client = sign_in(reader)
        assert "copie/json/" not in client.get(page("detail", file)).content.decode()
        assert client.get(page("whole", file, "json")).status_code == 403
    client = sign_in(world.manager)
    assert "copie/json/" in client.get(page("detail", world.karim)).content.decode()
    assert client.get(page("whole", world.karim, "docx")).status_code == 404
    assert client.get(page("whole", world.foreigner, "json")).status_code == 404


def test_who_exports_on_one_territory_does_not_on_the_other(world, sign_in):
    make_role(world.caseworker, "caseworker", world.programme, territory=world.valenciennes)
    client = sign_in(world.caseworker)
    for file, status in ((world.lea, 200), (world.karim, 403)):
        assert ("copie/json/" in client.get(page("detail", file)).text) is (status == 200)
        assert client.get(page("whole", file, "json")).status_code == status


def test_it_is_still_given_once_the_programme_is_closed(world, sign_in, lived):
    world.programme.closed_on = timezone.localdate()
    world.programme.save()
    assert read(sign_in(world.manager), lived)["identity"]["last_name"] == "Le Goff"
