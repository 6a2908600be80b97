"""Settings of PARTAJ, read from the environment (and from `.env` where there is one).

Without any variable it is the demonstration: SQLite in `var/`, mails on the console, the site's own error pages
(`DEBUG=1` shows Django's instead).
`PARTAJ_ENV=production` turns every safety on; `partaj.safety` then refuses to start unsafe.
"""

import logging
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
import font_source_sans_pro
import structlog
from csp.constants import NONCE

from partaj.logs import stack_without_values
from partaj.safety import Given, dated_keys, refuse_unsafe_production

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

PRODUCTION = env.str("PARTAJ_ENV", "demonstration") == "production"
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", "" if PRODUCTION else "demonstration-only-never-in-production-0000000000000")
# Keys of before: what they signed or locked (second factors) still opens.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver"]
)
# Its digests outlive a change of SECRET_KEY; whoever holds the base alone cannot make a row of the journal.
JOURNAL_KEY = env.str("JOURNAL_KEY", "" if PRODUCTION else "demonstration-journal-key")
# Those of before, each with the moment at which the next one took over: « 2027-01-01T00:00:00Z=clef ».
JOURNAL_KEYS_BEFORE = dated_keys(env.list("JOURNAL_KEYS_BEFORE", default=[]))
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=PRODUCTION)
# How many proxies stand before the site and write X-Forwarded-For; 0: nobody is believed. Without a proxy each visitor
# would write it, and choose the address that the journal keeps and that attempts are counted by.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if BEHIND_PROXY else 0)

# -- Database -----------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'partaj.sqlite3'}")}
ON_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if ON_SQLITE:
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # Without IMMEDIATE, concurrent writers fail with « database is locked » instead of waiting.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600  # what was planned on it is of use as long
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # What the address asks besides stays: « ?sslmode=verify-full » is how the way to the base is encrypted.
    # No jit: a page that shows fifty rows is answered before its plan is compiled.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        f"-c statement_timeout={env.int('STATEMENT_TIMEOUT_MS', 10_000)} -c lock_timeout=5000 -c jit=off"
    )
