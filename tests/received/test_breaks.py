"""The list of a CFA: apprentices whose contract is broken. One break in each file, by the list or by hand."""

import datetime as dt
import json

import pytest

from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.deciding import join_line
from beneficiaries.batches.undoing import WorkedOn, undo
from beneficiaries.breaks import note_break, revise_break
from beneficiaries.changes import changes_of
from beneficiaries.models import ApprenticeshipBreak, Beneficiary, Enrolment, ImportBatch, LogEntry
from partaj.accounts.models import JournalEntry
from tests.received.hands import confirmed, line_of, outcomes, received, send, url
from tests.world import make_youth
from tests.youths.paper import errors, page

TITLES = (
    "Nom;Prénom;Date de naissance;Courriel;Dernier lieu de formation;Secteur;Entreprise;Début;Fin;Date de rupture;"
    "Motif;Choisie ou subie;Suivi;Solution"
)
LEA = (
    "Martin;Léa;14/03/2006;lea@example.org;CFA du bâtiment;Maçonnerie;Dupont SARL;01/09/2024;31/08/2026;12/01/2026;"
    "Mésentente;subie;Mission locale;non"
)
HUGO = "Petit;Hugo;15/03/2006;hugo@example.org;CFA du bâtiment;;;;;;;;;"
YOUNG = "Roy;Max;01/02/2012;max@example.org;;;;;;12/01/2026;;;;"
KNOWN = "Ailleurs;Zoé;17/05/2008;zoe@example.org;;;Garage Roux;;;05/01/2026;;choisie;;"
BROKEN = (
    "Rupture du contrat d’apprentissage\u00a0: liste «\u00a0cfa.csv\u00a0» reçue de Centre social de Béthune, ligne 2."
)


def received_breaks(world, *lines, **fields):
    return received(world, *lines, titles=TITLES, kind=ImportBatch.Kind.BREAKS, filename="cfa.csv", **fields)


def confirmed_breaks(world, *lines, **fields):
    batch = received_breaks(world, *lines, **fields)
    return confirm(batch=batch, version=batch.version, by=world.administrator)


def everything():
    return {
        model: sorted(model.objects.values_list()) for model in (Beneficiary, Enrolment, LogEntry, ApprenticeshipBreak)
    } | {"histories": [model.history.count() for model in (Beneficiary, Enrolment, ApprenticeshipBreak)]}  # fmt: skip


class TestByTheList:
    def test_each_file_that_is_opened_has_its_break(self, world, sign_in):
        client = sign_in(world.administrator)
        content = "\n".join([TITLES, LEA, HUGO, YOUNG, ""]).encode()
        send(client, world, content, name="cfa.csv", kind="breaks")
        batch = ImportBatch.objects.get()
        assert outcomes(batch) == {2: "import", 3: "import_warning", 4: "review"}
        text = client.get(url("batch", batch)).content.decode()
        assert "Règle\u00a0: ruptures d’apprentissage (outil de repérage CFA)." in text
        client.post(url("batch_confirm", batch), {"version": batch.version})
        row = line_of(batch, 2).enrolment.breaks.get()
        row.full_clean()
        assert {name: getattr(row, name) for name in KEPT} == KEPT
        assert (row.batch, row.version) == (batch, 1)
        told = row.enrolment.log.get(kind="break")
        assert (told.sentence, told.happened_on, told.author) == (BROKEN, dt.date(2026, 1, 12), world.administrator)
        bare = line_of(batch, 3).enrolment.breaks.get()
        assert (bare.broken_on, bare.chosen, bare.followed_elsewhere) == (None, "unknown", None)
        assert bare.enrolment.log.get(kind="break").happened_on == batch.contacted_on

    def test_what_bulk_writing_stores_is_what_one_by_one_would(self, world):
        row = line_of(confirmed_breaks(world, LEA), 2).enrolment.breaks.get()
        history = row.history.get()
        assert (history.history_type, history.history_user) == ("+", world.administrator)
        kept = {field.attname for field in type(history)._meta.concrete_fields} & set(vars(row))
        assert {name: getattr(history, name) for name in kept} == {name: getattr(row, name) for name in kept}

    def test_a_line_kept_later_has_its_break_too(self, world, sign_in):
        batch, client = confirmed_breaks(world, LEA, YOUNG), sign_in(world.administrator)
        address = url("line", batch, line_of(batch, 3).pk)
        page = client.get(address)
        assert "date de la rupture «\u00a012/01/2026\u00a0»" in page.content.decode()
        form = page.context["form"]
        typed = {name: "" if (value := form[name].value()) is None else str(value) for name in form.fields}
        client.post(address, typed | {"act": "keep"})
        assert line_of(batch, 3).enrolment.breaks.get().broken_on == dt.date(2026, 1, 12)

    def test_what_tells_of_health_is_kept_nowhere(self, world):
        batch = received_breaks(world, LEA.replace("Mésentente", "dépression").replace("subie", "dépression aussi"))
        kept = json.dumps(list(batch.lines.values("cells", "student", "reasons")), ensure_ascii=False)
        assert "pression" not in kept and "Un texte libre parle de santé" in kept

    def test_a_list_of_students_writes_none_whatever_its_columns(self, world):
        batch = confirmed(world, LEA, titles=TITLES)
        assert outcomes(batch) == {2: "import"}
        assert not ApprenticeshipBreak.objects.exists()
        assert "company" not in line_of(batch, 2).student and "Dupont SARL" not in line_of(batch, 2).cells

    def test_the_history_and_the_provenance_of_the_file_tell_it(self, world, sign_in):
        file = line_of(confirmed_breaks(world, LEA), 2).enrolment
        assert [change.sentence for change in changes_of(file)] == [
            "a noté la rupture d’apprentissage du 12/01/2026", "a inscrit Léa dans le programme"
        ]  # fmt: skip
        text = sign_in(world.administrator).get(page("provenance", file)).content.decode()
        assert "rupture choisie ou subie «\u00a0subie\u00a0»" in text


