from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "partaj.programmes"
    verbose_name = "Programmes"
