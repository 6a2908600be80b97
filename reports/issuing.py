"""What every report says of itself, whatever it counts: whose figures, of which programme, when."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from partaj.formats import french_date
from partaj.programmes.models import Programme
from reports.perimeter import Perimeter
from reports.tables import Report, Table


def report_of(
    perimeter: Perimeter, *, code: str, title: str, tables: Iterable[Table], notes: tuple[str, ...] = ()
) -> Report:
    """Issued now."""
    programme = perimeter.programme
    return Report(
        programme=programme.number,
        programme_title=programme.title,
        code=code,
        title=title,
        issued_at=timezone.localtime(),
        perimeter=perimeter.label,
        period=_period(programme),
        tables=tuple(tables),
        notes=notes,
    )


def _period(programme: Programme) -> str:
    if programme.convention_start and programme.convention_end:
        return f"du {french_date(programme.convention_start)} au {french_date(programme.convention_end)}"
    return ""
