"""A list received, and what is then done of it, through the services or as a browser would."""

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.receiving import receive_list
from beneficiaries.models import ImportBatch
from tests.lists.hands import DAY, LEA, TITLES

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "import_samples"
CHLOE = "Lefèvre;Chloé;09/04/2007;06 39 98 00 12;chloe.lefevre@example.org"
YOUNG = "Petit;Jules;01/02/2012;06 39 98 00 13;jules.petit@example.org"
NOBODY = ";;05/05/2006;06 39 98 00 14;"


def content_of(*lines, titles=TITLES):
    return "\n".join([titles, *lines, ""]).encode()


def received(world, *lines, by=None, titles=TITLES, content=None, **fields):
    """A list of TEST-1, read; Béthune opens its files."""
    return receive_list(
        **{
            "programme": world.programme,
            "territory": world.bethune,
            "organisation": world.holder,
            "filename": "AES-2025.csv",
            "content": content or content_of(*lines, titles=titles),
            "reference_date": DAY,
            "contacted_on": dt.date(2026, 2, 1),
            "by": by or world.administrator,
        }
        | fields
    )


def confirmed(world, *lines, by=None, **fields):
    batch = received(world, *lines, by=by, **fields)
    return confirm(batch=batch, version=batch.version, by=by or world.administrator)


def outcomes(batch):
    return dict(batch.lines.order_by("number").values_list("number", "outcome"))


def line_of(batch, number):
    return batch.lines.get(number=number)


def url(page, batch, *more):
    return reverse(f"beneficiaries:{page}", args=[batch.programme.number, batch.pk, *more])


def paper(world, content, name="AES-2025.csv", **changes):
    """What an administrator types on the page that receives a list."""
    return {
        "kind": "students",
        "file": SimpleUploadedFile(name, content),
        "organisation": world.holder.pk,
        "territory": world.bethune.pk,
        "contacted_on": "2026-02-01",
        "reference_date": "2026-01-30",
        "rule": "",
    } | changes


def send(client, world, content, **changes):
    return client.post(
        reverse("beneficiaries:receive", args=[world.programme.number]), paper(world, content, **changes)
    )


def only_batch():
    return ImportBatch.objects.get()


__all__ = ["CHLOE", "DAY", "LEA", "NOBODY", "SAMPLES", "TITLES", "YOUNG"]
