"""What a youth sat for: a session that is a day or a month, units, a whole certificate or a part."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from beneficiaries.changes import changes_of
from beneficiaries.exams import note_exam
from beneficiaries.models import Exam
from partaj.accounts.models import JournalEntry
from tests.days import today
from tests.world import make_youth
from tests.youths.merging.hands import unite, words
from tests.youths.paper import errors, page

TYPED = {
    "certificate": "CAP Cuisine", "session_on": "06/2026", "result": "partial", "units_validated": "5",
    "units_total": "8",
}  # fmt: skip


def next_year():
    return f"06/{today().year + 1}"


def sat(world, path, by=None, **fields):
    given = {"certificate": "CAP Cuisine", "session_on": dt.date(2026, 6, 1), "day_known": False, "result": "partial"}
    return note_exam(row=Exam(enrolment=path, **given | fields), by=by or world.caseworker)


def told(path):
    return list(path.log.filter(kind="exam").order_by("pk").values_list("happened_on", "sentence"))


def again(row):
    return Exam.objects.get(pk=row.pk)


def test_it_is_noted_put_right_and_taken_back_with_a_reason(world, sign_in):
    client = sign_in(world.caseworker)
    assert "Aucun examen noté." in client.get(page("detail", world.lea)).content.decode()
    assert client.post(page("note_exam", world.lea), TYPED).status_code == 302
    row = world.lea.exams.get()
    assert (row.session_on, row.day_known, row.is_whole) == (dt.date(2026, 6, 1), False, False)
    text = words(client.get(page("detail", world.lea)))
    assert "partiel, 5 unités sur 8" in text and "session : juin 2026" in text
    form = client.get(page("change_exam", world.lea, row.pk)).context["form"]
    assert form["session_on"].value() == "06/2026"
    whole = TYPED | {"result": "obtained", "units_validated": "8", "session_on": "21/06/2026", "version": "1"}
    client.post(page("change_exam", world.lea, row.pk), whole)
    assert (again(row).session, again(row).is_whole) == ("21/06/2026", True)
    assert "session : 21/06/2026 · certificat entier" in words(client.get(page("detail", world.lea)))
    assert client.post(page("withdraw_exam", world.lea, row.pk), {"why": ""}).status_code == 422
    client.post(page("withdraw_exam", world.lea, row.pk), {"why": "c’était sa sœur."})
    assert not world.lea.exams.exists()
    assert told(world.lea) == [
        (dt.date(2026, 6, 30), "Examen\u00a0: CAP Cuisine, juin 2026\u00a0: partiel, 5 unités sur 8."),
        (today(), "Examen\u00a0: CAP Cuisine, 21/06/2026\u00a0: obtenu, 8 unités sur 8."),
        (today(), "Résultat d’examen retiré (CAP Cuisine, 21/06/2026)\u00a0: c’était sa sœur."),
    ]
    assert [change.sentence for change in changes_of(world.lea)][:-1] == [
        "a retiré le résultat d’examen «\u00a0CAP Cuisine\u00a0»",
        "a changé la session de l’examen, la précision du jour de la session, le résultat de l’examen "
        "et le nombre d’unités validées",
        "a noté le résultat d’examen «\u00a0CAP Cuisine\u00a0» (partiel)",
    ]
    kinds = JournalEntry.objects.filter(subject=f"beneficiaries.exam:{row.pk}").order_by("number")
    assert list(kinds.values_list("kind", flat=True)) == ["created", "changed", "removed"]


def test_a_double_click_notes_it_once_and_another_result_of_one_session_is_refused(world, sign_in):
    client = sign_in(world.caseworker)
    for _ in range(2):
        answer = client.post(page("note_exam", world.lea), TYPED, follow=True)
    assert "rien n’a été écrit deux fois" in answer.content.decode()
    assert (world.lea.exams.count(), len(told(world.lea))) == (1, 1)
    answer = client.post(page("note_exam", world.lea), TYPED | {"certificate": "cap cuisine", "units_validated": "6"})
    assert answer.status_code == 422 and "déjà noté pour ce diplôme" in answer.content.decode()
    client.post(page("note_exam", world.lea), TYPED | {"session_on": "09/2025"})
    other = world.lea.exams.get(session_on=dt.date(2025, 9, 1))
    refused = client.post(page("change_exam", world.lea, other.pk), TYPED | {"version": "1"})
    assert refused.status_code == 422 and "déjà noté pour ce diplôme" in refused.content.decode()
    assert again(other).version == 1


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"certificate": ""}, "certificate", "obligatoire"),
        ({"certificate": "n° 1 85 05 78 006 084 91"}, "certificate", "sécurité sociale"),
        ({"session_on": ""}, "session_on", "obligatoire"),
        ({"session_on": "juin"}, "session_on", "Donnez un mois"),
        ({"session_on": "13/2026"}, "session_on", "Donnez un mois"),
        ({"session_on": "31/06/2026"}, "session_on", "Donnez un mois"),
        ({"session_on": "06/2099", "result": "pending"}, "session_on", "impossible"),
        ({"session_on": "06/1889"}, "session_on", "impossible"),
        ({"session_on": "NEXT YEAR"}, "result", "en attente"),
        ({"result": ""}, "result", "obligatoire"),
        ({"units_total": ""}, "units_total", "Donnez les deux nombres"),
        ({"units_validated": ""}, "units_validated", "Donnez les deux nombres"),
        ({"units_validated": "9"}, "units_validated", "plus d’unités validées"),
        ({"result": "obtained"}, "units_validated", "il manque des unités"),
        ({"units_validated": "8"}, "units_validated", "et pas toutes"),
        ({"units_validated": "0"}, "units_validated", "et pas toutes"),
        ({"result": "failed"}, "units_validated", "le résultat est «\u00a0partiel\u00a0»"),
        ({"units_validated": "-1"}, "units_validated", "supérieure"),
        ({"units_total": "100"}, "units_total", "inférieure"),
    ],
)
def test_what_cannot_be_is_said_where_it_is_put_right(world, sign_in, changes, field, sentence):
    changes |= {name: next_year() for name, value in changes.items() if value == "NEXT YEAR"}
    answer = sign_in(world.caseworker).post(page("note_exam", world.lea), TYPED | changes)
    assert answer.status_code == 422 and list(errors(answer)) == [field]
    assert sentence in " ".join(errors(answer)[field])
    assert answer.context["form"]["session_on"].value() == (TYPED | changes)["session_on"]
    assert not world.lea.exams.exists()


@pytest.mark.parametrize(
    ("typed", "day", "day_known"),
    [
        ("6/2026", dt.date(2026, 6, 1), False),
        ("06-2026", dt.date(2026, 6, 1), False),
        ("06 2026", dt.date(2026, 6, 1), False),
        ("21/6/2026", dt.date(2026, 6, 21), True),
        ("2026-06-21", dt.date(2026, 6, 21), True),
    ],
)
def test_a_session_is_read_as_people_write_it(world, sign_in, typed, day, day_known):
    sign_in(world.caseworker).post(page("note_exam", world.lea), TYPED | {"session_on": typed})
    row = world.lea.exams.get()
    assert (row.session_on, row.day_known) == (day, day_known)


def test_a_session_to_come_is_awaited(world, sign_in):
    pending = {"session_on": next_year(), "result": "pending", "units_validated": "", "units_total": ""}
    sign_in(world.caseworker).post(page("note_exam", world.lea), TYPED | pending)
    assert world.lea.exams.get().outcome == "en attente"
    assert told(world.lea)[0][0] == today()


def test_two_people_who_change_it_at_once_see_both_versions(world, sign_in):
    row = sat(world, world.lea)
    address = page("change_exam", world.lea, row.pk)
    sign_in(world.caseworker).post(address, TYPED | {"version": "1"})
    second = sign_in(world.manager).post(address, TYPED | {"version": "1", "certificate": "CAP Pâtisserie"})
    assert second.status_code == 409
    assert "CAP Pâtisserie" in second.content.decode() and "CAP Cuisine" in second.content.decode()


def test_guests_read_it_and_change_nothing_and_neighbours_know_nothing(world, sign_in):
    row, other = sat(world, world.helene), sat(world, world.lea, certificate="CAP Peinture")
    text = sign_in(world.tutor).get(page("detail", world.helene)).content.decode()
    assert "CAP Cuisine" in text and "/examen/" not in text
    assert sign_in(world.tutor).get(page("change_exam", world.helene, row.pk)).status_code == 403
    assert sign_in(world.neighbour).get(page("change_exam", world.helene, row.pk)).status_code == 404
    assert sign_in(world.caseworker).get(page("change_exam", world.lea, row.pk)).status_code == 404
    assert set(Exam.objects.visible_to(world.caseworker)) == {row, other}
    assert list(Exam.objects.visible_to(world.tutor)) == [row]


def test_it_goes_along_when_files_are_united_and_the_base_holds_the_rules(world):
    double = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
    row = sat(world, double, units_validated=5, units_total=8)
    unite(world, world.lea, double)
    assert again(row).enrolment == world.lea
    for wrong in ({"units_total": None}, {"units_validated": 9}, {"result": "obtained"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Exam.objects.filter(pk=row.pk).update(**wrong)
