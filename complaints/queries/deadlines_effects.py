"""Effects that were given up, in words: what each is for, and of which case, for those who may see the case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.correspondence.operations import ANSWER, MAKE_NOTICES, SEND, START_CLOCKS
from complaints.models import Complaint
from members.actors import Actor
from slas.algebra import BREACH
from slas.models import Matter, Outbox
from slas.operations.replay_drafts import REPLAY
from slas.outbox import FIRED, RESTORED
from slas.queries import dead_letters

PAGE_SIZE = 50
TOPICS: Mapping[str, str] = MappingProxyType(
    {
        SEND: "E-mail",
        ANSWER: "Link that somebody asked for who is not signed in",
        FIRED: "What a due date sets off",
        MAKE_NOTICES: "Notice that the law asks for",
        START_CLOCKS: "Dates that wait for more days of a calendar",
        REPLAY: "What a draft of a policy would have done",
    }
)
MAIL: Mapping[str, str] = MappingProxyType(
    {
        DispatchKind.ACKNOWLEDGEMENT: "confirmation of receipt",
        DispatchKind.LETTER_READY: "notice of the decision letter",
        DispatchKind.MESSAGE_READY: "notice of a message",
        DispatchKind.NOTICE_READY: "notice of a letter that the law asks for",
        DispatchKind.STATUS_LINK: "link to the status",
        DispatchKind.CLOCK_ALERT: "alert of a due date",
        DispatchKind.HANDED_OVER: "word that work was handed over",
        DispatchKind.ALERT_DIGEST: "digest of alerts",
        DispatchKind.ACCOUNT_CHANGED: "notice of a change of an account",
        DispatchKind.ACCOUNT_LINK: "link for an account",
        DispatchKind.ACCESS_REVIEW: "word of an access review",
        DispatchKind.GLASS_BROKEN: "word that a restricted case was opened",
        DispatchKind.REVIEW_WAITS: "word that something waits to be looked into",
        DispatchKind.ROLE_CHANGED: "word that somebody became or is no longer an administrator",
    }
)
OF_ACCOUNTS = frozenset({DispatchKind.ACCOUNT_CHANGED, DispatchKind.ACCOUNT_LINK})
"""Of staff and members alike: nobody but the account's owner gets these."""
ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "notify_owner": "tell the owner",
        "notify_lead": "tell the team leads",
        "notify_role": "tell those who hold a role",
        "reassign": "give the case to somebody else",
        "raise_priority": "raise the priority",
        "produce_notice": "make the notice that the law asks for",
        "open_task": "open a task",
    }
)
MATTERS: Mapping[str, str] = MappingProxyType(
    {
        "complaint": "A complaint",
        "capa": "A CAPA",
        "capa_action": "An action of a CAPA",
        "account": "An account",
        "": "No case",
    }
)
FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "": "No answer: its worker ended or was killed",
        "ConnectionRefusedError": "The mail server does not accept connections",
        "SMTPConnectError": "The mail server does not accept connections",
        "SMTPServerDisconnected": "The mail server hung up",
        "SMTPAuthenticationError": "The mail server refuses our password",
        "SMTPRecipientsRefused": "The mail server refuses the address for now",
        "TimeoutError": "The mail server does not answer in time",
        "gaierror": "The mail server's name is not known",
        "HorizonPassed": "A calendar has no more reviewed days: publish its next version",
        RESTORED: "A restore from a backup held it back, for it may have been sent already",
        "HandlerMissing": "No program here knows what to do for it",
    }
)
"""What a class of fault means. Others stand there by their name alone."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One effect that was given up. Without a `reference` the reader may not see its case, or it has none."""

    matter_id: UUID
    key: str
    what: str
    matter: str
    reference: str
    since: datetime
    fault: str
    fault_words: str


def read_dead_letters(*, actor: Actor, topic: str, page: str | None) -> Page:
    """Return a page of what was given up, of one topic or of all, the latest first: five queries, never its content."""
    found = Paginator(dead_letters(topic), PAGE_SIZE).get_page(page)
    rows = list(found.object_list)
    ids = {row.matter_id for row in rows}
    kinds = dict(Matter.objects.filter(pk__in=ids).values_list("pk", "kind"))
    visible = Complaint.objects.visible_to(actor.as_staff()).filter(pk__in=ids)
    references = dict(visible.values_list("pk", "reference"))
    sends = Dispatch.objects.in_bulk([UUID(row.payload["dispatch"]) for row in rows if row.topic == SEND])
    letters = [
        _dead_letter(row, kinds.get(row.matter_id, ""), references.get(row.matter_id, ""), sends) for row in rows
    ]
    return Page(letters, found.number, found.paginator)


def topic_in_words(topic: str) -> str:
    """Return what kind of effect a topic is."""
    return TOPICS.get(topic, topic)


def fault_in_words(fault: str) -> str:
    """Return what a class of fault means, "" for one that says it itself."""
    return FAULTS.get(fault, "")


def _dead_letter(row: Outbox, kind: str, reference: str, sends: Mapping[UUID, Dispatch]) -> DeadLetter:
    return DeadLetter(
        matter_id=row.matter_id,
        key=row.key,
        what=_what(row.topic, row.payload, sends),
        matter=MATTERS.get(kind, kind),
        reference=reference,
        since=row.dead_at or row.created_at,
        fault=row.fault,
        fault_words=fault_in_words(row.fault),
    )


def _what(topic: str, payload: dict[str, Any], sends: Mapping[UUID, Dispatch]) -> str:
    if topic == SEND:
        send = sends.get(UUID(payload["dispatch"]))
        if send is None:
            return TOPICS[SEND]
        return f"E-mail to {_whom(send)}: {MAIL.get(send.kind, send.kind)}"
    if topic == FIRED:
        met = "A due date was missed" if payload["code"] >= BREACH else "A due date was near"
        actions = [ACTIONS.get(action.partition(":")[0], action) for action in payload["actions"]]
        return f"{met}: {', '.join(actions)}"
    return topic_in_words(topic)


def _whom(send: Dispatch) -> str:
    if send.kind in OF_ACCOUNTS:
        return "the owner of an account"
    return "a colleague" if send.to_user_id else "the complainant"
