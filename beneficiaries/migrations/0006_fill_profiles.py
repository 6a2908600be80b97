"""Enrolments that were there before their profile get it: without it annexe 1 counts none of them."""

from django.db import migrations

from beneficiaries.profile import pack

CHUNK = 1000


def fill(apps, schema_editor):
    enrolments = apps.get_model("beneficiaries", "Enrolment").objects
    changed = []
    for enrolment in enrolments.order_by("pk").iterator(chunk_size=CHUNK):
        profile = pack(enrolment)
        if profile != enrolment.profile:
            enrolment.profile = profile
            changed.append(enrolment)
        if len(changed) == CHUNK:
            enrolments.bulk_update(changed, ["profile"])
            changed = []
    enrolments.bulk_update(changed, ["profile"])


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0005_names")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
