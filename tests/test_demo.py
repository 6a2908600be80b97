"""The demonstration: every figure of annexe 1 of the two real programmes, counted from the people themselves."""

import datetime as dt
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from beneficiaries.deadlines import deadlines_of
from beneficiaries.models import (
    AccessGrant,
    ApprenticeshipBreak,
    Beneficiary,
    Contract,
    Enrolment,
    Exam,
    LogEntry,
    Obstacle,
    Outcome,
    StepEntry,
)
from cellules.models import AgendaItem, Review, Session
from funding.models import Headcount, HeadcountPart, Project
from partaj.accounts.models import User
from partaj.demonstration import PASSWORD, apportion
from partaj.programmes.models import Programme
from partaj.territories.models import Territory
from reports.assembly import build_annexe_1
from reports.devenir import build_devenir
from reports.models import DeclaredFigure
from reports.parcours import build_parcours
from reports.perimeter import perimeter_of, whole_programme
from reports.ruptures import build_ruptures

PARTAJ, CNAM, NOW = "AP1-261", "AP1-485", "DEMO"

# What the final notes of the two holders print, cell by cell; None where they leave the cell empty.
PRINTED = {
    PARTAJ: {
        "youths": [None, None, None, None, "5 078"], "adults": [None, None, None, None, "82"],
        "total": [None, None, None, None, "5 160"], "age:0-6": ["non concerné", "non concerné"],
        "age:16-18": [None, "2 285"], "age:18-26": [None, "2 539"], "age:26+": [None, "254"],
        "situation:elementary": [None, "44"], "situation:college": [None, "812"], "situation:legt": [None, "812"],
        "situation:apprentice": [None, "51"], "situation:student": [None, "203"], "situation:employed": [None, "51"],
        "level:infra-V": [None, "667"], "level:IV": [None, "233"], "level:III": [None, "32"],
        "level:II": [None, "0"], "level:I": [None, "0"], "level:NC": [None, "127"],
        "sex:F": [None, "40 %"], "sex:M": [None, "60 %"],
        "quality:parent": [None, "12"], "quality:teacher": [None, "70"],
        "mission_locale": ["Oui, une partie", "Oui, une partie"], "scale": ["Régionale", "Régionale"],
        "priority_district": ["Oui, une partie", "Oui, une partie"],
    },
    CNAM: {
        "youths": ["17 à 20", "40", "11", "8"], "adults": ["5 à 10", None, "2", "1"],
        "total": ["30 max", "40", "13", "9"], "abandons": [None, "19", "4", None],
        "age:18-26": ["40", "8"], "age:handicap": ["5", None], "age:adultes": ["5", "1"],
        "situation:jobseeker": ["41", "8"], "situation:employed": ["1", "1"],
        "level:IV": ["41", "9"], "level:III": ["1", None], "sex:F": ["34", "7"], "sex:M": ["9", "2"],
        "mission_locale:some": ["20", "8"], "scale": ["Régionale", "Départementale"],
        "priority_district": ["Oui, une partie", "Oui, une partie"],
    },
}  # fmt: skip


