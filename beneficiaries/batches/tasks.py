"""What the worker does of a large list. A task tells the batch how it ends; it raises nothing that holds a name."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from beneficiaries.models import ImportBatch
from partaj.programmes.services import ClosedProgramme

logger = structlog.get_logger(__name__)
BEGUN = 5  # percent: somebody is at it
READ_NO_FURTHER = (
    "La lecture s’est arrêtée sur une erreur de PARTAJ : rien n’a été gardé de la liste, que le fichier. Relisez-la "
    "autrement, ou prévenez l’administrateur."
)
WRITTEN_NOTHING = (
    "L’enregistrement s’est arrêté sur une erreur : aucun dossier n’a été ouvert, et vos décisions sont gardées. "
    "Confirmez de nouveau ; si cela recommence, prévenez l’administrateur."
)


@task()
def read(batch: int) -> None:
    from beneficiaries.batches.reading import read_batch

    found = ImportBatch.objects.filter(pk=batch, state=ImportBatch.State.READING).first()
    if found is not None:
        try:
            read_batch(batch=found)
        except Exception as error:
            _stopped(found, ImportBatch.State.REFUSED, {"refusal": READ_NO_FURTHER}, error)


@task()
def write(batch: int) -> None:
    from beneficiaries.batches.confirming import write_batch

    found = ImportBatch.objects.filter(pk=batch, state=ImportBatch.State.WRITING).first()
    if found is not None:
        found.alive(BEGUN)
        try:
            write_batch(batch=found)
        except ClosedProgramme as closed:
            _stopped(found, ImportBatch.State.READY, {"stopped": str(closed)}, closed)
        except Exception as error:
            _stopped(found, ImportBatch.State.READY, {"stopped": WRITTEN_NOTHING}, error)


@transaction.atomic
def _stopped(batch: ImportBatch, state: ImportBatch.State, told: dict[str, str], error: Exception) -> None:
    """The work left nothing: the list is again as it may be read, or confirmed, and says why."""
    locked = ImportBatch.objects.select_for_update().filter(pk=batch.pk).first()
    if locked is None or not locked.is_working:
        return
    logger.error("list_work_stopped", batch=batch.pk, state=locked.state, error=type(error).__name__)
    locked.state, locked.sign_of_life = state, timezone.now()
    locked.told = told if "refusal" in told else locked.told | told
    locked.confirmed_by = None
    locked.version += 1
    locked.save()
