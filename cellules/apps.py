from django.apps import AppConfig


class CellulesConfig(AppConfig):
    name = "cellules"
    verbose_name = "Cellules"

    def ready(self) -> None:
        from cellules.pages import sessions_panel
        from partaj.panels import FILE, Panel

        FILE.append(Panel(30, "cellules/_sessions_panel.html", sessions_panel))
