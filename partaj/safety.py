"""What production refuses to start with: a table of rules, each with its sentence in French for who installs."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]", "testserver"}
LONGEST_IDLE, LONGEST_SESSION = 60 * 60, 12 * 60 * 60  # seconds
FEWEST_SHOWN = 3
# Letters that nobody receives, or that anybody may read: they carry the links that open accounts.
NO_LETTERS = ("console", "dummy", "filebased", "locmem")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the settings hold, and the risks that who installs accepts by name."""

    production: bool
    secret_key: str
    journal_key: str
    debug: bool
    hosts: Sequence[str]
    on_sqlite: bool
    sqlite_accepted: bool
    second_factor: bool
    one_factor_accepted: bool
    email_backend: str
    https_only: bool
    origins: Sequence[str]
    site_url: str
    antivirus: str
    session_idle: int  # seconds
    session_longest: int  # seconds
    small_cells: int
    private_root: Path
    public_roots: Sequence[Path]
    proconnect_issuer: str = ""
    journal_keys_before: Sequence[tuple[dt.datetime, str]] = ()


class Rule(NamedTuple):
    name: str
    is_unsafe: Callable[[Given], bool]
    sentence: str


def is_clamd(address: str) -> bool:
    try:
        place = urlsplit(address)
        return place.scheme == "clamd" and bool(place.hostname and place.port)
    except ValueError:
        return False


def dated_keys(listed: Sequence[str]) -> tuple[tuple[dt.datetime, str], ...]:
    """Each « moment=key » of JOURNAL_KEYS_BEFORE, the oldest first. Raises ImproperlyConfigured where one is not."""
    try:
        parts = [each.strip().partition("=") for each in listed]
        dated = sorted((dt.datetime.fromisoformat(moment), key) for moment, _, key in parts)
        if all(key and until.tzinfo for until, key in dated):
            return tuple(dated)
    except (ValueError, TypeError):  # no moment, or one with a zone beside one without
        pass
    raise ImproperlyConfigured(
        "JOURNAL_KEYS_BEFORE est illisible : donnez 2027-01-01T00:00:00Z=clef, avec le moment où chaque clef a cessé "
        "de servir, séparés par des virgules."
    )


def has_sound_journal_keys(given: Given) -> bool:
    """Each long enough, none twice, and never two that end at the same moment."""
    keys = [given.secret_key, given.journal_key, *(key for _, key in given.journal_keys_before)]
    ends = [until for until, _ in given.journal_keys_before]
    return all(len(key) >= 32 for key in keys[1:]) and len(set(keys)) == len(keys) and len(set(ends)) == len(ends)


def is_https(address: str) -> bool:
    return address.startswith("https://")


def has_sound_limits(given: Given) -> bool:
    return 0 < given.session_idle <= LONGEST_IDLE and given.session_idle <= given.session_longest <= LONGEST_SESSION


def is_apart(folder: Path, roots: Sequence[Path]) -> bool:
    """Neither way: people's files inside the web root, or a web root inside the folder of people's files."""
    real, public = folder.resolve(), [root.resolve() for root in roots]
    return folder.is_absolute() and not any(real.is_relative_to(root) or root.is_relative_to(real) for root in public)


