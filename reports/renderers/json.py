"""The stable JSON of any report, for machines (DESIGN §5)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from reports.tables import Cell, Finding, Report, Row, Source, Table, Unit

Number = int | float | str | None

# The encoder knows no exact decimal: one goes through it as a text between two characters that no text may hold.
NUL = "\0"
EXACT = re.compile(r'"\\u0000(-?\d+(?:\.\d+)?)\\u0000"')


def render(report: Report, *, issued_by: str = "") -> bytes:
    """UTF-8, two spaces, keys always in the same order. `issued_by` has no place in this contract."""
    return (_dumped(report_data(report)) + "\n").encode()


def report_data(report: Report) -> dict[str, Any]:
    return {
        "programme": report.programme,
        "report": report.code,
        "title": report.title,
        "issued_at": timezone.localtime(report.issued_at).isoformat(timespec="seconds"),
        "perimeter": report.perimeter,
        "tables": [_table(table) for table in report.tables],
        "notes": list(report.notes),
        "findings": [_finding(finding) for finding in report.findings],
    }


def findings_json(programme: str, findings: Iterable[Finding]) -> str:
    """What `check_report --format json` prints (DESIGN §6)."""
    data = {"programme": programme, "findings": [_finding(finding) for finding in findings]}
    return _dumped(data)


def _dumped(data: dict[str, Any]) -> str:
    return EXACT.sub(r"\1", json.dumps(data, ensure_ascii=False, indent=2))


def _exact(value: int | Decimal | None) -> int | str | None:
    """A JSON number with the decimals that it came with (`531.80`), which no float could print."""
    return f"{NUL}{value:f}{NUL}" if isinstance(value, Decimal) else value


def _finding(finding: Finding) -> dict[str, Any]:
    """One coherence finding; its figures are JSON numbers."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "report": finding.report,
        "where": finding.where,
        "declared": _exact(finding.declared),
        "computed": _exact(finding.computed),
        "gap": _exact(finding.gap),
        "message": finding.message,
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "note": table.note,
        "columns": [{"key": column.key, "label": column.label} for column in table.columns],
        "rows": [_row(row) for row in table.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "label": row.label,
        "level": row.level,
        "kind": row.kind.value,
        "cells": [_cell(cell) for cell in row.cells],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    """A hidden cell says its text and nothing else that would let a reader guess."""
    data: dict[str, Any] = {
        "text": cell.text,
        "value": None if cell.hidden else _amount(cell.value, cell.unit),
        "unit": cell.unit.value,
        "source": cell.source.value,
        "computed": None if cell.hidden else _amount(cell.computed, cell.unit),
        "records": None if cell.hidden else cell.records,
    }
    if cell.source is Source.DECLARED and cell.declaration:
        data["declaration"] = {
            "reason": cell.declaration.reason,
            "author": cell.declaration.author,
            "declared_at": timezone.localtime(cell.declaration.declared_at).isoformat(timespec="seconds"),
        }
    return data


def _amount(value: int | Decimal | None, unit: Unit) -> Number:
    """Money as a decimal string, so that no cent is lost to a float; anything else as a number."""
    if value is None or unit is not Unit.EUROS:
        return _number(value)
    return format(Decimal(value), "f")


def _number(value: int | Decimal | None) -> int | float | None:
    if value is None or isinstance(value, int):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
