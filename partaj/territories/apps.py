from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "partaj.territories"
    verbose_name = "Territoires"
