"""One settings file, fed by the environment. No production-only branch.

DEMO=1 (what `make run` sets) or DEBUG=1 let the site make its own secrets in DATA_DIR.
Without either, every secret and address must be given, or the start stops with a message.
"""

import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from practice.sealed.own_keys import kept_health_keys, kept_secret
from practice.startup.redis_server import socket_path

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
PORT = env.int("PORT", default=8000)

if DEMO or DEBUG:
    SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(DATA_DIR / "secret_key")
    HEALTH_KEYS = env.str("HEALTH_KEYS", default="") or kept_health_keys(DATA_DIR / "health_keys")
    SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}")
else:
    SECRET_KEY = env.str("SECRET_KEY", default="")
    HEALTH_KEYS = env.str("HEALTH_KEYS", default="")
    SITE_URL = env.str("SITE_URL", default="")
    missing = [name for name in ("SECRET_KEY", "HEALTH_KEYS", "SITE_URL") if not globals()[name]]
    if missing and sys.argv[1:2] != ["make_health_key"]:  # the way to one of them must stay open
        raise ImproperlyConfigured(
            f"Missing in the environment: {', '.join(missing)}.\n"
            "SECRET_KEY: a long random text. SITE_URL: the address people type, such as https://practice.example.\n"
            "HEALTH_KEYS: `manage.py make_health_key` prints one; keep it apart from SECRET_KEY and from the backups.\n"
            "To try the site without any of these, start it with DEMO=1."
        )

SITE_URL = SITE_URL.rstrip("/")
_site = environ.urlparse(SITE_URL)
SECURE = _site.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_site.hostname or "localhost"])
if DEMO or DEBUG:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "practice",
    "clients",
    "routines",
    "unfold",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "bootstrap",
    "django_htmx",
    "lucide",
    "csp",
    "import_export",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "practice.tenancy.middleware.PracticeMiddleware",
    "practice.tenancy.middleware.AdminPolicyMiddleware",
]

ROOT_URLCONF = "practice.urls"
WSGI_APPLICATION = "practice.wsgi.application"
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
                "practice.site.context_processors.site",
                "clients.roster.context_processors.own_practice",
            ],
        },
    },
]

# ---- Database: SQLite unless DATABASE_URL names another server.
DATABASES = {
    "default": env.db_url("DATABASE_URL")
    if env.str("DATABASE_URL", default="")
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA_DIR / "sole-practice.sqlite3")}
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 600)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- People
AUTH_USER_MODEL = "practice.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "practice.staff.allauth_adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Sole Practice"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# ---- Language and time. Practices and clients carry their own zone.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [
    ("en-gb", _("English")),
    ("de", _("German")),
    ("fr", _("French")),
    ("nl", _("Dutch")),
    ("es", _("Spanish")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

# ---- Files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["png", "jpg", "webp", "woff", "woff2", "gz", "br", "map"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# A letter of a health professional, and the most that any upload keeps in memory.
LETTER_MAX_BYTES = env.int("LETTER_MAX_BYTES", default=10_000_000)
UPLOAD_MAX_BYTES = max(LETTER_MAX_BYTES, 10_000_000)
FILE_UPLOAD_HANDLERS = ["practice.core.uploads.BoundedMemoryHandler"]

# ---- Mail. Every message is an outbox row first; see practice/mail/outbox.py.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="dummymail://" if (DEMO or DEBUG) else "smtp://localhost:25")
vars().update({key: value for key, value in EMAIL_CONFIG.items() if key.startswith("EMAIL_")})
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=15)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"routines@{_site.hostname or 'localhost'}")
# What the mail provider allows; 0 for no limit. Counted over all workers.
EMAIL_MAX_PER_SECOND = env.float("EMAIL_MAX_PER_SECOND", default=0)
EMAIL_MAX_CONNECTIONS = env.int("EMAIL_MAX_CONNECTIONS", default=0)
# A header by which the provider tells a repeat for 24 hours, such as Resend-Idempotency-Key. With it a message whose
# hand-over was not answered is repeated; without it such a message is held for a person to decide.
EMAIL_IDEMPOTENCY_HEADER = env.str("EMAIL_IDEMPOTENCY_HEADER", default="")
# Reports of what came back: a signed envelope sender, and the webhooks of the providers named here.
EMAIL_RETURN_PATH_DOMAIN = env.str("EMAIL_RETURN_PATH_DOMAIN", default="")
EMAIL_WEBHOOKS = env.list("EMAIL_WEBHOOKS", default=[])
ANYMAIL = {
    name: value
    for name in ("WEBHOOK_SECRET", "MAILGUN_WEBHOOK_SIGNING_KEY", "MANDRILL_WEBHOOK_KEY", "MANDRILL_WEBHOOK_URL")
    if (value := env.str(f"ANYMAIL_{name}", default=""))
}
OUTBOX_LEASE = timedelta(seconds=90)
OUTBOX_BATCH = 100
OWN_LOOK_SECONDS = 60
REMINDER_STALE_AFTER = timedelta(hours=3)
#: Opens /metrics/ to a monitor that sends it; without one the page does not exist.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
DEMO_MAIL_DIR = DATA_DIR / "mail"

