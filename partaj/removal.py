"""Removing what nothing refers to: what uses a row, told to a reader within what they may see.

The relations are read from the models, so that an upper floor's table counts without being named here. Where a table
refers to a row by a text that the database does not follow, its floor says so in KNOWN_BY, in its `AppConfig.ready()`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError

from partaj.formats import counted
from partaj.scoping import ScopedQuerySet

KNOWN_BY: dict[type[models.Model], list[Callable[[Any], models.QuerySet]]] = defaultdict(list)


class InUse(Exception):
    """Something refers to the row: it is kept."""


def referring(instance: models.Model) -> list[models.QuerySet]:
    """The rows of every model that refers to `instance`, hidden history tables excepted."""
    related = [
        relation.related_model._default_manager.filter(**{relation.field.name: instance})
        for relation in instance._meta.related_objects
    ]
    return related + [rows(instance) for rows in KNOWN_BY.get(type(instance), [])]


def uses_of(instance: models.Model, reader: Any) -> list[str]:
    """« 3 parcours », « 1 partenaire »: what refers to `instance`, counted within what `reader` may see.

    What lies outside their sight is said to exist, since it forbids the removal, and neither named nor counted.
    """
    seen, hidden = [], False
    for users in referring(instance):
        visible = users.visible_to(reader) if isinstance(users, ScopedQuerySet) else users
        count = visible.count()
        meta = users.model._meta
        if count:
            seen.append(counted(count, str(meta.verbose_name), str(meta.verbose_name_plural)))
        hidden = hidden or users.count() > count
    return [*seen, "d’autres données de PARTAJ, hors de votre périmètre"] if hidden else seen


@transaction.atomic
def remove(*, instance: models.Model) -> None:
    """Delete `instance`, unless somebody just did; InUse, and nothing changed, where anything refers to it."""
    if type(instance)._default_manager.select_for_update().filter(pk=instance.pk).first() is None:
        return
    if any(users.exists() for users in referring(instance)):
        raise InUse
    try:
        with transaction.atomic():
            instance.delete()
    except ProtectedError as error:
        raise InUse from error