KEPT = {
    "training_place": "CFA du bâtiment", "sector": "Maçonnerie", "company": "Dupont SARL",
    "contract_starts_on": dt.date(2024, 9, 1), "contract_ends_on": dt.date(2026, 8, 31),
    "broken_on": dt.date(2026, 1, 12), "motive": "Mésentente", "chosen": "suffered", "followed_elsewhere": True,
    "followed_by": "Mission locale", "solution_found": False, "solution": "",
}  # fmt: skip


class TestOfSomebodyKnown:
    """Zoé works her own way through another programme; Léa Moreau is followed in this one."""

    FOLLOWED = "Moreau;Léa;17/05/2008;lea.m@example.org;;;Garage Roux;;;05/01/2026;;;;"

    def attached(self, world, client, line, person):
        batch = received_breaks(world, line)
        client.post(url("line", batch, line_of(batch, 2).pk), {"act": "same", "person": person.pk})
        batch.refresh_from_db()
        return confirm(batch=batch, version=batch.version, by=world.administrator)

    def test_the_file_that_is_completed_has_the_break(self, world, sign_in):
        person = world.foreigner.beneficiary
        batch = self.attached(world, sign_in(world.administrator), KNOWN, person)
        row = ApprenticeshipBreak.objects.get()
        assert (row.enrolment, row.company, row.chosen) == (line_of(batch, 2).enrolment, "Garage Roux", "chosen")
        assert (row.enrolment.programme, row.history.get().history_user) == (world.programme, world.administrator)
        assert row.enrolment.log.filter(kind="break", sentence=BROKEN).count() == 1

    def test_who_is_followed_here_waits_for_a_person_until_their_break_is_noted(self, world, sign_in):
        person = world.lea.beneficiary
        person.email = "lea.m@example.org"
        person.save()
        batch = received_breaks(world, self.FOLLOWED)
        assert outcomes(batch) == {2: "review"}
        assert "où cette rupture n’est pas notée" in " ".join(line_of(batch, 2).reasons)
        self.attached(world, sign_in(world.administrator), self.FOLLOWED, person)
        assert world.lea.breaks.get().company == "Garage Roux"
        again = received_breaks(world, self.FOLLOWED.replace("Garage Roux", "Garage ROUX"))
        assert (outcomes(again), line_of(again, 2).reasons[-1]) == (
            {2: "ignore"}, "Déjà suivie dans ce programme\u00a0: rien à créer.",
        )  # fmt: skip

    def test_a_break_of_that_day_is_not_noted_twice(self, world, sign_in):
        ApprenticeshipBreak.objects.create(enrolment=world.lea, broken_on=dt.date(2026, 1, 5), motive="vue par Inès")
        self.attached(world, sign_in(world.administrator), self.FOLLOWED, world.lea.beneficiary)
        assert world.lea.breaks.get().motive == "vue par Inès"

    def test_two_contracts_broken_nobody_knows_when_are_told_apart_by_the_company(self, world):
        baker, garage = (HUGO.replace("CFA du bâtiment;;", f"CFA du bâtiment;;{each}") for each in ("Lenoir", "Roux"))
        batch = received_breaks(world, baker, garage, garage.replace("Roux", "ROUX").replace("bâtiment", "Nord"))
        for number in (3, 4):
            join_line(line=line_of(batch, number), other=line_of(batch, 2), taken=[], by=world.administrator)
        batch.refresh_from_db()
        confirm(batch=batch, version=batch.version, by=world.administrator)
        assert sorted(row.company for row in line_of(batch, 2).enrolment.breaks.all()) == ["Lenoir", "Roux"]
        again = received_breaks(world, baker.replace("bâtiment", "Nord"), baker.replace("Lenoir", "Dupont"))
        assert outcomes(again) == {2: "ignore", 3: "review"}

    def test_who_came_since_the_list_was_read_waits_with_their_break(self, world):
        batch = received_breaks(world, LEA)
        make_youth(world.programme, world.bethune, first_name="Léa", last_name="Martin",
                   birth_date=dt.date(2006, 3, 14), email="lea@example.org")  # fmt: skip
        confirm(batch=batch, version=batch.version, by=world.administrator)
        assert outcomes(batch) == {2: "review"}

    def test_the_same_file_again_creates_nothing(self, world):
        confirmed_breaks(world, LEA, HUGO)
        before = everything()
        assert outcomes(confirmed_breaks(world, LEA, HUGO)) == {2: "ignore", 3: "ignore"}
        assert everything() == before


