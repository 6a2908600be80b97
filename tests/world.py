"""The cast of the tests: two programmes, two territories, somebody in each role, and neighbours who must see nothing.

`build_world()` makes it once per test that asks for the `world` fixture. Names are invented.
"""

import datetime as dt
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from beneficiaries import services
from beneficiaries.models import AccessGrant, Beneficiary, Enrolment, SchoolLevel, Situation
from funding.models import Headcount, HeadcountPart, Project
from partaj.accounts.models import Role, User
from partaj.programmes.models import FunnelStep, LossReason, Period, Programme
from partaj.territories.models import Organisation, Territory

PASSWORD = "phrase-de-passe-du-test"
_numbers = count(1)


def make_user(first_name: str, **fields: Any) -> User:
    user = User(email=f"{first_name.lower()}{next(_numbers)}@partaj.example", first_name=first_name, **fields)
    user.set_unusable_password()
    user.save()
    return user


def make_role(user: User, kind: str, programme: Programme | None = None, **fields: Any) -> Role:
    fields.setdefault("starts_on", dt.date(2020, 1, 1))
    role = Role(user=user, kind=kind, programme=programme, **fields)
    role.full_clean()
    role.save()
    user.__dict__.pop("reach", None)
    return role


def make_programme(number: str, **fields: Any) -> Programme:
    return Programme.objects.create(number=number, title=fields.pop("title", f"Programme {number}"), **fields)


def make_youth(programme: Programme, territory: Territory, **fields: Any) -> Enrolment:
    """An enrolment, entered unless told otherwise; `last_name`, `first_name`, `birth_date`, `sex` are the person's."""
    person = Beneficiary(
        last_name=fields.pop("last_name", f"Dupont{next(_numbers)}"),
        first_name=fields.pop("first_name", "Camille"),
        birth_date=fields.pop("birth_date", dt.date(2008, 5, 17)),
        sex=fields.pop("sex", "F"),
        **{name: fields.pop(name) for name in ("ine", "phone", "email", "usage_name", "city") if name in fields},
    )
    person = fields.pop("beneficiary", person)
    fields.setdefault("contacted_on", dt.date(2025, 1, 10))
    fields.setdefault("entered_on", dt.date(2025, 2, 3))
    fields.setdefault("situation", Situation.JOBSEEKER)
    fields.setdefault("school_level", SchoolLevel.V_BIS)
    return services.enrol(
        beneficiary=person, enrolment=Enrolment(programme=programme, territory=territory, **fields), by=None
    )


def make_headcount(project: Project, youths: int = 0, adults: int = 0, parts: Any = (), **fields: Any) -> Headcount:
    """`parts`: triples (section, code, count)."""
    headcount = Headcount.objects.create(
        project=project,
        youths=youths,
        adults=adults,
        counted_on=fields.pop("counted_on", dt.date(2025, 6, 1)),
        **fields,
    )
    for section, code, number in parts:
        HeadcountPart.objects.create(headcount=headcount, section=section, code=code, count=number)
    return headcount


@dataclass
class World:
    """Béthune and Valenciennes, the programme « TEST-1 » in both, and « TEST-2 » next door."""

    bethune: Territory
    valenciennes: Territory
    programme: Programme
    other_programme: Programme
    holder: Organisation
    steps: dict[str, FunnelStep] = field(default_factory=dict)
    reasons: dict[str, LossReason] = field(default_factory=dict)

    administrator: User = None  # type: ignore[assignment]
    manager: User = None  # type: ignore[assignment]
    other_manager: User = None  # type: ignore[assignment]
    caseworker: User = None  # type: ignore[assignment]  # Inès, Béthune
    neighbour: User = None  # type: ignore[assignment]  # Paul, Valenciennes
    tutor: User = None  # type: ignore[assignment]
    member: User = None  # type: ignore[assignment]
    evaluator: User = None  # type: ignore[assignment]
    funder: User = None  # type: ignore[assignment]
    stranger: User = None  # type: ignore[assignment]  # an account without any role

    lea: Enrolment = None  # type: ignore[assignment]  # Béthune
    helene: Enrolment = None  # type: ignore[assignment]  # Béthune; open to the tutor and the member
    karim: Enrolment = None  # type: ignore[assignment]  # Valenciennes
    foreigner: Enrolment = None  # type: ignore[assignment]  # other programme
    project: Project = None  # type: ignore[assignment]  # Béthune
    foreign_project: Project = None  # type: ignore[assignment]  # Valenciennes
    headcount: Headcount = None  # type: ignore[assignment]

    @property
    def cast(self) -> dict[str, User]:
        names = ["administrator", "manager", "other_manager", "caseworker", "neighbour", "tutor", "member",
                 "evaluator", "funder", "stranger"]  # fmt: skip
        return {name: getattr(self, name) for name in names}


