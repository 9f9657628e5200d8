"""Settings that hold everywhere. What differs from place to place is read from the environment (config/env.py)."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
BUILD_DIR = BASE_DIR / ".build"

SECRET_KEY = env.text("REDRESS_SECRET_KEY", "50 random characters, for instance from: openssl rand -base64 48")
# So that a new key ends no session and no link: what the former ones signed is still good.
SECRET_KEY_FALLBACKS = env.words("REDRESS_FORMER_SECRET_KEYS", "the former keys, separated by commas", default="")
KEYRING = env.text("REDRESS_KEYRING", "the encryption keys themselves, as JSON; see SECURITY.md", default="")
KEYRING_FILE = None if KEYRING else env.path("REDRESS_KEYRING_FILE", "the file of encryption keys; see SECURITY.md")
KMS_COMMAND = env.text("REDRESS_KMS_COMMAND", "the program that unwraps the keyring's envelope", default="")
PUBLIC_URL = env.text("REDRESS_PUBLIC_URL", "the address members see, e.g. https://complaints.example.org").rstrip("/")
ALLOWED_HOSTS = env.words("REDRESS_ALLOWED_HOSTS", "host names this server answers to, separated by commas")
DATABASES = {"default": env.database("DATABASE_URL") | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
# Of the queries that every request makes (members/accounts/prepared.py).
PREPARE_AFTER = env.number("REDRESS_PREPARE_AFTER", "uses after which a query is planned for good; 0: never", default=5)
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = PREPARE_AFTER or None
REDIS_URL = env.redis("REDIS_URL")
BROKER_URL = env.broker("REDIS_URL")
METRICS_TOKEN = env.text("REDRESS_METRICS_TOKEN", "the token that Prometheus shows for /metrics", default="")
AUDIT_ANCHORS = env.words(
    "REDRESS_AUDIT_ANCHOR",
    "where checkpoints of the audit trail are written down: a file, syslog:/dev/log, syslog:host:514, or several",
    default=str(BASE_DIR / ".run" / "audit.anchor"),
)
ERASURE_LEDGER = env.text("REDRESS_ERASURE_LEDGER", "the file in which erasures are written down", default="")
BACKUP_MINUTES = env.number("REDRESS_BACKUP_MINUTES", "after how many minutes a backup is old; 0: none is", default=0)
INSURER_NAME = env.text("REDRESS_INSURER_NAME", "the insurer's name", default="Meridian Health Plan")
INSURER_PHONE = env.text("REDRESS_INSURER_PHONE", "the member help line", default="1-800-555-0100 (TTY 711)")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "django_otp",
    "members.audit",
    "members.privacy",
    "members.accounts",
    "members",
    "members.disclosures",
    "slas",
    "complaints",
    "complaints.intake",
    "complaints.correspondence",
    "complaints.search",
    "complaints.capa",
    "complaints.oversight",
    "complaints.retention",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # around what makes redirections of its own
    "members.accounts.session_middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.accounts.middleware.GateMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "members.privacy.middleware.BrokenSealMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "config.branding.branding",
            ],
            "libraries": {},
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["members.accounts.backends.PasswordBackend"]
PASSWORD_HASHERS = ["members.accounts.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "members.accounts.password_rules.HardToGuess"},
]
LOGIN_URL = "accounts:sign_in"
URL_AUDIENCES = "config.access.URL_AUDIENCES"
LANDING_PAGES = "config.access.LANDING_PAGES"
STAFF_AREAS = "config.rooms.STAFF_AREAS"
TRUSTED_PROXIES = env.number("REDRESS_TRUSTED_PROXIES", "how many proxies stand in front of this server", default=0)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
HOUSE_TIME_ZONE = "America/New_York"
HOUSE_PACK = "house"
JURISDICTIONS = env.words("REDRESS_JURISDICTIONS", "where the insurer is supervised: us, us-ca, gb, ie …", default="us")
GIVEN_LIMITS = env.amounts(
    "REDRESS_GIVEN_LIMITS",
    "the days of packs that leave them open, e.g. eu_eiopa=40,state_regulator_inquiry=15",
    default="state_regulator_inquiry=10",  # the shortest that states give
)
# An effect that nobody settled meanwhile is tried again; less than a mail server may take only adds tries.
RESEND_AFTER = timedelta(seconds=env.number("REDRESS_RESEND_SECONDS", "a number of seconds", default=120))
KEYWORD_SEARCH = env.flag("REDRESS_KEYWORD_SEARCH", default=True)
MEMBERS_SEE_NAMES_OF_STAFF = env.flag("REDRESS_MEMBERS_SEE_NAMES_OF_STAFF", default=False)
ENABLED_PACKS = env.words("REDRESS_ENABLED_PACKS", "policy packs whose numbers counsel confirmed", default="")

STATIC_URL = "/static/"
STATIC_ROOT = env.path("REDRESS_STATIC_ROOT", "where collected static files go", default=BASE_DIR / ".run" / "static")
STATICFILES_DIRS = [BUILD_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "sealed_files": env.files("REDRESS_FILES_BUCKET"),
}
FILES_FOLDER = env.path("REDRESS_FILES_FOLDER", "where sealed files go", default=BASE_DIR / ".run" / "files")
CLAMD = env.text("REDRESS_CLAMD", "where clamd listens: host:port, or the path of its socket", default="")

# Uploads stay in memory, for Django would spool them to disk in clear; the size is bounded below.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
MAX_UPLOAD_BYTES = 25 * 1024 * 1024
MAX_COMPLAINT_BYTES = 4 * MAX_UPLOAD_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_COMPLAINT_BYTES + 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

EMAIL = env.email("EMAIL_URL")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = EMAIL.host, EMAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL.user, EMAIL.password
EMAIL_USE_SSL, EMAIL_USE_TLS = EMAIL.use_ssl, EMAIL.use_tls
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.text("REDRESS_MAIL_FROM", "the sender of e-mail, e.g. complaints@example.org")

SESSION_ENGINE = "members.accounts.sessions"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
DRAFT_COOKIE_NAME = "draft"
SESSION_COOKIE_AGE = 12 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie that holds words
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SENT_THROUGH_VIEW = "config.errors.sent_through"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "report-uri": ["/csp-reports"],
    },
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.log_lines.OneLineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "filters": {
        "paths": {"()": "config.log_paths.NamesForPaths"},
        "errors": {"()": "config.log_lines.NamesForErrors"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["paths", "errors"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"pikepdf": {"level": "ERROR"}},  # what a parser says of a file may quote it
}