# ---- Background work. Redis only wakes; the database holds what is due.
REDIS_SOCKET = socket_path(DATA_DIR)
REDIS_URL = env.str("REDIS_URL", default="") or f"unix://{quote(str(REDIS_SOCKET))}"
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "visibility_timeout": 600,
    # One more knock, at once: a page that wakes a worker must not wait for a Redis that is down.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 180
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "wake-reminders": {"task": "routines.reminders.send.wake", "schedule": 10.0, "options": {"expires": 30}},
    "check-marked-plans": {"task": "routines.rechecking.recheck.wake", "schedule": 20.0, "options": {"expires": 60}},
    "warn-of-letters": {"task": "clients.letters.letters.wake", "schedule": 600.0, "options": {"expires": 300}},
    "wake-outbox": {"task": "practice.mail.outbox.wake", "schedule": 5.0, "options": {"expires": 15}},
}

# ---- The admin site holds the zone catalog and the questionnaire, nothing else.
UNFOLD = {
    "SITE_TITLE": "Sole Practice",
    "SITE_HEADER": "Sole Practice",
    "SITE_SUBHEADER": _("Catalog and questionnaire"),
    "SITE_SYMBOL": "footprint",
    "SITE_URL": "/",
    "SITE_DROPDOWN": [
        {"icon": "rule", "title": _("Questions and rules"), "link": reverse_lazy("routines:rules_index")},
        {"icon": "science", "title": _("Test bench"), "link": reverse_lazy("routines:rules_cases")},
    ],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("practice/mark.svg")}],
    "COLORS": {
        "primary": {
            "50": "#fbf4f7",
            "100": "#f5e8ee",
            "200": "#ead2dd",
            "300": "#dcbccc",
            "400": "#c48dab",
            "500": "#a35f86",
            "600": "#6b2d54",
            "700": "#642a4f",
            "800": "#511e3e",
            "900": "#3a2632",
            "950": "#271019",
        }
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO" if DEBUG else "WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []

# ---- The demo practice (`make run` on an empty database). Never made without DEMO=1.
DEMO_PASSWORD = "sole-practice-demo"  # noqa: S105 - shown on the landing page of a demo
DEMO_ACCOUNTS = [
    {"name": "Mira Holm", "role": "owner", "email": "mira@demo.example", "password": DEMO_PASSWORD},
    {"name": "Jon Reyes", "role": "therapist", "email": "jon@demo.example", "password": DEMO_PASSWORD},
    {"name": "Dana Okafor", "role": "reception", "email": "dana@demo.example", "password": DEMO_PASSWORD},
    {"name": "Noor Haddad", "role": "client", "email": "noor@demo.example", "password": ""},
    {"name": "Ada Lind", "role": "catalog_admin", "email": "ada@demo.example", "password": DEMO_PASSWORD},
]
