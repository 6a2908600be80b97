"""Changing a file; two people at once both keep what they typed."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.generic import FormView

from beneficiaries import services
from beneficiaries.changes import last_change
from beneficiaries.forms import PATH_FIELDS, PERSON_FIELDS, EditForm
from beneficiaries.models import Beneficiary, Enrolment
from beneficiaries.views.base import ChangesFile
from beneficiaries.views.intake import warn_of_keys
from partaj.formats import french_date
from partaj.pages import FormPage

FIELDS = PERSON_FIELDS + PATH_FIELDS


def last_record(model: Any, pk: int) -> int:
    """The newest line of a row's history; 0 for rows written in bulk without one."""
    return model.history.filter(id=pk).order_by("-history_id").values_list("history_id", flat=True).first() or 0


def versions_of(person: Beneficiary, path: Enrolment) -> str:
    histories = last_record(Beneficiary, person.pk), last_record(Enrolment, path.pk)
    return ".".join(map(str, [person.version, path.version, *histories]))


def raw(value: Any) -> str:
    """A value as its form field sends it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


class Row:
    """A person and their path (or their history), read field by field under the names of the form."""

    def __init__(self, person: Any, path: Any) -> None:
        self.person, self.path = person, path

    def value(self, name: str) -> Any:
        owner, model = (self.person, Beneficiary) if name in PERSON_FIELDS else (self.path, Enrolment)
        return getattr(owner, model._meta.get_field(name).attname)

    def words(self, name: str) -> str:
        owner, model = (self.person, Beneficiary) if name in PERSON_FIELDS else (self.path, Enrolment)
        field, value = model._meta.get_field(name), self.value(name)
        if value in (None, ""):
            return "non renseigné"
        if field.is_relation:
            return str(getattr(owner, name))
        if field.choices:
            return str(dict(field.flatchoices)[value])
        if isinstance(value, bool):
            return "oui" if value else "non"
        return french_date(value) if isinstance(value, dt.date) else str(value)


class Edit(ChangesFile, FormPage, FormView):
    form_class = EditForm
    title = "Modifier le dossier"
    done = "Le dossier est enregistré."

    def get_form_kwargs(self) -> dict[str, Any]:
        person = self.enrolment.beneficiary
        return super().get_form_kwargs() | {"person": person, "instance": self.enrolment}

    def get_initial(self) -> dict[str, Any]:
        return {"versions": versions_of(self.enrolment.beneficiary, self.enrolment)}

    def form_valid(self, form: EditForm) -> HttpResponse:
        versions = form.read_versions()
        try:
            services.revise(beneficiary=form.person, enrolment=form.instance, versions=(versions[0], versions[1]))
        except services.StaleVersion:
            return self.show_both(form, versions)
        warn_of_keys(self.request, form.person)
        return super().form_valid(form)

    def show_both(self, form: EditForm, versions: list[int]) -> HttpResponse:
        """Both versions side by side, field by field; nothing is written until the second editor has chosen."""
        form.person.derive()
        stored_path = Enrolment.objects.select_related("beneficiary", "territory", "referent", "found_by").get(
            pk=self.enrolment.pk
        )
        typed, stored = Row(form.person, form.instance), Row(stored_path.beneficiary, stored_path)
        read = self.as_it_was_read(versions)
        differing = [name for name in FIELDS if raw(typed.value(name)) != raw(stored.value(name))]
        change = last_change(self.enrolment)
        context = {
            "title": "Quelqu’un a enregistré ce dossier avant vous",
            "crumbs": self.get_crumbs(),
            "programme": self.programme,
            "saved_by": change.who if change else "",
            "saved_at": change.when if change else None,
            "choices": [self.choice(name, form, typed, stored, read) for name in differing],
            "kept": [(name, raw(typed.value(name))) for name in FIELDS if name not in differing],
            "versions": versions_of(stored_path.beneficiary, stored_path),
            "back_url": self.file_url,
        }
        return render(self.request, "beneficiaries/conflict.html", context, status=409)

    def as_it_was_read(self, versions: list[int]) -> Row | None:
        """What the second editor had under their eyes, from the history; None where it kept nothing."""
        person = Beneficiary.history.filter(id=self.enrolment.beneficiary_id, history_id=versions[2]).first()
        path = Enrolment.history.filter(id=self.enrolment.pk, history_id=versions[3]).first()
        return Row(person, path) if person and path else None

    def choice(self, name: str, form: EditForm, typed: Row, stored: Row, read: Row | None) -> dict[str, Any]:
        untouched = read is not None and raw(read.value(name)) == raw(typed.value(name))
        theirs_unchanged = read is not None and raw(read.value(name)) == raw(stored.value(name))
        return {
            "name": name,
            "label": form.fields[name].label,
            "stored": raw(stored.value(name)), "stored_words": stored.words(name),
            "typed": raw(typed.value(name)), "typed_words": typed.words(name),
            "take_stored": untouched,
            "both_changed": not untouched and not theirs_unchanged,
        }  # fmt: skip
