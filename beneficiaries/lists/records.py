"""What every reader gives: records, each known by the physical line on which it begins."""

from __future__ import annotations

from typing import NamedTuple


class Record(NamedTuple):
    """`line`: as a text editor, or the margin of a spreadsheet, shows it; the first one is 1. `cells`: as found,
    without the empty ones at the end. `width`: how many there were with those; 0 where nobody wrote them down."""

    line: int
    cells: list[str]
    width: int = 0

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)

    @property
    def text(self) -> str:
        """What is written in it, on one line."""
        return " ".join(" ".join(self.cells).split())
