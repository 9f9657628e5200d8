"""Settings behind TLS, in which database and broker are reached with verified TLS or not at all."""

from config import tls
from config.settings.base import *  # noqa: F403

DATABASES = {alias: tls.verified_database(entry) for alias, entry in DATABASES.items()}
REDIS_URL = tls.verified_redis(REDIS_URL)

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
DRAFT_COOKIE_NAME = "__Host-draft"
