"""All that hangs on one row, whatever its floor, passed to another; and given back.

The relations are read from the models, as in `partaj.removal`: a table of an upper floor follows without being named
here. Rows change hands in bulk, one column each, and the ledger keeps what it takes to undo it: the journal and the
history say it by the merger itself, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import SET_NULL, ForeignKey, Model, Q, UniqueConstraint

from beneficiaries.models import MERGED
from partaj.versions import claim_version

Row = Any  # of any model


class TargetGone(Exception):
    """A row cannot be made again: what it referred to has been removed since. Its text names the column in French."""


@dataclass
class Ledger:
    """`removed`: whole rows, in the order in which they went. `moved`: by column, from which row to which other.

    `changed`: by row, each value before and after. All in plain values, as a JSON column takes them.
    """

    removed: list[dict[str, Any]] = field(default_factory=list)
    moved: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)

    def change(self, row: Row, values: Mapping[str, Any]) -> None:
        """Set `values` (by column) on `row`, which the caller saves; those that are already so are not noted."""
        noted = {}
        for name, value in values.items():
            before = plain(row, name)
            setattr(row, name, value)
            if plain(row, name) != before:
                noted[name] = [before, plain(row, name)]
        if noted:
            self.changed.append({"model": row._meta.label_lower, "pk": row.pk, "values": noted})


def absorb(kept: Row, absorbed: Row, ledger: Ledger, *, same: Mapping[Row, Row], by: Any) -> None:
    """Pass to `kept` all that hangs on `absorbed`, which is then removed, with its image in the ledger.

    What `kept` has already is absorbed in its turn: the rows told by `same`, and those that a unique constraint would
    not let stand twice (the same step, the same session). A model may say, in `gives_way_to`, what of a row changes for
    it to stand beside what `kept` has (a second principal outcome); in `taking_in`, what it becomes once it takes in
    another (the words of two obstacles). Both rows are held by the caller
    (select_for_update): what is written meanwhile by others waits, and nothing is removed by cascade.
    """
    for relation in type(kept)._meta.related_objects:
        rows = relation.related_model._base_manager.filter(**{relation.field.name: absorbed}).order_by("pk")
        for row in rows:
            if hasattr(row, "gives_way_to") and (values := row.gives_way_to(kept)):
                ledger.change(row, values)
                row._history_user, row._change_reason = by, MERGED
                row.save()
            twin = same.get(row) or twin_of(row, relation.field, kept)
            if twin is not None:
                _keep_both(twin, row, ledger, by)
                absorb(twin, row, ledger, same=same, by=by)
        if moving := list(rows.values_list("pk", flat=True)):
            ledger.moved.append({
                "model": relation.related_model._meta.label_lower, "field": relation.field.attname,
                "from": absorbed.pk, "to": kept.pk, "rows": moving,
            })  # fmt: skip
            rows.update(**{relation.field.name: kept})
    ledger.removed.append(image_of(absorbed))
    absorbed._history_user, absorbed._change_reason = by, MERGED
    absorbed.delete()


def _keep_both(twin: Row, row: Row, ledger: Ledger, by: Any) -> None:
    """Where the model says what a row becomes that takes another in (`taking_in`), nothing of either is lost."""
    if hasattr(twin, "taking_in"):
        ledger.change(twin, twin.taking_in(row))
        if hasattr(twin, "version"):
            claim_version(twin, twin.version)
        twin._history_user = by
        twin.save()


def twin_of(row: Row, link: ForeignKey, kept: Row) -> Row | None:
    """The row of `kept` that leaves no room for `row`, were it moved there; None where there is room."""
    rows = type(row)._base_manager
    for names, condition in rules_of_uniqueness(type(row), link):
        others = {name: getattr(row, row._meta.get_field(name).attname) for name in names if name != link.name}
        bound = rows.filter(condition)
        if None not in others.values() and (not condition or bound.filter(pk=row.pk).exists()):
            twin = bound.filter(**{link.name: kept}, **others).first()  # two unknowns are never the same
            if twin is not None:
                return twin
    return None


def unique_together_with(model: type[Model], link: ForeignKey) -> Iterator[Iterable[str]]:
    """Each set of fields that are unique together and of which `link` is one."""
    return (names for names, _ in rules_of_uniqueness(model, link))


def rules_of_uniqueness(model: type[Model], link: ForeignKey) -> Iterator[tuple[Iterable[str], Q]]:
    """As above, each with the condition of the rows that it binds: an empty one binds them all."""
    rules = [rule for rule in model._meta.constraints if isinstance(rule, UniqueConstraint)]
    sets = [(rule.fields, rule.condition or Q()) for rule in rules]
    sets += [(names, Q()) for names in [*model._meta.unique_together, *([link.name] for _ in range(link.unique))]]
    return ((names, condition) for names, condition in sets if link.name in names)


# -- Rows as plain values, and back --------------------------------------------------------------------
def plain(row: Row, name: str) -> Any:
    """The value of a column as JSON takes it, to the microsecond."""
    value = getattr(row, name)
    column = row._meta.get_field(name)
    return value if value is None or isinstance(value, bool | int | str) else column.value_to_string(row)


def image_of(row: Row) -> dict[str, Any]:
    return {
        "model": row._meta.label_lower,
        "values": {column.attname: plain(row, column.attname) for column in row._meta.concrete_fields},
    }


def row_of(image: Mapping[str, Any]) -> Row:
    """The row of an image, not saved."""
    model = apps.get_model(image["model"])
    columns = {column.attname: column for column in model._meta.concrete_fields}
    return model(**{name: columns[name].to_python(value) for name, value in image["values"].items()})


def put_back(image: Mapping[str, Any], *, by: Any) -> Row:
    """Make a removed row again, under its own number and with every column as it was.

    An account removed since leaves an empty place, as its removal would have; raises TargetGone for anything else.
    """
    row = row_of(image)
    for column in row._meta.concrete_fields:
        pk = getattr(row, column.attname)
        if isinstance(column, ForeignKey) and pk is not None and not _stands(column, pk):
            if column.remote_field.on_delete is not SET_NULL:
                raise TargetGone(str(column.verbose_name))
            setattr(row, column.attname, None)
    # Raw: neither the moment of creation nor what is derived is worked out anew, and no signal tells of a creation.
    row.save_base(raw=True, force_insert=True)
    if hasattr(type(row), "history"):
        type(row).history.bulk_history_create([row], update=True, default_user=by, default_change_reason=MERGED)
    return row


def _stands(column: ForeignKey, pk: Any) -> bool:
    return column.related_model._base_manager.filter(pk=pk).exists()


def give_back(move: Mapping[str, Any]) -> None:
    """The rows of one move that are still where it brought them go back; what came since stays."""
    still_there(move).update(**{move["field"]: move["from"]})


def still_there(move: Mapping[str, Any]) -> Any:
    """What one move brought and nobody has taken away or carried elsewhere since."""
    rows = apps.get_model(move["model"])._base_manager.all()
    return rows.filter(**{"pk__in": move["rows"], move["field"]: move["to"]})
