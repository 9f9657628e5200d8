"""That somebody takes a list, or what stays of erased complaints, away as a file is an event of the audit trail."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from complaints.permissions import demand
from complaints.retention.facts import Cell, cells
from complaints.retention.list_queries import ListedLine, read_whole_list
from complaints.retention.models import ErasureList
from members.actors import Actor
from members.acts import act


def take_list(*, actor: Actor, at: datetime, list_id: UUID) -> Sequence[ListedLine]:
    """Return all that is on a list. Raises ActionForbidden, ErasureList.DoesNotExist."""
    demand(actor, "read_retention")
    with act(actor=actor, at=at) as this:
        lines = read_whole_list(ErasureList.objects.get(pk=list_id), actor=actor)
        detail = {"form": "csv", "complaints": len(lines)}
        this.record("erasure_list.exported", object_type="erasure_list", object_id=list_id, detail=detail)
    return lines


def take_facts(*, actor: Actor, at: datetime) -> Sequence[Cell]:
    """Return what stays of erased complaints, as far as it is told. Raises ActionForbidden."""
    demand(actor, "read_retention")
    with act(actor=actor, at=at) as this:
        found = cells()
        this.record("erased_complaints.exported", object_type="facts", detail={"form": "csv", "cells": len(found)})
    return found
