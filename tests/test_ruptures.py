"""Broken contracts: apprenticeships by motive, sector, level and delay; work contracts by type, motive, initiative."""

import datetime as dt
from urllib.parse import urlencode

import pytest

from beneficiaries.models import ApprenticeshipBreak, Contract
from partaj.accounts.models import JournalEntry
from reports.models import DeclaredFigure
from reports.perimeter import perimeter_of, whole_programme
from reports.ruptures import build_ruptures, figure_of_ruptures
from tests.world import make_youth

PAGE = "/p/TEST-1/restitution/ruptures/"
START = dt.date(2025, 9, 1)


def broke(enrolment, motive="", *, days=None, **fields):
    """An apprenticeship; `days`: how many it had lasted."""
    if days is not None:
        fields |= {"contract_starts_on": START, "broken_on": START + dt.timedelta(days)}
    row = ApprenticeshipBreak(enrolment=enrolment, motive=motive, **fields)
    row.full_clean()
    row.save()
    return row


def sign(enrolment, kind="cdd", *, motive="", initiative="unknown", in_trial=None):
    row = Contract(enrolment=enrolment, contract_type=kind, employer="Garage Roux", starts_on=START)
    if motive:
        row.broken_on, row.break_motive, row.initiative = START + dt.timedelta(20), motive, initiative
        row.in_trial = in_trial
    row.full_clean()
    row.save()
    return row


def build(world, reader=None):
    return build_ruptures(perimeter_of(reader, world.programme) if reader else whole_programme(world.programme))


def printed(report, table):
    return {
        row.label.replace("\u00a0", " "): [cell.text.replace("\u00a0", " ") for cell in row.cells]
        for row in report.table(table).rows
    }


@pytest.fixture
def broken(world):
    """Léa broke two contracts, Hélène one, Karim one; Hélène signed and broke, Karim signed."""
    broke(world.lea, "Mésentente", chosen="suffered", sector="Boulangerie", days=20, solution_found=True)
    broke(world.lea, "mesentente", chosen="suffered", sector="BOULANGERIE ", days=100)
    broke(world.helene, "Le métier ne plaît pas", chosen="chosen", sector="Coiffure", days=400, solution_found=False)
    broke(world.karim, "?", sector="")
    sign(world.helene, "pro", motive="conflict", initiative="employer", in_trial=True)
    sign(world.karim, "pro")
    return world


