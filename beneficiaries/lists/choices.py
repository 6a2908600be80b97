"""What a person may decide in place of the machine: empty, each one is found in the file itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from beneficiaries.lists.columns import Field

NO_HEADER = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """`header_line`: physical line, or NO_HEADER where columns have no titles. `sheet`: its name in the workbook.
    `repair`: read again text that was encoded twice. `mapping`: by column, from 0; None leaves a column out."""

    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    header_line: int | None = None
    sheet: str = ""
    repair: bool = False
    mapping: Mapping[int, Field | None] | None = None
    date_order: Literal["dmy", "mdy"] = "dmy"
