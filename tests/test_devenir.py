"""What became of the youths: noted in the file, counted over a stated base, hidden where too few."""

import datetime as dt
from urllib.parse import urlencode

import pytest

from beneficiaries.models import Enrolment, Outcome
from partaj.programmes.models import Programme
from reports.devenir import OUTCOMES, build_devenir, figure_of_devenir
from reports.perimeter import perimeter_of, whole_programme
from tests.world import make_youth

PAGE = "/p/TEST-1/restitution/devenir/"
GONE, LATER = dt.date(2025, 6, 30), dt.date(2025, 12, 30)


def leave(enrolment, day=GONE):
    enrolment.exited_on = day
    enrolment.save()
    return enrolment


def become(enrolment, kind, moment="exit", principal=True, day=GONE):
    return Outcome.objects.create(
        enrolment=enrolment, kind=kind, moment=moment, seen_on=day, is_principal=principal, precision="…"
    )


def build(world, reader=None):
    programme = Programme.objects.get(pk=world.programme.pk)
    return build_devenir(perimeter_of(reader, programme) if reader else whole_programme(programme))


def printed(report):
    table = report.table(OUTCOMES)
    return {row.label: [cell.text.replace("\u00a0", " ") for cell in row.cells] for row in table.rows}


@pytest.fixture
def gone(world):
    """Léa and Hélène have left; Karim is still there."""
    leave(world.lea)
    leave(world.helene)
    become(world.lea, "cdd")
    become(world.lea, "stayed", principal=False)
    become(world.lea, "cdi", "six", day=LATER)
    return world


def test_the_principal_outcome_of_each_moment_counts(gone):
    assert printed(build(gone)) == {
        "Emploi (CDD, CDI, intérim, contrat aidé)": ["1", "50 %", "1", "50 %"],
        "CDI": ["0", "0 %", "1", "50 %"],
        "CDD": ["1", "50 %", "0", "0 %"],
        "Contrat d’apprentissage ou de professionnalisation": ["0", "0 %", "0", "0 %"],
        "Maintien ou reprise de scolarité": ["0", "0 %", "0", "0 %"],
        "Formation qualifiante": ["0", "0 %", "0", "0 %"],
        "Devenir non renseigné": ["1", "50 %", "1", "50 %"],
        "Ensemble des jeunes comptés": ["2", "", "2", ""],
    }


def test_the_base_is_said_and_those_without_answer_are_told(gone):
    report = build(gone)
    assert report.table(OUTCOMES).note.replace("\u00a0", " ").startswith("Base : les jeunes sortis du dispositif (2).")
    assert [(each.code, each.declared, each.computed) for each in report.findings] == [("coverage", 1, 2)]


@pytest.mark.parametrize(
    ("base", "whom"), [("entered", {"lea", "helene", "karim"}), ("gone", {"lea", "helene"}), ("reinforced", {"karim"}),
                       ("step", {"lea"})],
)  # fmt: skip
def test_each_base_holds_its_own_youths(gone, base, whom):
    gone.karim.is_reinforced = True
    gone.karim.save()
    gone.lea.step_entries.create(step=gone.steps["contrat"], entered_on=dt.date(2025, 3, 1))
    make_youth(gone.programme, gone.bethune, public="adult", adult_quality="parent", exited_on=GONE, is_reinforced=True)
    make_youth(gone.programme, gone.bethune, entered_on=None, is_reinforced=True)
    gone.programme.outcomes_base, gone.programme.outcomes_step = base, gone.steps["contrat"]
    gone.programme.save()
    figure = figure_of_devenir(whole_programme(Programme.objects.get(pk=gone.programme.pk)), "base", "exit")
    assert set(figure.people(gone.manager)) == {getattr(gone, name) for name in whom}
    assert figure.cell.value == len(whom)


def test_who_came_back_counts_once_by_the_last_path(gone):
    back = make_youth(gone.programme, gone.bethune, beneficiary=gone.lea.beneficiary, contacted_on=dt.date(2025, 9, 1),
                      entered_on=dt.date(2025, 9, 2))  # fmt: skip
    become(leave(back, dt.date(2026, 1, 5)), "training", day=dt.date(2026, 1, 5))
    told = printed(build(gone))
    assert told["Formation qualifiante"] == ["1", "50 %"]
    assert told["Emploi (CDD, CDI, intérim, contrat aidé)"] == ["0", "0 %"]
    assert told["Ensemble des jeunes comptés"] == ["2", ""]


