"""`manage.py seal_journal`, every ten minutes: see partaj.accounts.journal.sealing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import IntegrityError

from partaj.accounts.journal.sealing import seal_journal
from partaj.accounts.models import JournalSeal
from partaj.formats import counted


class Command(BaseCommand):
    help = "Scelle les lignes du journal des accès qui attendent. Gardez ailleurs le repère qu’elle écrit."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = seal_journal()
        except IntegrityError:
            self.stdout.write("Un autre scellement a pris les mêmes lignes : le prochain passage scellera la suite.")
            return
        rows = sum(seal.count for seal in made)
        what = f"{counted(rows, 'ligne scellée', 'lignes scellées')} en {counted(len(made), 'lot')}"
        last = JournalSeal.objects.order_by("-rank").first()
        mark = f"Repère à garder ailleurs : {last.rank}:{last.digest}" if last else "Aucun sceau encore."
        self.stdout.write(f"{what if made else 'Rien à sceller'}. {mark}")
