#!/usr/bin/env python
"""Run Django's and Redress's commands, e.g. `manage.py import_complaints --help`."""

import os
import sys

from django.core.management import execute_from_command_line

from config import env
from members.privacy.ring import KeyringUnusable

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    try:
        execute_from_command_line(sys.argv)
    except (env.Refused, KeyringUnusable) as refused:
        sys.exit(f"Redress: {refused}")
