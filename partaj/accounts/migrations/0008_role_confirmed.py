"""Giving a role is confirming it: the roles of before count from their first day."""

import datetime as dt

import django.utils.timezone
from django.db import migrations, models


def count_from_the_first_day(apps, schema_editor):
    roles = apps.get_model("accounts", "Role").objects.filter(confirmed_at=None)
    for starts_on in set(roles.values_list("starts_on", flat=True)):
        moment = dt.datetime.combine(starts_on, dt.time(), tzinfo=dt.UTC)
        roles.filter(starts_on=starts_on).update(confirmed_at=moment)
    history = apps.get_model("accounts", "HistoricalRole").objects.filter(confirmed_at=None)
    history.update(confirmed_at=models.F("history_date"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_invitations_and_reviews")]

    operations = [
        migrations.RunPython(count_from_the_first_day, migrations.RunPython.noop),
        *(
            migrations.AlterField(
                name,
                "confirmed_at",
                models.DateTimeField(
                    db_index=True, default=django.utils.timezone.now, editable=False, verbose_name="confirmé le"
                ),
            )
            for name in ("role", "historicalrole")
        ),
    ]
