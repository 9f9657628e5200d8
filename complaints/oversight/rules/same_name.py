"""Cases of members who may be the reader's family or household."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from django.db.models import F, Q

from complaints.models import Complaint
from complaints.operations._surnames import is_surname_of
from complaints.oversight.rules.days import Finding, Numbers, Span, readings
from complaints.search.models import IndexedText
from members.accounts.models import User
from members.models import Member

REASON = "whether reader and member share a name or a contact; nothing is opened"


def same_name(span: Span, numbers: Numbers) -> Iterator[Finding]:
    """Give whoever read a case of a member with the same surname, e-mail, phone or address, by indexes: six queries."""
    read: dict[tuple[UUID, date], set[UUID]] = defaultdict(set)
    for person_id, day, case in readings(span).values_list("actor_id", "day", "matter_id").distinct():
        read[person_id, day].add(case)
    keys, people = {case for found in read.values() for case in found}, {person_id for person_id, _ in read}
    cases, addresses = _cases(keys), _addresses(keys)
    surnames, contacts, homes = _surnames(people), _contacts(people), _homes(people)
    for (person_id, day), found in read.items():
        known = [(key, *cases[key]) for key in found if key in cases]
        shared = {
            "surname": {key for key, indexes, _ in known if is_surname_of(key, indexes, surnames[person_id])},
            "contact": {key for key, _, tokens in known if not contacts[person_id].isdisjoint(tokens)},
            "address": {key for key in found if addresses.get(key) in homes[person_id]},
        }
        if (count := len(set().union(*shared.values()))) >= numbers["from"]:
            yield Finding(person_id, day, count, {kind: len(alike) for kind, alike in shared.items() if alike})


def _cases(keys: Iterable[UUID]) -> dict[UUID, tuple[list[bytes], frozenset[UUID]]]:
    """Return by case the indexes of the complainant's surname, and the tokens of the member's contacts."""
    rows = Complaint.objects.unscoped(REASON).filter(pk__in=keys)
    found = rows.values_list("pk", "surname_indexes", "member__found_by")
    return {key: (list(indexes), frozenset(tokens or ())) for key, indexes, tokens in found}


def _surnames(people: Iterable[UUID]) -> dict[UUID, str]:
    """Return the last word of each person's name, "" for none."""
    rows = User.objects.filter(pk__in=people).values_list("pk", "display_name")
    return {key: (name.split() or [""])[-1] for key, name in rows}


def _contacts(people: Iterable[UUID]) -> defaultdict[UUID, frozenset[UUID]]:
    """Return the tokens of the contacts of those who are members too."""
    rows = Member.objects.unscoped(REASON).filter(user__in=people).values_list("user_id", "found_by")
    return defaultdict(frozenset, {key: frozenset(tokens) for key, tokens in rows})


def _addresses(keys: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return by case the token of the address that was given, where there is one."""
    rows = IndexedText.objects.unscoped(REASON).filter(pk__in=keys, address__isnull=False)
    return dict(rows.values_list("pk", "address"))


def _homes(people: Iterable[UUID]) -> defaultdict[UUID, set[UUID]]:
    """Return the tokens of the addresses that people gave in complaints of their own; no other is known of them."""
    rows = IndexedText.objects.unscoped(REASON).filter(pk=F("complaint"), address__isnull=False)
    own = rows.filter(Q(complaint__member__user__in=people) | Q(complaint__member=None, complaint__filed_by__in=people))
    homes: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for member_user, filer, address in own.values_list("complaint__member__user", "complaint__filed_by", "address"):
        homes[member_user or filer].add(address)
    return homes
