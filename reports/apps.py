from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Restitution"

    def ready(self) -> None:
        from partaj.programmes.models import ExtraRow, Period
        from partaj.removal import KNOWN_BY
        from partaj.seeing import BESIDES_ROWS, Shown
        from reports.holding import declared_in_column, declared_on_row
        from reports.perimeter import SEEN_BY, counted_for, held_back

        label = "chiffres des tableaux de restitution : des nombres de personnes"
        BESIDES_ROWS.append(Shown("reports", label, counted_for, SEEN_BY, caveat=held_back))
        KNOWN_BY[Period].append(declared_in_column)
        KNOWN_BY[ExtraRow].append(declared_on_row)
