"""The funnel: what went through each step, what stopped there and why; its lists, its perimeter, what it hides."""

import datetime as dt
from urllib.parse import urlencode

import pytest

from beneficiaries import services
from beneficiaries.following import Said, note
from reports.funnel import Funnel
from reports.models import DeclaredFigure
from reports.parcours import EVERYONE, FIRST, SHARE, STEPS, Parcours, build_parcours, figure_of_parcours
from reports.perimeter import perimeter_of, whole_programme
from tests.world import make_role, make_user, make_youth

PAGE = "/p/TEST-1/restitution/parcours/"
DAY = dt.date(2025, 3, 1)


def go(world, enrolment, *steps, day=DAY):
    for step in steps:
        services.enter_step(enrolment=enrolment, step=world.steps[step], entered_on=day, by=world.caseworker)


def leave(world, enrolment, reason="abandon", step=None, day=dt.date(2025, 4, 1)):
    services.record_loss(enrolment=enrolment, reason=world.reasons[reason], lost_on=day,
                         step=world.steps[step] if step else None, by=world.caseworker)  # fmt: skip


def printed(report, table=STEPS):
    """Label → youths, adults, everybody, share, as printed."""
    return [
        (row.label.replace("\u00a0", " "), *(cell.text.replace("\u00a0", " ") for cell in row.cells))
        for row in report.table(table).rows
    ]


def build(world, reader=None):
    return build_parcours(perimeter_of(reader, world.programme) if reader else whole_programme(world.programme))


@pytest.fixture
def funnel(world):
    """Léa signed a contract; Hélène left at the review; Karim is still there; a parent was only contacted."""
    go(world, world.lea, "contact", "bilan", "contrat")
    go(world, world.helene, "contact", "bilan")
    leave(world, world.helene, step="bilan")
    go(world, world.karim, "contact")
    parent = make_youth(world.programme, world.bethune, public="adult", adult_quality="parent")
    go(world, parent, "contact")
    return world


def test_whatever_went_through_a_step_went_on_left_or_is_there(funnel):
    assert printed(build(funnel)) == [
        ("Parcours ouverts", "3", "1", "4", ""),
        ("Contacté", "3", "1", "4", "100 %"),
        ("Allés plus loin", "2", "0", "2", "50 %"),
        ("En cours à cette étape", "1", "1", "2", "50 %"),
        ("Bilan", "2", "0", "2", "50 %"),
        ("Allés plus loin", "1", "0", "1", "50 %"),
        ("Départ : Abandon", "1", "0", "1", "50 %"),
        ("Contrat", "1", "0", "1", "25 %"),
        ("En cours à cette étape", "1", "0", "1", "100 %"),
    ]


def test_every_figure_opens_a_list_as_long_as_itself(funnel):
    note(enrolment=funnel.karim, said=Said(DAY, channel="call", result="wrong"), by=funnel.neighbour)
    leave(funnel, make_youth(funnel.programme, funnel.valenciennes))  # no step at all
    report, perimeter = build(funnel), whole_programme(funnel.programme)
    lengths = {
        (row.key, column.key): figure_of_parcours(perimeter, row.key, column.key)
        .people(funnel.administrator).count()
        for _, row, column, cell in report.cells() if cell.source == "computed"
    }  # fmt: skip
    assert lengths == {
        (row.key, column.key): cell.records for _, row, column, cell in report.cells() if cell.source == "computed"
    }
    assert len(lengths) > 40


def test_those_of_the_first_step_are_told_by_their_last_contact(funnel):
    note(enrolment=funnel.karim, said=Said(DAY, channel="call", result="appointment"), by=funnel.neighbour)
    note(
        enrolment=funnel.karim, said=Said(DAY + dt.timedelta(1), channel="letter", result="wrong"), by=funnel.neighbour
    )
    assert printed(build(funnel), FIRST) == [
        ("Coordonnées incorrectes", "1", "0", "1", "50 %"),
        ("Aucun contact noté", "0", "1", "1", "50 %"),
        ("Arrêtés à la première étape", "1", "1", "2", ""),
    ]


