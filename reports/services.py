"""Declaring a figure by hand, and going back to the computed one. Both keep who, when and why."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partaj.programmes.models import Programme
from reports.models import DeclaredFigure

AGAIN = "Votre saisie est gardée : enregistrez de nouveau si elle doit l’emporter."
NOT_WITHDRAWN = "Rien n’a été retiré : relisez-le d’abord."


@transaction.atomic
def declare_figure(
    *, programme: Programme, report: str, row: str, column: str, text: str, reason: str, replaces: int | None, by: Any
) -> DeclaredFigure:
    """`replaces`: the declaration that the author had read (None: there was none).

    Raises ValidationError where somebody declared the same figure meanwhile: theirs is not overwritten unseen.
    """
    _withdraw(programme=programme, report=report, row=row, column=column, read=replaces, by=by, advice=AGAIN)
    figure = DeclaredFigure(
        programme=programme, report=report, row=row, column=column, text=text, reason=reason, author=by
    )
    figure.full_clean()
    figure.save()
    return figure


@transaction.atomic
def plan_figures(*, programme: Programme, report: str, column: str, changes: list[dict[str, Any]], by: Any) -> None:
    """Several planned figures at once: all of them, or none. `changes`: row, text and what each replaces.

    Raises ValidationError keyed by row where somebody declared one of them meanwhile.
    """
    for change in changes:
        place = {"programme": programme, "report": report, "row": change["row"], "column": column}
        try:
            if change["text"]:
                declare_figure(**place, text=change["text"], reason="", replaces=change["replaces"], by=by)
            else:
                withdraw_figure(**place, replaces=change["replaces"], by=by)
        except ValidationError as refusal:
            raise ValidationError({change["row"]: refusal.messages}) from refusal


@transaction.atomic
def withdraw_figure(*, programme: Programme, report: str, row: str, column: str, replaces: int | None, by: Any) -> None:
    """Back to the computed figure; the declaration stays in the history.

    Raises ValidationError where somebody declared it anew meanwhile.
    """
    _withdraw(programme=programme, report=report, row=row, column=column, read=replaces, by=by, advice=NOT_WITHDRAWN)


def _withdraw(
    *, programme: Programme, report: str, row: str, column: str, read: int | None, by: Any, advice: str
) -> None:
    # One at a time in a programme: two first declarations of one figure have no row of their own to wait on.
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    place = {"programme": programme, "report": report, "row": row, "column": column}
    current = DeclaredFigure.objects.current().filter(**place).first()
    if (current.pk if current else None) != read:
        done = f"de déclarer ce chiffre : « {current.text or 'vide'} »" if current else "de retirer ce chiffre déclaré"
        raise ValidationError(f"Quelqu’un vient {done}. {advice}")
    if current:
        current.withdrawn_at, current.withdrawn_by = timezone.now(), by
        current.save()