class TestApprenticeships:
    def test_motives_are_grouped_as_typed_whatever_the_accents_and_split_by_choice(self, broken):
        assert printed(build(broken), "motive") == {
            "Mésentente": ["0", "2", "0", "2", "50 %", "1"],
            "Le métier ne plaît pas": ["1", "0", "0", "1", "25 %", "0"],
            "Non connu": ["0", "0", "1", "1", "25 %", "0"],
            "Ensemble des ruptures d’apprentissage": ["1", "2", "1", "4", "", "1"],
        }

    def test_sectors(self, broken):
        assert printed(build(broken), "sector") == {
            "Boulangerie": ["2", "50 %", "1"],
            "Coiffure": ["1", "25 %", "0"],
            "Non connu": ["1", "25 %", "0"],
            "Ensemble des ruptures d’apprentissage": ["4", "", "1"],
        }

    def test_levels_are_those_of_the_entry_in_the_words_of_the_form(self, broken):
        broken.karim.school_level = ""
        broken.karim.save()
        broken.helene.school_level = "IV"
        broken.helene.save()
        assert printed(build(broken), "level") == {
            "Infra V": ["2", "50 %", "1"],
            "Niveau IV": ["1", "25 %", "0"],
            "Non connu": ["1", "25 %", "0"],
            "Ensemble des ruptures d’apprentissage": ["4", "", "1"],
        }

    @pytest.mark.parametrize(
        ("days", "label"),
        [(0, "Moins de 2 mois (l’essai : 45 jours en entreprise)"),
         (60, "Moins de 2 mois (l’essai : 45 jours en entreprise)"), (61, "De 2 à 6 mois"), (182, "De 2 à 6 mois"),
         (183, "De 6 mois à 1 an"), (364, "De 6 mois à 1 an"), (365, "1 an et plus"),
         (None, "Non connu (une date manque)")],
    )  # fmt: skip
    def test_delays_run_from_the_first_day_of_the_contract(self, broken, days, label):
        label = label.replace("\u00a0", " ")
        before = printed(build(broken), "delay").get(label, ["0"])
        broke(broken.karim, days=days)
        assert int(printed(build(broken), "delay")[label][0]) == int(before[0]) + 1

    def test_what_nobody_knows_has_no_table(self, world):
        broke(world.lea, "Mésentente")
        assert [table.key for table in build(world).tables] == ["motive", "level", "type"]

    def test_a_long_tail_stays_in_the_table_and_leaves_the_drawing(self, world):
        for rank in range(15):
            broke(world.lea, f"Motif {rank:02}")
        broke(world.lea, "motif 14")
        table = build(world).table("motive")
        assert [row.label for row in table.rows] == [
            "Motif 14", *(f"Motif {rank:02}" for rank in range(14)), "Ensemble des ruptures d’apprentissage",
        ]  # fmt: skip
        assert [bar.label for bar in table.bars] == ["Motif 14", *(f"Motif {rank:02}" for rank in range(11))]

    def test_motives_that_nobody_noted_are_a_remark(self, broken):
        assert [(each.code, each.declared, each.computed) for each in build(broken).findings] == [("no-motive", 3, 4)]


class TestWorkContracts:
    def test_over_those_that_were_signed(self, broken):
        assert printed(build(broken), "type") == {
            "Professionnalisation": ["2", "1", "50 %"], "Ensemble des contrats": ["2", "1", "50 %"],
        }  # fmt: skip

    def test_why_by_whom_and_when(self, broken):
        sign(broken.lea, motive="economic", initiative="employer")
        report = build(broken)
        assert printed(report, "why") == {
            "Mésentente": ["1", "50 %"], "Difficultés ou fermeture de l’entreprise": ["1", "50 %"],
            "Ensemble des contrats rompus": ["2", ""],
        }  # fmt: skip
        assert printed(report, "whose") == {"L’employeur": ["2", "100 %"], "Ensemble des contrats rompus": ["2", ""]}
        assert printed(report, "trial") == {
            "Pendant la période d’essai": ["1", "50 %"], "Après la période d’essai, ou sans essai": ["0", "0 %"],
            "Non connu": ["1", "50 %"], "Ensemble des contrats rompus": ["2", ""],
        }  # fmt: skip


def test_an_empty_programme_says_what_to_do(world, sign_in):
    report = build(world)
    assert [(table.key, len(table.rows), table.bars) for table in report.tables] == [("motive", 1, ()), ("type", 1, ())]
    page = sign_in(world.manager).get(PAGE).content.decode()
    assert "Aucune rupture d’apprentissage n’est notée" in page and "Aucun contrat de travail n’est noté" in page


def test_every_figure_opens_a_list_as_long_as_itself(broken):
    report, perimeter = build(broken), whole_programme(broken.programme)
    figures = [(row.key, column.key, cell) for _, row, column, cell in report.cells() if cell.drill]
    assert {key[:2]: key[2].records for key in figures} == {
        key[:2]: figure_of_ruptures(perimeter, *key[:2]).people(broken.administrator).count() for key in figures
    }
    assert len(figures) > 60


def line(report, table, label):
    return next(row.key for row in report.table(table).rows if row.label == label)