EVERYWHERE = (
    Rule(
        "debug on a public host",
        lambda given: given.debug and not set(given.hosts) <= LOCAL_HOSTS,
        "DEBUG est actif sur un hôte public (ALLOWED_HOSTS) : retirez DEBUG ou limitez les hôtes à cette machine.",
    ),
    Rule(
        "unreadable antivirus",
        lambda given: bool(given.antivirus) and not is_clamd(given.antivirus),
        "ANTIVIRUS est illisible : donnez clamd://hôte:port, ou rien.",
    ),
)
IN_PRODUCTION = (
    Rule(
        "weak secret key",
        lambda given: len(given.secret_key) < 50 or len(set(given.secret_key)) < 5,
        "SECRET_KEY manque ou est trop faible : donnez au moins 50 caractères au hasard.",
    ),
    Rule(
        "weak journal key",
        lambda given: len(given.journal_key) < 32 or given.journal_key == given.secret_key,
        "JOURNAL_KEY manque ou est trop faible : donnez au moins 32 caractères au hasard, autres que SECRET_KEY.",
    ),
    Rule(
        "weak journal key of before",
        lambda given: not has_sound_journal_keys(given),
        "JOURNAL_KEYS_BEFORE est trop faible : chaque clef d’avant a au moins 32 caractères, n’est ni JOURNAL_KEY, ni "
        "SECRET_KEY, ni deux fois la même, et finit à son propre moment.",
    ),
    Rule(
        "debug",
        lambda given: given.debug,
        "DEBUG est actif en production : retirez-le.",
    ),
    Rule(
        "unnamed hosts",
        lambda given: not given.hosts or any(host == "*" or host.startswith(".") for host in given.hosts),
        "ALLOWED_HOSTS doit nommer l’hôte du site, sans joker.",
    ),
    Rule(
        "sqlite",
        lambda given: given.on_sqlite and not given.sqlite_accepted,
        "La base est SQLite en production : donnez DATABASE_URL=postgres://… ou ALLOW_SQLITE=1 si c’est voulu.",
    ),
    Rule(
        "one factor",
        lambda given: not given.second_factor and not given.one_factor_accepted,
        "SECOND_FACTOR_REQUIRED est éteint en production : un mot de passe volé ouvrirait les dossiers. "
        "Rallumez-le, ou donnez ALLOW_ONE_FACTOR=1 si c’est voulu.",
    ),
    Rule(
        "no letters",
        lambda given: any(f".{name}." in given.email_backend for name in NO_LETTERS),
        "EMAIL_URL manque : les courriels, qui portent les liens ouvrant les comptes, n’arriveraient à personne. "
        "Donnez EMAIL_URL=smtp+tls://utilisateur:motdepasse@hôte:587.",
    ),
    Rule(
        "plain http",
        lambda given: not given.https_only,
        "Le site répondrait en clair : rallumez SECURE_SSL_REDIRECT, ou BEHIND_PROXY si le frontal s’en charge.",
    ),
    Rule(
        "long sessions",
        lambda given: not has_sound_limits(given),
        "SESSION_IDLE_MINUTES va jusqu’à 60 et SESSION_LONGEST_MINUTES jusqu’à 720 : une session laissée ouverte "
        "montre des dossiers à qui passe.",
    ),
    Rule(
        "small counts shown",
        lambda given: given.small_cells < FEWEST_SHOWN,
        "SMALL_CELL_THRESHOLD est trop bas : en dessous de 3, un chiffre désigne quelqu’un. Remettez 5.",
    ),
    Rule(
        "trusted origins",
        lambda given: any(not is_https(origin) or "*" in origin for origin in given.origins),
        "CSRF_TRUSTED_ORIGINS doit nommer des adresses en https://, sans joker.",
    ),
    Rule(
        "address of the site",
        lambda given: not is_https(given.site_url),
        "SITE_URL doit être l’adresse du site en https : les courriels y mènent.",
    ),
    Rule(
        "public documents",
        lambda given: not is_apart(given.private_root, given.public_roots),
        "PRIVATE_MEDIA_ROOT est dans le code ou parmi les fichiers publics : donnez un dossier à part, que le "
        "frontal ne sert pas.",
    ),
    Rule(
        "address of ProConnect",
        lambda given: bool(given.proconnect_issuer) and not is_https(given.proconnect_issuer),
        "PROCONNECT_ISSUER doit être une adresse en https.",
    ),
)


def refuse_unsafe_production(given: Given) -> None:
    """Raises ImproperlyConfigured, by the first rule broken, where the settings would put people's data at risk."""
    for rule in EVERYWHERE + (IN_PRODUCTION if given.production else ()):
        if rule.is_unsafe(given):
            raise ImproperlyConfigured(rule.sentence)
