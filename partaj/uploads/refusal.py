"""Why a file was refused: each sentence says what happened and what to do; nothing of the file was kept."""

from __future__ import annotations

from django.core.exceptions import ValidationError

NOTHING_KEPT = "Rien n’a été gardé de ce fichier."


class UploadRefused(ValidationError):
    """`message` is shown as it is; `code` names the reason for the machine."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(f"{sentence} {NOTHING_KEPT}", code=code)

    @classmethod
    def again(cls, message: str, code: str = "refused") -> UploadRefused:
        """A refusal told once more, from its `message`."""
        return cls(message.removesuffix(f" {NOTHING_KEPT}"), code)


def damaged() -> UploadRefused:
    return UploadRefused(
        "Ce fichier est abîmé ou incomplet : ouvrez-le, enregistrez-le de nouveau, puis renvoyez-le.", "damaged"
    )
