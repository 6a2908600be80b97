"""What the pages of lists show of people, to whom, and the line that each leaves in the journal."""

from beneficiaries import services
from beneficiaries.home import lists_panel
from beneficiaries.models import Enrolment, ImportBatch, ImportLine, Sender
from partaj.accounts.models import JournalEntry
from partaj.acts import Act, may
from tests.received.hands import CHLOE, LEA, YOUNG, confirmed, line_of, received, url
from tests.world import make_role, make_youth

ZOE = "Ailleurs;Zoé;17/05/2008;06 39 98 00 20;zoe@example.org"
ROSE = "Martin;Rose;09/04/2007;06 39 98 00 21;rose@example.org"


def told_of(page):
    """(kind, subject, files shown, in words) of each reading of this page, in their order."""
    lines = JournalEntry.objects.filter(page=f"beneficiaries:{page}").order_by("number")
    return [(line.kind, line.subject, line.shown.split(), line.detail) for line in lines]


def subject_of(batch):
    return f"beneficiaries.importbatch:{batch.pk}"


def test_of_somebody_who_is_here_and_elsewhere_the_path_elsewhere_is_neither_shown_nor_said_to_be(world, sign_in):
    """Zoé came to Béthune as well: Bruno reads her file there, and nothing of the one that another programme holds."""
    here = make_youth(world.programme, world.bethune, beneficiary=world.foreigner.beneficiary)
    batch = received(world, LEA, ZOE)
    line = url("line", batch, line_of(batch, 3).pk)
    shown = sign_in(world.manager).get(line)
    (zoe,) = shown.context["people"]
    assert (zoe.who, zoe.paths) == ("Zoé Ailleurs", [here])
    assert "TEST-2" not in shown.content.decode()
    assert told_of("line") == [("listed", subject_of(batch), [str(here.pk)], "")]
    (zoe,) = sign_in(world.administrator).get(line).context["people"]
    assert {path.programme for path in zoe.paths} == {world.programme, world.other_programme}


def test_the_first_lines_of_the_file_are_names_that_somebody_read(world, sign_in):
    batch = received(world, LEA, CHLOE)
    page = sign_in(world.manager).get(url("batch_reading", batch)).content.decode()
    assert "Moreau" in page and "chloe.lefevre@example.org" in page
    assert told_of("batch_reading") == [("listed", subject_of(batch), [], "")]


def test_who_drew_the_statement_for_a_structure_is_known(world, sign_in):
    batch = confirmed(world, LEA, YOUNG)
    sign_in(world.manager).get(url("batch_statement", batch))
    assert told_of("batch_statement") == [("printed", "", [], f"bilan de la liste n° {batch.pk}")]


def test_the_files_that_stop_an_undoing_are_shown_by_name_and_they_alone(world, sign_in):
    batch, client = confirmed(world, LEA, CHLOE), sign_in(world.manager)
    client.get(url("batch_undo", batch))
    assert told_of("batch_undo") == []  # nobody is named yet
    file = line_of(batch, 3).enrolment
    services.enter_step(enrolment=file, step=world.steps["contact"], entered_on=file.contacted_on, by=world.caseworker)
    shown = client.get(url("batch_undo", batch))
    assert shown.context["worked_on"] == [file]
    assert told_of("batch_undo") == [("listed", "", [str(file.pk)], "1 dossier")]


def test_the_home_page_says_what_waits_to_who_receives_lists_in_the_programme_and_to_nobody_else(
    world, sign_in, rf, django_assert_num_queries
):
    confirmed(world, LEA, YOUNG)  # he is too young: his line waits
    received(world, CHLOE)
    for line in (CHLOE, ROSE):
        received(world, line, programme=world.other_programme, territory=world.valenciennes)
    found = {}
    for name in ("administrator", "manager", "other_manager", "caseworker", "tutor", "evaluator"):
        panels = dict(sign_in(world.cast[name]).get("/").context["panels"])
        told = panels.get("beneficiaries/_home_lists.html", {"programmes": []})["programmes"]
        found[name] = [(each["url"], each["to_confirm"], each["waiting"]) for each in told]
    here, there = ("/p/TEST-1/listes/", 1, 1), ("/p/TEST-2/listes/", 2, 0)
    assert found == {
        "administrator": [here, there], "manager": [here], "other_manager": [there], "caseworker": [], "tutor": [],
        "evaluator": [],
    }  # fmt: skip
    request = rf.get("/")
    request.user = world.caseworker
    assert request.user.reach.worked
    with django_assert_num_queries(0):  # nothing is even looked for
        assert lists_panel(request, [world.programme]) is None


# -- What each page takes for granted of who may open it (tests/mutants/equivalent.py) -------------------------
def two_programmes_with_lists(world):
    """A list of each, a file opened out of both, and a line of TEST-1 that tells of a file of Valenciennes."""
    of_one = confirmed(world, LEA, CHLOE)
    confirmed(world, ROSE, programme=world.other_programme, territory=world.valenciennes)
    ImportLine.objects.filter(batch=of_one, number=3).update(enrolment=world.karim)
    for programme in (world.programme, world.other_programme):
        Sender.objects.get_or_create(programme=programme, organisation=world.holder)
    make_role(world.neighbour, "manager", world.other_programme)  # and goes on working in TEST-1


def test_who_may_receive_lists_sees_all_that_the_programme_received_and_all_its_files(world):
    two_programmes_with_lists(world)
    receiving = {
        name: [each for each in (world.programme, world.other_programme) if may(user, Act.IMPORT_LISTS, each)]
        for name, user in world.cast.items()
    }
    assert {name: [each.number for each in where] for name, where in receiving.items() if where} == {
        "administrator": ["TEST-1", "TEST-2"], "manager": ["TEST-1"], "other_manager": ["TEST-2"],
        "neighbour": ["TEST-2"],
    }  # fmt: skip
    for name, programmes in receiving.items():
        user = world.cast[name]
        for model in (ImportBatch, Sender):  # those alone: nobody else knows that there are lists
            assert set(model.objects.visible_to(user)) == set(model.objects.filter(programme__in=programmes)), name
        for model, path in ((ImportLine, "batch__programme"), (Enrolment, "programme")):
            there = model.objects.filter(**{f"{path}__in": programmes})
            assert set(model.objects.visible_to(user).filter(pk__in=there)) == set(there), (name, model)


def test_who_answers_for_a_youth_sees_every_line_from_which_the_file_came(world):
    two_programmes_with_lists(world)
    answering = {}
    for name, user in world.cast.items():
        for file in Enrolment.objects.exclude(import_lines=None):
            if file.may_be_changed_by(user):
                seen = ImportLine.objects.visible_to(user).filter(enrolment=file)
                assert set(seen) == set(file.import_lines.all()), (name, file)
                answering.setdefault(name, set()).add(file.beneficiary.first_name)
    assert answering == {
        "administrator": {"Léa", "Karim", "Rose"}, "manager": {"Léa", "Karim"}, "other_manager": {"Rose"},
        "caseworker": {"Léa"}, "neighbour": {"Karim", "Rose"},
    }  # fmt: skip
