from django.apps import AppConfig


class PartajConfig(AppConfig):
    name = "partaj"
    verbose_name = "PARTAJ"
