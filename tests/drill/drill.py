"""One drill, from the first complaint to the verdict."""

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from config.stack.supervisor import say
from tests.drill.answering import see_that_it_answers
from tests.drill.world import COUNTED, World, confirmed

FAULTS = (
    "lost_before_backup", "differing_tables", "differing_files", "missing_files", "erased_and_back", "findings",
)  # fmt: skip
RTO, RPO = 15 * 60, 15 * 60  # s
EVERY = 10 * 60  # s between two backups, as docs/backup.md has it
OUTLIVES = {"audit_event.matter_id", "audit_event.object_id", "retention_erasure.complaint_id"}
"""Where the id of an erased complaint goes on to stand."""


def drill(world: World, *, complaints: int, before: int, after: int) -> dict[str, Any]:
    """Fill, back up under traffic, erase one complaint, lose everything, restore. Return the last line's content."""
    fill(world, complaints)
    erased = world.run("tests.drill.erasure", "make")
    journal = world.layout.run / "confirmed"
    world.start_work(journal)
    world.wait_for(journal, before)
    backup, backing_up = _timed(lambda: Path(world.manage("backup", world.backups)["file"]))
    see_that_it_is_erased(world, erased)
    world.wait_for(journal, len(confirmed(journal)) + after)
    files = world.file_digests()
    lost_at, at_the_loss = world.lose_people(), world.counts()
    world.lose_everything()

    say("Everything is lost; restoring …")
    back, times = _restore(world, backup)
    told, there = confirmed(journal), world.references()
    lost = [each.at for reference, each in told.items() if reference not in there]
    taken_at = datetime.fromisoformat(back["taken_at"]).timestamp()
    found = _compare(world, backup, files, erased)
    kept = next(reference for reference in told if reference in there)
    times["answering"] = _timed(lambda: _start(world, kept, told[kept].address))[1]
    return {
        "rto": round(sum(times.values()), 1),
        "rpo": round(lost_at - min(lost, default=lost_at), 1),
        "rpo_every_ten_minutes": round(EVERY + backing_up),
        "seconds": {"backing_up": round(backing_up, 1)} | {name: round(taken, 1) for name, taken in times.items()},
        "acknowledged": len(told),
        "lost": len(lost),
        "lost_before_backup": sum(at < taken_at for at in lost),
        "erased_again": back["erased_again"],
        **found,
        "at_the_loss": at_the_loss,
        "backup_mb": round(backup.stat().st_size / 1e6, 1),
        "rows": back["rows"],
    }


def fill(world: World, complaints: int) -> None:
    """Load the demonstration, and history through its own operations until there are so many complaints."""
    prepare = [sys.executable, "-m", "config.stack.prepare", "--static", "--demo", world.layout.accounts]
    world.supervisor.run_to_end("prepare", prepare, environment=world.variables)
    more = max(0, complaints - len(world.references()))
    if more:
        command = [sys.executable, "-m", "tests.drill.history", str(more)]
        world.supervisor.run_to_end("history", command, environment=world.variables)


def is_passed(result: dict[str, Any]) -> bool:
    """Tell whether nothing differs, something was lost so that this means something, and it was in time."""
    in_time = result["rto"] <= RTO and max(result["rpo"], result["rpo_every_ten_minutes"]) <= RPO
    return in_time and result["lost"] > 0 and not any(result[fault] for fault in FAULTS)


def see_that_it_is_erased(world: World, erased: dict[str, str]) -> None:
    """Erase what two people have confirmed. Raises RuntimeError unless it was there and is gone."""
    there = world.columns_that_name(erased["complaint"])
    if not {"complaints_complaint.matter_id", "search_indexedtext.complaint_id"} <= there:
        raise RuntimeError(f"what is to be erased stands in {sorted(there)} alone")
    world.run("tests.drill.erasure", "erase")
    if left := _left(world, erased):
        raise RuntimeError(f"what was erased still stands in {left}")


def _left(world: World, erased: dict[str, str]) -> list[str]:
    """Return where something of the erased complaint stands: columns of tables, the index's among them, and files."""
    listed = {"retention_listedcomplaint.complaint_id"}
    files = [erased["file"]] if erased["file"] in world.file_digests() else []
    return sorted(world.columns_that_name(erased["complaint"]) - OUTLIVES - listed) + files


def _restore(world: World, backup: Path) -> tuple[dict[str, Any], dict[str, float]]:
    _, starting = _timed(world.start_database)
    back, restoring = _timed(lambda: world.manage("restore", backup, "--continue-anchor"))
    return back, {"starting": starting, "restoring": restoring}


def _start(world: World, reference: str, address: str) -> None:
    """Start programs, see that people get answers, and have one of them complain."""
    world.start_programs()
    see_that_it_answers(world.house, reference=reference, address=address)
    world.start_people(world.layout.run / "confirmed-again")


def _compare(world: World, backup: Path, files: dict[str, str], erased: dict[str, str]) -> dict[str, Any]:
    """Hold what was restored against the backup, by a second one, and the files against those of before."""
    before = world.manage("backup", backup, "--verify")["parts"]
    again = Path(world.manage("backup", world.backups / "again.backup")["file"])
    restored = world.file_digests()
    old = [name for name in restored if name != erased["file"]]
    counted = {table: before[f"table {table}"]["count"] for table in COUNTED}
    return {
        "differing_tables": world.run("tests.drill.compare", backup, again, erased["complaint"]),
        "differing_files": sum(files.get(name) != digest for name, digest in restored.items()),
        "missing_files": before["files"]["count"] - 1 - len(old),
        "erased_and_back": _left(world, erased),
        "findings": len(world.manage("verify_audit", at_worst=1)["findings"]),
        "tables": len(before) - 2,
        "in_the_backup": counted | {"files": before["files"]["count"]},
        "restored": world.counts(),
    }


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.monotonic()
    return work(), time.monotonic() - began
