"""The file of a youth: intake, page, acts, two editors at once, somebody who comes back."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries import services
from beneficiaries.forms import WhatWasRead
from beneficiaries.models import AccessGrant, Beneficiary, Enrolment, LogEntry, StepEntry
from tests.world import make_role, make_user, make_youth

TODAY = timezone.localdate


def page(name, enrolment, *more):
    return reverse(f"beneficiaries:{name}", args=[enrolment.programme.number, enrolment.pk, *more])


def new_url(world, programme=None):
    return reverse("beneficiaries:new", args=[(programme or world.programme).number])


def paper(world, **changes):
    """What a caseworker types in the intake form."""
    return {
        "last_name": "Lefèvre", "first_name": "Chloé", "birth_date": "2008-04-09", "sex": "F", "public": "youth",
        "territory": world.bethune.pk, "contacted_on": "2025-09-01", "entered_on": "2025-09-15",
        "situation": "jobseeker", "school_level": "Vbis", "followed_by_mission_locale": "true",
        "in_priority_district": "unknown", "has_disability": "unknown",
    } | changes  # fmt: skip


def errors(response):
    return dict(response.context["form"].errors.items())


def everything():
    """What a refused form must leave as it was."""
    return [model.objects.count() for model in (Beneficiary, Enrolment, StepEntry, LogEntry)]


# -- Intake --------------------------------------------------------------------------------------------------


def test_a_first_contact_opens_a_file(world, sign_in):
    data = paper(
        world, referent=world.caseworker.pk, first_step=world.steps["contact"].pk, first_step_on="2025-09-01",
        found_by=world.holder.pk, phone="06 12 34 56 78",
    )  # fmt: skip
    response = sign_in(world.caseworker).post(new_url(world), data)
    chloe = Enrolment.objects.get(sort_name="lefevre chloe")
    assert response.headers["Location"] == chloe.get_absolute_url()
    assert (chloe.age_band, chloe.entry_rank, chloe.referent, chloe.beneficiary.phone_digits) == (
        "16-18", 1, world.caseworker, "0612345678",
    )  # fmt: skip
    assert [entry.step.code for entry in chloe.step_entries.all()] == ["contact"]
    assert {line.author for line in chloe.log.all()} == {world.caseworker}


def test_the_choices_are_those_of_the_reader(world, sign_in):
    def choices(who, field):
        form = sign_in(world.cast[who]).get(new_url(world)).context["form"]
        return {str(label) for value, label in form.fields[field].choices if value}

    assert choices("caseworker", "territory") == {"Béthune-Bruay"}
    assert choices("caseworker", "referent") == {"Inès", "Bruno"}
    assert choices("manager", "territory") == {"Béthune-Bruay", "Valenciennes"}
    assert choices("manager", "referent") == {"Inès", "Bruno", "Paul"}
    assert choices("administrator", "first_step") == {"Contacté", "Bilan", "Contrat"}


TOMORROW = (TODAY() + dt.timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"contacted_on": "2025-02-31"}, "contacted_on", "Saisissez une date valide."),
        ({"birth_date": TOMORROW}, "birth_date", "La date de naissance est dans le futur"),
        ({"birth_date": "0208-04-09"}, "birth_date", "Cette date est impossible"),
        ({"birth_date": "2025-09-10"}, "birth_date", "La naissance suivrait"),
        ({"entered_on": "2025-08-01"}, "entered_on", "L’entrée précède le premier contact"),
        ({"entered_on": TOMORROW}, "entered_on", "Cette date est à venir"),
        ({"contacted_on": TOMORROW, "entered_on": ""}, "contacted_on", "Cette date est à venir"),
        ({"contacted_on": "1025-09-01"}, "contacted_on", "Cette date est impossible"),
        ({"last_name": "x" * 5000}, "last_name", "Assurez-vous que cette valeur comporte au plus 100"),
        ({"last_name": "Le\x00fevre"}, "last_name", "Le caractère nul n’est pas autorisé."),
        ({"last_name": "  "}, "last_name", "Ce champ est obligatoire."),
        ({"postcode": "6240"}, "postcode", "Un code postal a 5 chiffres."),
        ({"address": "voir 1 84 12 62 123 456 72"}, "address", "numéro de sécurité sociale"),
        ({"situation": "other"}, "situation_other", "Vous avez choisi « Autres »"),
        ({"situation_other": "au pair"}, "situation_other", "Une précision ne se donne qu’avec « Autres »"),
        ({"public": "adult"}, "adult_quality", "Dites en quelle qualité"),
        ({"adult_quality": "parent"}, "adult_quality", "Seul un adulte a une qualité"),
        ({"first_step": "STEP"}, "first_step_on", "Donnez la date"),
        ({"first_step": "STEP", "first_step_on": "2025-08-01"}, "first_step_on", "précède le premier contact"),
        ({"first_step_on": "2025-09-01"}, "first_step", "Dites quelle étape"),
        ({"territory": "FOREIGN"}, "territory", "Sélectionnez un choix valide"),
        ({"referent": "FOREIGN"}, "referent", "Sélectionnez un choix valide"),
        ({"first_step": "999999", "first_step_on": "2025-09-01"}, "first_step", "Sélectionnez un choix valide"),
        ({"decision": "KARIM"}, "__all__", "n’est pas dans vos dossiers"),
        ({"known": "KARIM"}, "__all__", "n’est pas dans vos dossiers"),
    ],
)
def test_each_mistake_gets_one_sentence_and_writes_nothing(world, sign_in, changes, field, words):
    meant = {
        ("territory", "FOREIGN"): world.valenciennes.pk, ("referent", "FOREIGN"): world.neighbour.pk,
        ("first_step", "STEP"): world.steps["contact"].pk, ("decision", "KARIM"): world.karim.beneficiary_id,
        ("known", "KARIM"): world.karim.beneficiary_id,
    }  # fmt: skip
    before = everything()
    data = paper(world, **{name: meant.get((name, value), value) for name, value in changes.items()})
    response = sign_in(world.caseworker).post(new_url(world), data)
    assert response.status_code == 422
    sentences = errors(response)
    assert list(sentences) == [field]
    assert len(sentences[field]) == 1
    assert words in sentences[field][0].replace("'", "’")
    assert everything() == before


def test_a_referent_works_on_the_territory(world, sign_in):
    response = sign_in(world.manager).post(new_url(world), paper(world, referent=world.neighbour.pk))
    assert errors(response) == {"referent": ["Paul ne travaille pas sur Béthune-Bruay : choisissez quelqu’un d’autre."]}


def test_a_wrong_ine_warns_and_is_kept(world, sign_in):
    response = sign_in(world.caseworker).post(new_url(world), paper(world, ine="1234567890a"), follow=True)
    assert Beneficiary.objects.get(first_name="Chloé").ine == "1234567890A"
    assert "La lettre de cet INE ne correspond pas à ses chiffres." in response.content.decode()


def test_who_may_not_log_opens_no_file(world, sign_in):
    before = everything()
    for who, status in [("tutor", 403), ("member", 403), ("evaluator", 404), ("funder", 404), ("stranger", 404)]:
        client = sign_in(world.cast[who])
        assert client.get(new_url(world)).status_code == status
        assert client.post(new_url(world), paper(world)).status_code == status
    assert everything() == before


# -- Coming back ---------------------------------------------------------------------------------------------


def gone(world, enrolment):
    services.record_loss(
        enrolment=enrolment, reason=world.reasons["demenage"], lost_on=dt.date(2025, 6, 1), step=None, by=None
    )


def lea_again(world, **changes):
    return paper(world, last_name="MOREAU", first_name="lea", birth_date="2008-05-17", phone="0700000000", **changes)


def test_somebody_known_is_proposed_and_comes_back(world, sign_in):
    gone(world, world.lea)
    client, before = sign_in(world.caseworker), everything()
    asked = client.post(new_url(world), lea_again(world))
    assert asked.status_code == 409
    assert [each["person"] for each in asked.context["candidates"]] == [world.lea.beneficiary]
    assert 'value="MOREAU"' in asked.content.decode()
    assert everything() == before
    client.post(new_url(world), lea_again(world, decision=world.lea.beneficiary_id))
    paths = world.lea.beneficiary.enrolments.order_by("pk")
    assert [(path.entry_rank, path.sort_name) for path in paths] == [(1, "moreau lea"), (2, "moreau lea")]
    person = Beneficiary.objects.get(pk=world.lea.beneficiary_id)
    assert (person.last_name, person.first_name, person.phone) == ("Moreau", "Léa", "0700000000")


def test_a_namesake_is_somebody_else(world, sign_in):
    gone(world, world.lea)
    sign_in(world.caseworker).post(new_url(world), lea_again(world, decision="new"))
    assert list(Enrolment.objects.filter(sort_name="moreau lea").values_list("entry_rank", flat=True)) == [1, 1]
    assert Beneficiary.objects.filter(sort_name="moreau lea").count() == 2


def test_who_has_not_left_cannot_come_back(world, sign_in):
    response = sign_in(world.caseworker).post(new_url(world), lea_again(world, decision=world.lea.beneficiary_id))
    assert "a déjà un parcours en cours" in errors(response)["__all__"][0]
    assert "Ouvrir son dossier" in sign_in(world.caseworker).post(new_url(world), lea_again(world)).content.decode()


def test_the_same_ine_is_recognised_under_another_name(world, sign_in):
    person = world.lea.beneficiary
    person.ine = "1234567890G"
    person.save()
    asked = sign_in(world.caseworker).post(new_url(world), paper(world, ine="1234567890g"))
    assert [each["person"] for each in asked.context["candidates"]] == [person]


def test_nothing_is_told_of_people_whom_the_reader_may_not_see(world, sign_in):
    data = paper(world, last_name="Benali", first_name="Karim", birth_date="2001-03-02")
    response = sign_in(world.caseworker).post(new_url(world), data)
    assert response.status_code == 302
    assert Beneficiary.objects.filter(sort_name="benali karim").count() == 2
    karim = f"{new_url(world)}?personne={world.karim.beneficiary_id}"
    assert sign_in(world.caseworker).get(karim).status_code == 404


def test_the_file_of_who_left_leads_to_their_return(world, sign_in):
    gone(world, world.lea)
    client = sign_in(world.caseworker)
    link = f"{new_url(world)}?personne={world.lea.beneficiary_id}"
    assert link in client.get(world.lea.get_absolute_url()).content.decode()
    form = client.get(link).context["form"]
    assert (form["last_name"].value(), str(form["known"].value())) == ("Moreau", str(world.lea.beneficiary_id))
    client.post(link, lea_again(world, known=world.lea.beneficiary_id))
    assert world.lea.beneficiary.enrolments.count() == 2


# -- The page ------------------------------------------------------------------------------------------------


def test_the_page_tells_the_path(world, sign_in):
    services.enter_step(
        enrolment=world.helene, step=world.steps["bilan"], entered_on=dt.date(2025, 3, 4), by=world.caseworker
    )
    text = sign_in(world.caseworker).get(world.helene.get_absolute_url()).content.decode()
    for words in ("Hélène LE GOFF", "16 à l’entrée", "Béthune-Bruay", "04/03/2025", "Étape « Bilan ».", "Tom", "Mina"):
        assert words in text
    assert "Demandeurs d&#x27;emploi" in text


def test_the_tutor_reads_and_changes_nothing(world, sign_in):
    person = world.helene.beneficiary
    person.phone = "06 12 34 56 78"
    person.save()
    client, before = sign_in(world.tutor), everything()
    text = client.get(world.helene.get_absolute_url()).content.decode()
    assert "06 12 34 56 78" in text
    assert "Modifier" not in text and "Mina" not in text and "Historique" not in text
    for name in ("change", "enter_step", "record_loss", "undo_loss", "add_note", "history"):
        assert client.get(page(name, world.helene)).status_code == 403
        assert client.post(page(name, world.helene), {"sentence": "x"}).status_code == 403
        assert client.get(page(name, world.lea)).status_code == 404
    assert everything() == before


def test_a_caseworker_who_is_only_the_tutor_of_this_youth_reads(world, sign_in):
    """Paul works in Valenciennes and mentors Léa, of Béthune."""
    make_role(world.neighbour, "tutor", world.programme)
    services.open_access(
        enrolment=world.lea, user=world.neighbour, reason=AccessGrant.Reason.MENTORING,
        starts_on=dt.date(2025, 1, 1),
    )  # fmt: skip
    client = sign_in(world.neighbour)
    assert "Modifier" not in client.get(page("detail", world.lea)).content.decode()
    assert client.post(page("change", world.lea), paper(world)).status_code == 403
    assert client.get(page("change", world.karim)).status_code == 200


def test_files_of_others_do_not_exist(world, sign_in):
    for who in ("neighbour", "other_manager", "evaluator", "funder", "stranger", "tutor"):
        for name in ("detail", "change", "history", "add_note"):
            assert sign_in(world.cast[who]).get(page(name, world.lea)).status_code == 404
    elsewhere = reverse("beneficiaries:detail", args=["TEST-2", world.lea.pk])
    assert sign_in(world.administrator).get(elsewhere).status_code == 404


def test_a_private_note_is_read_by_its_author(world, sign_in):
    client = sign_in(world.caseworker)
    client.post(
        page("add_note", world.helene), {"sentence": "Pour moi seule.", "happened_on": "2025-05-01", "is_private": "on"}
    )
    client.post(page("add_note", world.helene), {"sentence": "Pour l’équipe.", "happened_on": "2025-05-01"})
    readers = ("caseworker", "manager", "administrator", "tutor")
    seen = {who: sign_in(world.cast[who]).get(page("detail", world.helene)).content.decode() for who in readers}
    assert [who for who, text in seen.items() if "Pour moi seule." in text] == ["caseworker"]
    assert all("Pour l’équipe." in text for text in seen.values())


def test_other_paths_are_shown_where_the_reader_may_go(world, sign_in):
    make_youth(
        world.programme, world.valenciennes, beneficiary=world.lea.beneficiary, contacted_on=dt.date(2024, 1, 5),
        entered_on=None,
    )  # fmt: skip
    assert "Autres parcours" in sign_in(world.manager).get(page("detail", world.lea)).content.decode()
    text = sign_in(world.caseworker).get(page("detail", world.lea)).content.decode()
    assert "Autres parcours" not in text and "Valenciennes" not in text


def test_queries_of_the_page_do_not_grow_with_the_timeline(world, sign_in, django_assert_max_num_queries):
    client = sign_in(world.caseworker)
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(14) as captured:
            client.get(page("detail", world.helene))
        counts.append(len(captured))
        for number in range(30):
            services.add_note(
                enrolment=world.helene, sentence=f"note {number}", happened_on=dt.date(2025, 4, 1), is_private=False,
                by=make_user("Auteur"),
            )  # fmt: skip
    assert counts[0] == counts[1]


# -- Acts ----------------------------------------------------------------------------------------------------


def test_steps_are_noted_and_taken_back_with_a_reason(world, sign_in):
    client, url = sign_in(world.caseworker), page("enter_step", world.lea)
    given = {"step": world.steps["bilan"].pk, "entered_on": "2025-03-01"}
    assert client.post(url, given).status_code == 302
    assert client.post(url, given).status_code == 422  # once only
    assert errors(client.post(url, given | {"step": world.steps["contrat"].pk, "entered_on": "2024-01-01"})) == {
        "entered_on": ["Cette étape précède le premier contact : vérifiez la date."]
    }
    entry = StepEntry.objects.get(enrolment=world.lea)
    withdraw = page("withdraw_step", world.lea, entry.pk)
    assert client.post(withdraw, {"why": ""}).status_code == 422
    assert client.post(page("withdraw_step", world.helene, entry.pk), {"why": "autre"}).status_code == 404
    assert StepEntry.objects.filter(pk=entry.pk).exists()
    client.post(withdraw, {"why": "notée pour une autre."})
    assert list(StepEntry.objects.filter(enrolment=world.lea)) == []
    assert world.lea.log.first().sentence == "Étape « Bilan » du 01/03/2025 retirée : notée pour une autre."


def test_a_departure_is_noted_and_undone(world, sign_in):
    client = sign_in(world.caseworker)
    late = {"reason": world.reasons["abandon"].pk, "lost_on": "2024-01-01"}
    assert errors(client.post(page("record_loss", world.lea), late)) == {
        "lost_on": ["Le départ précède le premier contact : vérifiez les deux dates."]
    }
    client.post(page("record_loss", world.lea), late | {"lost_on": "2025-05-02", "lost_at": world.steps["bilan"].pk})
    world.lea.refresh_from_db()
    assert (world.lea.lost_on, world.lea.loss_reason.code, world.lea.lost_at.code) == (
        dt.date(2025, 5, 2), "abandon", "bilan",
    )  # fmt: skip
    client.post(page("undo_loss", world.lea), {"why": "elle est revenue le lendemain."})
    world.lea.refresh_from_db()
    assert (world.lea.lost_on, world.lea.loss_reason, world.lea.lost_at) == (None, None, None)
    assert world.lea.log.first().sentence == "Départ du 02/05/2025 annulé : elle est revenue le lendemain."
    assert client.post(page("undo_loss", world.lea), {"why": "encore"}).status_code == 422


def test_a_closed_programme_is_read_and_not_changed(world, sign_in):
    world.programme.closed_on = dt.date(2025, 12, 31)
    world.programme.save()
    client, before = sign_in(world.manager), everything()
    text = client.get(page("detail", world.lea)).content.decode()
    assert "Modifier" not in text and "Noter une étape" not in text and "Ajouter une note" not in text
    assert "Noter un premier contact" not in client.get(reverse("beneficiaries:list", args=["TEST-1"])).content.decode()
    for name in ("change", "enter_step", "record_loss", "undo_loss", "add_note"):
        response = client.post(page(name, world.lea), {"sentence": "x", "happened_on": "2025-05-01"})
        assert response.status_code == 409
    assert client.post(new_url(world), paper(world)).status_code == 409
    assert client.get(page("history", world.lea)).status_code == 200
    assert everything() == before


# -- Two editors ---------------------------------------------------------------------------------------------


def form_of(client, enrolment):
    """What the browser would send back of the page as it is."""
    form = client.get(page("change", enrolment)).context["form"]
    return {name: as_sent(form[name].value()) for name in form.fields}


def as_sent(value):
    if isinstance(value, dict):
        return WhatWasRead().prepare_value(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def chosen(text):
    """What the browser sends from the page of the conflict when one accepts what it proposes."""
    tags = re.findall(r"<input [^>]*>", text)
    sent = {}
    for tag in tags:
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and ("radio" not in tag or " checked" in tag):
            sent[name[1]] = value[1]
    return sent


def test_a_change_is_saved_and_its_history_told(world, sign_in):
    client = sign_in(world.caseworker)
    data = form_of(client, world.lea)
    response = client.post(page("change", world.lea), data | {"phone": "0601", "situation": "college"}, follow=True)
    assert response.redirect_chain == [(page("detail", world.lea), 302)]
    history = client.get(page("history", world.lea)).content.decode()
    assert "<del>Demandeurs d&#x27;emploi</del>" in history and "<ins>Collégiens</ins>" in history
    assert "<ins>0601</ins>" in history and "Inès" in history
    assert "version" not in history


def test_the_first_change_of_a_file_written_in_bulk_is_told(world, sign_in):
    Enrolment.history.all().delete()
    Beneficiary.history.all().delete()
    client = sign_in(world.caseworker)
    client.post(page("change", world.lea), form_of(client, world.lea) | {"city": "Lens", "situation": "college"})
    text = client.get(page("history", world.lea)).content.decode()
    assert "<ins>Lens</ins>" in text and "<del>Demandeurs d&#x27;emploi</del>" in text and "le système" in text


def test_the_second_editor_is_shown_both_versions_and_loses_nothing(world, sign_in):
    ines, bruno = sign_in(world.caseworker), sign_in(world.manager)
    at_ines, at_bruno = form_of(ines, world.lea), form_of(bruno, world.lea)
    bruno.post(page("change", world.lea), at_bruno | {"phone": "0611111111", "city": "Béthune"})
    response = ines.post(page("change", world.lea), at_ines | {"phone": "0622222222", "situation": "college"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Enregistré par Bruno" in text and "Votre saisie" in text
    assert "0611111111" in text and "0622222222" in text and "Collégiens" in text
    assert [(each["name"], each["take_stored"], each["both_changed"]) for each in response.context["choices"]] == [
        ("phone", False, True), ("city", True, False), ("situation", False, False),
    ]  # fmt: skip
    world.lea.beneficiary.refresh_from_db()
    assert world.lea.beneficiary.phone == "0611111111"
    assert ines.post(page("change", world.lea), chosen(text)).status_code == 302
    path = Enrolment.objects.select_related("beneficiary").get(pk=world.lea.pk)
    assert (path.beneficiary.phone, path.beneficiary.city, path.situation) == ("0622222222", "Béthune", "college")


def test_two_tabs_of_one_person_are_two_editors(world, sign_in):
    client = sign_in(world.caseworker)
    first, second = form_of(client, world.lea), form_of(client, world.lea)
    client.post(page("change", world.lea), first | {"city": "Lens"})
    assert client.post(page("change", world.lea), second | {"city": "Arras"}).status_code == 409
    other_file = form_of(client, world.helene)["read"]
    for forged in ("", "1.1", "a:b:c", other_file):
        assert client.post(page("change", world.lea), second | {"read": forged}).status_code == 409
    world.lea.beneficiary.refresh_from_db()
    assert world.lea.beneficiary.city == "Lens"


def test_a_departure_noted_meanwhile_is_not_overwritten(world, sign_in):
    client = sign_in(world.caseworker)
    data = form_of(client, world.lea)
    gone(world, world.lea)
    assert client.post(page("change", world.lea), data | {"city": "Lens"}).status_code == 409
    world.lea.refresh_from_db()
    assert world.lea.lost_on == dt.date(2025, 6, 1)


def test_the_dates_typed_agree_with_what_is_noted_elsewhere(world, sign_in):
    client = sign_in(world.caseworker)
    services.enter_step(enrolment=world.lea, step=world.steps["contact"], entered_on=dt.date(2025, 1, 11), by=None)
    gone(world, world.lea)
    data = form_of(client, world.lea) | {"entered_on": ""}
    response = client.post(page("change", world.lea), data | {"contacted_on": "2025-05-05"})
    assert list(errors(response)) == ["contacted_on"]
    response = client.post(page("change", world.lea), data | {"contacted_on": "2025-07-05"})
    assert "Le départ précède le premier contact : vérifiez les deux dates." in errors(response)["__all__"]
    response = client.post(page("change", world.lea), data | {"entered_on": "2025-02-03", "exited_on": "2025-02-01"})
    assert errors(response) == {"exited_on": ["La sortie précède l’entrée : vérifiez les deux dates."]}


def test_another_path_keeps_its_copies_in_step(world, sign_in):
    other = make_youth(world.programme, world.valenciennes, beneficiary=world.lea.beneficiary)
    versions = Enrolment.objects.get(pk=other.pk).version
    client = sign_in(world.caseworker)
    client.post(
        page("change", world.lea), form_of(client, world.lea) | {"last_name": "Martin", "birth_date": "1990-01-01"}
    )
    other.refresh_from_db()
    assert (other.sort_name, other.age_band, other.version) == ("martin lea", "26+", versions)
    assert other.history.count() == 1


def test_the_history_names_nobody_from_another_programme(world, sign_in):
    elsewhere = make_youth(world.other_programme, world.valenciennes, beneficiary=world.lea.beneficiary)
    client = sign_in(world.other_manager)
    client.post(page("change", elsewhere), form_of(client, elsewhere) | {"city": "Douai"})
    text = sign_in(world.caseworker).get(page("history", world.lea)).content.decode()
    assert "Douai" in text and "quelqu’un d’une autre équipe" in text and "Carole" not in text


def test_a_file_number_that_no_database_holds_is_a_404(world, sign_in):
    client = sign_in(world.caseworker)
    assert [client.get(f"/p/TEST-1/jeunes/{pk}/").status_code for pk in (10**9, 10**19, 10**30)] == [404, 404, 404]