# Off behind a pooler that hands a connection to another request between two statements (partaj/statements.py).
PREPARED_STATEMENTS = env.bool("PREPARED_STATEMENTS", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- What production refuses to do without ---------------------------------------------------------
STATIC_ROOT = BASE_DIR / "static-collected"
# Files that people send: outside the web root, and outside the code in production.
PRIVATE_MEDIA_ROOT = Path(
    env.str("PRIVATE_MEDIA_ROOT", "/var/lib/partaj/documents" if PRODUCTION else str(BASE_DIR / "var" / "documents"))
)
# clamd://host:port; empty: no antivirus. Given, a file that it has not cleared does not enter.
ANTIVIRUS = env.str("ANTIVIRUS", "")
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The address of the site, in the letters that it sends; never the one that a request says.
SITE_URL = env.str("SITE_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION and ALLOWED_HOSTS else "")
# Whoever sees names shows a second factor first.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=PRODUCTION)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION)
# A session ends when nobody was there for so long, and in any case after so long (seconds).
SESSION_IDLE = env.int("SESSION_IDLE_MINUTES", 30) * 60
SESSION_LONGEST = env.int("SESSION_LONGEST_MINUTES", 10 * 60) * 60
# Live aggregates shown to readers who see no names hide counts below this number.
SMALL_CELL_THRESHOLD = env.int("SMALL_CELL_THRESHOLD", 5)
refuse_unsafe_production(
    Given(
        production=PRODUCTION,
        secret_key=SECRET_KEY,
        journal_key=JOURNAL_KEY,
        journal_keys_before=JOURNAL_KEYS_BEFORE,
        debug=DEBUG,
        hosts=ALLOWED_HOSTS,
        on_sqlite=ON_SQLITE,
        sqlite_accepted=env.bool("ALLOW_SQLITE", default=False),
        second_factor=SECOND_FACTOR_REQUIRED,
        one_factor_accepted=env.bool("ALLOW_ONE_FACTOR", default=False),
        email_backend=EMAIL_CONFIG["EMAIL_BACKEND"],
        https_only=SECURE_SSL_REDIRECT or BEHIND_PROXY,
        origins=CSRF_TRUSTED_ORIGINS,
        site_url=SITE_URL,
        antivirus=ANTIVIRUS,
        session_idle=SESSION_IDLE,
        session_longest=SESSION_LONGEST,
        small_cells=SMALL_CELL_THRESHOLD,
        private_root=PRIVATE_MEDIA_ROOT,
        public_roots=[BASE_DIR, STATIC_ROOT],
        proconnect_issuer=env.str("PROCONNECT_ISSUER", ""),
    )
)

# -- Applications -------------------------------------------------------------------------------
INSTALLED_APPS = [
    "partaj.apps.PartajConfig",
    "partaj.territories",
    "partaj.programmes",
    "partaj.accounts",
    "beneficiaries",
    "cellules",
    "funding",
    "reports",
    "django.contrib.admin.apps.SimpleAdminConfig",  # without its search for other people's tables
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tasks",
    "django_tasks_db",
    "simple_history",
]

MIDDLEWARE = [
    # What every answer bears: static files, redirections and errors included.
    "partaj.middleware.SameOriginMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",  # after them: it answers by itself what came in clear
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partaj.middleware.NoStoreMiddleware",
    "partaj.middleware.ShortAddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partaj.accounts.journal.trace.JournalMiddleware",
    "partaj.accounts.sessions.limits.SessionLimitsMiddleware",
    "partaj.accounts.middleware.KeepWhatWasTypedMiddleware",
    "partaj.accounts.second_factor.gate.SecondFactorMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "partaj.accounts.middleware.TooManyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "partaj.logs.RouteLogMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "partaj.urls"
WSGI_APPLICATION = "partaj.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "partaj.navigation.shell",
            ],
            "builtins": ["partaj.templatetags.partaj"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# -- Language: French whatever the browser says, hence no LocaleMiddleware ---------------------------
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# -- Accounts -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"partaj.accounts.passwords.{name}"} for name in ("LengthValidator", "OwnDataValidator", "CommonValidator")
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds
ACCOUNT_ADAPTER = "partaj.accounts.second_factor.account.SecuredAccountAdapter"
ACCOUNT_FORMS = {
    "login": "partaj.accounts.entrance.SignInForm",
    "reset_password": "partaj.accounts.entrance.ForgottenPasswordForm",
    "reset_password_from_key": "partaj.accounts.entrance.NewPasswordForm",
    "user_token": "partaj.accounts.entrance.ResetKeyForm",
    "reauthenticate": "partaj.accounts.second_factor.forms.ConfirmPasswordForm",
    "change_password": "partaj.accounts.entrance.PasswordChangeForm",
}
# allauth's own writes an address in its tables whenever a link is looked at; ours stays in the account.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 a class
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by an administrator, never by signing up
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # the letter to an unknown address would offer to sign up
ACCOUNT_EMAIL_SUBJECT_PREFIX = "PARTAJ · "
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_COOKIE_AGE = SESSION_LONGEST
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MFA_ADAPTER = "partaj.accounts.second_factor.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # and recovery codes of our own (second_factor.codes)
MFA_TOTP_ISSUER = "PARTAJ"
MFA_TOTP_TOLERANCE = 1  # the code before and the code after: clocks differ, and one types slowly
MFA_FORMS = {
    "authenticate": "partaj.accounts.second_factor.forms.SignInCodeForm",
    "reauthenticate": "partaj.accounts.second_factor.forms.ConfirmCodeForm",
    "activate_totp": "partaj.accounts.second_factor.forms.ApplicationForm",
    "add_webauthn": "partaj.accounts.second_factor.forms.PasskeyForm",
    "edit_webauthn": "partaj.accounts.second_factor.forms.PasskeyNameForm",
}
SOCIALACCOUNT_ADAPTER = "partaj.accounts.proconnect.admission.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
# ProConnect: off without both of the first. `email_verified`: what to believe where the provider says nothing of it.
PROCONNECT = {
    "issuer": env.str("PROCONNECT_ISSUER", ""),
    "client_id": env.str("PROCONNECT_CLIENT_ID", ""),
    "client_secret": env.str("PROCONNECT_CLIENT_SECRET", ""),
    "email_verified": env.bool("PROCONNECT_EMAIL_VERIFIED", default=False),
}
CACHES = {
    "default": {
        "BACKEND": "partaj.cache.PlainDatabaseCache",
        "LOCATION": "partaj_cache",
        # Django's 300 would let whoever tries many addresses push out the counters of the others (throttling).
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Large lists are read and written by a worker of its own (`manage.py db_worker`), which the base tells what to do.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# -- Browser ------------------------------------------------------------------------------------
CSRF_FAILURE_VIEW = "partaj.accounts.drafts.csrf_failure"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Elsewhere learns nothing. Under « no-referrer » browsers would send « Origin: null », and no form would pass; the
# links of letters, whose address is a key, lead at once to an address without it.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# What a page says once to its reader may name somebody: on the server, never in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token; no script reads the cookie
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Browsers take a cookie of this prefix from this very host only, over https only.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"

_SELF, _NONE = "'self'", "'none'"
# Browsers judge by it where a form's answer redirects to: signing in and out by ProConnect.
_PROCONNECT = ["{0.scheme}://{0.netloc}".format(urlsplit(PROCONNECT["issuer"]))] if PROCONNECT["issuer"] else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [_NONE],
        "script-src": [_SELF, NONCE],
        "style-src": [_SELF, NONCE],
        "img-src": [_SELF, "data:"],  # Bootstrap's form controls are data: images
        "font-src": [_SELF],
        "connect-src": [_SELF],
        "form-action": [_SELF, *_PROCONNECT],
        "base-uri": [_NONE],
        "frame-ancestors": [_NONE],
        "object-src": [_NONE],
    }
}
# Everything that a page could ask of the machine is refused, but passkeys and copying one's recovery codes.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in [
        "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "compute-pressure",
        "cross-origin-isolated", "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation",
        "gyroscope", "hid", "identity-credentials-get", "idle-detection", "keyboard-map", "local-fonts",
        "magnetometer", "microphone", "midi", "otp-credentials", "payment", "picture-in-picture", "screen-wake-lock",
        "serial", "storage-access", "sync-xhr", "usb", "window-management", "xr-spatial-tracking",
    ]
} | {
    name: ["self"] for name in ["clipboard-write", "publickey-credentials-create", "publickey-credentials-get"]
}  # fmt: skip

# -- Static files -------------------------------------------------------------------------------
STATIC_URL = "static/"
# Outside production nothing is collected: files are found where they lie, and read anew when they change.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs our files
STATICFILES_DIRS = [("fonts/source-sans", Path(font_source_sans_pro.__file__).parent / "files")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "partaj.staticfiles.HashedStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Tabler and the icons come as packages of static files only; they are found there, not installed as apps.
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "partaj.staticfiles.AppFinder",
    "partaj.staticfiles.PackageFinder",
]

# -- Mail, logs ---------------------------------------------------------------------------------
EMAIL_TIMEOUT = 10  # seconds: a server that does not answer holds neither a page nor the letters behind
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "PARTAJ <ne-pas-repondre@partaj.example>")

