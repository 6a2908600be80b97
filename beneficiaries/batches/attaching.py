"""A line that tells of somebody known: their file is completed, and a path opened where they have none under way."""

from __future__ import annotations

from typing import Any

from beneficiaries import services
from beneficiaries.batches.besides import besides
from beneficiaries.batches.keeping import as_text, typed
from beneficiaries.batches.words import first_contact
from beneficiaries.models import PERSON_FIELDS, Beneficiary, Enrolment, ImportBatch, ImportLine
from partaj.versions import claim_version


def attach(*, line: ImportLine, batch: ImportBatch, by: Any) -> Enrolment:
    """Complete what is blank in the file of `line.person`, take from the list what was chosen in its place, and give
    the line the path under way in this programme, or a new one."""
    person = Beneficiary.objects.select_for_update().get(pk=line.person_id)
    complete(person, line)
    path = person.enrolments.under_way().filter(programme=batch.programme_id).order_by("-pk").first()
    if path is None:
        path = Enrolment(
            programme=batch.programme,
            territory_id=batch.territory_id,
            found_by_id=batch.organisation_id,
            contacted_on=batch.contacted_on,
        )
        services.enrol(beneficiary=person, enrolment=path, by=by, sentence=first_contact(batch, line.number))
        line.opened_path = True
    line.enrolment = path
    line.save()
    besides(batch).attach(path, line, by)
    return path


def complete(person: Beneficiary, line: ImportLine) -> None:
    """What was blank and what is taken from the list by choice; `line.completed` keeps what stood there before.
    What was changed by somebody else since it was chosen is left as it is, and the line says so."""
    values = {name: typed(name, text) for name, text in line.student.items() if name in PERSON_FIELDS}
    other = {name: value for name, value in values.items() if value and value != getattr(person, name)}
    stands = {name: as_text(getattr(person, name)) for name in other}
    changed = {
        name: value for name, value in other.items() if not stands[name] or line.taken.get(name) == stands[name]
    }  # fmt: skip
    if moved := [name for name in other if name in line.taken and name not in changed]:
        labels = ", ".join(str(Beneficiary._meta.get_field(name).verbose_name) for name in moved)
        line.reasons = [*line.reasons, f"Changé dans le dossier depuis votre choix, donc laissé tel quel : {labels}."]
    if not changed:
        return
    services.remember_first_state(Beneficiary, person.pk)
    claim_version(person, person.version)
    line.completed = {name: as_text(getattr(person, name)) for name in changed}
    for name, value in changed.items():
        setattr(person, name, value)
    person.save()
    services.keep_copies_in_step(person, but=Enrolment())
