"""« Qui peut voir quoi » cannot lie: the scope that it prints is the one that the database applies, role by role."""

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from django.db.models import Q
from django.urls import reverse

from beneficiaries import services
from beneficiaries.documents import Sent, put_in
from beneficiaries.models import (
    AccessGrant,
    ApprenticeshipBreak,
    Attendance,
    Beneficiary,
    BulkAct,
    BulkRow,
    Contact,
    Contract,
    Document,
    Enrolment,
    Exam,
    Gathering,
    Handover,
    ImportBatch,
    ImportLine,
    LogEntry,
    Mailing,
    Merge,
    NextAction,
    Notice,
    Objection,
    Obstacle,
    Outcome,
    SavedList,
    Sender,
    StepEntry,
)
from cellules.models import AgendaItem, Cell, Review, Session
from funding.models import Headcount, HeadcountPart, Project
from partaj.accounts import rules
from partaj.accounts.models import (
    CalendarKey,
    Draft,
    Invitation,
    JournalEntry,
    JournalSeal,
    ProConnectIdentity,
    Role,
    User,
)
from partaj.acts import IN_WORDS, Act
from partaj.programmes.models import ExtraRow, Partnership, Programme, SectionRule
from partaj.seeing import BESIDES_ROWS, EVERYTHING, NOTHING, Bound, Unreadable, in_words, scope_of
from partaj.territories.models import Territory
from reports.models import DeclaredFigure
from reports.perimeter import perimeter_of
from tests.access.house import SENT, build_house

HOLDERS = ["administrator", "manager", "other_manager", "caseworker", "neighbour", "tutor", "member", "evaluator",
           "funder"]  # fmt: skip


# -- Where a row stands, said here a second time and otherwise than by the rules -----------------------
@dataclass
class Stands:
    """The programmes of a row, its pairs of programme and territory, to whom its youth is open, and whose it is."""

    programmes: set = field(default_factory=set)
    ground: set = field(default_factory=set)
    open_to: set = field(default_factory=set)
    own: set = field(default_factory=set)


def of_ground(row, own=()):
    return Stands({row.programme_id}, {(row.programme_id, row.territory_id)}, own=set(own))


def of_file(enrolment, own=()):
    stands, today = of_ground(enrolment, own), dt.date.today()
    stands.open_to = {
        (grant.user_id, enrolment.programme_id)
        for grant in enrolment.grants.all()
        if grant.starts_on <= today and (grant.ends_on is None or grant.ends_on >= today)
    }
    return stands


def of_person(person):
    found = [of_file(each) for each in person.enrolments.all()]
    return Stands(*(set().union(*(getattr(each, name) for each in found)) for name in ("programmes", "ground")),
                  set().union(*(each.open_to for each in found)))  # fmt: skip


def of_territory(territory):
    return Stands({each.pk for each in territory.programmes.all()}, {(None, territory.pk)})


def of_programme(row):
    return Stands({row.programme_id})


