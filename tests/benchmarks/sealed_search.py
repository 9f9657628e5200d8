"""What finding a rare word among 1,000,000 sealed complaints costs, from the request to the page that is shown.

Several people ask at once, each in a process of their own as in a web server: session, the gate before every view,
scope, hits, opening and recording one page, drawing it. The complaints are copied in, each sealed, with words drawn as
people use them: the n-th most frequent 1/n as often. One in 200 is restricted. The last tenth comes to an index that is
there already, as in a house at work. The baseline is PostgreSQL's own text search over the same words in clear, asked
by one, with neither scope nor opening nor record.
"""

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.cookies import SimpleCookie
from multiprocessing import get_context
from random import Random
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from complaints.models import Complaint
from complaints.search.asked import take_apart
from complaints.search.queries import search
from complaints.search.tokens import EDITION, word_token
from complaints.search.upkeep import MOST_SHARE
from members.actors import Actor, Role
from members.identifiers import new_id
from slas.operations import publish_policies
from slas.queries import database_now
from tests.benchmarks.figure import Figure
from tests.complaints import stages
from tests.people import actor_of, sign_in, staff

TEXTS = int(os.environ.get("SEARCH_TEXTS", "1000000"))
BATCH = 20_000
IN_ONE_GO = TEXTS * 9 // 10 // BATCH * BATCH
VOCABULARY, WORDS_IN_A_TEXT = 200_000, 40
RESTRICTED_ONE_IN = 200
SEARCHES, FEWEST, RARE_BELOW = 300, 5, 1_000
PEOPLE = 4
TARGET_MS = 200
KIND = "sealed_search"
WORDS = [f"w{rank:x}z" for rank in range(VOCABULARY)]
WORDS_INDEX = "CREATE INDEX search_by_words ON search_indexedtext USING gin (words) WITH (fastupdate = off)"
COPIED = "COPY many (id, n, narrative, name, words, plain) FROM STDIN"
HIT = re.compile(rb"/cases/S-\d")
PLAIN = "SELECT id FROM plain_words WHERE words @@ %s::tsquery ORDER BY received_at DESC LIMIT 26"


