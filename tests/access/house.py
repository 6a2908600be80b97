"""The world of the tests with something to knock at on every side: next door, elsewhere, and each kind of object."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from allauth.usersessions.models import UserSession
from django.utils import timezone

from beneficiaries.batches.reading import packed
from beneficiaries.documents import Sent, put_in
from beneficiaries.following import Said, note
from beneficiaries.gatherings import invite
from beneficiaries.merging.comparing import compare
from beneficiaries.merging.uniting import merge_people
from beneficiaries.models import (
    ApprenticeshipBreak,
    BulkAct,
    BulkRow,
    Contract,
    Enrolment,
    Exam,
    Gathering,
    Handover,
    ImportBatch,
    ImportLine,
    Mailing,
    NextAction,
    Notice,
    Objection,
    Obstacle,
    Outcome,
    SavedList,
    StepEntry,
)
from cellules.models import AgendaItem, Cell, Review, Session
from funding.models import Project
from partaj.accounts.invitations.services import digest_of
from partaj.accounts.models import CalendarKey, Draft, Role, User
from partaj.programmes.models import FunnelStep, Programme
from partaj.territories.models import Territory
from partaj.uploads.gate import Accepted
from partaj.uploads.kinds import PNG
from tests.world import World, build_world, make_headcount, make_youth

SENT = Accepted("cv.png", PNG, b"\x89PNG\r\n\x1a\n")  # nothing reads it


@dataclass
class House(World):
    """`more` holds what the cast of the other tests does without, by name."""

    more: dict[str, Any] = field(default_factory=dict)
    canaries: Any = None
    links: Any = None


def build_house() -> House:
    house = House(**vars(build_world()))
    for user in house.cast.values():
        user.password = "never-compared"  # yet usable: without any, the page that changes it leads elsewhere
        user.save(update_fields=["password"])
    _elsewhere(house)
    for name, enrolment, step, by in [
        ("helene", house.helene, house.steps["contact"], house.caseworker),
        ("karim", house.karim, house.steps["contact"], house.neighbour),
        ("foreigner", house.foreigner, house.more["step_elsewhere"], house.other_manager),
    ]:
        rows = _hanging_on(enrolment, step) | _noted_by(by, enrolment)
        house.more |= {f"{name}_{kind}": row for kind, row in rows.items()}
    _hand_over(house)
    for name, programme, territory, enrolment in [
        ("own", house.programme, house.bethune, house.helene),
        ("next_door", house.programme, house.valenciennes, house.karim),
        ("elsewhere", house.other_programme, house.valenciennes, house.foreigner),
    ]:
        _study(house, name, programme, territory, enrolment)
        _receive(house, name, programme, territory, enrolment)
        house.more |= _gather(name, enrolment, house.administrator)
        house.more |= _twice(house, name, enrolment)
    # Last, and not through the service: an objection closes the file to the guests who knock at it here.
    for name, enrolment in [("helene", house.helene), ("karim", house.karim), ("foreigner", house.foreigner)]:
        told = {"made_on": dt.date(2025, 3, 5), "words": "Pas à la mairie", "answer": "Entendu"}
        house.more[f"{name}_objection"] = Objection.objects.create(enrolment=enrolment, scope="sharing", **told)
        house.more[f"{name}_notice"] = Notice.objects.create(enrolment=enrolment, how="oral")
    for name, programme, territory, by in [
        ("own", house.programme, house.bethune, house.caseworker),
        ("next_door", house.programme, house.valenciennes, house.neighbour),
        ("elsewhere", house.other_programme, house.valenciennes, house.other_manager),
    ]:
        house.more[f"saved_{name}"] = SavedList.objects.create(
            programme=programme, author=by, name="Sans référent", territory=territory, is_private=False,
            query=f"f-territory={territory.pk}&f-referent=nobody",
        )  # fmt: skip
    for name in ("caseworker", "neighbour"):
        house.more[f"draft_{name}"] = Draft.objects.create(author=house.cast[name], path="/", fields="note=secret")
        house.more[f"open_{name}"] = UserSession.objects.create(
            user=house.cast[name], ip="192.0.2.1", session_key=f"session-of-{name}"
        )
    secret = house.more["agenda_caseworker"] = "secret-de-l-agenda"
    # Read a moment ago: once an hour, reading it again writes nothing.
    CalendarKey.objects.create(account=house.caseworker, digest=digest_of(secret), last_read_at=timezone.now())
    for name in ("caseworker", "neighbour", "manager", "other_manager"):
        house.more[f"role_{name}"] = Role.objects.get(user=house.cast[name])
    return house


def _elsewhere(house: House) -> None:
    house.more = {
        "headcount_next_door": make_headcount(house.foreign_project, youths=3),
        "project_elsewhere": Project.objects.create(
            programme=house.other_programme, territory=house.valenciennes, organisation=house.holder,
            title="Encore ailleurs", status="retained",
        ),
        "step_elsewhere": FunnelStep.objects.create(
            programme=house.other_programme, position=0, code="contact", label="Contacté"
        ),
    }  # fmt: skip
    house.more["headcount_elsewhere"] = make_headcount(house.more["project_elsewhere"], youths=4)


def _hanging_on(enrolment: Enrolment, step: FunnelStep) -> dict[str, Any]:
    """One of each kind of row that hangs on a file."""
    day = dt.date(2025, 1, 8)
    return {
        "entry": StepEntry.objects.create(enrolment=enrolment, step=step, entered_on=dt.date(2025, 1, 10)),
        "break": ApprenticeshipBreak.objects.create(
            enrolment=enrolment, company="Garage Dupont", broken_on=day, motive="Mésentente", followed_elsewhere=True,
            followed_by="Mission locale", solution_found=True, solution="CDD",
        ),
        "outcome": Outcome.objects.create(
            enrolment=enrolment, kind="cdd", precision="Garage Dupont", seen_on=dt.date(2025, 3, 2), is_principal=True
        ),
        "obstacle": Obstacle.objects.create(
            enrolment=enrolment, kind="other", precision="Garde d’enfant", opened_on=day,
            words="Sa petite sœur, le mercredi.", solved_on=dt.date(2025, 2, 8), how="Une place au centre social.",
        ),
        "contract": Contract.objects.create(
            enrolment=enrolment, contract_type="cdd", employer="Garage Dupont", opca="AGEFOS", starts_on=day,
            broken_on=dt.date(2025, 3, 8), break_motive="other", break_precision="Un désaccord sur les horaires",
            initiative="both",
        ),
        "exam": Exam.objects.create(
            enrolment=enrolment, certificate="CAP Cuisine", session_on=dt.date(2025, 6, 1), day_known=False,
            result="partial", units_validated=5, units_total=8,
        ),
    }  # fmt: skip


def _noted_by(by: User, enrolment: Enrolment) -> dict[str, Any]:
    said = Said(dt.date(2025, 3, 4), "Son père a rappelé.", channel="call", result="appointment")
    return {
        "contact": note(enrolment=enrolment, said=said, by=by),
        "action": NextAction.objects.create(
            enrolment=enrolment, what="Rappeler son père", due_on=dt.date(2025, 3, 11), assignee=by
        ),
        "document": put_in(enrolment=enrolment, sent=Sent(SENT, kind="cv", about="Relu avec lui"), by=by),
    }


def _study(house: House, name: str, programme: Programme, territory: Territory, enrolment: Enrolment) -> None:
    """A cell, its session, and the youth studied there."""
    cell = Cell.objects.create(programme=programme, territory=territory, name=f"Cellule {name}")
    session = Session.objects.create(cell=cell, held_on=dt.date(2025, 3, 1))
    review = Review.objects.create(session=session, enrolment=enrolment)
    coming = Session.objects.create(cell=cell, held_on=timezone.localdate() + dt.timedelta(days=7))
    item = AgendaItem.objects.create(session=coming, enrolment=enrolment)
    house.more |= {f"cell_{name}": cell, f"session_{name}": session, f"review_{name}": review}
    house.more |= {f"coming_{name}": coming, f"item_{name}": item}


def _gather(name: str, enrolment: Enrolment, by: User) -> dict[str, Any]:
    """A workshop to which the youth came."""
    gathering = Gathering.objects.create(
        programme=enrolment.programme, territory=enrolment.territory, kind="workshop", title=f"Atelier {name}",
        held_on=dt.date(2025, 3, 6), place="Mission locale",
    )  # fmt: skip
    invite(gathering=gathering, numbers=[enrolment.pk], by=by)
    of_all = Gathering.objects.create(programme=enrolment.programme, title=f"Forum {name}", held_on=dt.date(2025, 3, 7))
    return {f"gathering_{name}": gathering, f"gathering_of_all_{name}": of_all}


def _hand_over(house: House) -> None:
    """Béthune offers a file to Valenciennes, Valenciennes one to Béthune, the other programme one to its manager; and
    the answers to what each had offered before, that nobody has read yet."""
    moment = dt.datetime(2025, 3, 5, tzinfo=dt.UTC)
    for name, enrolment, by, to in [
        ("own", house.helene, house.caseworker, house.valenciennes),
        ("next_door", house.karim, house.neighbour, house.bethune),
        ("elsewhere", house.foreigner, house.administrator, house.other_manager),
    ]:
        here, somewhere = enrolment.territory, to if isinstance(to, Territory) else None
        given = {
            "enrolment": enrolment, "from_territory": here, "territory": somewhere or here, "author": by,
            "recipient": None if somewhere else to, "message": "Elle emménage bientôt.", "offered_at": moment,
        }  # fmt: skip
        house.more[f"offer_{name}"] = Handover.objects.create(**given)
        act = BulkAct.objects.create(programme=enrolment.programme, kind="assign", told="1 dossier confié", author=by)
        passed = {"referent": None, "actions": {}}, {"referent": None, "assignee": by.pk}
        BulkRow.objects.create(act=act, enrolment=enrolment, before=passed[0], after=passed[1])
        house.more[f"bulk_{name}"] = act
        house.more[f"mailing_{name}"] = Mailing.objects.create(act=act, subject="Venez", body="Bonjour {prénom},")
        house.more[f"answer_{name}"] = Handover.objects.create(
            **given, state=Handover.State.DECLINED, reason="Trop tôt.", settled_at=moment
        )


def _receive(house: House, name: str, programme: Programme, territory: Territory, enrolment: Enrolment) -> None:
    """A list that waits to be confirmed: a line waits for somebody, looks like a youth, another opened that youth's
    file, a third was rejected."""
    batch = ImportBatch.objects.create(
        programme=programme, territory=territory, organisation=house.holder, filename=f"{name}.csv", state="ready",
        content=packed(b"Nom;Prenom\nMoreau;Lou\n"), rule="absence",
        told={"how": "CSV", "notices": [], "above": [], "columns": [{"index": 0, "title": "Nom", "field": "last_name",
              "label": "nom de naissance", "reason": "", "chosen": False}]},
    )  # fmt: skip
    values = {"last_name": "Moreau", "first_name": "Lou", "birth_date": "2007-05-05", "step_label": "L1 AES"}
    lines = [
        ImportLine(batch=batch, number=number, cells=["Moreau"], student=values, kind="person", judged=outcome,
                   outcome=outcome, name="Lou Moreau", reasons=["Le prénom manque."], **fields)
        for number, outcome, fields in [
            (2, "review", {"alike": [{"person": house.foreigner.beneficiary_id, "strength": "strong",
                                      "reason": "même nom"}, {"line": 4, "strength": "weak", "reason": "même nom"}]}),
            (3, "import", {"enrolment": enrolment, "person": enrolment.beneficiary, "opened_path": True}),
            (4, "reject", {}),
        ]
    ]  # fmt: skip
    for line in lines:
        line.save()
    house.more |= {f"batch_{name}": batch, f"line_{name}": lines[0]}


def _twice(house: House, name: str, file: Enrolment) -> dict[str, Any]:
    """A youth noted once more than was seen (`other_…`), and whose file was united with a third one (`merge_…`)."""
    seen, again = (
        make_youth(file.programme, file.territory, first_name=file.beneficiary.first_name,
                   last_name=file.beneficiary.last_name, birth_date=None)
        for _ in range(2)
    )  # fmt: skip
    read = compare(file.beneficiary_id, seen.beneficiary_id, {})
    merge = merge_people(
        kept=file, absorbed=seen, by=house.administrator, versions=read.versions,
        answers={question.key: question.proposed for question in read.questions},
    )  # fmt: skip
    return {f"merge_{name}": merge, f"other_{name}": again}
