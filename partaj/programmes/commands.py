"""What the commands of every floor share: a programme by its number, one sentence and exit code 2 when it fails."""

from django.core.management.base import CommandError

from partaj.programmes.models import Programme


def programme_named(number: str) -> Programme:
    """Raises CommandError (exit code 2) where no programme bears this number."""
    programme = Programme.objects.filter(number=number).first() if "\x00" not in number else None
    if programme is None:
        known = ", ".join(Programme.objects.values_list("number", flat=True)) or "aucun"
        raise CommandError(
            f"Aucun programme ne porte le numéro « {number} ». Programmes connus : {known}.", returncode=2
        )
    return programme
