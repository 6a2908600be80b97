"""What a person may decide in place of the machine: empty, each one is found in the file itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from beneficiaries.lists.columns import Field, title_key

NO_HEADER = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """`header_line`: physical line, or NO_HEADER where columns have no titles. `sheet`: its name in the workbook.
    `repair`: read again text that was encoded twice. `mapping`: by column, from 0; None leaves a column out.
    `remembered`: the same by title (`columns.title_key`), from a former list; what is chosen now comes first."""

    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    header_line: int | None = None
    sheet: str = ""
    repair: bool = False
    mapping: Mapping[int, Field | None] | None = None
    remembered: Mapping[str, Field | None] = field(default_factory=dict)
    date_order: Literal["dmy", "mdy"] = "dmy"

    def mapping_of(self, titles: Iterable[str]) -> dict[int, Field | None]:
        """By column: what is chosen, else what is remembered of its title."""
        known = {
            index: self.remembered[key]
            for index, title in enumerate(titles)
            if self.remembered and (key := title_key(title)) in self.remembered
        }
        return known | dict(self.mapping or {})
