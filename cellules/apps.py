from django.apps import AppConfig


class CellulesConfig(AppConfig):
    name = "cellules"
    verbose_name = "Cellules"

    def ready(self) -> None:
        from beneficiaries.bulk import OFFERED, Offered
        from beneficiaries.calendar import SOURCES
        from beneficiaries.merging.parting import WORKED_OUT_FROM
        from beneficiaries.moved import WHEN_MOVED
        from cellules.agenda import leave_former_cells  # its module also says how its acts are undone
        from cellules.calendar import coming_sessions
        from cellules.models import Review
        from cellules.pages import sessions_panel, waiting_panel
        from cellules.services import work_out_first_study
        from partaj.panels import FILE, HOME, Panel

        SOURCES.append(coming_sessions)
        WHEN_MOVED.append(leave_former_cells)
        HOME.append(Panel(11, "cellules/_home_waiting.html", waiting_panel))
        FILE.append(Panel(30, "cellules/_sessions_panel.html", sessions_panel))
        OFFERED.append(Offered(35, "Mettre à l’ordre du jour", "cellules:agenda_many"))
        WORKED_OUT_FROM[Review].append(work_out_first_study)
