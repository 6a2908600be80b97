"""Recovery codes were drawn from an encrypted seed: whoever held the base and its key could draw them again.

Those sets are taken away. « Ma sécurité » then says that none is left, and gives new ones, kept as hashes.
"""

from django.db import migrations


def forget(apps, schema_editor):
    """Back again as well: allauth reads nothing in a hash."""
    apps.get_model("mfa", "Authenticator").objects.filter(type="recovery_codes").delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_proconnect_identity"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(forget, forget)]
