"""A random word in every free field of every youth: whatever leaves the site is searched for those of the others.

A word belongs to an enrolment; that of a private note or of a draft belongs to its author alone. Whoever receives a
word of a youth must be allowed to see that youth, and the access journal must say that they did.
"""

from __future__ import annotations

import io
import logging
import random
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.core import mail
from django.db import models
from pypdf import PdfReader

from beneficiaries.models import Beneficiary, Enrolment, Handover, ImportLine, LogEntry, Merge
from partaj.accounts.models import Draft, JournalEntry, User

RECEIVED = "beneficiaries.importbatch:"
MARK = "qzx"  # in no French word, and the same once folded
LETTERS = "bcdfghjklmnpqrstvwxz"
WORD = re.compile(rb"qzx[b-df-hj-np-tv-xz]{8}")
# Free fields that hold nothing of anybody: an address of the site; five digits that chance would find anywhere.
NOT_PLANTED = {"beneficiaries.LogEntry.link", "beneficiaries.Beneficiary.postcode"}


@dataclass(frozen=True)
class Owner:
    """Of whom a word speaks, and who alone may read it where that is said; `line`: the line of a list that holds it,
    `offer`: the handover, whose message is read by who does not see the file yet."""

    enrolment: int | None
    author: int | None = None
    where: str = ""
    line: int | None = None
    offer: int | None = None


def word() -> str:
    return MARK + "".join(random.choices(LETTERS, k=8))


def free_fields(model: type[models.Model]) -> list[models.Field]:
    """Where somebody may type what they want about a youth."""
    return [
        field
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField | models.TextField)
        and field.editable
        and not field.choices
        and not isinstance(field, models.URLField)
        and f"{model._meta.label}.{field.name}" not in NOT_PLANTED
    ]


def of_youths() -> list[type[models.Model]]:
    """Models that hang on an enrolment, besides the person and the enrolment themselves."""
    found = []
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)}
        if "enrolment" in names and not hasattr(model, "instance_type"):
            found.append(model)
    return found


def plant() -> dict[str, Owner]:
    """Fill every free field of every youth; what stood there before stays in the history, and is searched for too."""
    owners: dict[str, Owner] = {}
    for enrolment in Enrolment.objects.select_related("beneficiary"):
        for _ in range(2):  # the first words go to the history
            _fill(enrolment.beneficiary, Owner(enrolment.pk), owners)
            _fill(enrolment, Owner(enrolment.pk), owners)
        for author in User.objects.filter(roles__kind="caseworker").distinct():
            LogEntry.objects.create(enrolment=enrolment, kind="note", sentence="-", is_private=True, author=author)
        LogEntry.objects.create(enrolment=enrolment, kind="note", sentence="-")
    for model in of_youths():
        for row in model._base_manager.all():
            private = row.author_id if getattr(row, "is_private", False) else None
            line = row.pk if model is ImportLine else None
            if line:
                _fill_values(row, Owner(row.enrolment_id, None, "beneficiaries.ImportLine", line), owners)
            offer = row.pk if model is Handover else None
            _fill(row, Owner(row.enrolment_id, private, line=line, offer=offer), owners)
    for merge in Merge.objects.all():
        _fill_images(merge, owners)
    for draft in Draft.objects.all():
        kept = word()
        draft.fields = f"note={kept}"
        draft.save()
        owners[kept] = Owner(None, draft.author_id, "draft")
    return owners


def _fill(row: models.Model, owner: Owner, owners: dict[str, Owner]) -> None:
    for field in free_fields(type(row)):
        planted = word()
        owners[planted] = replace(owner, where=f"{row._meta.label}.{field.name}")
        setattr(row, field.name, f"{planted}@partaj.example" if isinstance(field, models.EmailField) else planted)
    row.save()


def _fill_values(line: ImportLine, owner: Owner, owners: dict[str, Owner]) -> None:
    """What a list said of somebody, as it was written and as it was read."""
    line.cells = [word() for _ in line.cells]
    line.student = {name: text if name == "birth_date" else word() for name, text in line.student.items()}
    owners.update(dict.fromkeys([*line.cells, *line.student.values()], owner))


def _fill_images(merge: Merge, owners: dict[str, Owner]) -> None:
    """What a merger keeps of the rows that it took away is of the file in which they are."""
    for image in merge.removed:
        for field in free_fields(apps.get_model(image["model"])):
            planted = image["values"][field.attname] = word()
            owners[planted] = Owner(merge.enrolment_id, None, f"{image['model']}.{field.name}, united")
    merge.save()


