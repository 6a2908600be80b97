"""`manage.py discard_orphans [--dry-run]`, once a day: files of the vault that no row names (partaj.uploads.vault)."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from partaj.formats import counted
from partaj.uploads.vault import discard_orphans

SETTLED = dt.timedelta(days=1)  # what came in since may not be named yet


class Command(BaseCommand):
    help = "Efface les fichiers déposés qu’aucun dossier ne nomme plus depuis un jour, et dit ceux qui manquent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait effacé, sans rien effacer")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        orphans, missing = discard_orphans(before=timezone.now() - SETTLED, dry_run=dry_run)
        said = counted(orphans, "fichier")
        self.stdout.write(f"Essai, rien n’est effacé. Le serait : {said}." if dry_run else f"Effacé : {said}.")
        if missing:
            raise CommandError(
                f"{counted(missing, 'document')} d’un dossier sans leur fichier : reprenez-le d’une sauvegarde."
            )