# In production nothing that a person typed reaches the logs; on one's own machine the whole exception is wanted.
EXCEPTIONS: structlog.typing.Processor = stack_without_values if PRODUCTION else structlog.processors.format_exc_info
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line per request, when it is finished
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        name: {"()": structlog.stdlib.ProcessorFormatter, "processor": renderer, "foreign_pre_chain": [EXCEPTIONS]}
        for name, renderer in {
            "json": structlog.processors.JSONRenderer(ensure_ascii=False),
            "plain": structlog.dev.ConsoleRenderer(colors=False),
        }.items()
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json" if PRODUCTION else "plain"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django_structlog": {"level": "INFO" if PRODUCTION else "WARNING"},
        # It repeats, with the address, what django_structlog says with the route.
        "django.request": {"level": "CRITICAL"},
        # It writes the address of a refused form, which may hold the key of a password; the 403 has its line already.
        "django.security.csrf": {"level": "CRITICAL"},
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        EXCEPTIONS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

TESTING = "pytest" in sys.modules

# -- PARTAJ -------------------------------------------------------------------------------------
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# -- What is sent to us: bounded before anything reads it -----------------------------------------
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes, without the files; partaj.uploads says how long these may be
FILE_UPLOAD_HANDLERS = [
    "partaj.uploads.handlers.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "partaj.uploads.handlers.UnnamedFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
