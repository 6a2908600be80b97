"""A file named in a list that stands outside of it, whatever its programme (« À faire », deadlines)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

COLUMNS = (
    "enrolment", "enrolment__programme__number", "enrolment__territory__name", "enrolment__beneficiary__first_name",
    "enrolment__beneficiary__last_name", "enrolment__beneficiary__usage_name",
)  # fmt: skip


def file_line(row: dict[str, Any]) -> dict[str, Any]:
    """`row`: COLUMNS of something that hangs on the file."""
    number = row["enrolment__programme__number"]
    last = row["enrolment__beneficiary__usage_name"] or row["enrolment__beneficiary__last_name"]
    return {
        "enrolment": row["enrolment"],
        "file_url": reverse("beneficiaries:detail", args=[number, row["enrolment"]]),
        "name": f"{row['enrolment__beneficiary__first_name']} {last}",
        "where": f"{row['enrolment__territory__name']} · {number}",
    }