STANDS = {
    Beneficiary: of_person,
    Enrolment: of_file,
    StepEntry: lambda row: of_file(row.enrolment),
    ApprenticeshipBreak: lambda row: of_file(row.enrolment),
    Contact: lambda row: of_file(row.enrolment),
    Gathering: lambda row: of_ground(row) if row.territory_id else Stands({row.programme_id}),
    Attendance: lambda row: of_file(row.enrolment),
    Contract: lambda row: of_file(row.enrolment),
    Exam: lambda row: of_file(row.enrolment),
    NextAction: lambda row: of_file(row.enrolment),
    Notice: lambda row: of_file(row.enrolment),
    Objection: lambda row: of_file(row.enrolment),
    Outcome: lambda row: of_file(row.enrolment),
    Obstacle: lambda row: of_file(row.enrolment),
    LogEntry: lambda row: of_file(row.enrolment, {row.author_id}),
    Handover: lambda row: Stands(
        {row.enrolment.programme_id},
        {(row.enrolment.programme_id, place) for place in (row.from_territory_id, row.territory_id)},
    ),
    BulkAct: lambda row: Stands({row.programme_id}, own={row.author_id}),
    Mailing: lambda row: Stands({row.act.programme_id}, own={row.act.author_id}),
    SavedList: lambda row: of_ground(row, {row.author_id}),
    BulkRow: lambda row: of_file(row.enrolment),
    Document: lambda row: of_file(row.enrolment, {row.author_id}),
    Sender: of_programme,
    ImportBatch: of_programme,
    ImportLine: lambda row: Stands(
        {row.batch.programme_id}, of_ground(row.enrolment).ground if row.enrolment else set()
    ),
    Merge: lambda row: of_programme(row.enrolment),
    AccessGrant: lambda row: of_ground(row.enrolment, {row.user_id}),
    Cell: of_ground,
    Session: lambda row: of_ground(row.cell),
    Review: lambda row: of_file(row.enrolment),
    AgendaItem: lambda row: of_file(row.enrolment),
    Project: of_ground,
    Headcount: lambda row: of_ground(row.project),
    HeadcountPart: lambda row: of_ground(row.headcount.project),
    DeclaredFigure: of_programme,
    User: lambda row: Stands({role.programme_id for role in row.roles.all()}),
    Role: of_programme,
    Draft: lambda row: Stands(own={row.author_id}),
    CalendarKey: lambda row: Stands(own={row.account_id}),
    JournalEntry: of_programme,
    Programme: lambda row: Stands({row.pk}),
    Territory: of_territory,
}


def stands(row):
    return STANDS.get(type(row), of_programme if hasattr(row, "programme_id") else lambda row: Stands())(row)


def is_within(row, bounds, role):
    """Whether `row` is of what these bounds say, for the holder of `role`."""
    place = stands(row)
    meets = {
        Bound.PROGRAMMES: role.programme_id in place.programmes,
        Bound.TERRITORIES: role.territory_id in {territory for _, territory in place.ground},
        Bound.OPEN: (role.user_id, role.programme_id) in place.open_to,
        Bound.SELF: role.user_id in place.own,
    }
    if {Bound.PROGRAMMES, Bound.TERRITORIES} <= bounds and (role.programme_id, role.territory_id) not in place.ground:
        return False
    return all(meets[bound] for bound in bounds)


@pytest.fixture
def house(db):
    """With at least a row of everything, on each side of each bound."""
    house = build_house()
    for user in house.cast.values():
        for enrolment in Enrolment.objects.all():
            services.write_log(
                enrolment=enrolment, kind=LogEntry.Kind.NOTE, happened_on=dt.date(2025, 3, 1), sentence="privée",
                author=user, is_private=True,
            )  # fmt: skip
            put_in(enrolment=enrolment, sent=Sent(SENT, "cv", is_private=True), by=user)
        Draft.objects.create(author=user, path="/", fields="x=1")
        CalendarKey.objects.get_or_create(account=user, defaults={"digest": str(user.pk)})
        Invitation.objects.create(account=user, address=user.email, digest=str(user.pk), expires_at="2030-01-01T00:00Z")
        for programme in (house.programme, house.other_programme):
            SavedList.objects.create(programme=programme, author=user, name="Pour soi", query="tri=entree")
            shared = {"name": "Pour tous", "query": "tri=contact", "is_private": False}
            SavedList.objects.create(programme=programme, author=user, **shared)
        ProConnectIdentity.objects.create(account=user, issuer="https://proconnect.example", sub=str(user.pk))
        # A file opened to each, whom it serves only where their role is a guest's, of its programme.
        for enrolment in (house.helene, house.foreigner):
            if not AccessGrant.objects.filter(user=user, enrolment=enrolment):
                # Before the objection that is noted there, which no access of today would pass.
                AccessGrant.objects.create(
                    enrolment=enrolment, user=user, reason="session", starts_on=dt.date(2025, 1, 1)
                )
    services.open_access(
        enrolment=house.lea, user=house.tutor, reason="mentoring", starts_on=dt.date(2025, 1, 1),
        ends_on=dt.date(2025, 2, 1),
    )  # fmt: skip
    for programme in (house.programme, house.other_programme):
        DeclaredFigure.objects.create(programme=programme, report="annexe-1", row="youths", column="total", text="1")
        Partnership.objects.create(programme=programme, organisation=house.holder, kind="operational")
        Sender.objects.create(programme=programme, organisation=house.holder)
        SectionRule.objects.create(programme=programme, section="age")
        ExtraRow.objects.create(programme=programme, section="age", label="Autres", code="autres")
        JournalEntry.objects.write([JournalEntry(
            kind="read", page="x", programme=programme, roles="", subject="", shown="", detail="", address=""
        )])  # fmt: skip
    JournalSeal.objects.create(
        rank=1, last=1, count=1, members=b"", rows="", previous="", sealed_at="2026-01-01T00:00Z", digest="", purge=""
    )
    house.more["parts_elsewhere"] = HeadcountPart.objects.create(
        headcount=house.more["headcount_next_door"], section="age", code="16-18", count=3
    )
    return house