def test_who_comes_back_counts_for_each_of_their_paths(funnel):
    back = make_youth(funnel.programme, funnel.bethune, beneficiary=funnel.helene.beneficiary,
                      contacted_on=dt.date(2026, 1, 5), entered_on=dt.date(2026, 1, 9))  # fmt: skip
    go(funnel, back, "contact", day=dt.date(2026, 1, 5))
    assert printed(build(funnel))[:2] == [
        ("Parcours ouverts", "4", "1", "5", ""), ("Contacté", "4", "1", "5", "100 %"),
    ]  # fmt: skip


class TestDeparturesNotedElsewhere:
    def test_count_at_the_last_step_and_are_told(self, funnel):
        leave(funnel, funnel.karim, "demenage", step="contrat")  # he never came so far
        report = build(funnel)
        assert ("Départ : Déménagement", "1", "0", "1", "25 %") in printed(report)[:5]
        assert [(each.code, each.computed) for each in report.findings] == [("lost-elsewhere", 1)]
        assert list(Parcours(Funnel(whole_programme(funnel.programme))).lost_elsewhere()) == [funnel.karim]

    def test_at_an_earlier_step_than_the_furthest_are_believed(self, funnel):
        leave(funnel, funnel.lea, step="bilan")
        report = build(funnel)
        assert report.findings == ()
        assert [line for line in printed(report) if line[0].startswith("Départ")] == [
            ("Départ : Abandon", "2", "0", "2", "100 %")
        ]


def test_a_path_without_any_step_is_a_row_and_a_remark(funnel):
    make_youth(funnel.programme, funnel.bethune)
    report = build(funnel)
    assert printed(report)[1] == ("Aucune étape notée", "1", "0", "1", "20 %")
    assert [(each.code, each.severity) for each in report.findings] == [("no-step", "info")]


def test_a_closed_programme_says_that_nothing_followed(funnel):
    funnel.programme.closed_on = dt.date(2026, 1, 1)
    funnel.programme.save()
    labels = {label for label, *_ in printed(build(funnel))}
    assert "Sans suite notée" in labels and "En cours à cette étape" not in labels


def test_a_programme_without_steps_has_paths_all_the_same(world):
    report = build_parcours(whole_programme(world.other_programme))
    assert printed(report) == [
        ("Parcours ouverts", "1", "0", "1", ""), ("Aucune étape notée", "1", "0", "1", "100 %"),
    ]  # fmt: skip
    assert [table.key for table in report.tables] == [STEPS]


class TestPerimeters:
    def test_a_caseworker_counts_their_territory_alone(self, funnel):
        report = build(funnel, funnel.neighbour)
        assert report.perimeter == "territoire Valenciennes"
        assert printed(report) == [
            ("Parcours ouverts", "1", "0", "1", ""),
            ("Contacté", "1", "0", "1", "100 %"),
            ("En cours à cette étape", "1", "0", "1", "100 %"),
            ("Bilan", "0", "0", "0", "0 %"),
            ("Contrat", "0", "0", "0", "0 %"),
        ]

    def test_the_list_holds_those_whom_the_reader_may_see(self, funnel, sign_in):
        step = f"step-{funnel.steps['contact'].pk}"
        address = f"{PAGE}chiffre/?{urlencode({'ligne': step, 'colonne': EVERYONE})}"
        page = sign_in(funnel.caseworker).get(address).content.decode()
        assert "Moreau" in page and "Benali" not in page and "Premier contact" in page

    @pytest.mark.parametrize("who", ["evaluator", "funder"])
    def test_readers_of_counts_get_no_small_one_and_no_name(self, funnel, sign_in, who):
        client = sign_in(getattr(funnel, who))
        page = client.get(PAGE).content.decode()
        assert "masqué" in page and "Moreau" not in page
        assert client.get(f"{PAGE}chiffre/?ligne=paths&colonne={EVERYONE}").status_code == 404

    def test_what_is_not_theirs_is_no_report(self, funnel, sign_in):
        assert sign_in(funnel.other_manager).get(PAGE).status_code == 404
        assert sign_in(funnel.stranger).get(PAGE).status_code == 404


