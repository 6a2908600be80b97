"""What production refuses to start with. One sentence in French for each refusal, addressed to who installs."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]", "testserver"}
LONGEST_IDLE, LONGEST_SESSION = 60 * 60, 12 * 60 * 60  # seconds
FEWEST_SHOWN = 3
# Letters that nobody receives, or that anybody may read: they carry the links that open accounts.
NO_LETTERS = ("console", "dummy", "filebased", "locmem")


def refuse_unsafe_production(
    *,
    production: bool,
    secret_key: str,
    journal_key: str,
    debug: bool,
    hosts: Sequence[str],
    on_sqlite: bool,
    sqlite_accepted: bool,
    second_factor: bool,
    one_factor_accepted: bool,
    email_backend: str,
    https_only: bool,
    origins: Sequence[str],
    site_url: str,
    antivirus: str,
    session_idle: int,
    session_longest: int,
    small_cells: int,
    private_root: Path,
    public_roots: Sequence[Path],
    proconnect_issuer: str = "",
) -> None:
    """Raises ImproperlyConfigured where the settings would put people's data at risk."""
    if debug and not set(hosts) <= LOCAL_HOSTS:
        raise ImproperlyConfigured(
            "DEBUG est actif sur un hôte public (ALLOWED_HOSTS) : retirez DEBUG ou limitez les hôtes à cette machine."
        )
    if antivirus and not _is_clamd(antivirus):
        raise ImproperlyConfigured("ANTIVIRUS est illisible : donnez clamd://hôte:port, ou rien.")
    if not production:
        return
    if len(secret_key) < 50 or len(set(secret_key)) < 5:
        raise ImproperlyConfigured("SECRET_KEY manque ou est trop faible : donnez au moins 50 caractères au hasard.")
    if len(journal_key) < 32 or journal_key == secret_key:
        raise ImproperlyConfigured(
            "JOURNAL_KEY manque ou est trop faible : donnez au moins 32 caractères au hasard, autres que SECRET_KEY."
        )
    if debug:
        raise ImproperlyConfigured("DEBUG est actif en production : retirez-le.")
    if not hosts or any(host == "*" or host.startswith(".") for host in hosts):
        raise ImproperlyConfigured("ALLOWED_HOSTS doit nommer l’hôte du site, sans joker.")
    if on_sqlite and not sqlite_accepted:
        raise ImproperlyConfigured(
            "La base est SQLite en production : donnez DATABASE_URL=postgres://… ou ALLOW_SQLITE=1 si c’est voulu."
        )
    if not second_factor and not one_factor_accepted:
        raise ImproperlyConfigured(
            "SECOND_FACTOR_REQUIRED est éteint en production : un mot de passe volé ouvrirait les dossiers. "
            "Rallumez-le, ou donnez ALLOW_ONE_FACTOR=1 si c’est voulu."
        )
    if any(f".{name}." in email_backend for name in NO_LETTERS):
        raise ImproperlyConfigured(
            "EMAIL_URL manque : les courriels, qui portent les liens ouvrant les comptes, n’arriveraient à personne. "
            "Donnez EMAIL_URL=smtp+tls://utilisateur:motdepasse@hôte:587."
        )
    if not https_only:
        raise ImproperlyConfigured(
            "Le site répondrait en clair : rallumez SECURE_SSL_REDIRECT, ou BEHIND_PROXY si le frontal s’en charge."
        )
    if not 0 < session_idle <= LONGEST_IDLE or not session_idle <= session_longest <= LONGEST_SESSION:
        raise ImproperlyConfigured(
            "SESSION_IDLE_MINUTES va jusqu’à 60 et SESSION_LONGEST_MINUTES jusqu’à 720 : une session laissée ouverte "
            "montre des dossiers à qui passe."
        )
    if small_cells < FEWEST_SHOWN:
        raise ImproperlyConfigured(
            "SMALL_CELL_THRESHOLD est trop bas : en dessous de 3, un chiffre désigne quelqu’un. Remettez 5."
        )
    if any(not origin.startswith("https://") or "*" in origin for origin in origins):
        raise ImproperlyConfigured("CSRF_TRUSTED_ORIGINS doit nommer des adresses en https://, sans joker.")
    if not site_url.startswith("https://"):
        raise ImproperlyConfigured("SITE_URL doit être l’adresse du site en https : les courriels y mènent.")
    if not private_root.is_absolute() or _mingled(private_root, public_roots):
        raise ImproperlyConfigured(
            "PRIVATE_MEDIA_ROOT est dans le code ou parmi les fichiers publics : donnez un dossier à part, que le "
            "frontal ne sert pas."
        )
    if proconnect_issuer and not proconnect_issuer.startswith("https://"):
        raise ImproperlyConfigured("PROCONNECT_ISSUER doit être une adresse en https.")


def _is_clamd(address: str) -> bool:
    try:
        place = urlsplit(address)
        return place.scheme == "clamd" and bool(place.hostname and place.port)
    except ValueError:
        return False


def _mingled(folder: Path, roots: Sequence[Path]) -> bool:
    """Either way: people's files inside the web root, or a web root inside the folder of people's files."""
    real = folder.resolve()
    return any(real.is_relative_to(root.resolve()) or root.resolve().is_relative_to(real) for root in roots)