def shown_to(user, shown):
    """The rows that the product shows to `user`, of this kind of data."""
    if shown in BESIDES_ROWS:
        seen = Programme.objects.visible_to(user)
        return {row for programme in seen for row in perimeter_of(user, programme).enrolments()}
    return set(shown.rows(user).filter(**shown.given))


def existing(shown):
    return set(shown.rows(rules.holder(Role.Kind.MANAGER)).model._base_manager.filter(**shown.given))


def test_the_scope_printed_is_the_one_that_the_database_applies(house):
    wrong, reached = [], defaultdict(set)
    for shown in rules.kinds_of_data():
        every = existing(shown)
        assert every, f"no row of « {shown.label} » to try the rule with"
        for name in HOLDERS:
            user = User.objects.get(pk=house.cast[name].pk)
            role = user.roles.get()
            scope = rules.scope(shown, role.kind)
            said = {row for row in every if any(is_within(row, bounds, role) for bounds in scope)}
            found = shown_to(user, shown)
            if said != found:
                wrong.append((shown.label, name, in_words(scope), len(said), len(found)))
            for bounds in scope:
                reached[bounds].add((bool(found), bool(every - found)))
    assert wrong == []
    for bounds, tried in reached.items():  # each scope was tried with somebody to show and somebody to hide
        assert (True, bool(bounds)) in tried, bounds


def test_a_part_of_the_rule_that_is_dropped_is_seen(house, monkeypatch):
    """The proof above is one: a rule that shows more than before prints more, or the comparison fails."""
    monkeypatch.setattr(type(Cell.objects.all()), "visibility", lambda rows, reach: Q(programme__in=reach.programmes))
    shown = next(each for each in rules.kinds_of_data() if each.label == "cellules")
    assert in_words(rules.scope(shown, Role.Kind.CASEWORKER)) == "ses programmes"
    assert in_words(rules.scope(shown, Role.Kind.FUNDER)) == "ses programmes"


