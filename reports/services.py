"""Declaring a figure by hand, and going back to the computed one. Both keep who, when and why."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partaj.programmes.models import Programme
from reports.models import DeclaredFigure


@transaction.atomic
def declare_figure(
    *, programme: Programme, report: str, row: str, column: str, text: str, reason: str, replaces: int | None, by: Any
) -> DeclaredFigure:
    """`replaces`: the declaration that the author had read (None: there was none).

    Raises ValidationError where somebody declared the same figure meanwhile: theirs is not overwritten unseen.
    """
    _withdraw(programme=programme, report=report, row=row, column=column, read=replaces, by=by)
    figure = DeclaredFigure(
        programme=programme, report=report, row=row, column=column, text=text, reason=reason, author=by
    )
    figure.full_clean()
    figure.save()
    return figure


@transaction.atomic
def withdraw_figure(*, programme: Programme, report: str, row: str, column: str, replaces: int | None, by: Any) -> None:
    """Back to the computed figure; the declaration stays in the history."""
    _withdraw(programme=programme, report=report, row=row, column=column, read=replaces, by=by)


def _withdraw(*, programme: Programme, report: str, row: str, column: str, read: int | None, by: Any) -> None:
    place = {"programme": programme, "report": report, "row": row, "column": column}
    current = DeclaredFigure.objects.select_for_update().current().filter(**place).first()
    if (current.pk if current else None) != read:
        raise ValidationError(
            "Quelqu’un vient de déclarer ce chiffre. Votre saisie est gardée : relisez la sienne, puis recommencez."
        )
    if current:
        current.withdrawn_at, current.withdrawn_by = timezone.now(), by
        current.save()
