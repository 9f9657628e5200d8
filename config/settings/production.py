"""Settings behind TLS, in which database and broker are reached with verified TLS or not at all."""

from config import env, tls
from config.settings.base import *  # noqa: F403

DATABASES = {alias: tls.verified_database(entry) for alias, entry in DATABASES.items()}
REDIS_URL = tls.verified_redis(REDIS_URL)

TRUSTED_PROXIES = env.number(
    "REDRESS_TRUSTED_PROXIES",
    "the number of proxies that requests pass before this server, 1 for a balancer that ends TLS: each limit by network"
    " address counts the address that the first of them saw",
)
if TRUSTED_PROXIES < 1:
    raise env.Refused("REDRESS_TRUSTED_PROXIES is below 1, but TLS ends at a proxy. Set it to the number of proxies.")
ERASURE_LEDGER = env.text(
    "REDRESS_ERASURE_LEDGER",
    "the file in which erasures are written down, away from database, backups and program: without it a restore brings"
    " back what was erased",
)
BACKUP_MINUTES = env.number("REDRESS_BACKUP_MINUTES", "after how many minutes a backup is old; 0: never", default=15)

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
DRAFT_COOKIE_NAME = "__Host-draft"
