from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Restitution"

    def ready(self) -> None:
        from partaj.panels import HOME, Panel
        from partaj.programmes.models import ExtraRow, Period
        from partaj.removal import KNOWN_BY
        from partaj.seeing import BESIDES_ROWS, Shown
        from reports.holding import declared_in_column, declared_on_row
        from reports.home import reports_panel
        from reports.perimeter import SEEN_BY, counted_for, held_back

        label = "chiffres des tableaux de restitution : des nombres de personnes"
        BESIDES_ROWS.append(Shown("reports", label, counted_for, SEEN_BY, caveat=held_back))
        HOME.append(Panel(30, "reports/_home.html", reports_panel))
        KNOWN_BY[Period].append(declared_in_column)
        KNOWN_BY[ExtraRow].append(declared_on_row)
