"""Projects: who records them, two editors, and the people counted meanwhile."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from funding import services
from funding.models import Headcount, Project
from tests.headcounts.typed import address, text, typed
from tests.test_attacks import ON_POSTGRESQL, at_once


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


def test_a_title_of_5000_letters_or_of_letters_that_unfold_is_no_accident(world, sign_in):
    client = sign_in(world.manager)
    fields = {"organisation": world.holder.pk, "status": "received", "territory": world.bethune.pk}
    assert client.post(address(world, "project_add"), fields | {"title": "x" * 5000}).status_code == 422
    assert client.post(address(world, "project_add"), fields | {"title": "㋿" * 200}).status_code == 302
