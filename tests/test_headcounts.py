"""People counted collectively: a project holder's numbers, from the form to the page, and what is refused."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from funding import services
from funding.models import Headcount, HeadcountPart, Project
from funding.pages import withdrawn_from
from partaj.programmes.models import SectionRule
from partaj.programmes.services import ClosedProgramme
from partaj.versions import StaleVersion
from tests.test_attacks import ON_POSTGRESQL, at_once
from tests.world import make_headcount

NBSP = "\u00a0"


def address(world, page, *args):
    return reverse(f"funding:{page}", args=[world.programme.number, *args])


def text(response):
    return " ".join(response.content.decode().replace(NBSP, " ").split())


def typed(project, **fields):
    return {"project": project.pk, "counted_on": "2025-06-01", "youths": "12", "adults": "", "note": ""} | fields


def stored(headcount):
    return services.read_parts(Headcount.objects.get(pk=headcount.pk))


# -- The list -----------------------------------------------------------------------------------


def test_a_caseworker_sees_the_projects_of_their_territory_with_what_they_reached(world, sign_in):
    make_headcount(world.project, youths=1200)
    make_headcount(world.foreign_project, youths=77_777)
    page = sign_in(world.caseworker).get(address(world, "headcounts"))
    assert [(row.title, row.youths, row.adults) for row in page.context["page"].rows] == [
        ("Le jeu des métiers", 1210, 2)
    ]
    assert page.context["totals"] == {"youths": 1210, "adults": 2}
    assert "1 210" in text(page) and "Ailleurs aussi" not in text(page) and "77 777" not in text(page)


def test_the_manager_sees_every_territory_and_narrows_to_one_or_to_a_word_without_its_accents(world, sign_in):
    make_headcount(world.foreign_project, youths=77)
    client = sign_in(world.manager)
    assert client.get(address(world, "headcounts")).context["totals"] == {"youths": 87, "adults": 2}
    narrowed = client.get(address(world, "headcounts"), {"territory": world.valenciennes.pk})
    assert narrowed.context["totals"] == {"youths": 77, "adults": 0}
    found = client.get(address(world, "headcounts"), {"q": "METIERS"})
    assert [row.title for row in found.context["page"].rows] == ["Le jeu des métiers"]
    assert client.get(address(world, "headcounts"), {"status": "refused"}).context["page"].rows == []


def test_a_filter_that_means_nothing_is_said_and_opens_nothing(world, sign_in):
    page = sign_in(world.caseworker).get(address(world, "headcounts"), {"territory": world.valenciennes.pk})
    assert "n’est pas de ceux que vous suivez" in text(page)
    assert [row.title for row in page.context["page"].rows] == ["Le jeu des métiers"]


def test_an_empty_list_says_what_to_do_first(world, sign_in):
    Headcount.objects.all().delete()
    Project.objects.all().delete()
    assert "Enregistrez d’abord un projet" in text(sign_in(world.manager).get(address(world, "headcounts")))


def test_the_list_costs_the_same_whatever_its_length(world, sign_in):
    client = sign_in(world.manager)

    def queries():
        with CaptureQueriesContext(connection) as counted:
            client.get(address(world, "headcounts"))
        return len(counted)

    few = queries()
    for number in range(30):
        project = Project.objects.create(
            programme=world.programme, territory=world.bethune, organisation=world.holder, title=f"Projet {number}",
            status="retained",
        )  # fmt: skip
        make_headcount(project, youths=number + 1)
    assert queries() == few


# -- The form -----------------------------------------------------------------------------------


def test_a_headcount_is_kept_with_its_breakdowns_and_says_what_is_not_known(world, sign_in):
    client = sign_in(world.caseworker)
    form = client.get(address(world, "headcount_add"), {"projet": world.project.pk})
    assert "Un effectif ne compte jamais quelqu’un qui est déjà inscrit par son nom" in text(form)
    done = client.post(
        address(world, "headcount_add"),
        typed(world.project, adults="1", **{"age_16-18": "6", "age_18-26": "4", "level_VI": "5", "level_Vbis": "7",
                                            "sex_F": "0", "sex_M": "12"}),
        follow=True,
    )  # fmt: skip
    assert "L’effectif est enregistré. 2 jeunes sans âge connu." in text(done)
    headcount = Headcount.objects.latest("pk")
    assert (headcount.youths, headcount.adults, headcount.counted_on) == (12, 1, dt.date(2025, 6, 1))
    assert stored(headcount) == {
        ("age", "16-18"): 6, ("age", "18-26"): 4, ("level", "VI"): 5, ("level", "Vbis"): 7, ("sex", "F"): 0,
        ("sex", "M"): 12,
    }  # fmt: skip
    assert headcount.history.get().history_user == world.caseworker
    page = text(client.get(headcount.get_absolute_url()))
    assert "Sans réponse" in page and "10 sur 12 : 2 sans réponse" in page and "Infra V" in page
    assert "Colonne de l’annexe 1 : année 1" in page


def test_a_breakdown_larger_than_the_total_is_refused_by_its_name_and_by_how_much(world, sign_in):
    before = Headcount.objects.count()
    refused = sign_in(world.caseworker).post(
        address(world, "headcount_add"), typed(world.project, **{"age_16-18": "9", "age_18-26": "4"})
    )
    assert refused.status_code == 422
    assert "Âge : la répartition compte 13 jeunes pour 12, soit 1 de trop." in text(refused)
    assert "13 pour 12 : 1 de trop" in text(refused)
    assert Headcount.objects.count() == before


def test_the_service_refuses_it_too_and_writes_nothing(world):
    before = HeadcountPart.objects.count()
    with pytest.raises(ValidationError) as refused:
        services.report_headcount(
            headcount=Headcount(project=world.project, youths=3, counted_on=dt.date(2025, 6, 1)),
            parts={("sex", "F"): 4}, by=world.caseworker,
        )  # fmt: skip
    assert refused.value.messages == [
        f"Sexe : la répartition compte 4{NBSP}jeunes pour 3, soit 1 de trop. Corrigez une de ses lignes, ou le total."
    ]
    for parts in [{("sex", "X"): 1}, {("levels", "V"): 1}, {("sex", "F"): -1}, {("sex", "F"): 100_001}]:
        with pytest.raises(ValidationError):
            services.report_headcount(
                headcount=Headcount(project=world.project, youths=100_000, counted_on=dt.date(2025, 6, 1)),
                parts=parts, by=world.caseworker,
            )  # fmt: skip
    assert HeadcountPart.objects.count() == before


def test_a_programme_that_counts_everyone_by_sex_lets_adults_in_that_breakdown(world, sign_in):
    SectionRule.objects.create(programme=world.programme, section="sex", population="everyone")
    client = sign_in(world.caseworker)
    accepted = client.post(
        address(world, "headcount_add"), typed(world.project, adults="2", sex_F="8", sex_M="6"), follow=True
    )
    assert "L’effectif est enregistré." in text(accepted)
    refused = client.post(address(world, "headcount_add"), typed(world.project, adults="2", sex_F="15"))
    assert "Sexe : la répartition compte 15 personnes pour 14, soit 1 de trop." in text(refused)


WRONG = [
    ({"youths": "-3"}, "Saisissez un nombre entier de 0 à 100 000."),
    ({"youths": "douze"}, "Saisissez un nombre entier de 0 à 100 000."),
    ({"youths": "100001"}, "Saisissez un nombre entier de 0 à 100 000."),
    ({"age_16-18": "9" * 400}, "Saisissez un nombre entier de 0 à 100 000."),
    ({"age_16-18": "1,5"}, "Saisissez un nombre entier de 0 à 100 000."),
    ({"counted_on": "2025-02-30"}, "Cette date n’existe pas."),
    ({"counted_on": "2999-01-01"}, "Cette date est à venir"),
    ({"counted_on": "0025-01-01"}, "Cette date est impossible"),
    ({"youths": "", "adults": "0"}, "Indiquez combien de jeunes ou d’adultes ont été comptés."),
    ({"project": "999999999999999999999"}, "Ce projet n’est pas de ceux que vous suivez"),
    ({"project": "abc"}, "Ce projet n’est pas de ceux que vous suivez"),
    ({"note": "x" * 5000}, "500 caractères"),
    ({"note": "a\0b"}, "caractère nul"),
]


@pytest.mark.parametrize(("fields", "sentence"), WRONG)
def test_what_cannot_be_a_number_or_a_date_gets_one_sentence(world, sign_in, fields, sentence):
    before = Headcount.objects.count()
    refused = sign_in(world.caseworker).post(address(world, "headcount_add"), typed(world.project) | fields)
    assert refused.status_code == 422
    assert len([error for errors in refused.context["form"].errors.values() for error in errors]) == 1
    assert sentence in text(refused).replace("&#x27;", "’")
    assert Headcount.objects.count() == before


def test_thousands_may_be_typed_with_their_spaces(world, sign_in):
    sign_in(world.caseworker).post(address(world, "headcount_add"), typed(world.project, youths=f"1{NBSP}500"))
    assert Headcount.objects.latest("pk").youths == 1500


def test_a_neighbours_project_is_neither_offered_nor_accepted(world, sign_in):
    client = sign_in(world.caseworker)
    assert "Ailleurs aussi" not in text(client.get(address(world, "headcount_add")))
    refused = client.post(address(world, "headcount_add"), typed(world.foreign_project))
    assert refused.status_code == 422 and "n’est pas de ceux que vous suivez" in text(refused)
    assert not world.foreign_project.headcounts.exists()


def test_a_manager_of_two_programmes_cannot_mix_them(world, sign_in):
    elsewhere = Project.objects.create(
        programme=world.other_programme, territory=world.valenciennes, organisation=world.holder, title="D’ailleurs",
        status="retained",
    )  # fmt: skip
    refused = sign_in(world.administrator).post(address(world, "headcount_add"), typed(elsewhere))
    assert refused.status_code == 422
    assert not elsewhere.headcounts.exists()
    hidden = make_headcount(elsewhere, youths=5)
    assert sign_in(world.administrator).get(address(world, "headcount", hidden.pk)).status_code == 404


def test_only_a_retained_project_counts_people(world, sign_in):
    world.project.headcounts.all().delete()
    Project.objects.filter(pk=world.project.pk).update(status="received")
    assert sign_in(world.caseworker).post(
        address(world, "headcount_add"), typed(world.project)
    ).status_code == 422  # fmt: skip


# -- Two editors --------------------------------------------------------------------------------


def test_the_second_editor_is_shown_both_versions_and_loses_nothing(world, sign_in):
    url = address(world, "headcount_change", world.headcount.pk)
    first = typed(world.project, youths="11", adults="2", version="1", **{"age_16-18": "6", "age_18-26": "5"})
    assert sign_in(world.manager).post(url, first).status_code == 302
    mine = typed(world.project, youths="15", adults="2", version="1", **{"age_16-18": "8", "age_18-26": "4"})
    client = sign_in(world.caseworker)
    conflict = client.post(url, mine)
    assert conflict.status_code == 409
    assert [(each.label, each.mine, each.theirs) for each in conflict.context["differences"]] == [
        ("Jeunes, en tout", "15", "11"),
        ("Âge, 16-18 ans", "8", "6"),
        ("Âge, 18-25 ans", "4", "5"),
    ]
    assert "Bruno" in text(conflict) and 'value="15"' in text(conflict)
    assert Headcount.objects.get(pk=world.headcount.pk).youths == 11
    again = client.post(url, mine | {"version": conflict.context["form"]["version"].value()})
    assert again.status_code == 302
    assert Headcount.objects.get(pk=world.headcount.pk).youths == 15
    assert stored(world.headcount) == {("age", "16-18"): 8, ("age", "18-26"): 4}


def test_the_history_says_who_changed_what(world, sign_in):
    client = sign_in(world.caseworker)
    client.post(
        address(world, "headcount_change", world.headcount.pk),
        typed(world.project, youths="11", adults="2", version="1", sex_F="7", sex_M="4", quality_parent="2",
              **{"age_16-18": "6"}),
    )  # fmt: skip
    page = text(client.get(world.headcount.get_absolute_url()))
    assert (
        "Inès : Entrés le" not in page
        and "Inès : Jeunes : 10 → 11 ; Âge, 18-25 ans : 4 → vide ; Sexe, Garçons : 3 → 4." in page
    )


def test_the_history_of_the_time_in_a_project_of_another_territory_stays_there(world, sign_in):
    secret = make_headcount(world.foreign_project, youths=999, note="secret de Valenciennes")
    sign_in(world.manager).post(
        address(world, "headcount_change", secret.pk), typed(world.project, youths="5", version="1")
    )
    page = text(sign_in(world.caseworker).get(address(world, "headcount", secret.pk)))
    shown = page.split("Historique")[1]
    assert "Rattaché à un autre projet" in shown
    assert "Ailleurs aussi" not in page


def test_a_stale_service_call_changes_nothing(world):
    world.headcount.youths = 50
    with pytest.raises(StaleVersion):
        services.revise_headcount(headcount=world.headcount, parts={}, version=7, by=world.manager)
    assert Headcount.objects.get(pk=world.headcount.pk).youths == 10
    assert len(stored(world.headcount)) == 5


# -- Withdrawing --------------------------------------------------------------------------------


def test_a_headcount_is_withdrawn_with_a_reason_that_is_kept(world, sign_in):
    client = sign_in(world.caseworker)
    url = address(world, "headcount_withdraw", world.headcount.pk)
    assert client.post(url, {"reason": "  ", "version": "1"}).status_code == 422
    assert client.post(url, {"reason": "Compté deux fois.", "version": "9"}).status_code == 409
    assert Headcount.objects.filter(pk=world.headcount.pk).exists()
    done = client.post(url, {"reason": "Compté deux fois.", "version": "1"}, follow=True)
    assert not Headcount.objects.filter(pk=world.headcount.pk).exists()
    page = text(done)
    assert "Effectifs retirés" in page and "Compté deux fois." in page and "Âge, 16-18 ans : 6" in page
    assert client.get(address(world, "headcount", world.headcount.pk)).status_code == 404


# -- Who, and when ------------------------------------------------------------------------------

PAGES = ["headcount", "headcount_change", "headcount_withdraw"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["neighbour", "other_manager", "tutor", "member", "evaluator", "funder", "stranger"])
def test_whoever_does_not_see_it_gets_the_404_of_what_does_not_exist(world, sign_in, page, who):
    client = sign_in(world.cast[who])
    for pk in (world.headcount.pk, 424242):
        assert client.get(address(world, page, pk)).status_code == 404
        assert client.post(address(world, page, pk), typed(world.project, version="1")).status_code == 404
    assert Headcount.objects.get(pk=world.headcount.pk).version == 1


@pytest.mark.parametrize("page", ["headcount_add", "project_add", "headcount_change", "headcount_withdraw"])
def test_a_closed_programme_keeps_its_numbers(world, sign_in, page):
    world.programme.closed_on = dt.date(2026, 1, 1)
    world.programme.save()
    args = [world.headcount.pk] if page in PAGES else []
    client = sign_in(world.manager)
    answer = client.post(address(world, page, *args), typed(world.project, version="1", reason="non", title="x"))
    assert answer.status_code == 409
    assert (Headcount.objects.count(), Project.objects.count()) == (1, 2)
    assert client.get(world.headcount.get_absolute_url()).status_code == 200
    assert "Saisir un effectif" not in text(client.get(address(world, "headcounts")))


def test_the_services_refuse_a_closed_programme(world):
    world.programme.closed_on = dt.date(2026, 1, 1)
    world.programme.save()
    headcount = Headcount.objects.select_related("project__programme").get(pk=world.headcount.pk)
    for refused in [
        lambda: services.report_headcount(headcount=Headcount(project=headcount.project, youths=1), parts={}, by=None),
        lambda: services.revise_headcount(headcount=headcount, parts={}, version=1, by=None),
        lambda: services.withdraw_headcount(headcount=headcount, version=1, reason="non", by=None),
        lambda: services.receive_project(project=headcount.project, by=None),
        lambda: services.revise_project(project=headcount.project, version=1, by=None),
    ]:
        with pytest.raises(ClosedProgramme):
            refused()


def test_reading_a_headcount_costs_the_same_whatever_its_history(world, sign_in):
    client = sign_in(world.manager)

    def queries():
        with CaptureQueriesContext(connection) as counted:
            assert client.get(world.headcount.get_absolute_url()).status_code == 200
        return len(counted)

    few = queries()
    for version in range(1, 6):
        headcount = Headcount.objects.get(pk=world.headcount.pk)
        headcount.youths += 1
        services.revise_headcount(
            headcount=headcount, parts={("age", "16-18"): version}, version=version, by=world.manager
        )
    assert queries() == few


# -- Projects -----------------------------------------------------------------------------------


def test_a_caseworker_records_a_project_on_their_territory_only(world, sign_in):
    client = sign_in(world.caseworker)
    fields = {"title": "Théâtre", "organisation": world.holder.pk, "status": "received"}
    refused = client.post(address(world, "project_add"), fields | {"territory": world.valenciennes.pk})
    assert refused.status_code == 422 and not Project.objects.filter(title="Théâtre").exists()
    assert client.post(address(world, "project_add"), fields | {"territory": world.bethune.pk}).status_code == 302
    project = Project.objects.get(title="Théâtre")
    assert (project.programme, project.folded_title) == (world.programme, "theatre")
    assert client.get(project.get_absolute_url()).status_code == 200
    assert sign_in(world.neighbour).get(project.get_absolute_url()).status_code == 404


def test_a_project_that_counted_people_stays_retained(world, sign_in):
    refused = sign_in(world.manager).post(
        address(world, "project_change", world.project.pk),
        {"title": "Le jeu", "organisation": world.holder.pk, "territory": world.bethune.pk, "status": "refused"},
    )
    assert refused.status_code == 422 and "retirez-les d’abord" in text(refused)
    assert Project.objects.get(pk=world.project.pk).status == "retained"


def project_of(world, **fields):
    return {
        "title": "Le jeu des métiers", "organisation": world.holder.pk, "territory": world.bethune.pk,
        "status": "retained", "version": "1",
    } | fields  # fmt: skip


def test_the_second_editor_of_a_project_sees_both_versions_and_loses_nothing(world, sign_in):
    url = address(world, "project_change", world.project.pk)
    client = sign_in(world.caseworker)
    assert client.get(url).context["form"]["version"].value() == 1
    assert sign_in(world.manager).post(url, project_of(world, title="Le jeu de Bruno")).status_code == 302
    conflict = client.post(url, project_of(world, title="Le jeu d’Inès"))
    assert conflict.status_code == 409
    assert [(each.label, each.mine, each.theirs) for each in conflict.context["differences"]] == [
        ("Intitulé", "Le jeu d’Inès", "Le jeu de Bruno")
    ]
    page = text(conflict)
    assert "Bruno l’a enregistrée le" in page and 'value="Le jeu d’Inès"' in page and "Enregistrer ma version" in page
    assert Project.objects.get(pk=world.project.pk).title == "Le jeu de Bruno"
    again = client.post(
        url, project_of(world, title="Le jeu d’Inès", version=conflict.context["form"]["version"].value())
    )
    assert again.status_code == 302
    assert Project.objects.values_list("title", "version").get(pk=world.project.pk) == ("Le jeu d’Inès", 3)
    assert client.post(url, project_of(world, version="")).status_code == 409  # a form made by hand had read nothing


def test_who_counts_the_people_of_a_project_just_refused_is_told_so(world, sign_in):
    world.project.headcounts.all().delete()
    Project.objects.filter(pk=world.project.pk).update(status="refused")
    refused = sign_in(world.caseworker).post(address(world, "headcount_add"), typed(world.project))
    assert refused.status_code == 422 and "Ce projet n’est pas retenu" in text(refused)
    for read in [world.project, Project(pk=424242, programme=world.programme, status="retained")]:
        assert read.status == "retained"  # when the form was opened
        with pytest.raises(ValidationError, match="Ce projet"):
            services.report_headcount(
                headcount=Headcount(project=read, youths=3, counted_on=dt.date(2025, 6, 1)), parts={}, by=None
            )
    assert not Headcount.objects.exists()


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_a_project_is_not_refused_while_its_people_are_being_counted(world, sign_in):
    world.project.headcounts.all().delete()
    counting, refusing = sign_in(world.caseworker), sign_in(world.manager)
    for _ in range(6):
        project = Project.objects.create(
            programme=world.programme, territory=world.bethune, organisation=world.holder, title="Théâtre",
            status="retained",
        )  # fmt: skip
        change, counted = address(world, "project_change", project.pk), typed(project)
        refusal = project_of(world, title="Théâtre", status="refused")
        answers = at_once(
            lambda fields=counted: counting.post(address(world, "headcount_add"), fields),
            lambda page=change, fields=refusal: refusing.post(page, fields),
        )
        assert answers == [302, 422]
        project.refresh_from_db()
        assert project.headcounts.exists() == (project.status == "retained")


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_two_who_save_a_project_at_once_see_both_versions(world, sign_in):
    clients = {name: sign_in(user) for name, user in [("Inès", world.caseworker), ("Bruno", world.manager)]}
    page = address(world, "project_change", world.project.pk)
    calls = [lambda c=c, n=n: c.post(page, project_of(world, title=f"Le jeu de {n}")) for n, c in clients.items()]
    assert at_once(*calls) == [302, 409]
    assert Project.objects.get(pk=world.project.pk).version == 2


# -- What was counted before the rule ---------------------------------------------------------------


def migrate(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return executor.loader.project_state(list(targets)).apps


@pytest.mark.django_db(transaction=True)
def test_a_base_that_holds_a_headcount_of_nobody_is_brought_up_to_date(world):
    project, latest = world.project, MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = migrate(("funding", "0002_project_folded_title"))
        headcounts, parts = apps.get_model("funding", "Headcount"), apps.get_model("funding", "HeadcountPart")
        day = dt.date(2025, 6, 1)
        nobody, some = (headcounts.objects.create(project_id=project.pk, counted_on=day, note=n) for n in ("a", "b"))
        parts.objects.create(headcount=nobody, section="sex", code="F", count=0)
        for section, code, count in [("sex", "F", 4), ("sex", "M", 3), ("age", "16-18", 6), ("quality", "parent", 2)]:
            parts.objects.create(headcount=some, section=section, code=code, count=count)
    finally:
        migrate(*latest)
    assert [(each.youths, each.adults) for each in Headcount.objects.order_by("pk")] == [(10, 2), (7, 2)]
    assert Headcount.objects.get(pk=some.pk).history.get().history_change_reason == "Totaux repris des répartitions."
    assert [(each.note, each.history_change_reason) for each in withdrawn_from(project)] == [
        ("a", "Il ne comptait personne.")
    ]
    assert not HeadcountPart.objects.filter(headcount=nobody.pk).exists()


def test_a_title_of_5000_letters_or_of_letters_that_unfold_is_no_accident(world, sign_in):
    client = sign_in(world.manager)
    fields = {"organisation": world.holder.pk, "status": "received", "territory": world.bethune.pk}
    assert client.post(address(world, "project_add"), fields | {"title": "x" * 5000}).status_code == 422
    assert client.post(address(world, "project_add"), fields | {"title": "㋿" * 200}).status_code == 302
