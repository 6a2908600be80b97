"""What is too long is refused while it arrives: neither memory nor disk fills, even on a page that takes no file."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from partaj.uploads.kinds import LARGEST, MEGABYTE

ROOM = 3 * MEGABYTE  # for the other fields of the form, bounded by Django itself


class BoundedUploadHandler(FileUploadHandler):
    """Counts what all the files of one request weigh, then passes them on. Raises RequestDataTooBig."""

    received = 0

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        if content_length > LARGEST + ROOM:
            raise RequestDataTooBig("request longer than any file accepted")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > LARGEST:
            raise RequestDataTooBig("files longer than any accepted")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
