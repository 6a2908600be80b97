"""A declared figure names its column by the period itself: by its place, it moved when periods were reordered."""

from django.db import migrations
from django.utils import timezone

PREFIX = "period-"


def name_for_period(apps, schema_editor):
    Figure, Period = apps.get_model("reports", "DeclaredFigure"), apps.get_model("programmes", "Period")
    figures = list(Figure.objects.filter(column__startswith=PREFIX))
    # Out of the way first: a new name may be another figure's old one, and one figure of a cell is current.
    for figure in figures:
        Figure.objects.filter(pk=figure.pk).update(column=f"place-{figure.column.removeprefix(PREFIX)}")
    for figure in figures:
        place = int(figure.column.removeprefix(PREFIX))
        here = list(Period.objects.filter(programme=figure.programme_id).order_by("position", "pk").values_list("pk"))
        if place < len(here):
            Figure.objects.filter(pk=figure.pk).update(column=f"{PREFIX}{here[place][0]}")
        elif figure.withdrawn_at is None:  # its period is no more: it is kept in the history
            Figure.objects.filter(pk=figure.pk).update(withdrawn_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("programmes", "0001_initial")]
    operations = [migrations.RunPython(name_for_period, migrations.RunPython.noop)]
