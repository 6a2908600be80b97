"""What became of a list, once confirmed, said to machines and on a terminal as `beneficiaries.lists.telling` does."""

from __future__ import annotations

from collections import Counter
from typing import Any

from beneficiaries.lists.outcomes import Outcome
from beneficiaries.lists.telling import counts_in_words
from beneficiaries.models import ImportBatch
from partaj.formats import counted


def batch_as_data(batch: ImportBatch) -> dict[str, Any]:
    """The keys of a dry run, and what was opened: `batch`, the number of the list, and `opened`, how many files."""
    told, notices = batch.told, notices_of(batch)
    rows = list(batch.lines.order_by("number").values_list("number", "outcome", "reasons", "name"))
    counts = Counter(outcome for _, outcome, _, _ in rows)
    return {
        "file": {
            "encoding": told["encoding"] or None,
            "delimiter": told["delimiter"] or None,
            "header_line": told["header_line"],
            "outcome": Outcome.IMPORT_WARNING if notices else Outcome.IMPORT,
            "message": " ".join([*how_read(batch), *notices]),
        },
        "counts": {outcome: counts[outcome] for outcome in Outcome},
        "rows": [
            {"line": number, "outcome": outcome, "reasons": reasons, "name": name}
            for number, outcome, reasons, name in rows
        ],
        "batch": batch.pk,
        "opened": batch.opened,
    }


def how_read(batch: ImportBatch) -> list[str]:
    """Of each of its files, what was understood."""
    second = batch.told.get("second")
    return [batch.told["how"], *([f"Seconde liste : {second['how']}"] if second else [])]


def notices_of(batch: ImportBatch) -> list[str]:
    return [*batch.told["notices"], *batch.told.get("second", {}).get("notices", [])]


def batch_as_text(batch: ImportBatch) -> str:
    counts = Counter(batch.lines.values_list("outcome", flat=True))
    return "\n".join([
        *how_read(batch),
        *(f"Attention : {each}" for each in notices_of(batch)),
        f"Dossiers à {batch.territory} ; premier contact le {batch.contacted_on:%d/%m/%Y}.",
        counts_in_words(counts),
        f"Liste n° {batch.pk} confirmée : {counted(batch.opened, 'dossier ouvert', 'dossiers ouverts')}.",
    ])  # fmt: skip
