"""Two addresses that differ by accents, case, spaces or Unicode forms are one account's."""

from django.db import migrations, models

from partaj.accounts.addresses import address_key


def fill(apps, schema_editor):
    seen = {}
    for user in apps.get_model("accounts", "User").objects.all():
        user.address_key = address_key(user.email)
        other = seen.setdefault(user.address_key, user.pk)
        if other != user.pk:
            raise RuntimeError(
                f"Les comptes {other} et {user.pk} ont la même adresse, aux accents près : "
                "changez l’une des deux avec la version précédente, puis relancez migrate."
            )
        user.save(update_fields=["address_key"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_journal_kept")]

    operations = [
        migrations.AddField(
            "user", "address_key", models.CharField(default="", editable=False, max_length=320), preserve_default=False
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "user",
            "address_key",
            models.CharField(
                editable=False,
                error_messages={"unique": "Un compte a déjà cette adresse."},
                max_length=320,
                unique=True,
            ),
        ),
    ]
