"""The « fiche de suivi »: two pages of A4 whatever the file, what its reader may read, and nothing private."""

import datetime as dt
import io

import pypdf
import pytest
from django.utils import timezone

from beneficiaries.breaks import note_break
from beneficiaries.documents import Sent, put_in
from beneficiaries.following import Said, note, plan, settle
from beneficiaries.models import ApprenticeshipBreak, Contract, Enrolment, Exam
from beneficiaries.services import enter_step
from beneficiaries.sheet import LONGEST_TOLD, ROOMS, facts_of, sheet_html, shortened
from partaj.accounts.journal.words import lines_of
from partaj.accounts.models import JournalEntry
from partaj.programmes.models import FunnelStep
from tests.access.house import SENT
from tests.youths.paper import page

DAY = dt.date(2026, 1, 10)


def printed(client, path):
    answer = client.get(page("sheet", path))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return answer, pypdf.PdfReader(io.BytesIO(answer.content))


def words(read):
    return " ".join(" ".join(each.extract_text() for each in read.pages).replace("\u00a0", " ").split())


def called(path, by, told, day=DAY, **more):
    return note(enrolment=path, said=Said(day, told, channel="call", result="appointment", **more), by=by)


def test_an_ordinary_file_is_two_pages_of_a4_to_sign(world, sign_in):
    file, by = world.helene, world.caseworker
    enter_step(enrolment=file, step=world.steps["contact"], entered_on=dt.date(2025, 3, 1), by=by)
    note_break(
        row=ApprenticeshipBreak(enrolment=file, company="Garage Dupont", broken_on=DAY, motive="Mésentente"), by=by
    )
    put_in(enrolment=file, sent=Sent(SENT, "cv", dated_on=DAY), by=by)
    called(file, by, "Elle vient jeudi.")
    plan(enrolment=file, what="Appeler le CFA", due_on=timezone.localdate() + dt.timedelta(days=3), assignee=by)
    done = plan(enrolment=file, what="Relire le CV", due_on=timezone.localdate(), assignee=by)
    settle(action=done, by=by)
    answer, read = printed(sign_in(by), file)
    assert [tuple(map(round, each.mediabox[2:])) for each in read.pages] == [(595, 842)] * 2
    assert (read.trailer["/Root"]["/Lang"], read.metadata.title) == ("fr", "Fiche de suivi — Hélène LE GOFF")
    text = words(read)
    for said in (
        "Fiche de suivi", "Hélène LE GOFF", "TEST-1 · PARTAJ", "Étapes franchies 01/03/2025 Contacté",
        "Rupture du 10/01/2026, Garage Dupont : Mésentente", "CV (10/01/2026)",
        "10/01/2026 Appel : rendez-vous pris. Elle vient jeudi. Inès", "Appeler le CFA à faire, le ",
        "Relire le CV faite le ", "Le jeune", "Le référent tuteur", "Tom", "Pour le programme", "page 2 / 2",
        "Confidentiel · édité le ", "par Inès",
    ):  # fmt: skip
        assert " ".join(said.split()) in text, said
    assert "restent dans PARTAJ" not in text
    name = f"fiche-de-suivi-{file.pk}-{timezone.localdate():%Y-%m-%d}.pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_work_and_exams_are_on_it(world, sign_in):
    Contract.objects.create(enrolment=world.lea, contract_type="cdd", employer="Roux", starts_on=dt.date(2026, 3, 1))
    Contract.objects.create(
        enrolment=world.lea, contract_type="cdi", employer="Fournil", starts_on=dt.date(2026, 5, 4),
        broken_on=dt.date(2026, 6, 1), break_motive="unknown", initiative="unknown",
    )  # fmt: skip
    Exam.objects.create(enrolment=world.lea, certificate="CAP Cuisine", session_on=dt.date(2026, 6, 1), result="passed")
    facts = facts_of(world.lea, world.caseworker)
    assert facts["contracts"] == [
        "CDI, Fournil, depuis le 04/05/2026, rompu le 01/06/2026", "CDD, Roux, depuis le 01/03/2026",
    ]  # fmt: skip
    assert [words.split(",")[0] for words in facts["exams"]] == ["CAP Cuisine"]
    html = sheet_html(facts, ROOMS[0])
    assert "Contrats de travail" in html and "Fournil" in html and "CAP Cuisine" in html


