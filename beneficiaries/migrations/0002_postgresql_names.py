"""On PostgreSQL: folded names sort byte by byte as on SQLite (collation C), and « contains » uses trigrams."""

from django.db import migrations

TABLES = {"beneficiaries_beneficiary": "beneficiary", "beneficiaries_enrolment": "enrolment"}


def apply(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for table, name in TABLES.items():
        schema_editor.execute(f'ALTER TABLE {table} ALTER COLUMN sort_name TYPE varchar(330) COLLATE "C"')
        schema_editor.execute(f"CREATE INDEX {name}_trigrams ON {table} USING gin (sort_name gin_trgm_ops)")


def undo(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in TABLES.values():
        schema_editor.execute(f"DROP INDEX {name}_trigrams")


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0001_initial")]
    operations = [migrations.RunPython(apply, undo)]
