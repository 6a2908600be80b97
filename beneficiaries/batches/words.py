"""What the timeline of a file says of the list that opened it, or completed it."""

from __future__ import annotations

from beneficiaries.breaks import BROKEN
from beneficiaries.models import ImportBatch


def origin(batch: ImportBatch, number: int) -> str:
    """`number`: of the line that told of it."""
    source = f" de {batch.organisation}" if batch.organisation else ""
    return f"liste « {batch.filename} » reçue{source}, ligne {number}."


def first_contact(batch: ImportBatch, number: int) -> str:
    """The first line of a file’s timeline."""
    return f"Premier contact : {origin(batch, number)}"


def broken(batch: ImportBatch, number: int) -> str:
    return f"{BROKEN} : {origin(batch, number)}"


def tells_of_a_break(batch: ImportBatch) -> str:
    """How each sentence begins by which the list told of one."""
    return f"{BROKEN} : liste « {batch.filename} »"
