"""The settings of a programme on which declared figures stand: they hold on to a row or a column by its key."""

from partaj.programmes.models import ExtraRow, Period
from reports.annexe1 import CODE, row_key
from reports.models import DeclaredFigure, DeclaredFigureQuerySet
from reports.spans import column_key


def declared_in_column(period: Period) -> DeclaredFigureQuerySet:
    """The figures declared in its column, those withdrawn excepted."""
    return _declared(period.programme_id).filter(column=column_key(period))


def declared_on_row(extra: ExtraRow) -> DeclaredFigureQuerySet:
    """The figures planned or declared on its row, those withdrawn excepted."""
    return _declared(extra.programme_id).filter(row=row_key(extra))


def _declared(programme: int) -> DeclaredFigureQuerySet:
    return DeclaredFigure.objects.current().filter(programme=programme, report=CODE)