class TestLists:
    def test_one_line_a_contract_each_with_its_day(self, broken, sign_in):
        place = urlencode({"ligne": line(build(broken), "motive", "Mésentente"), "colonne": "suffered"})
        page = sign_in(broken.manager).get(f"{PAGE}chiffre/?{place}").content.decode()
        assert page.count("Moreau") == 2 and "2 ruptures d’apprentissage" in page.replace("\u00a0", " ").lower()
        assert "21/09/2025" in page and "10/12/2025" in page

    def test_holds_those_whom_the_reader_may_see(self, broken, sign_in):
        place = urlencode({"ligne": "type-total", "colonne": "signed"})
        page = sign_in(broken.caseworker).get(f"{PAGE}chiffre/?{place}").content.decode()
        assert "Le Goff" in page and "Benali" not in page
        assert sign_in(broken.other_manager).get(f"{PAGE}chiffre/?{place}").status_code == 404

    def test_pages_follow_each_other_by_day(self, world, sign_in):
        for rank in range(60):
            broke(world.lea, "Mésentente", broken_on=START + dt.timedelta(rank // 2) if rank > 5 else None)
        client, query = sign_in(world.manager), urlencode({"ligne": "motive-total", "colonne": "all"})
        page = client.get(f"{PAGE}chiffre/?{query}")
        following = page.context["page"].next_query
        rows = page.context["page"].rows + client.get(f"{PAGE}chiffre/?{following}").context["page"].rows
        assert len({row["pk"] for row in rows}) == len(rows) == 60
        assert [row["day"] for row in rows[-6:]] == [None] * 6


class TestPerimeters:
    def test_a_caseworker_counts_their_territory_alone(self, broken):
        report = build(broken, broken.neighbour)
        assert report.perimeter == "territoire Valenciennes"
        assert printed(report, "motive") == {
            "Non connu": ["0", "0", "1", "1", "100 %", "0"],
            "Ensemble des ruptures d’apprentissage": ["0", "0", "1", "1", "", "0"],
        }
        assert printed(report, "type")["Ensemble des contrats"] == ["1", "0", "0 %"]

    @pytest.mark.parametrize("who", ["evaluator", "funder"])
    def test_readers_of_counts_get_neither_small_numbers_nor_the_words_of_a_few(self, broken, sign_in, who):
        client = sign_in(getattr(broken, who))
        for page in (client.get(PAGE), client.get(f"{PAGE}export/json/")):
            said = page.content.decode()
            assert "masqué" in said and "ne plaît pas" not in said and "Boulangerie" not in said
        assert printed(build(broken, getattr(broken, who)), "motive") == {
            "Autres motifs, ou non connus": ["masqué"] * 6,
            "Ensemble des ruptures d’apprentissage": ["masqué"] * 4 + ["", "masqué"],
        }
        assert client.get(f"{PAGE}chiffre/?ligne=motive-total&colonne=all").status_code == 404

    def test_what_is_not_theirs_is_no_report(self, broken, sign_in):
        assert sign_in(broken.other_manager).get(PAGE).status_code == 404
        assert sign_in(broken.stranger).get(PAGE).status_code == 404


class TestWhatAnEvaluatorReads:
    @pytest.fixture
    def report(self, world):
        """Eight for one motive, six for another, two alone and one unknown; three of the eight were chosen."""
        for motive, number in [
            ("Mésentente", 8),
            ("Absences", 6),
            ("Déménagement de sa mère", 1),
            ("Allergie", 1),
            ("", 1),
        ]:
            for rank in range(number):
                chosen = "chosen" if motive == "Mésentente" and rank < 3 else "suffered"
                broke(make_youth(world.programme, world.bethune), motive, chosen=chosen, solution_found=True)
        return build(world, world.evaluator)

    def test_the_words_of_a_few_are_counted_together_and_never_hidden(self, report):
        """Three others would be hidden, and a motive of six with them, which everybody would know to be of five at
        least: they are counted together instead."""
        table = report.table("motive")
        assert [(row.label, row.cells[3].text) for row in table.rows] == [
            ("Mésentente", "8"), ("Autres motifs, ou non connus", "9"), ("Ensemble des ruptures d’apprentissage", "17"),
        ]  # fmt: skip

    def test_what_was_chosen_by_few_is_hidden_with_what_would_tell_it(self, report):
        told = printed(report, "motive")
        assert told["Mésentente"][:3] == ["masqué", "masqué", "0"]
        assert told["Ensemble des ruptures d’apprentissage"][:2] == ["masqué", "masqué"]

    def test_the_drawing_hides_what_the_table_hides(self, report):
        assert [(bar.text.replace("\u00a0", " "), bar.width) for bar in report.table("motive").bars] == [
            ("8 · 47 %", "88.9"), ("9 · 53 %", "100.0"),
        ]  # fmt: skip

    def test_contracts_kept_by_few_are_not_found(self, world):
        for rank in range(10):
            youth = make_youth(world.programme, world.bethune)
            sign(youth, motive="conflict" if rank < 8 else "")
        told = printed(build(world, world.evaluator), "type")
        assert told == {"CDD": ["10", "masqué", "masqué"], "Ensemble des contrats": ["10", "masqué", "masqué"]}


class TestTheJournal:
    """Words that one youth alone has in their file are read as their file is."""

    def test_says_whose_words_were_read(self, broken, sign_in):
        sign_in(broken.manager).get(PAGE)
        line = JournalEntry.objects.get(kind="listed", page="reports:report")
        assert {int(pk) for pk in line.shown.split()} == {broken.lea.pk, broken.helene.pk}

    def test_says_that_they_left_in_a_file(self, broken, sign_in):
        sign_in(broken.manager).get(f"{PAGE}export/csv/")
        kinds = JournalEntry.objects.filter(page="reports:export").values_list("kind", flat=True)
        assert set(kinds) == {"printed", "exported"}

    def test_says_nothing_of_words_that_many_share(self, world, sign_in):
        for _ in range(5):
            broke(make_youth(world.programme, world.bethune), "Mésentente")
        sign_in(world.manager).get(PAGE)
        assert not JournalEntry.objects.filter(page="reports:report").exists()

    def test_says_whose_words_head_an_empty_figure(self, broken, sign_in):
        place = urlencode({"ligne": line(build(broken), "motive", "Le métier ne plaît pas"), "colonne": "suffered"})
        sign_in(broken.manager).get(f"{PAGE}chiffre/?{place}")
        assert JournalEntry.objects.get(page="reports:figure").shown.split() == [str(broken.helene.pk)]


def test_a_figure_declared_by_hand_is_printed_and_explained(broken, sign_in):
    client, place = sign_in(broken.manager), urlencode({"ligne": "type-total", "colonne": "broken"})
    answer = client.post(f"{PAGE}chiffre/declarer/?{place}", {"text": "3", "reason": "Note finale", "replaces": ""})
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}#t-type")
    assert DeclaredFigure.objects.get(report="ruptures").text == "3"
    report = build(broken)
    assert report.table("type").cell("type-total", "broken").text == "3"
    assert ("declared-computed", 3, 1) in [(each.code, each.declared, each.computed) for each in report.findings]


@pytest.mark.parametrize("extension", ["pdf", "xlsx", "docx", "csv", "json"])
def test_it_leaves_in_every_format(broken, sign_in, extension):
    assert sign_in(broken.manager).get(f"{PAGE}export/{extension}/").status_code == 200


def test_it_asks_the_same_few_questions_however_many(broken, django_assert_num_queries):
    perimeter = perimeter_of(broken.administrator, broken.programme)
    with django_assert_num_queries(3):
        build_ruptures(perimeter)
    for rank in range(5):
        broke(make_youth(broken.programme, broken.bethune), f"Motif {rank}", sector=f"Secteur {rank}")
        sign(make_youth(broken.programme, broken.bethune), "cdi", motive="fault")
    with django_assert_num_queries(3):
        build_ruptures(perimeter)
