"""What the lists of choices offer: on no form of no page, anything that its reader may not see."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.db.models import Q
from django.test import Client

from partaj.accounts.models import Role, User
from partaj.scoping import ScopedQuerySet, answered_for
from tests.access.door import Door
from tests.access.house import House, build_house
from tests.access.table import TABLE


def shared_ground(reach: Any) -> Q:
    return answered_for(reach) | Q(kind="manager", programme__in=reach.programmes)


@pytest.fixture
def house(db: None) -> House:
    return build_house()


def forms_on(reader: Client, house: House, role: str) -> Iterator[tuple[Door, forms.BaseForm]]:
    """Every form that this role is shown, at their own objects and at those of others that they may act upon."""
    for door in TABLE:
        for place in door.objects:
            if door.expected(role, place, "GET") == 200:
                context: Any = reader.get(door.address(place, house)).context
                for name in ("form", "search"):
                    found = context.get(name) if context is not None else None
                    if isinstance(found, forms.BaseForm):
                        yield door, found


@pytest.mark.parametrize("role", ["caseworker", "neighbour", "manager", "other_manager"])
def test_no_form_offers_what_its_reader_may_not_see(house, sign_in, role):
    reader, offering = house.cast[role], set()
    for door, form in forms_on(sign_in(reader), house, role):
        for name, field in form.fields.items():
            rows = getattr(field, "queryset", None)
            if isinstance(rows, ScopedQuerySet):
                offered = set(rows.values_list("pk", flat=True))
                offered -= {
                    getattr(getattr(form, "instance", None), f"{name}_id", None)
                }  # which the page shows already
                seen = type(rows)(model=rows.model).visible_to(reader)
                if name in ("referent", "assignee"):  # colleagues: whoever answers for youths where the reader does
                    seen = User.objects.filter(roles__in=Role.objects.in_force().filter(shared_ground(reader.reach)))
                assert offered <= set(seen.values_list("pk", flat=True)), (door.page, name)
                offering.add(door.page)
    assert {"territories:organisations", "territories:organisation_create"} <= offering
