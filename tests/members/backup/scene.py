"""Fills a database to back up: `python -m tests.members.backup.scene`. Prints what is secret in it as JSON."""
# ruff: noqa: E402 -- models cannot be imported before Django is set up

import json
import sys

import django

django.setup()

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from members.actors import Role
from members.audit.anchor import anchor_all
from members.audit.sealer import seal_all
from members.privacy.signing import audit_signer
from slas.operations import publish_policies
from tests import people
from tests.complaints import stages
from tests.files.kept import kept
from tests.retention.old import over

WORDS = ("Ambrose Quill", "ambrose@quill.example", "Seven years ago they lost my papers.")
NAME, EMAIL, NARRATIVE = "Quenby Ostrander", "quenby@ostrander.example", "They kept my marmalade invoice."
FILE, FILE_NAME = b"%PDF-1.7 a bill nobody else may read", "marmalade-bill.pdf"


def main() -> None:
    """Have a member complain, enclose a file, somebody sign in; have a complaint that is due; and all of it sealed."""
    publish_policies()
    with transaction.atomic():
        people.member(name=NAME, email=EMAIL)
        complaint = stages.received(name=NAME, email=EMAIL, narrative=NARRATIVE)
        kept(FILE, name=FILE_NAME, complaint=complaint)
        name, email, narrative = WORDS
        due = over(people.actor_of(people.staff(Role.AGENT)), name=name, email=email, narrative=narrative)
        kept(complaint=due)
        people.sign_in(Client(), people.staff(Role.AGENT))
    seal_all(signer=audit_signer(), at=timezone.now())
    anchor_all(settings.AUDIT_ANCHORS, at=timezone.now())
    json.dump([NAME, EMAIL, NARRATIVE, FILE.decode(), FILE_NAME, *WORDS], sys.stdout)


if __name__ == "__main__":
    main()