def test_every_figure_opens_a_list_as_long_as_itself(gone):
    become(gone.helene, "other")
    become(leave(gone.karim), "apprentice")
    report, perimeter = build(gone), whole_programme(Programme.objects.get(pk=gone.programme.pk))
    figures = [(row.key, column.key, cell) for _, row, column, cell in report.cells() if cell.drill]
    assert {key[:2]: key[2].records for key in figures} == {
        key[:2]: figure_of_devenir(perimeter, *key[:2]).people(gone.administrator).count() for key in figures
    }
    assert len(figures) > 30


class TestToPutRight:
    def test_outcomes_outside_the_base(self, gone):
        gone.programme.outcomes_base = "reinforced"
        gone.programme.save()
        assert ("outcome-outside-base", 1) in [(each.code, each.computed) for each in build(gone).findings]

    def test_outcomes_seen_before_an_exit_that_was_moved(self, gone):
        leave(gone.lea, dt.date(2025, 8, 1))
        assert ("outcome-before-exit", 2) in [(each.code, each.computed) for each in build(gone).findings]

    def test_outcomes_of_somebody_who_is_there_again(self, gone):
        Enrolment.objects.filter(pk=gone.lea.pk).update(exited_on=None)
        assert ("outcome-before-exit", 3) in [(each.code, each.computed) for each in build(gone).findings]


class TestPerimeters:
    def test_a_caseworker_counts_their_territory_alone(self, gone):
        become(leave(gone.karim), "moved")
        assert printed(build(gone, gone.neighbour)) == {
            "Emploi (CDD, CDI, intérim, contrat aidé)": ["0", "0 %"],
            "Contrat d’apprentissage ou de professionnalisation": ["0", "0 %"],
            "Maintien ou reprise de scolarité": ["0", "0 %"],
            "Formation qualifiante": ["0", "0 %"],
            "Déménagement": ["1", "100 %"],
            "Ensemble des jeunes comptés": ["1", ""],
        }

    def test_an_evaluator_gets_no_small_number_nor_a_moment_of_few(self, gone):
        report = build(gone, gone.evaluator)
        assert [column.key for column in report.table(OUTCOMES).columns] == ["exit", "exit-share"]
        assert set(printed(report)["Ensemble des jeunes comptés"]) == {"masqué", ""}
        assert printed(report)["CDD"] == ["masqué", "masqué"]
        assert "Base" not in report.table(OUTCOMES).note

    def test_shares_do_not_tell_what_is_hidden(self, gone):
        """Eleven in work, two at school, nine of whom nothing is known: two and the smallest other go together. Hiding
        how many they are would keep nothing: annexe 1 and the funnel often tell it."""
        for kind, number in [("cdi", 6), ("cdd", 4), ("resumed", 2), (None, 8)]:
            for _ in range(number):
                youth = leave(make_youth(gone.programme, gone.bethune))
                if kind:
                    become(youth, kind)
        told = printed(build(gone, gone.funder))
        assert told["Maintien ou reprise de scolarité"] == told["Reprise de scolarité"] == ["masqué", "masqué"]
        hidden = [label for label, cells in told.items() if "masqué" in cells]
        for label in hidden:
            assert "%" not in "".join(told[label])
        assert hidden == ["Maintien ou reprise de scolarité", "Reprise de scolarité", "Devenir non renseigné"]
        assert told["Ensemble des jeunes comptés"] == ["22", ""]

    def test_the_list_holds_those_whom_the_reader_may_see(self, gone, sign_in):
        address = f"{PAGE}chiffre/?{urlencode({'ligne': 'base', 'colonne': 'exit'})}"
        become(leave(gone.karim), "moved")
        page = sign_in(gone.caseworker).get(address).content.decode()
        assert "Moreau" in page and "Benali" not in page
        assert sign_in(gone.other_manager).get(address).status_code == 404


@pytest.mark.parametrize("extension", ["pdf", "xlsx", "docx", "csv", "json"])
def test_it_leaves_in_every_format(gone, sign_in, extension):
    assert sign_in(gone.manager).get(f"{PAGE}export/{extension}/").status_code == 200


def test_it_asks_the_same_few_questions_however_many(gone, django_assert_num_queries):
    perimeter = perimeter_of(gone.administrator, Programme.objects.get(pk=gone.programme.pk))
    with django_assert_num_queries(4):
        build_devenir(perimeter)
    for _ in range(5):
        become(leave(make_youth(gone.programme, gone.bethune)), "cdi")
    with django_assert_num_queries(4):
        build_devenir(perimeter)
