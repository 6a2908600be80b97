"""Two files of one person compared and united, as a manager does it; and all that the base holds of them."""

import datetime as dt

from django.apps import apps

from beneficiaries import services
from beneficiaries.merging.comparing import compare
from beneficiaries.merging.uniting import merge_people
from beneficiaries.models import Enrolment, Merge
from cellules.models import Cell, Session
from cellules.services import study_situations
from reports.assembly import build_annexe_1
from reports.perimeter import whole_programme
from tests.youths.paper import chosen, page

JANUARY, MARCH = dt.date(2025, 1, 20), dt.date(2025, 3, 6)


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ").split())


def comparison_of(kept, absorbed):
    return page("merge_compare", kept, absorbed.pk)


def proposed(client, kept, absorbed, **changes):
    """What the browser sends when one accepts what the page proposes."""
    return chosen(client.get(comparison_of(kept, absorbed)).content.decode()) | changes


def unite(world, kept, absorbed, answers=None, by=None):
    """As a manager does who accepts what is proposed, but for `answers`."""
    kept, absorbed = (Enrolment.objects.select_related("programme").get(pk=path.pk) for path in (kept, absorbed))
    read = compare(kept.beneficiary_id, absorbed.beneficiary_id, answers or {})
    said = {pairing.key: pairing.ticked for pairing in read.pairings}
    said |= {question.key: question.ticked for question in read.questions}
    return merge_people(
        kept=kept, absorbed=absorbed, answers=said | (answers or {}), versions=read.versions, by=by or world.manager
    )


def same(absorbed, kept, **answers):
    """The answer that these two paths are one, with what is kept of each difference between them."""
    return {f"path-{absorbed.pk}": str(kept.pk)} | {
        f"path-{absorbed.pk}-{kept.pk}-{name}": side for name, side in answers.items()
    }


def everything_stored():
    """Every column of every row on people, but for histories and for the merger itself."""
    kept = {}
    for label in ("beneficiaries", "cellules"):
        for model in apps.get_app_config(label).get_models():
            if not hasattr(model, "instance_type") and model is not Merge:
                kept[model._meta.label] = {row["id"]: row for row in model._base_manager.values()}
    return kept


def without_versions(stored):
    """A row that stayed, or changed hands, is further on: whoever had it open reads it again."""
    return {
        label: {pk: {name: value for name, value in row.items() if name != "version"} for pk, row in rows.items()}
        for label, rows in stored.items()
    }


def figures(programme):
    report = build_annexe_1(whole_programme(programme))
    return {table.key: {row.key: [cell.value for cell in row.cells] for row in table.rows} for table in report.tables}


def study(world, *paths, held_on=MARCH, name="Cellule de Béthune"):
    cell, _ = Cell.objects.get_or_create(programme=world.programme, territory=world.bethune, name=name)
    session, _ = Session.objects.get_or_create(cell=cell, held_on=held_on)
    return study_situations(session=session, enrolments=paths, by=world.caseworker)


def step(world, path, code, day):
    return services.enter_step(enrolment=path, step=world.steps[code], entered_on=day, by=world.caseworker)