def build_world() -> World:
    bethune = Territory.objects.create(name="Béthune-Bruay")
    valenciennes = Territory.objects.create(name="Valenciennes")
    holder = Organisation.objects.create(name="Centre social de Béthune", kind="centre_social", territory=bethune)
    programme = make_programme("TEST-1", acronym="PARTAJ", title="Plan d’accompagnement")
    other_programme = make_programme("TEST-2", acronym="AILLEURS", title="Autre plan")
    programme.territories.set([bethune, valenciennes])
    other_programme.territories.set([valenciennes])
    world = World(bethune, valenciennes, programme, other_programme, holder)
    _settings(world)
    _people(world)
    _youths(world)
    return world


def _settings(world: World) -> None:
    for position, (code, label) in enumerate([("contact", "Contacté"), ("bilan", "Bilan"), ("contrat", "Contrat")]):
        world.steps[code] = FunnelStep.objects.create(
            programme=world.programme, position=position, code=code, label=label
        )
    for code, label, abandons in [("abandon", "Abandon", True), ("demenage", "Déménagement", False)]:
        world.reasons[code] = LossReason.objects.create(
            programme=world.programme, code=code, label=label, counts_as_abandonment=abandons
        )
    for position, year in enumerate([2025, 2026]):
        Period.objects.create(
            programme=world.programme,
            position=position,
            label=f"année {position + 1}",
            column_label=f"Bénéficiaires entrés l’année {position + 1}",
            starts_on=dt.date(year, 1, 1),
            ends_on=dt.date(year, 12, 31),
        )


def _people(world: World) -> None:
    for name, first_name in [
        ("administrator", "Alice"), ("manager", "Bruno"), ("other_manager", "Carole"), ("caseworker", "Inès"),
        ("neighbour", "Paul"), ("tutor", "Tom"), ("member", "Mina"), ("evaluator", "Eva"), ("funder", "Fanny"),
        ("stranger", "Solal"),
    ]:  # fmt: skip
        setattr(world, name, make_user(first_name))
    make_role(world.administrator, "administrator")
    make_role(world.manager, "manager", world.programme, may_export=True)
    make_role(world.other_manager, "manager", world.other_programme, may_export=True)
    make_role(world.caseworker, "caseworker", world.programme, territory=world.bethune, may_export=True)
    make_role(world.neighbour, "caseworker", world.programme, territory=world.valenciennes)
    for kind in ("tutor", "member", "evaluator", "funder"):
        make_role(getattr(world, kind), kind, world.programme)


def _youths(world: World) -> None:
    world.lea = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
    world.helene = make_youth(world.programme, world.bethune, first_name="Hélène", last_name="Le Goff")
    world.karim = make_youth(
        world.programme, world.valenciennes, first_name="Karim", last_name="Benali", sex="M",
        birth_date=dt.date(2001, 3, 2),
    )  # fmt: skip
    world.foreigner = make_youth(world.other_programme, world.valenciennes, first_name="Zoé", last_name="Ailleurs")
    for guest, reason in [(world.tutor, AccessGrant.Reason.MENTORING), (world.member, AccessGrant.Reason.SESSION)]:
        services.open_access(enrolment=world.helene, user=guest, reason=reason, starts_on=dt.date(2025, 3, 1))
    world.project = Project.objects.create(
        programme=world.programme, territory=world.bethune, organisation=world.holder, title="Le jeu des métiers",
        status="retained",
    )  # fmt: skip
    world.foreign_project = Project.objects.create(
        programme=world.programme, territory=world.valenciennes, organisation=world.holder, title="Ailleurs aussi",
        status="retained",
    )  # fmt: skip
    world.headcount = make_headcount(
        world.project, youths=10, adults=2,
        parts=[("age", "16-18", 6), ("age", "18-26", 4), ("sex", "F", 7), ("sex", "M", 3), ("quality", "parent", 2)],
    )  # fmt: skip
