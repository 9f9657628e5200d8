"""Cases of members who may be the reader's family or household."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from complaints.models import Complaint
from complaints.operations._surnames import is_surname_of
from complaints.oversight.rules.days import Finding, Numbers, Span, readings
from members.accounts.models import User
from members.models import Member

REASON = "whether reader and member share a name or a contact; nothing is opened"


def same_name(span: Span, numbers: Numbers) -> Iterator[Finding]:
    """Give whoever read a case of a member with the same surname, e-mail or phone, by blind indexes: four queries."""
    read: dict[tuple[UUID, date], set[UUID]] = defaultdict(set)
    for person_id, day, case in readings(span).values_list("actor_id", "day", "matter_id").distinct():
        read[person_id, day].add(case)
    cases = _cases({case for found in read.values() for case in found})
    people = {person_id for person_id, _ in read}
    surnames, contacts = _surnames(people), _contacts(people)
    for (person_id, day), keys in read.items():
        known = [(key, *cases[key]) for key in keys if key in cases]
        named = sum(is_surname_of(key, indexes, surnames[person_id]) for key, indexes, _ in known)
        household = sum(not contacts[person_id].isdisjoint(tokens) for _, _, tokens in known)
        if named + household >= numbers["from"]:
            yield Finding(person_id, day, named + household, {"surname": named, "contact": household})


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
