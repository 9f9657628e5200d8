"""One run over one file: many records in one transaction, and only the bad ones refused."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

from django.db import DataError, IntegrityError, connection

from complaints.history.lines import Line
from complaints.history.records import Pair, Record, RecordRefused, read_record
from complaints.history.replay import replay
from complaints.history.sources import Source
from complaints.lifecycle import TransitionRefused
from complaints.models import SourceRecord
from members.acts import batch
from slas.calendar import HorizonPassed
from slas.operations import PolicyMissing

BATCH = 200
"""Records in one transaction: with more the rate hardly grows, and a kill costs at most these."""

REFUSED_BY_THE_HOUSE = (TransitionRefused, HorizonPassed, PolicyMissing)
REFUSED_BY_THE_DATABASE = (DataError, IntegrityError)

Numbered = tuple[int, Record]
Refused = dict[int, str]


class HistoryImport:
    """What became of the lines of one file so far.

    A batch is one transaction, hence a run that is killed is continued by the next one. Two runs of one source at once
    take turns, batch by batch, and each record is imported by one of them. Memory grows by the keys alone, about 100
    bytes a line.
    """

    def __init__(self, source: Source, *, today: date, refuse: Callable[[int, str], None]) -> None:
        """`refuse` is told number and reason of each line that is not imported; `today` ends history."""
        self.source, self.today, self._tell = source, today, refuse
        self.imported = self.present = self.refused = 0
        self.unknown: Counter[Pair] = Counter()
        self._lines: dict[str, int] = {}

    def take(self, lines: Iterable[Line]) -> None:
        """Import the records of these lines that are not here yet, in one transaction.

        Should the database refuse it, each record gets a transaction of its own, so that only the bad one is left out.
        """
        records = [numbered for number, line in lines if (numbered := self._read(number, line))]
        try:
            self._import(records)
        except REFUSED_BY_THE_DATABASE:
            for numbered in records:
                self._import_alone(numbered)

    def _read(self, number: int, line: bytes) -> Numbered | None:
        try:
            record = read_record(line, today=self.today)
        except RecordRefused as reason:
            self._refuse(number, str(reason))
            return None
        if (first := self._lines.setdefault(record.key, number)) != number:
            self._refuse(number, f"{record.key} stands in line {first} already")
            return None
        return number, record

    def _import_alone(self, numbered: Numbered) -> None:
        try:
            self._import([numbered])
        except REFUSED_BY_THE_DATABASE as error:
            self._refuse(numbered[0], f"the database refused it ({_cause(error)})")

    def _import(self, records: list[Numbered]) -> None:
        refused: Refused = {}
        unknown: Counter[Pair] = Counter()
        with batch():
            self._wait_for_turn()
            present = self._present([record.key for _, record in records])
            missing = [(number, record) for number, record in records if record.key not in present]
            for number, record in missing:
                meaning = self.source.meaning_of(record)
                try:
                    replay(record=record, source=self.source, meaning=meaning)
                except REFUSED_BY_THE_HOUSE as reason:
                    refused[number] = str(reason)
                else:
                    unknown.update(meaning.unknown)
        # Only now is it true: the transaction is committed.
        self.present += len(present)
        self.imported += len(missing) - len(refused)
        self.unknown += unknown
        for number, reason in refused.items():
            self._refuse(number, reason)

    def _wait_for_turn(self) -> None:
        """Hold the source until the transaction ends, so that what is present stays what was seen."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {self.source.name}"])

    def _present(self, keys: list[str]) -> set[str]:
        records = SourceRecord.objects.unscoped("which records are here; nothing of them is shown")
        return set(records.filter(source=self.source.name, key__in=keys).values_list("key", flat=True))

    def _refuse(self, number: int, reason: str) -> None:
        self.refused += 1
        self._tell(number, reason)


def _cause(error: Exception) -> str:
    """Return the constraint or kind of error; the database's own message could hold what the record says."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or type(error.__cause__ or error).__name__
