"""`manage.py journal_rights ROLE [--apply]`, as the owner of the tables: see partaj.accounts.journal.rights."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection, transaction

from partaj.accounts.journal.rights import excess, grants, is_role_name


class Command(BaseCommand):
    help = "Donne au rôle PostgreSQL de l’application ses droits : du journal des accès, lire et ajouter seulement."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="le rôle sous lequel l’application se connecte")
        parser.add_argument("--apply", action="store_true", help="exécute, au lieu d’écrire ce qui serait exécuté")

    def handle(self, *args: Any, role: str, apply: bool, **options: Any) -> None:
        if not is_role_name(role):
            raise CommandError(
                f"« {role} » n’est pas un nom de rôle : lettres minuscules sans accent, chiffres, « _ », 63 au plus.",
                returncode=2,
            )
        if connection.vendor != "postgresql":
            self.stdout.write("SQLite ne connaît ni rôles ni droits : rien n’est à faire, et rien n’est protégé ainsi.")
        elif apply:
            self.apply(role)
        else:
            self.stdout.write("\n".join(f"{statement};" for statement in grants(role)))

    def apply(self, role: str) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in grants(role):
                    cursor.execute(statement)
                if reasons := excess(role):
                    raise CommandError(f"Rien n’est changé : {' ; '.join(reasons)}.")
        except DatabaseError as refusal:
            known = excess(role)
            reason = known[0] if known else str(refusal).splitlines()[0]
            raise CommandError(f"Rien n’est changé : {reason}.") from refusal
        self.stdout.write(
            f"C’est fait : du journal des accès et de ses sceaux, « {role} » peut lire et ajouter, rien d’autre."
            " À relancer après chaque mise à jour."
        )
