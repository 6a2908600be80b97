"""The rights of the application's role on PostgreSQL: all of the base, but of the journal only to read and to add.

The role that owns the tables migrates, seals and purges; the application's role could not change a row of the journal
even if it were told to. What belongs to an owner cannot be taken away from it: the two roles must be two.
"""

from __future__ import annotations

import re

from django.db import connection

from partaj.accounts.models import JournalEntry, JournalSeal

KEPT = (JournalEntry._meta.db_table, JournalSeal._meta.db_table)
REFUSED = ("UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
RESERVED = re.compile(r"pg_.*|public|none|user|all|current_user|current_role|session_user|default")


def is_role_name(name: str) -> bool:
    """Small letters, digits and underscores: what needs no quoting, and is none of PostgreSQL's own words."""
    return bool(NAME.fullmatch(name)) and not RESERVED.fullmatch(name)


def grants(role: str) -> list[str]:
    """The statements, in their order: what is given for the whole base comes before what is taken back."""
    if not is_role_name(role):
        raise ValueError(role)
    whom, tables = f'"{role}"', ", ".join(f"public.{table}" for table in KEPT)
    return [
        f"GRANT USAGE ON SCHEMA public TO {whom}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {whom}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {whom}",
        f"REVOKE INSERT, UPDATE, DELETE ON public.django_migrations FROM {whom}",
        f"REVOKE ALL ON {tables} FROM PUBLIC, {whom}",
        f"GRANT SELECT, INSERT ON {tables} TO {whom}",
    ]


def excess(role: str) -> list[str]:
    """In French, why `role` could change the journal all the same; nothing where it cannot."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
        if found is None:
            return [f"le rôle « {role} » n’existe pas : CREATE ROLE {role} LOGIN PASSWORD '…'"]
        if found[0]:
            return [f"le rôle « {role} » est superutilisateur : aucun droit ne l’arrête"]
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND pg_has_role(%s, relowner, 'MEMBER')",
            [list(KEPT), role],
        )
        if cursor.fetchall():
            return [f"le rôle « {role} » possède les tables, ou peut agir comme leur propriétaire : il faut deux rôles"]
        cursor.execute(
            "SELECT name, kind FROM unnest(%s::text[]) name, unnest(%s::text[]) kind"
            " WHERE has_table_privilege(%s, 'public.' || name, kind)",
            [list(KEPT), list(REFUSED), role],
        )
        return [f"le rôle « {role} » garde le droit {kind} sur {table}" for table, kind in cursor.fetchall()]
