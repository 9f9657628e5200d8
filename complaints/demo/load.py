"""Fill an empty database with the demonstration, all of it or nothing."""

import json
import os
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from django.db import connection, transaction

from complaints.correspondence.models import LetterChannel
from complaints.demo.facts import read_facts
from complaints.demo.improvements import open_improvements
from complaints.demo.own_cases import file_just_now, tell_own_cases
from complaints.demo.past import live_through
from complaints.demo.people import MEMBER_EMAIL, Login, Town, a_password, hire_staff
from complaints.demo.plan import ENDED, LATE, LATE_ONES, Cast, hours_of_work
from complaints.demo.stories import Case, tell_former
from complaints.demo.wording import words_for
from complaints.demo.worktime import at_work
from members.accounts.models import User
from members.actors import Role
from members.acts import batch
from members.operations import open_access_review

SEED = 2026
"""People and words are drawn alike everywhere; passwords and keys are not drawn from it."""

LOADED_ONCE = "complaints.demo"


class LoginsLost(RuntimeError):
    """The demonstration is there, but the file with its passwords is not."""


def load_demo(*, at: datetime, accounts_file: Path) -> bool:
    """Load the demonstration as seen from the moment `at`, and write its logins to a file that only its owner reads.

    Return False if it is there already. Raises LoginsLost when it is, but the file is not: passwords are kept nowhere
    else.
    """
    with transaction.atomic():
        _wait_for_turn()
        if User.objects.of_email(MEMBER_EMAIL).exists():
            if not accounts_file.exists():
                raise LoginsLost(
                    f"The demo accounts exist, but {accounts_file}, which held their passwords, does not. "
                    "Bring it back, or begin with an empty database (make clean)."
                )
            return False
        logins = _fill(at)
        # Before the commit: a file without its accounts is overwritten next time, accounts without it are lost.
        write_logins(accounts_file, logins)
    return True


def write_logins(path: Path, logins: list[Login]) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(login) for login in logins], file, indent=2)
    draft.replace(path)


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOADED_ONCE])


def _fill(now: datetime) -> list[Login]:
    rng = Random(SEED)  # noqa: S311 -- nothing secret is drawn from it
    staff, logins = hire_staff(now=now)
    town = Town(rng, now=now)
    password = a_password()
    with batch():
        own = town.an_account_holder(email=MEMBER_EMAIL, password=password)
        cast = Cast(staff, town, now=now, rng=rng)
    with batch():
        _tell_former(now, rng)
        late = _tell_recent(cast)
        tell_own_cases(cast, own)
    live_through(now=now)
    for case in late:
        with batch():
            _end(case, hours=1)
    open_improvements(staff, now=now)
    live_through(now=now)
    file_just_now(cast, own)
    open_access_review(at=now)
    return [Login(Role.MEMBER, own.name, MEMBER_EMAIL, password, None), *logins]


def _tell_former(now: datetime, rng: Random) -> None:
    for fact in read_facts():
        if not fact.is_recent:
            opened_at = at_work(now.replace(hour=15) - timedelta(days=fact.ago), rng)
            tell_former(fact, words_for(fact, rng), today=now.date(), opened_at=opened_at)


def _tell_recent(cast: Cast) -> list[Case]:
    """Tell of the complaints of the last year; return those that are past their due date, to be ended after it."""
    facts = [fact for fact in read_facts() if fact.is_recent]
    cast.rng.shuffle(facts)
    cases = cast.ended([fact for fact in facts[:ENDED] if fact.outcome])
    late, on_time = cases[:LATE_ONES], cases[LATE_ONES:]
    for case in on_time:
        _begin(case, "assessed")
        _end(case, hours=hours_of_work(case.fact))
    for case, stage in cast.open([fact for fact in facts[ENDED:] if fact.outcome]):
        _begin(case, stage)
    for case in cast.urgent(facts[ENDED:]):
        _begin(case, "assessed")
    for case in late:
        _begin(case, "assessed")
        case.pace.at += timedelta(days=LATE)
    return late


def _begin(case: Case, stage: str) -> None:
    """Bring a case as far as a stage of its work."""
    steps = {
        "received": (),
        "acknowledged": (case.confirm,),
        "taken": (case.take,),
        "assessed": (case.assess, case.exchange),
        "investigated": (lambda: case.look_into(hours=30), case.find),
        "decided": (lambda: decisions.append(case.decide()),),
        "letter": (lambda: case.write_letter(decisions[0], LetterChannel.POST),),
    }
    decisions = []
    case.receive()
    for name, todo in steps.items():
        for step in todo:
            step()
        if name == stage:
            return


def _end(case: Case, *, hours: float) -> None:
    """Look into an assessed case, decide, tell, close and learn from it."""
    case.look_into(hours=hours)
    case.find()
    case.write_letter(case.decide(), LetterChannel.PORTAL if case.person.has_account else LetterChannel.POST)
    case.tell()
    case.close()
    case.learn()
