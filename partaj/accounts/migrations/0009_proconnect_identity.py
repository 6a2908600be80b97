"""Whose account each ProConnect identity opens, from the first time that it came in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_role_confirmed"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProConnectIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=255, verbose_name="émetteur")),
                ("sub", models.CharField(max_length=255, verbose_name="identifiant")),
                ("linked_at", models.DateTimeField(auto_now_add=True, verbose_name="relié le")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proconnect_identities",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="compte",
                    ),
                ),
            ],
            options={
                "verbose_name": "identité ProConnect",
                "verbose_name_plural": "identités ProConnect",
                "ordering": ["-linked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issuer", "sub"),
                        name="proconnect_identity_of_one",
                        violation_error_message="Cette identité ProConnect est déjà celle d’un autre compte.",
                    ),
                    models.UniqueConstraint(
                        fields=("account", "issuer"),
                        name="proconnect_one_identity",
                        violation_error_message="Ce compte est déjà relié à une autre identité ProConnect.",
                    ),
                ],
            },
        ),
    ]
