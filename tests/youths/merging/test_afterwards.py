"""What one reads of a merger once it is done: the former number, the history."""

from django.urls import reverse

from beneficiaries.changes import changes_of
from beneficiaries.merging.parting import undo_merge
from beneficiaries.models import Beneficiary, Enrolment, Merge, StepEntry
from tests.youths.merging.hands import MARCH, comparison_of, proposed, same, step, unite
from tests.youths.paper import form_of, page


def test_the_former_number_leads_to_the_file(world, sign_in, double, namesake):
    unite(world, namesake, double, same(double, namesake))
    unite(world, world.lea, namesake, same(namesake, world.lea))
    client = sign_in(world.caseworker)
    assert client.get(page("detail", double)).headers["Location"] == page("detail", world.lea)
    found = client.get(reverse("beneficiaries:search"), {"q": f"n° {double.pk}"})
    assert [row["url"] for row in found.context["rows"]] == [page("detail", world.lea)]
    for who in ("neighbour", "other_manager", "stranger"):
        assert sign_in(world.cast[who]).get(page("detail", double)).status_code == 404
    assert client.get(f"/p/TEST-2/jeunes/{double.pk}/").status_code == 404


def test_the_history_tells_the_merger_and_what_each_file_had_been(world, sign_in, double):
    ines = sign_in(world.caseworker)
    ines.post(page("change", double), form_of(ines, double) | {"phone": "0622222222"})
    step(world, double, "bilan", MARCH)
    client = sign_in(world.manager)
    client.post(comparison_of(world.lea, double), proposed(client, world.lea, double))
    told = [f"{change.who} {change.sentence}".replace("\u00a0", " ").strip() for change in changes_of(
        Enrolment.objects.get(pk=world.lea.pk))]  # fmt: skip
    number = f"dossier n° {double.pk}"
    assert f"Bruno a réuni ce dossier avec le {number}" in told
    assert f"Inès a changé le téléphone, {number}" in told
    assert f"{number.capitalize()} créé, réuni depuis à celui-ci" in told
    assert not any("a retiré" in line for line in told)
    client.post(page("merge_undo", world.lea, Merge.objects.get().pk))
    for path, other in ((world.lea, double), (double, world.lea)):
        told = [change.sentence.replace("\u00a0", " ") for change in changes_of(Enrolment.objects.get(pk=path.pk))]
        assert f"a réuni ce dossier avec le dossier n° {other.pk}" in told
        assert f"a défait la réunion avec le dossier n° {other.pk}" in told
    assert [line for line in told if "étape" in line] == ["a ajouté l’étape « Bilan » (06/03/2025)"]


def test_a_file_written_in_bulk_keeps_a_history_once_parted_again(world, sign_in, double):
    for model in (Beneficiary, Enrolment, StepEntry):
        model.history.all().delete()
    undo_merge(merge=unite(world, world.lea, double), by=world.manager)
    ines = sign_in(world.caseworker)
    ines.post(page("change", double), form_of(ines, double) | {"phone": "0622222222"})
    latest, *_, first = changes_of(Enrolment.objects.get(pk=double.pk))
    assert (latest.who, latest.sentence) == ("Inès", "a changé le téléphone")
    assert first.sentence == "Dossier créé (repris, sans auteur connu)"


def test_a_history_does_not_name_a_file_that_stayed_apart(world, namesake):
    unite(world, world.lea, namesake)
    told = [change.sentence for change in changes_of(Enrolment.objects.get(pk=world.lea.pk))]
    assert "a réuni deux personnes qui n’en étaient qu’une" in told
    assert not any(str(namesake.pk) in sentence for sentence in told)