class TestUndone:
    def test_nothing_of_it_stays(self, world):
        before = everything()
        batch = confirmed_breaks(world, LEA, HUGO)
        undo(batch=batch, version=batch.version, by=world.administrator)
        assert everything() == before
        batch.refresh_from_db()
        confirm(batch=batch, version=batch.version, by=world.administrator)
        assert ApprenticeshipBreak.objects.count() == 2

    def test_in_a_file_that_was_there_before_the_break_goes_and_its_line_of_the_timeline(self, world, sign_in):
        of_somebody = TestOfSomebodyKnown()
        batch = of_somebody.attached(
            world, sign_in(world.administrator), of_somebody.FOLLOWED, world.lea.beneficiary
        )  # fmt: skip
        assert world.lea.log.filter(kind="break").exists()
        undo(batch=batch, version=batch.version, by=world.administrator)
        assert not ApprenticeshipBreak.objects.exists() and not world.lea.log.filter(kind="break").exists()

    def test_unless_somebody_changed_it_since(self, world, sign_in):
        of_somebody = TestOfSomebodyKnown()
        batch = of_somebody.attached(
            world, sign_in(world.administrator), of_somebody.FOLLOWED, world.lea.beneficiary
        )  # fmt: skip
        row = world.lea.breaks.get()
        row.motive = "harcèlement"
        revise_break(row=row, version=1, by=world.caseworker)
        undo(batch=batch, version=batch.version, by=world.administrator)
        assert world.lea.breaks.get().motive == "harcèlement"

    @pytest.mark.parametrize("work", ["changed", "added"])
    def test_in_a_file_that_it_opened_that_is_work_and_stops_it_all(self, world, work):
        batch = confirmed_breaks(world, LEA, HUGO)
        file = line_of(batch, 2).enrolment
        if work == "changed":
            row = file.breaks.get()
            row.motive = "harcèlement"
            revise_break(row=row, version=1, by=world.caseworker)
        else:
            row = ApprenticeshipBreak(enrolment=file, broken_on=dt.date(2025, 1, 5))
            note_break(row=row, by=world.caseworker)
        before = everything()
        with pytest.raises(WorkedOn) as refusal:
            undo(batch=batch, version=batch.version, by=world.administrator)
        assert refusal.value.files == {file.pk}
        assert everything() == before


