"""On PostgreSQL the database itself refuses to change the journal, and finds in which rows a file was shown."""

from django.db import migrations

KEEP = """
CREATE FUNCTION partaj_journal_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '12 months' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'le journal des accès ne se modifie pas' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER partaj_journal_is_kept BEFORE UPDATE OR DELETE ON accounts_journalentry
    FOR EACH ROW EXECUTE FUNCTION partaj_journal_is_kept();
CREATE INDEX journal_shown ON accounts_journalentry USING gin (string_to_array(btrim(shown), ' '))
    WHERE shown <> '';
"""
FORGET = """
DROP INDEX journal_shown;
DROP TRIGGER partaj_journal_is_kept ON accounts_journalentry;
DROP FUNCTION partaj_journal_is_kept;
"""


def on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_access_journal")]
    operations = [migrations.RunPython(on_postgresql(KEEP), on_postgresql(FORGET))]