def text_of(body: bytes, content_type: str) -> bytes:
    """What a reader would find in an answer, whatever it is made of."""
    if content_type.startswith("application/pdf"):
        reader = PdfReader(io.BytesIO(body))
        said = " ".join(str(value) for value in (reader.metadata or {}).values())
        pages = "".join(page.extract_text() for page in reader.pages)
        return f"{said} {pages}".replace("\n", "").replace("\u00ad", "").encode()
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    return body


@contextmanager
def overheard() -> Iterator[list[str]]:
    """What is logged meanwhile, at every level."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    ear, loggers = Ear(), [logging.getLogger(name) for name in ("", "django_structlog", "django", "allauth")]
    levels = [logger.level for logger in loggers]
    logging.getLogger().addHandler(ear)
    for logger in loggers:
        logger.setLevel(logging.INFO)
    try:
        yield said
    finally:
        logging.getLogger().removeHandler(ear)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@dataclass(frozen=True)
class Heard:
    """The words found in one answer, by where; and the enrolments that the journal says it showed."""

    received: frozenset[str]  # body, headers, address of the answer: what its reader gets
    let_out: frozenset[str]  # logs, mails, journal: what must hold nobody's words at all
    journalled: frozenset[int]
    lists: frozenset[int]  # the lists received that the journal says it showed


def words_in(*parts: bytes) -> frozenset[str]:
    return frozenset(found.decode() for part in parts for found in WORD.findall(part.lower()))


def heard(body: bytes, content_type: str, headers: Iterable[tuple[str, str]], logs: list[str]) -> Heard:
    lines = list(JournalEntry.objects.values_list("enrolment_id", "shown", "detail", "subject", "page", "address"))
    numbers = {number for number, *_ in lines if number}
    numbers |= {int(number) for _, shown, *_ in lines for number in shown.split()}
    letters = [f"{letter.subject} {letter.body} {letter.to}" for letter in getattr(mail, "outbox", [])]
    return Heard(
        words_in(text_of(body, content_type), repr(list(headers)).encode()),
        words_in(repr(logs).encode(), repr(letters).encode(), repr(lines).encode()),
        frozenset(numbers),
        frozenset(int(subject.partition(":")[2]) for *_, subject, _, _ in lines if subject.startswith(RECEIVED)),
    )


class Canaries:
    """The words of one house, and what each of the cast may receive of them."""

    def __init__(self, cast: dict[str, User]) -> None:
        self.owners = plant()
        self.reach = {"anonymous": (frozenset[int](), None)} | {
            name: (frozenset(Enrolment.objects.visible_to(user).values_list("pk", flat=True)), user.pk)
            for name, user in cast.items()
        }
        self.lines = {"anonymous": frozenset[int]()} | {
            name: frozenset(ImportLine.objects.visible_to(user).values_list("pk", flat=True))
            for name, user in cast.items()
        }
        self.offers = {"anonymous": frozenset[int]()} | {
            name: frozenset(Handover.objects.visible_to(user).values_list("pk", flat=True))
            for name, user in cast.items()
        }
        self.batches = dict(ImportLine.objects.values_list("pk", "batch"))

    def faults(self, role: str, answer: Heard, sent: dict[str, Any]) -> Iterator[str]:
        """Words that should not have been received, read without a line in the journal, or let out."""
        seen, user = self.reach[role]
        own = words_in(repr(sent).encode())
        for found in sorted(answer.received - own):
            owner = self.owners.get(found)
            if owner is None:
                continue  # replaced since: written by the request itself
            if owner.line is not None:
                yield from self._faults_of_line(role, answer, owner)
            elif owner.offer in self.offers[role] and owner.enrolment in answer.journalled:
                continue
            elif owner.author not in (None, user) or (owner.enrolment is not None and owner.enrolment not in seen):
                yield f"received {owner.where} of enrolment {owner.enrolment}"
            elif owner.enrolment is not None and owner.enrolment not in answer.journalled:
                yield f"read {owner.where} of enrolment {owner.enrolment}, which the journal does not say"
        for found in sorted(answer.let_out - own):
            yield f"let out {self.owners[found].where if found in self.owners else found}"

    def _faults_of_line(self, role: str, answer: Heard, owner: Owner) -> Iterator[str]:
        """Seen with its list, or with the file that came out of it; the journal names one or the other."""
        if owner.line not in self.lines[role]:
            yield f"received {owner.where} of line {owner.line}"
        elif owner.enrolment not in answer.journalled and self.batches[owner.line] not in answer.lists:
            yield f"read {owner.where} of line {owner.line}, which the journal does not say"


def planted_models() -> set[str]:
    return {model._meta.label for model in (Beneficiary, Enrolment, *of_youths()) if free_fields(model)}