@pytest.mark.parametrize(
    "rule",
    [
        ~Q(programme=rules.ONE_PROGRAMME), Q(programme=3), Q(name__startswith="a"), Q(territory__name="Béthune"),
        Q(programme=rules.ONE_PROGRAMME) ^ Q(territory=rules.ONE_TERRITORY),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_put_in_words_is_refused(rule):
    with pytest.raises(Unreadable):
        scope_of(Cell.objects.filter(rule))


def test_a_scope_within_another_is_not_printed():
    own, whole = Q(programme=rules.ONE_PROGRAMME, territory=rules.ONE_TERRITORY), Q(programme=rules.ONE_PROGRAMME)
    assert in_words(scope_of(Cell.objects.filter(own | whole))) == "ses programmes"
    assert scope_of(Cell.objects.all()) == EVERYTHING
    assert scope_of(Cell.objects.none()) == NOTHING


# -- The sentences -----------------------------------------------------------------------------------
KINDS = {
    "responsables": "manager", "chargés de mission": "caseworker", "référents tuteurs": "tutor",
    "membres de cellule": "member", "évaluateurs": "evaluator", "financeurs": "funder",
    "administrateurs compris": "administrator",
}  # fmt: skip
WORDS = {
    "programmes": Bound.PROGRAMMES, "territoires": Bound.TERRITORIES, "ouverts": Bound.OPEN, "les leurs": Bound.SELF,
    "les siennes": Bound.SELF,
}  # fmt: skip
NOBODY_ELSE = "Personne d’autre que les administrateurs"
PRIVATE = (
    "Une note privée : son auteur seul", "Un document privé : son auteur seul",
    "Une liste pour soi : son auteur seul",
)  # fmt: skip


def said_by(sentence):
    """What a sentence says: for each role that it names, the bounds that its words name."""
    said = {}
    for clause in re.findall(r"[^.]+", sentence):
        if NOBODY_ELSE in clause or any(words in clause for words in PRIVATE):
            continue
        who, how = re.split(r"\s: ", clause)
        names = [KINDS[name] for name in who.strip().lower().split(", ") if name != "chacun"]
        if "Chacun" in who:
            names += [kind for kind in Role.Kind.values if kind != "administrator"]
        bounds = {bound for word, bound in WORDS.items() if word in how}
        assert bounds or "tout" in how, f"no scope in « {clause} »"
        said |= dict.fromkeys(names, bounds)
    return said


def test_each_sentence_says_what_its_rule_does():
    for shown in rules.kinds_of_data():
        assert shown.sentence, f"{shown.label}: its queryset has no `seen_by`"
        if shown.given.get("is_private"):
            assert any(words in shown.sentence for words in PRIVATE)
            assert all(Bound.SELF in bounds for kind in Role.Kind for bounds in rules.scope(shown, kind))
            continue
        done = {}
        for kind in Role.Kind:
            scope = rules.scope(shown, kind)
            assert len(scope) < 2, f"{shown.label}: two scopes for one role need two sentences"
            for bounds in scope:  # an access is opened in a programme where its holder is a guest
                done[kind.value] = {*bounds} - ({Bound.PROGRAMMES} if Bound.OPEN in bounds else set())
        if done.get("administrator") == set():
            del done["administrator"]
        assert said_by(shown.sentence) == done, shown.label


def test_what_not_even_an_administrator_reads_is_named():
    assert rules.kept_from_administrators() == [
        "notes privées",
        "documents privés",
        "listes enregistrées pour soi",
        "saisies conservées",
    ]


def test_each_act_is_in_words():
    assert set(IN_WORDS) == set(Act)


# -- The page ------------------------------------------------------------------------------------------
def cells_of(html, label):
    """The words of the line that begins with `label`, role by role."""
    line = next(part for part in html.split("<tr>") if f'<th scope="row">{label}' in part)
    return re.findall(r'<span class="scope scope-\w+">([^<]*)</span>', line)


def test_the_page_prints_the_matrix(world, sign_in):
    html = sign_in(world.manager).get(reverse("accounts:rules")).content.decode()
    assert cells_of(html, "Notes privées") == [
        "soi-même", "soi-même, dans ses programmes", "soi-même, dans ses territoires dans ses programmes",
        "soi-même, parmi les jeunes qui lui sont ouverts", "soi-même, parmi les jeunes qui lui sont ouverts",
        "rien", "rien",
    ]  # fmt: skip
    assert cells_of(html, "Fil")[3:] == ["les jeunes qui lui sont ouverts"] * 2 + ["rien"] * 2
    assert cells_of(html, "Chiffres des tableaux")[5] == "ses programmes (sans noms ; masqués de 1 à 4)"
    assert cells_of(html, "Exporter des listes") == [
        "oui", "si ce droit lui est donné", "si ce droit lui est donné", "non", "non", "non", "non"
    ]  # fmt: skip
    assert f"imprimé de PARTAJ le {dt.date.today():%d/%m/%Y}" in html
    assert "par Bruno" in html


def test_the_threshold_is_the_setting(world, sign_in, settings):
    settings.SMALL_CELL_THRESHOLD = 11
    html = sign_in(world.administrator).get(reverse("accounts:rules")).content.decode()
    assert "un nombre inférieur à 11" in html
    assert "masqués de 1 à 10" in html


def test_nothing_is_asked_of_the_database_about_anybody(world, sign_in, django_assert_max_num_queries):
    client = sign_in(world.manager)
    with django_assert_max_num_queries(9) as read:
        client.get(reverse("accounts:rules"))
    assert not any("beneficiaries_" in query["sql"] for query in read.captured_queries)
