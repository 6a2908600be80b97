"""Changing a file; two people at once both keep what they typed."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import FormView

from beneficiaries import services
from beneficiaries.changes import last_change
from beneficiaries.forms import PATH_FIELDS, EditForm
from beneficiaries.models import PERSON_FIELDS, Beneficiary, Enrolment
from beneficiaries.views.base import ChangesFile
from beneficiaries.views.intake import warn_of_keys
from partaj.formats import french_date, french_value
from partaj.pages import FormPage
from partaj.versions import StaleVersion

FIELDS = [*PERSON_FIELDS, *PATH_FIELDS]
NEVER_READ = (0, 0)  # no row has this version: a form made by hand is stale


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
        return french_value(model._meta.get_field(name), getattr(owner, name)) or "non renseigné"


def what_is_read(person: Beneficiary, path: Enrolment) -> dict[str, Any]:
    """What the form carries along: whoever saves second is told apart from whoever saves first by it."""
    row = Row(person, path)
    return {
        "path": path.pk,
        "versions": [person.version, path.version],
        "values": {name: raw(row.value(name)) for name in FIELDS},
    }


class Edit(ChangesFile, FormPage, FormView):
    form_class = EditForm
    title = "Modifier le dossier"
    done = "Le dossier est enregistré."

    def get_form_kwargs(self) -> dict[str, Any]:
        person = self.enrolment.beneficiary
        return super().get_form_kwargs() | {"person": person, "instance": self.enrolment}

    def get_initial(self) -> dict[str, Any]:
        return {"read": what_is_read(self.enrolment.beneficiary, self.enrolment)}

    def form_valid(self, form: EditForm) -> HttpResponse:
        read = form.cleaned_data["read"]
        person_version, path_version = read["versions"] if read else NEVER_READ
        try:
            services.revise(beneficiary=form.person, enrolment=form.instance, versions=(person_version, path_version))
        except StaleVersion:
            return self.show_both(form, read["values"] if read else {})
        warn_of_keys(self.request, form.person)
        return super().form_valid(form)

    def show_both(self, form: EditForm, read: dict[str, str]) -> HttpResponse:
        """Both versions side by side, field by field; nothing is written until the second editor has chosen."""
        form.person.derive()
        files = Enrolment.objects.select_related("beneficiary", "territory", "referent", "found_by")
        path = files.get(pk=self.enrolment.pk)
        typed, stored = Row(form.person, form.instance), Row(path.beneficiary, path)
        differing = [name for name in FIELDS if raw(typed.value(name)) != raw(stored.value(name))]
        context = {
            "title": "Quelqu’un a enregistré ce dossier avant vous",
            "crumbs": self.get_crumbs(),
            "programme": self.programme,
            "saved": saved_by(path),
            "choices": [choice(name, str(form.fields[name].label), typed, stored, read) for name in differing],
            "kept": [(name, raw(typed.value(name))) for name in FIELDS if name not in differing],
            "read": form.fields["read"].prepare_value(what_is_read(path.beneficiary, path)),
            "back_url": self.file_url,
        }
        return render(self.request, "beneficiaries/conflict.html", context, status=409)


def saved_by(path: Enrolment) -> str:
    """« Enregistré par Inès Lopez à 10:42 »; with the day where it was another day."""
    change = last_change(path)
    if change is None:
        return "Enregistré"
    when = timezone.localtime(change.when)
    day = "" if when.date() == timezone.localdate() else f" le {french_date(when.date())}"
    return f"Enregistré par {change.who}{day} à {when:%H:%M}"


def choice(name: str, label: str, typed: Row, stored: Row, read: dict[str, str]) -> dict[str, Any]:
    """One field that differs; what only the other editor touched is proposed as they left it."""
    mine, theirs = raw(typed.value(name)), raw(stored.value(name))
    before = read.get(name)
    return {
        "name": name,
        "label": label,
        "stored": theirs,
        "stored_words": stored.words(name),
        "typed": mine,
        "typed_words": typed.words(name),
        "take_stored": before == mine,
        "both_changed": before is not None and before not in (mine, theirs),
    }