def run_demo() -> str:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="class")
def demonstration(django_db_setup, django_db_blocker):
    """Loaded once for the class; its tests only read, or roll back what they write."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield run_demo()
        transaction.set_rollback(True)


def by(field: str, enrolments) -> dict:
    return dict(enrolments.order_by().values_list(field).annotate(Count("pk")))


def parts(section: str) -> dict:
    rows = HeadcountPart.objects.filter(headcount__project__programme__number=PARTAJ, section=section)
    return dict(rows.order_by().values_list("code").annotate(Sum("count")))


def together(field: str, section: str) -> dict:
    """Named youths and headcounts of AP1-261, without those about whom it is not known."""
    named = by(field, Enrolment.objects.filter(programme__number=PARTAJ, entry_rank=1, public="youth"))
    collective = parts(section)
    return {code: named.get(code, 0) + collective.get(code, 0) for code in {*named, *collective} if code}


def of_cnam() -> Enrolment:
    return Enrolment.objects.filter(programme__number=CNAM)


def passed(step: str, public: str = "youth") -> int:
    return StepEntry.objects.filter(
        step__programme__number=CNAM, step__code=step, enrolment__public=public
    ).count()  # fmt: skip


def everything() -> dict:
    """How many rows of each model, and their keys."""
    return {model: sorted(model._default_manager.values_list("pk", flat=True)) for model in apps.get_models()}


class TestDemonstration:
    @pytest.fixture(autouse=True)
    def loaded(self, demonstration):
        pass

    def test_it_prints_the_address_and_the_accounts(self, demonstration):
        assert "http://127.0.0.1:8000" in demonstration
        assert PASSWORD in demonstration
        lines = [line.split() for line in demonstration.splitlines() if "@partaj.example" in line]
        assert [line[0].split("@")[0] for line in lines] == [
            "admin", "responsable", "responsable.cnam", "conseiller.bethune", "conseiller.valenciennes",
            "conseiller.cnam", "tuteur", "membre", "membre.nouveau", "evaluateur", "financeur",
        ]  # fmt: skip
        assert "conseiller.bethune@partaj.example" in demonstration
        assert "AP1-261, DEMO · Béthune-Bruay" in demonstration

    def test_everybody_of_the_cast_signs_in_with_the_common_password(self, settings):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
        assert User.objects.count() == 11
        # One slow hash, shared by all.
        assert {
            check_password(PASSWORD, password) for password in set(User.objects.values_list("password", flat=True))
        } == {True}
        assert User.objects.filter(emailaddress__verified=True, emailaddress__primary=True).count() == 11
        kinds = set(User.objects.filter(is_active=True).values_list("roles__kind", flat=True))
        assert kinds == {"administrator", "manager", "caseworker", "tutor", "member", "evaluator", "funder"}

    def test_partaj_counts_5078_youths_and_82_adults(self):
        named = Enrolment.objects.filter(programme__number=PARTAJ, entry_rank=1)
        headcounts = Headcount.objects.filter(project__programme__number=PARTAJ)
        assert named.filter(public="youth").count() == 1059
        assert headcounts.aggregate(youths=Sum("youths"), adults=Sum("adults")) == {"youths": 4019, "adults": 82}
        years = {
            year: named.filter(entered_on__year=year).count()
            + (headcounts.filter(counted_on__year=year).aggregate(n=Sum("youths"))["n"] or 0)
            for year in (2010, 2011, 2012)
        }
        assert years == {2010: 1912, 2011: 3166, 2012: 0}

    def test_partaj_has_the_characteristics_of_the_document(self):
        assert together("age_band", "age") == {"16-18": 2285, "18-26": 2539, "26+": 254}
        assert together("situation", "situation") == {
            "elementary": 44, "college": 812, "legt": 812, "apprentice": 51, "student": 203, "employed": 51,
        }  # fmt: skip
        assert together("sex", "sex") == {"F": 2031, "M": 3047}
        assert round(100 * 2031 / 5078) == 40
        assert parts("quality") == {"parent": 12, "teacher": 70}

    def test_partaj_levels_are_those_of_the_situations_studied_in_the_cells(self):
        studied = Enrolment.objects.filter(programme__number=PARTAJ, first_reviewed_on__isnull=False)
        levels = by("school_level", studied)
        assert levels["VI"] + levels["Vbis"] == 667
        assert {code: levels.get(code, 0) for code in ("V", "IV", "III", "II", "I", "NC")} == {
            "V": 0, "IV": 233, "III": 32, "II": 0, "I": 0, "NC": 127,
        }  # fmt: skip
        assert parts("level") == {}
        assert Review.objects.filter(enrolment__in=studied).values("enrolment").distinct().count() == 1059
        # The 450 of the first year were studied again in the second.
        assert studied.annotate(times=Count("reviews")).filter(times=2).count() == 450

    def test_partaj_retained_65_projects_of_125(self):
        projects = Project.objects.filter(programme__number=PARTAJ)
        assert projects.count() == 125
        assert by("territory__name", projects.filter(status="retained")) == {
            "Roubaix-Tourcoing": 10, "Valenciennes": 7, "Sambre-Avesnois": 12, "Béthune-Bruay": 8,
            "Lens-Liévin-Hénin-Carvin": 11, "Communauté urbaine d’Arras": 3, "Communauté urbaine de Dunkerque": 2,
            "Hors territoires expérimentaux": 12,
        }  # fmt: skip
        assert not Headcount.objects.exclude(project__status="retained").exists()

    def test_no_headcount_splits_more_people_than_it_has(self):
        for headcount in Headcount.objects.prefetch_related("parts"):
            split: dict[str, int] = {}
            for part in headcount.parts.all():
                split[part.section] = split.get(part.section, 0) + part.count
            for section, number in split.items():
                assert number <= (headcount.adults if section == "quality" else headcount.youths)

    def test_cnam_funnel_is_319_40_21_11_8(self):
        assert [passed(step) for step in ("contacte", "bilan", "projet", "contrat", "termine")] == [319, 40, 21, 11, 8]
        assert [passed(step, "adult") for step in ("contacte", "bilan", "contrat", "termine")] == [0, 0, 2, 1]
        sources = by("found_by__kind", of_cnam().filter(public="youth"))
        assert sources == {"universite": 148, "mission_locale": 171}
        assert of_cnam().filter(entered_on=None).count() == 279

    def test_the_funnel_of_cnam_is_that_of_its_note(self):
        report = build_parcours(whole_programme(Programme.objects.get(number=CNAM)))
        steps = [
            (row.label.replace("\u00a0", " "), *(cell.value for cell in row.cells[:2]))
            for row in report.table("steps").rows
        ]
        assert steps == [
            ("Parcours ouverts", 319, 2),
            ("Contacté", 319, 0), ("Allés plus loin", 40, 0), ("Sans suite notée", 279, 0),
            ("Bilan d’orientation", 40, 0), ("Allés plus loin", 21, 0),
            ("Départ : Autre orientation, suivie par la mission locale", 14, 0),
            ("Départ : Ne vient plus au bilan d’orientation", 5, 0),
            ("Projet validé", 21, 0), ("Allés plus loin", 11, 0), ("Départ : Pas de contrat trouvé", 10, 0),
            ("Contrat de travail signé", 11, 2), ("Allés plus loin", 8, 1),
            ("Départ : Contrat rompu pendant la période d’essai", 2, 0),
            ("Départ : Contrat rompu pour un problème personnel", 1, 0), ("Départ : A abandonné la formation", 0, 1),
            ("Resté jusqu’au bout", 8, 1), ("Sortis du dispositif", 8, 1),
        ]  # fmt: skip
        assert (report.table("first").cell("at-first", "youths").value, report.findings) == (279, ())

    def test_an_evaluator_finds_neither_the_adults_nor_the_departures_of_cnam_in_two_reports(self):
        """Annexe 1 says that eleven youths signed, and how many left in all; the funnel hides what would tell more."""
        evaluator, programme = User.objects.get(email="evaluateur@partaj.example"), Programme.objects.get(number=CNAM)
        annexe, paths = (build(perimeter_of(evaluator, programme)) for build in (build_annexe_1, build_parcours))
        phase = next(column.key for column in annexe.table("people").columns[::-1] if column.kind == "period")
        assert [annexe.table("people").cell(row, phase).text for row in ("youths", "adults")] == ["11", "masqué"]
        assert annexe.table("people").cell("abandons", "total").text == "23"
        told = {row.label: [cell.text for cell in row.cells[:3]] for row in paths.table("steps").rows}
        assert told["Contrat de travail signé"] == ["11", "masqué", "masqué"]
        assert told["Départ\u00a0: Ne vient plus au bilan d’orientation"] == ["masqué", "0", "masqué"]

    @pytest.mark.parametrize(
        ("number", "base", "outcomes"),
        [
            (PARTAJ, 450, {"work": "29 %", "alternation": "34 %", "school": "31 %", "training": "6 %"}),
            (CNAM, 8, {"kind-cdi": "38 %", "kind-cdd": "50 %", "unreachable": "13 %"}),
        ],
    )
    def test_what_they_became_is_what_the_notes_say(self, number, base, outcomes):
        report = build_devenir(whole_programme(Programme.objects.get(number=number)))
        table = report.table("outcomes")
        told = {key: table.cell(key, "exit-share").text.replace("\u00a0", " ") for key in outcomes}
        assert (table.cell("base", "exit").value, told, report.findings) == (base, outcomes, ())

    def test_five_of_cnam_went_on_studying_and_one_gave_up(self):
        beside = Outcome.objects.filter(enrolment__programme__number=CNAM, is_principal=False)
        assert dict(beside.order_by().values_list("state").annotate(Count("pk"))) == {"under_way": 4, "ended": 1}

    def test_cnam_signed_eleven_contracts_of_which_three_were_broken(self):
        signed = Contract.objects.filter(enrolment__programme__number=CNAM)
        assert by("contract_type", signed) == {"pro": 9, "aided": 2}
        assert signed.values("enrolment").distinct().count() == 11
        assert by("in_trial", signed.broken()) == {True: 2, False: 1}
        assert signed.get(in_trial=False).break_motive == "personal"
        kept = signed.over(timezone.localdate())
        assert set(kept.values_list("enrolment", flat=True)) == set(
            of_cnam().filter(public="youth", step_entries__step__code="termine").values_list("pk", flat=True)
        )
        assert kept.count() == 8
        assert set(signed.values_list("opca", flat=True)) == {
            "AGEFOS", "FAFIH", "OPCAPL", "OPCALIA", "FAFSAB", "FORCO", "UNIFAF",
        }  # fmt: skip

    def test_the_breaks_of_cnam_are_those_of_its_note(self):
        report = build_ruptures(whole_programme(Programme.objects.get(number=CNAM)))
        told = {
            row.key: [cell.text.replace("\u00a0", " ") for cell in row.cells]
            for table in report.tables for row in table.rows
        }  # fmt: skip
        assert told == {
            "motive-total": ["0", "0", "0", "0", "", "0"],
            "type-aided": ["2", "1", "50 %"], "type-pro": ["9", "2", "22 %"], "type-total": ["11", "3", "27 %"],
            "why-personal": ["1", "33 %"], "why-unknown": ["2", "67 %"], "why-total": ["3", ""],
            "whose-unknown": ["3", "100 %"], "whose-total": ["3", ""],
            "trial-yes": ["2", "67 %"], "trial-no": ["1", "33 %"], "trial-total": ["3", ""],
        }  # fmt: skip

    def test_today_apprentices_broke_contracts_that_hold_together(self):
        rows = ApprenticeshipBreak.objects.filter(enrolment__programme__number=NOW)
        for row in rows:
            row.full_clean()
        report = build_ruptures(whole_programme(Programme.objects.get(number=NOW)))
        assert report.table("motive").cell("motive-total", "all").value == rows.count() >= 20
        assert [table.key for table in report.tables] == [
            "motive", "sector", "level", "delay", "type", "why", "whose", "trial",
        ]  # fmt: skip

    def test_cnam_five_of_eight_hold_the_whole_certificate(self):
        sat = Exam.objects.filter(enrolment__programme__number=CNAM)
        youths = sat.filter(enrolment__public="youth")
        assert by("result", youths) == {"obtained": 5, "partial": 3}
        assert {row.units_validated * 2 > row.units_total for row in youths} == {True}
        adult = sat.get(enrolment__public="adult")
        assert (adult.result, adult.units_validated * 2) == ("partial", adult.units_total)

    def test_today_contracts_run_end_and_break_and_things_stand_in_the_way(self):
        today, contracts = timezone.localdate(), Contract.objects.filter(enrolment__programme__number=NOW)
        for some in (contracts.running(today), contracts.broken(), contracts.over(today),
                     contracts.ending_between(today, today + dt.timedelta(days=30))):  # fmt: skip
            assert some.exists()
        for row in [*contracts, *Obstacle.objects.all(), *Exam.objects.all()]:
            row.full_clean()
        for who in ("conseiller.bethune", "conseiller.valenciennes"):
            assert deadlines_of(User.objects.get(email=f"{who}@partaj.example")) != []
        assert Obstacle.objects.still_open().exists() and Obstacle.objects.exclude(solved_on=None).exists()

    def test_cnam_losses_say_whether_they_are_abandonments(self):
        losses = of_cnam().filter(lost_on__isnull=False)
        rows = (
            losses.order_by().values_list("lost_at__code", "loss_reason__counts_as_abandonment").annotate(Count("pk"))
        )
        assert {(step, abandonment): number for step, abandonment, number in rows} == {
            ("bilan", True): 19, ("projet", False): 10, ("contrat", True): 4,
        }  # fmt: skip

    def test_cnam_counts_those_who_were_still_there(self):
        there = of_cnam().entered().filter(lost_on=None)
        assert by("public", there) == {"youth": 8, "adult": 1}
        assert by("age_band", there) == {"18-26": 8, "26+": 1}
        assert by("situation", there) == {"jobseeker": 8, "employed": 1}
        assert by("school_level", there) == {"IV": 9}
        assert by("sex", there) == {"F": 7, "M": 2}
        assert by("followed_by_mission_locale", there) == {True: 8, False: 1}
        assert by("has_disability", there) == {False: 9}
        assert of_cnam().filter(public="adult", has_disability=True).count() == 1

    def test_planned_figures_are_those_that_no_count_produces(self):
        planned = dict(
            DeclaredFigure.objects.filter(programme__number=CNAM, column="planned").values_list("row", "text")
        )
        assert planned["youths"] == "17 à 20"
        assert planned["total"] == "30 max"
        assert planned["sex:F"] == "34"
        declared = DeclaredFigure.objects.filter(column="total")
        assert set(declared.filter(programme__number=PARTAJ).values_list("row", "text")) == {
            ("age:0-6", "non concerné"), ("scale", "Régionale"), ("priority_district", "Oui, une partie"),
        }  # fmt: skip
        assert not declared.filter(Q(reason="") | Q(author=None)).exists()

    @pytest.mark.parametrize("number", PRINTED)
    def test_annexe_1_prints_every_cell_of_the_document(self, number):
        report = build_annexe_1(whole_programme(Programme.objects.get(number=number)))
        rows = {row.key: row for table in report.tables for row in table.rows}
        printed = {
            key: [
                None if cell is None else shown.text.replace("\u00a0", " ")
                for cell, shown in zip(cells, rows[key].cells, strict=True)
            ]
            for key, cells in PRINTED[number].items()
        }
        assert printed == PRINTED[number]

    def test_demo_runs_today_at_every_stage(self):
        today = timezone.localdate()
        paths = Enrolment.objects.filter(programme__number=NOW)
        assert Programme.objects.get(number=NOW).is_closed is False
        assert paths.filter(public="youth").count() > 110
        assert paths.filter(contacted_on=today).exists()
        assert paths.filter(entry_rank=2).count() > 0
        last_heard = paths.filter(lost_on=None).exclude(log__happened_on__gte=today - dt.timedelta(days=30))
        assert last_heard.exists()
        assert by("territory__name", paths).keys() == {"Béthune-Bruay", "Valenciennes"}
        assert Session.objects.filter(cell__programme__number=NOW, held_on__gt=today).count() == 4
        assert AgendaItem.objects.filter(session__held_on__gt=today).exists()
        assert not paths.filter(
            Q(first_reviewed_on__gt=today) | Q(entered_on__gt=today) | Q(lost_on__gt=today)
        ).exists()
        assert not StepEntry.objects.filter(entered_on__gt=today).exists()
        assert not LogEntry.objects.filter(happened_on__gt=today).exists()

    def test_guests_see_only_the_files_open_to_them(self):
        seen = {
            name: Enrolment.objects.visible_to(User.objects.get(email=f"{name}@partaj.example")).count()
            for name in ("tuteur", "membre", "membre.nouveau", "evaluateur", "financeur")
        }
        assert seen["tuteur"] == 7
        assert seen["membre"] > 0
        assert (seen["membre.nouveau"], seen["evaluateur"], seen["financeur"]) == (0, 0, 0)
        assert AccessGrant.objects.filter(user__email="tuteur@partaj.example").count() > 7

    def test_stored_copies_are_those_that_saving_would_make(self):
        for enrolment in Enrolment.objects.select_related("beneficiary").order_by("pk")[::7]:
            stored = (enrolment.sex, enrolment.sort_name, enrolment.age_band, enrolment.profile)
            enrolment.derive()
            assert (enrolment.sex, enrolment.sort_name, enrolment.age_band, enrolment.profile) == stored
        assert not Enrolment.objects.filter(entered_on__isnull=False, entry_rank=None).exists()
        assert not Enrolment.objects.filter(entered_on=None, entry_rank__isnull=False).exists()
        assert [person.key_warnings for person in Beneficiary.objects.all() if person.key_warnings] == []

    def test_running_it_again_changes_nothing_and_says_so(self):
        before = everything()
        said = run_demo()
        assert everything() == before
        assert len(said.splitlines()) == 1
        assert "rien n’a été changé" in said

    def test_running_it_again_leaves_alone_what_was_added_since(self):
        with transaction.atomic():
            Programme.objects.create(number="TEST-9", title="Saisi à la main")
            before = everything()
            assert "rien n’a été changé" in run_demo()
            assert everything() == before
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        lambda: Programme.objects.create(number="REEL-1", title="Un vrai programme"),
        lambda: Programme.objects.create(number=PARTAJ, title="Le même numéro, mais vrai"),
        lambda: User.objects.create_user("quelquun@partaj.example"),
        lambda: Territory.objects.create(name="Béthune-Bruay"),
    ],
    ids=["programme", "same-number", "account", "territory"],
)
def test_it_refuses_a_database_that_holds_other_data(other):
    other()
    before = everything()
    with pytest.raises(CommandError) as refusal:
        run_demo()
    assert refusal.value.returncode == 2
    assert "contient d’autres données" in str(refusal.value)
    assert everything() == before


def test_it_refuses_production_even_empty(db, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="mot de passe public"):
        run_demo()
    assert not User.objects.exists()


def test_shares_keep_the_whole():
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(4019, [364, 1110, 0, 647]) == [690, 2103, 0, 1226]
    assert sum(apportion(1462, [index % 7 + 0.3 for index in range(65)])) == 1462
