"""A process of its own, which dies at the worst moment, or takes up what another one left.

python -m tests.received.killed {read,confirm,work,look} BATCH [MOMENT]
MOMENT: the number of the bulk insert before which the process is killed, as `kill -9` would.
"""

import json
import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partaj.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from beneficiaries.batches import bulk  # noqa: E402
from beneficiaries.batches.confirming import confirm  # noqa: E402
from beneficiaries.batches.reading import read_batch  # noqa: E402
from beneficiaries.models import Beneficiary, Enrolment, ImportBatch, LogEntry  # noqa: E402


def die_at(moment: int) -> None:
    insert, calls = bulk.insert, iter(range(1, 1000))

    def killing(model, rows, **more):
        if next(calls) == moment:
            list(rows)  # what was being prepared
            os.kill(os.getpid(), signal.SIGKILL)
        insert(model, rows, **more)

    bulk.insert = killing


def look(batch: ImportBatch) -> None:
    counts = {model.__name__: model.objects.count() for model in (Beneficiary, Enrolment, LogEntry)}
    counts |= {"histories": Beneficiary.history.count() + Enrolment.history.count(), "lines": batch.lines.count()}
    print(json.dumps(counts | {"state": batch.state, "opened": batch.lines.exclude(enrolment=None).count()}))  # noqa: T201


def main(act: str, number: str, moment: str = "0") -> None:
    die_at(int(moment))
    batch = ImportBatch.objects.get(pk=number)
    if act == "read":
        read_batch(batch=batch)
    elif act == "confirm":
        confirm(batch=batch, version=batch.version, by=batch.received_by)
    elif act == "work":
        call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
    batch.refresh_from_db()
    look(batch)


main(*sys.argv[1:])
