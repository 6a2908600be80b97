"""People are found by the digits of their telephone, their e-mail and their INE; lists sort by first contact."""

from django.conf import settings
from django.db import migrations, models

from beneficiaries.phones import phone_digits


def fill(apps, schema_editor):
    people = apps.get_model("beneficiaries", "Beneficiary").objects.exclude(phone="", email="")
    for person in people.only("phone", "email").iterator():
        person.phone_digits, person.email = phone_digits(person.phone), person.email.lower()
        person.save(update_fields=["phone_digits", "email"])


class Migration(migrations.Migration):
    dependencies = [
        ("beneficiaries", "0002_postgresql_names"),
        ("programmes", "0001_initial"),
        ("territories", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="beneficiary",
            name="phone_digits",
            field=models.CharField(blank=True, db_index=True, default="", editable=False, max_length=30),
        ),
        migrations.AlterField(
            model_name="beneficiary",
            name="email",
            field=models.EmailField(blank=True, db_index=True, max_length=254, verbose_name="courriel"),
        ),
        migrations.AlterField(
            model_name="beneficiary",
            name="ine",
            field=models.CharField(
                blank=True,
                db_index=True,
                help_text="Identifiant national élève ou étudiant.",
                max_length=11,
                verbose_name="INE",
            ),
        ),
        migrations.AlterField(
            model_name="historicalbeneficiary",
            name="email",
            field=models.EmailField(blank=True, db_index=True, max_length=254, verbose_name="courriel"),
        ),
        migrations.AlterField(
            model_name="historicalbeneficiary",
            name="ine",
            field=models.CharField(
                blank=True,
                db_index=True,
                help_text="Identifiant national élève ou étudiant.",
                max_length=11,
                verbose_name="INE",
            ),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(fields=["programme", "-contacted_on", "id"], name="enrolment_recent"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
