from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="programme",
            name="programme_percent_decimals",
        ),
        migrations.RemoveField(
            model_name="historicalprogramme",
            name="gap_threshold",
        ),
        migrations.RemoveField(
            model_name="historicalprogramme",
            name="percent_decimals",
        ),
        migrations.RemoveField(
            model_name="historicalprogramme",
            name="silence_days",
        ),
        migrations.RemoveField(
            model_name="programme",
            name="gap_threshold",
        ),
        migrations.RemoveField(
            model_name="programme",
            name="percent_decimals",
        ),
        migrations.RemoveField(
            model_name="programme",
            name="silence_days",
        ),
    ]
