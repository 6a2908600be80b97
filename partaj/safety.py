"""What production refuses to start with. One sentence in French for each refusal, addressed to who installs."""

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]", "testserver"}


def refuse_unsafe_production(
    *, production: bool, secret_key: str, debug: bool, hosts: Sequence[str], on_sqlite: bool, sqlite_accepted: bool
) -> None:
    """Raises ImproperlyConfigured where the settings would put people's data at risk."""
    if debug and not set(hosts) <= LOCAL_HOSTS:
        raise ImproperlyConfigured(
            "DEBUG est actif sur un hôte public (ALLOWED_HOSTS) : retirez DEBUG ou limitez les hôtes à cette machine."
        )
    if not production:
        return
    if len(secret_key) < 50 or len(set(secret_key)) < 5:
        raise ImproperlyConfigured("SECRET_KEY manque ou est trop faible : donnez au moins 50 caractères au hasard.")
    if debug:
        raise ImproperlyConfigured("DEBUG est actif en production : retirez-le.")
    if not hosts or "*" in hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS doit nommer l’hôte du site, sans joker.")
    if on_sqlite and not sqlite_accepted:
        raise ImproperlyConfigured(
            "La base est SQLite en production : donnez DATABASE_URL=postgres://… ou ALLOW_SQLITE=1 si c’est voulu."
        )