class TestWhatCouldBeSubtracted:
    """For an evaluator: nine contacted, of whom seven went on; of those, two left; three took no step at all."""

    @pytest.fixture
    def report(self, world):
        youths = [make_youth(world.programme, world.bethune) for _ in range(9)]
        for youth in youths:
            go(world, youth, "contact")
        for youth in youths[:7]:
            go(world, youth, "bilan")
        for youth in youths[:2]:
            leave(world, youth, step="bilan")
        return build(world, world.evaluator)

    def test_the_other_row_of_the_step_is_hidden_with_a_small_one(self, report):
        """And the number of paths: less the nine who were contacted, it would say how many took no step."""
        assert printed(report) == [
            ("Parcours ouverts", "masqué", "0", "masqué", ""),
            ("Aucune étape notée", "masqué", "0", "masqué", "masqué"),
            ("Contacté", "9", "0", "9", "masqué"),
            ("Allés plus loin", "masqué", "0", "masqué", "masqué"),
            ("En cours à cette étape", "masqué", "0", "masqué", "masqué"),
            ("Bilan", "masqué", "0", "masqué", "masqué"),
            ("Départ : Abandon", "masqué", "0", "masqué", "masqué"),
            ("En cours à cette étape", "5", "0", "5", "masqué"),
            ("Contrat", "0", "0", "0", "masqué"),
        ]

    def test_the_drawing_hides_what_the_table_hides(self, report):
        assert [(bar.label, bar.text.replace("\u00a0", " "), bar.width) for bar in report.table(STEPS).bars] == [
            ("Contacté", "9", "100.0"), ("Bilan", "masqué", ""), ("Contrat", "0", ""),
        ]  # fmt: skip


def test_shares_of_a_hidden_figure_are_hidden_with_it(world):
    """Twenty youths and two adults: « 91 % » would say how many there are in all."""
    for _ in range(17):
        go(world, make_youth(world.programme, world.bethune), "contact")
    for enrolment in (world.lea, world.helene, world.karim):
        go(world, enrolment, "contact")
    for _ in range(2):
        make_youth(world.programme, world.bethune, public="adult", adult_quality="parent")
    report = build(world, world.evaluator)
    first = next(row for row in report.table(STEPS).rows if row.label == "Contacté")
    assert report.table(STEPS).cell("paths", EVERYONE).hidden
    assert report.table(STEPS).cell(first.key, SHARE).hidden


def test_a_figure_declared_by_hand_is_printed_and_explained(funnel, sign_in):
    DeclaredFigure.objects.create(
        programme=funnel.programme, report="parcours", row="paths", column=EVERYONE, text="319", author=funnel.manager,
        reason="Liste de l’université",
    )  # fmt: skip
    report = build(funnel)
    assert report.table(STEPS).cell("paths", EVERYONE).text == "319"
    assert [(each.code, each.declared, each.computed, each.report) for each in report.findings] == [
        ("declared-computed", 319, 4, "parcours")
    ]
    page = sign_in(funnel.manager).get(PAGE).content.decode()
    assert 'class="declared"' in page and "Saisir les prévisions" not in page
    assert build(funnel, funnel.caseworker).table(STEPS).cell("paths", EVERYONE).text == "3"


def test_a_manager_declares_a_figure_from_the_page(funnel, sign_in):
    client, place = sign_in(funnel.manager), urlencode({"ligne": "paths", "colonne": EVERYONE})
    answer = client.post(f"{PAGE}chiffre/declarer/?{place}", {"text": "319", "reason": "Liste reçue", "replaces": ""})
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}#t-steps")
    figure = DeclaredFigure.objects.get(report="parcours")
    assert (figure.row, figure.column, figure.text) == ("paths", EVERYONE, "319")


def test_nothing_is_planned_in_a_funnel(funnel, sign_in):
    assert sign_in(funnel.manager).get(f"{PAGE}previsions/").status_code == 404


@pytest.mark.parametrize("extension", ["pdf", "xlsx", "docx", "csv", "json"])
def test_it_leaves_in_every_format(funnel, sign_in, extension):
    answer = sign_in(funnel.manager).get(f"{PAGE}export/{extension}/")
    assert answer.status_code == 200
    assert f"TEST-1_parcours_{dt.date.today():%Y-%m-%d}.{extension}" in answer["Content-Disposition"]


def test_it_asks_the_same_few_questions_whoever_and_however_many(funnel, django_assert_num_queries):
    reader = make_user("Nora")
    make_role(reader, "manager", funnel.programme)
    perimeter = perimeter_of(reader, funnel.programme)
    with django_assert_num_queries(7):
        build_parcours(perimeter)
    for _ in range(5):
        go(funnel, make_youth(funnel.programme, funnel.bethune), "contact", "bilan")
    with django_assert_num_queries(7):
        build_parcours(perimeter)
