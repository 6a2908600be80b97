"""Two files of one person."""

import datetime as dt

import pytest

from beneficiaries import services
from tests.world import make_youth
from tests.youths.merging.hands import JANUARY, MARCH, step, study


@pytest.fixture
def double(world):
    """Léa, written once more by somebody who had her new telephone and had not heard her name well."""
    return make_youth(
        world.programme, world.bethune, first_name="Léa", last_name="Moreaux", birth_date=None, phone="0611111111",
        city="Lens", contacted_on=dt.date(2025, 1, 5), entered_on=dt.date(2025, 2, 10), situation="college",
    )  # fmt: skip


@pytest.fixture
def namesake(world):
    """As the double, under the very same name, who has come and gone: another path."""
    path = make_youth(
        world.programme, world.bethune, first_name="Léa", last_name="Moreau", contacted_on=dt.date(2024, 1, 5),
        entered_on=dt.date(2024, 2, 1),
    )  # fmt: skip
    services.record_loss(
        enrolment=path, reason=world.reasons["demenage"], lost_on=dt.date(2024, 6, 1), step=None, by=None
    )
    return path


@pytest.fixture
def rich(world, double):
    """All that may hang on a path, on both sides, and an author whose notes are theirs alone."""
    for path, day in ((world.lea, JANUARY), (double, MARCH)):
        step(world, path, "bilan", day)
        services.write_log(
            kind="note", enrolment=path, sentence="À moi.", happened_on=day, is_private=True, author=world.caseworker
        )
        services.open_access(enrolment=path, user=world.tutor, reason="mentoring", starts_on=day)
    step(world, double, "contrat", MARCH)
    study(world, world.lea, double)
    study(world, double, held_on=JANUARY)
    return double