class TestByHand:
    TYPED = {
        "company": "Garage Roux", "broken_on": "2025-01-05", "chosen": "chosen", "motive": "Ne supporte pas le bruit",
        "followed_elsewhere": "True", "followed_by": "Mission locale", "solution_found": "", "version": "1",
    }  # fmt: skip

    def test_it_is_noted_changed_and_taken_back_with_a_reason(self, world, sign_in):
        client = sign_in(world.caseworker)
        assert client.post(page("note_break", world.lea), self.TYPED).status_code == 302
        row = world.lea.breaks.get()
        assert (row.company, row.broken_on, row.followed_by, row.solution_found) == (
            "Garage Roux", dt.date(2025, 1, 5), "Mission locale", None,
        )  # fmt: skip
        text = client.get(world.lea.get_absolute_url()).content.decode()
        for words in ("Rupture du 05/01/2025", "choisie", "Garage Roux", "oui, Mission locale"):
            assert words in text
        client.post(page("change_break", world.lea, row.pk), self.TYPED | {"broken_on": "2025-01-06"})
        assert client.post(page("withdraw_break", world.lea, row.pk), {"why": ""}).status_code == 422
        client.post(page("withdraw_break", world.lea, row.pk), {"why": "c’était un autre."})
        assert not world.lea.breaks.exists()
        assert list(world.lea.log.filter(kind="break").order_by("pk").values_list("sentence", flat=True)) == [
            "Rupture du contrat d’apprentissage (Garage Roux).",
            "La rupture du 05/01/2025 est du 06/01/2025.",
            "Rupture du 06/01/2025 retirée\u00a0: c’était un autre.",
        ]
        assert [change.sentence for change in changes_of(world.lea)][:-1] == [
            "a retiré la rupture d’apprentissage du 06/01/2025",
            "a changé la date de la rupture",
            "a noté la rupture d’apprentissage du 05/01/2025",
        ]
        kinds = JournalEntry.objects.filter(subject=f"beneficiaries.apprenticeshipbreak:{row.pk}")
        assert list(kinds.order_by("number").values_list("kind", "enrolment_id")) == [
            ("created", world.lea.pk), ("changed", world.lea.pk), ("removed", world.lea.pk),
        ]  # fmt: skip

    @pytest.mark.parametrize(("changes", "field", "sentence"), [
        ({"broken_on": "2099-01-01"}, "broken_on", "à venir"),
        ({"contract_starts_on": "2025-02-01"}, "broken_on", "La rupture précède le début du contrat"),
        ({"contract_ends_on": "2024-02-01"}, "broken_on", "La rupture suit la fin prévue du contrat"),
        ({"contract_starts_on": "2024-09-01", "contract_ends_on": "2023-09-01"}, "contract_ends_on", "finit avant"),
        ({"contract_ends_on": "2099-01-01"}, "contract_ends_on", "impossible"),
        ({"followed_elsewhere": "False"}, "followed_by", "demande «\u00a0oui\u00a0»"),
        ({"solution": "CDD"}, "solution", "demande «\u00a0oui\u00a0»"),
        ({"chosen": ""}, "chosen", "obligatoire"),
        ({"motive": "a" * 201}, "motive", "200"),
        ({"motive": "1 85 05 78 006 084 36"}, "motive", "sécurité sociale"),
        ({"company": "", "broken_on": "", "motive": ""}, "__all__", "Dites au moins une chose"),
    ])  # fmt: skip
    def test_what_cannot_be_is_told_where_it_is_put_right(self, world, sign_in, changes, field, sentence):
        response = sign_in(world.caseworker).post(page("note_break", world.lea), self.TYPED | changes)
        assert response.status_code == 422
        (said,) = errors(response)[field]
        assert sentence in said
        assert list(errors(response)) == [field]

    def test_two_people_who_change_it_at_once_see_both_versions(self, world, sign_in):
        row = ApprenticeshipBreak.objects.create(enrolment=world.lea, company="Garage Roux")
        address = page("change_break", world.lea, row.pk)
        sign_in(world.caseworker).post(address, self.TYPED)
        second = sign_in(world.manager).post(address, self.TYPED | {"motive": "La mienne"})
        assert second.status_code == 409
        assert "La mienne" in second.content.decode() and "Ne supporte pas le bruit" in second.content.decode()

    def test_the_tutor_reads_it_and_changes_nothing(self, world, sign_in):
        row = ApprenticeshipBreak.objects.create(enrolment=world.helene, company="Garage Roux")
        ApprenticeshipBreak.objects.create(enrolment=world.lea, company="Boulangerie Lenoir")
        client = sign_in(world.tutor)
        text = client.get(world.helene.get_absolute_url()).content.decode()
        assert "Garage Roux" in text and "Noter une rupture" not in text and "/rupture/" not in text
        assert client.get(page("change_break", world.helene, row.pk)).status_code == 403
        assert list(ApprenticeshipBreak.objects.visible_to(world.tutor)) == [row]
        assert not ApprenticeshipBreak.objects.visible_to(world.neighbour).exists()

    def test_the_card_is_there_for_an_apprentice_and_a_way_to_it_for_the_others(self, world, sign_in):
        apprentice = make_youth(world.programme, world.bethune, situation="apprentice")
        client = sign_in(world.caseworker)
        assert "Aucune rupture n’est notée." in client.get(apprentice.get_absolute_url()).content.decode()
        text = client.get(world.lea.get_absolute_url()).content.decode()
        assert "Aucune rupture n’est notée." not in text and "Noter une rupture d’apprentissage" in text
        row = ApprenticeshipBreak.objects.create(enrolment=apprentice, contract_ends_on=dt.date(2026, 8, 31))
        text = client.get(apprentice.get_absolute_url()).content.decode()
        assert "Rupture à une date inconnue" in text and "jusqu’au 31/08/2026" in text
        assert client.get(page("change_break", world.lea, row.pk)).status_code == 404