def test_a_minor_is_signed_for_and_an_adult_is_not(world, sign_in):
    client = sign_in(world.caseworker)
    for born, expected in ((timezone.localdate().year - 16, True), (timezone.localdate().year - 19, False)):
        world.lea.beneficiary.birth_date = dt.date(born, 1, 1)
        world.lea.beneficiary.save()
        assert ("représentant légal" in words(printed(client, world.lea)[1])) is expected


def test_of_a_long_file_it_stays_two_pages_and_says_what_it_left_out(world, sign_in):
    for rank in range(40):
        called(world.lea, world.caseworker, f"n° {rank} : " + "Elle a longuement parlé de ses projets. " * 15,
               day=DAY + dt.timedelta(days=rank))  # fmt: skip
    for rank in range(14):
        plan(enrolment=world.lea, what=f"Action {rank} " + "très longue " * 12, assignee=world.caseworker,
             due_on=timezone.localdate() + dt.timedelta(days=rank))  # fmt: skip
        step = FunnelStep.objects.create(
            programme=world.programme, position=9 + rank, code=f"s{rank}", label="Étape " * 12
        )
        enter_step(enrolment=world.lea, step=step, entered_on=DAY, by=world.caseworker)
        note_break(row=ApprenticeshipBreak(enrolment=world.lea, broken_on=DAY, company="Garage " * 20,
                                           motive="Mésentente " * 18), by=world.caseworker)  # fmt: skip
    text = words(printed(sign_in(world.caseworker), world.lea)[1])
    assert "page 2 / 2" in text and "restent dans PARTAJ" in text
    assert "contacts plus anciens" in text and "autres actions" in text
    assert "n° 39" in text and "n° 0 " not in text  # the latest ones stay


def test_nothing_private_is_on_it_even_for_its_author(world, sign_in):
    by = world.caseworker
    called(world.helene, by, "Lasse, à ménager.", is_private=True)
    put_in(enrolment=world.helene, sent=Sent(SENT, "other", "à relire seule", is_private=True), by=by)
    note(enrolment=world.helene, said=Said(DAY, "Sa tante l’héberge."), by=by)
    Enrolment.objects.filter(pk=world.helene.pk).update(has_disability=True)
    text = words(printed(sign_in(by), world.helene)[1])
    assert "rendez-vous pris." in text
    for told in ("Lasse", "à relire seule", "tante", "handicap oui", "En situation de handicap"):
        assert told not in text


def test_the_tutor_prints_it_and_the_journal_says_so(world, sign_in):
    printed(sign_in(world.tutor), world.helene)
    entry = JournalEntry.objects.get(kind="exported")
    assert (entry.enrolment_id, entry.actor_id, entry.detail) == (world.helene.pk, world.tutor.pk, "la fiche de suivi")
    assert [line.act for line in lines_of([entry])] == [
        f"a emporté la fiche de suivi du dossier n°\u00a0{world.helene.pk}"
    ]
    assert sign_in(world.tutor).get(page("sheet", world.lea)).status_code == 404


def test_without_pango_one_is_told_what_to_install(world, sign_in, monkeypatch):
    from partaj import printing

    def missing():
        raise printing.PdfUnavailable("Il manque pango.")

    monkeypatch.setattr(printing, "_weasyprint", missing)
    answer = sign_in(world.caseworker).get(page("sheet", world.lea), follow=True)
    assert answer.redirect_chain == [(page("detail", world.lea), 302)]
    assert "Il manque pango." in answer.content.decode()


@pytest.mark.parametrize(
    ("told", "kept"), [("Appel.", "Appel."), ("mot " * 100, ("mot " * (LONGEST_TOLD // 4)).strip() + "…")]
)
def test_what_is_too_long_is_cut_between_two_words(told, kept):
    assert shortened(told) == kept
