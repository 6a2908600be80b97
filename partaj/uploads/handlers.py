"""What is too long is refused while it arrives: neither memory nor disk fills, even on a page that takes no file."""

from __future__ import annotations

import tempfile
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
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


class UnnamedFileUploadHandler(FileUploadHandler):
    """What is too large for the memory goes to a file without a name: it is gone with the request, and with the process
    that received it, however that one dies."""

    file: UploadedFile

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        kept = tempfile.TemporaryFile()  # noqa: SIM115  closed with the request
        self.file = UploadedFile(kept, self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
