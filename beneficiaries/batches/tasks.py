"""What the worker does of a large list. A task tells the batch how it ends; it raises nothing that holds a name."""

from __future__ import annotations

import structlog
from django_tasks import task

from beneficiaries.models import ImportBatch

logger = structlog.get_logger(__name__)


@task()
def read(batch: int) -> None:
    from beneficiaries.batches.reading import read_batch

    found = ImportBatch.objects.filter(pk=batch, state=ImportBatch.State.READING).first()
    if found is not None:
        read_batch(batch=found)


@task()
def write(batch: int) -> None:
    from beneficiaries.batches.confirming import write_batch

    found = ImportBatch.objects.filter(pk=batch, state=ImportBatch.State.WRITING).first()
    if found is not None:
        write_batch(batch=found)
