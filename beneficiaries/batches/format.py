"""A list as django-import-export takes files in, read by our own reader: tablib's take a « ; » file for one column, and
know neither cp1252, nor the lines above the titles, nor a workbook that unfolds without end."""

from __future__ import annotations

import tablib
from import_export.formats.base_formats import Format

from beneficiaries.lists.choices import Choices
from beneficiaries.lists.reading import Table, read
from beneficiaries.lists.receiving import receive


class ListFile(tablib.Dataset):
    """The lines of a file as they are written in it, under its titles; `table`: how it was read, with `choices`."""

    def __init__(self, table: Table, choices: Choices) -> None:
        self.table, self.choices = table, choices
        width = max(len(each.cells) for each in (table.titles, *table.records))
        super().__init__(*(_padded(each.cells, width) for each in table.records))
        self.headers = _padded(table.titles.cells, width)


def _padded(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


class ListFormat(Format):
    """Whatever its encoding, its separator, its sheet: they are found in the file, but for those that are chosen."""

    def __init__(self, choices: Choices | None = None) -> None:
        self.choices = choices or Choices()

    def get_title(self) -> str:
        return "Liste (CSV, Excel, LibreOffice)"

    def create_dataset(self, in_stream: bytes) -> ListFile:
        """Through the gate of sent files, then read. Raises UploadRefused, with its one sentence in French."""
        return ListFile(read(receive(in_stream), self.choices), self.choices)

    def can_import(self) -> bool:
        return True