# Nothing is collected for a benchmark, and how files are named is not what it measures.
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@override_settings(STORAGES=settings.STORAGES | PLAIN_FILES)
def measure() -> Figure:
    """Fill, then search for rare words, for the most frequent that the index knows, and by opening alone."""
    publish_policies()
    agent, rng = staff(Role.AGENT), Random(5)  # noqa: S311 -- no secret
    clients = [_client() for _ in range(PEOPLE)]
    for client in clients:
        sign_in(client, agent)
    with _filled(rng) as counts:
        rare = rng.sample([word for word, number in counts.items() if FEWEST <= number <= RARE_BELOW], SEARCHES)
        frequent = [word for word, _number in counts.most_common(SEARCHES)]
        _by_request(clients[0], rare[0])  # from now on the keys are derived
        alone = [_ms(_by_request, clients[0], word) for word in rare]
        within = [_ms(_by_function, actor_of(agent), word) for word in rare]
        plain = [_ms(_plain_search, word) for word in rare]
        together, often = _at_once(clients, rare), _at_once(clients, frequent)
        sizes = {"index_mb": _megabytes("search_by_words"), "rows_mb": _megabytes("search_indexedtext")}
        opened = _opened_a_second(actor_of(agent))
    return Figure(
        name="sealed_search",
        value=_p95(together),
        unit="ms",
        baseline=_p95(plain),
        baseline_is="PostgreSQL's text search over the same words in clear, unscoped, nothing opened or recorded",
        target=f"<= {TARGET_MS} ms",
        ok=_p95(together) <= TARGET_MS,
        more={
            "people_at_once": PEOPLE,
            "median_ms": sorted(together)[len(together) // 2],
            "p95_ms_of_one_alone": _p95(alone),
            "p95_ms_without_the_request": _p95(within),
            "p95_ms_of_the_most_frequent": _p95(often),
            "texts_with_the_most_frequent": max(counts.values()),
            "complaints_opened_a_second_without_index": opened,
            **sizes,
        },
    )


def _at_once(clients: Sequence[Client], words: Sequence[str]) -> list[float]:
    """Return what each word took when these people look for their share of them at the same time."""
    shares = [words[number :: len(clients)] for number in range(len(clients))]
    with ProcessPoolExecutor(len(clients), mp_context=get_context("fork"), initializer=_forget_connection) as people:
        times = people.map(_one_after_the_other, [client.cookies for client in clients], shares)
        return [taken for share in times for taken in share]


def _forget_connection() -> None:
    """Leave the connection to the process that it was forked from, and make one's own."""
    connection.connection = None


def _one_after_the_other(cookies: SimpleCookie, words: Sequence[str]) -> list[float]:
    client = _client(cookies)
    _by_request(client, words[0])  # the connection is made
    return [_ms(_by_request, client, word) for word in words]


def _client(cookies: SimpleCookie | None = None) -> Client:
    client = Client(headers={"Host": "localhost"})
    client.cookies.update(cookies or {})
    return client


@contextmanager
def _filled(rng: Random) -> Iterator[Counter[str]]:
    """Let the complaints be there, and yield in how many each word stands that the index knows."""
    pattern = stages.received(at=database_now() - timedelta(days=400), email="")
    counts: Counter[int] = Counter()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX search_by_words")  # made anew before the last tenth, or it would take an hour
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("CREATE UNLOGGED TABLE plain_words (id uuid, received_at timestamptz, words tsvector)")
        cursor.execute(
            "CREATE TEMPORARY TABLE many "
            "(id uuid, n int, narrative bytea, name bytea, words uuid[], plain tsvector) ON COMMIT DELETE ROWS"
        )
        try:
            tokens = [str(word_token(word)) for word in WORDS]
            sample = Counter(rank for _ in range(BATCH) for rank in _ranks(rng))
            common = {rank for rank, number in sample.items() if number > MOST_SHARE * BATCH}
            for first in range(0, TEXTS, BATCH):
                if first == IN_ONE_GO:
                    cursor.execute(WORDS_INDEX)
                texts = [_ranks(rng) for _ in range(BATCH)]
                with transaction.atomic():
                    _copy(cursor, pattern.pk, first, texts, tokens, common)
                for text in texts:
                    counts.update(text)
            cursor.execute("CREATE INDEX plain_by_words ON plain_words USING gin (words)")
            for table in ("complaints_complaint", "slas_matter", "search_indexedtext", "plain_words"):
                cursor.execute(f"VACUUM ANALYZE {table}")
            yield Counter({WORDS[rank]: number for rank, number in counts.items() if rank not in common})
        finally:
            _disperse(cursor)


def _ranks(rng: Random) -> set[int]:
    """Return the ranks of the words of a text; rank n is drawn about 1/n as often as the first."""
    draw = rng.random
    return {int(VOCABULARY ** draw()) - 1 for _ in range(WORDS_IN_A_TEXT)}


def _copy(cursor, pattern: UUID, first: int, texts: list[set[int]], tokens: list[str], common: set[int]) -> None:
    """Copy a batch in, sealed as the fields seal it, received a second after each other."""
    with cursor.copy(COPIED) as copy:
        for n, text in enumerate(texts, start=first):
            key = new_id()
            words = [WORDS[rank] for rank in text]
            found = ",".join(sorted(tokens[rank] for rank in text if rank not in common))
            sealed = _sealed("narrative", key, " ".join(words)), _sealed("complainant_name", key, "Joseph K")
            copy.write_row((key, n, *sealed, f"{{{found}}}", " ".join(words)))
    cursor.execute(
        "INSERT INTO slas_matter (id, kind, time_zone, language) SELECT id, %s, 'UTC', 'en' FROM many", [KIND]
    )
    own = {
        "matter_id": "many.id",
        "series_id": "many.id",
        "reference": "'S-' || many.n",
        "narrative": "many.narrative",
        "complainant_name": "many.name",
        "received_at": "p.received_at + many.n * interval '1 second'",
        "submitted_at": "p.submitted_at + many.n * interval '1 second'",
        "is_restricted": f"many.n %% {RESTRICTED_ONE_IN} = 0",
    }
    columns = [field.column for field in Complaint._meta.concrete_fields]
    given = ", ".join(own.get(column, f"p.{column}") for column in columns)
    cursor.execute(
        f"INSERT INTO complaints_complaint ({', '.join(columns)}) SELECT {given} "  # noqa: S608 -- our own words
        "FROM many, complaints_complaint p WHERE p.matter_id = %s",
        [pattern],
    )
    cursor.execute(
        "INSERT INTO search_indexedtext (id, complaint_id, words, identifiers, edition) "
        "SELECT id, id, words, '{}', %s FROM many",
        [EDITION],
    )
    cursor.execute("INSERT INTO plain_words SELECT id, now() + n * interval '1 second', plain FROM many")


def _sealed(name: str, key: UUID, words: str) -> bytes:
    return Complaint._meta.get_field(name).seal(key, words.encode())


def _by_request(client: Client, word: str) -> None:
    answer = client.post(reverse("desk:search"), {"words": word})
    if answer.status_code != 200 or not HIT.search(answer.content):
        raise RuntimeError(f"the search answered {answer.status_code}, or nothing was found")


def _by_function(agent: Actor, word: str) -> None:
    if not search(actor=agent, asked=take_apart(word), start=0, at=database_now()).hits:
        raise RuntimeError("nothing was found")


def _plain_search(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, [word])
        cursor.fetchall()


def _opened_a_second(agent: Actor) -> float:
    """Return how many complaints a second are looked through where keyword search is off."""
    with override_settings(KEYWORD_SEARCH=False):
        began = time.perf_counter()
        found = search(actor=agent, asked=take_apart("zebra"), start=0, at=database_now())
        return found.opened / (time.perf_counter() - began)


def _ms(look: Callable[..., None], *told: object) -> float:
    began = time.perf_counter()
    look(*told)
    return (time.perf_counter() - began) * 1000


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _megabytes(relation: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s::regclass) / 1e6", [relation])
        return float(cursor.fetchone()[0])


def _disperse(cursor) -> None:
    """Delete all of it; the index is as it was."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    (may_skip_checks,) = cursor.fetchone()
    with transaction.atomic():
        if may_skip_checks:  # whether anything refers to a row that goes, which takes longer than all the rest
            cursor.execute("SET LOCAL session_replication_role = replica")
        ours = "IN (SELECT id FROM slas_matter WHERE kind = %s)"
        for table, column in (("search_indexedtext", "complaint_id"), ("complaints_complaint", "matter_id")):
            cursor.execute(f"DELETE FROM {table} WHERE {column} {ours}", [KIND])  # noqa: S608 -- our own words
        cursor.execute("DELETE FROM slas_matter WHERE kind = %s", [KIND])
    cursor.execute("DROP TABLE IF EXISTS many, plain_words")
    cursor.execute("CREATE INDEX IF NOT EXISTS" + WORDS_INDEX.removeprefix("CREATE INDEX"))
