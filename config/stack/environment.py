"""What the programs of a stack are told: addresses, secrets, and whatever the person's own environment says."""

import os
import sys
from pathlib import Path

from config.stack import keys, postgres
from config.stack.layout import Layout
from config.stack.services import Addresses

DEVELOPMENT, TEST = "config.settings.development", "config.settings.test"


def environment(layout: Layout, addresses: Addresses, *, url: str, settings: str = DEVELOPMENT) -> dict[str, str]:
    """Return the variables that config/settings read, over the person's own."""
    made = {
        "REDRESS_SECRET_KEY": keys.secret_key(layout.secrets),
        "REDRESS_KEYRING_FILE": str(keys.keyring(layout.secrets)),
        "REDRESS_METRICS_TOKEN": keys.metrics_token(layout.secrets),
        "REDRESS_PUBLIC_URL": url,
        "REDRESS_ALLOWED_HOSTS": "127.0.0.1,localhost",
        "REDRESS_MAIL_FROM": "Redress <no-reply@redress.example>",
        "REDRESS_MAIL_FOLDER": str(layout.mail),
        "REDRESS_FILES_FOLDER": str(layout.files),
        "REDRESS_STATIC_ROOT": str(layout.run / "static"),
        "REDRESS_AUDIT_ANCHOR": str(layout.run / "audit.anchor"),
        "REDRESS_ERASURE_LEDGER": str(layout.run / "erasure.ledger"),
    }
    inherited = postgres.environment()
    given = {name: value for name, value in inherited.items() if value}
    return {
        **inherited,
        **{name: given.get(name, value) for name, value in made.items()},
        "DJANGO_SETTINGS_MODULE": settings,
        "DATABASE_URL": addresses.database,
        "REDIS_URL": addresses.redis,
        "EMAIL_URL": addresses.email,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONUNBUFFERED": "1",
    }
