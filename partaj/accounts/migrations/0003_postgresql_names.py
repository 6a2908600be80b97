"""On PostgreSQL: folded names sort byte by byte as on SQLite (collation C), so that prefix search finds its range."""

from django.db import migrations

LENGTHS = {"accounts_user": 320}


def apply(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, length in LENGTHS.items():
        schema_editor.execute(f'ALTER TABLE {table} ALTER COLUMN folded_name TYPE varchar({length}) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_initial")]
    operations = [migrations.RunPython(apply, migrations.RunPython.noop)]
