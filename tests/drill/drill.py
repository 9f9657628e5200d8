"""One drill, from the first complaint to the verdict."""

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from config.stack.supervisor import say
from tests.drill.world import World, confirmed

TRAIL = {f"table audit_{table}" for table in ("event", "pending", "leaf", "checkpoint", "anchored")}
CHANGED = TRAIL | {"table slas_outbox", "anchor"}
"""What a restore itself adds to (its event, and the seal of that) or holds back (e-mail)."""
FAULTS = ("lost_before_backup", "differing_tables", "differing_files", "missing_files", "findings")
RTO, RPO = 15 * 60, 15 * 60  # s


def drill(world: World, *, complaints: int, before: int, after: int) -> dict[str, Any]:
    """Fill, back up under traffic, lose everything, restore. Return the last line's content."""
    fill(world, complaints)
    journal = world.layout.run / "confirmed"
    world.start_work(journal)
    world.wait_for(journal, before)
    backup, backing_up = _timed(lambda: Path(world.manage("backup", world.backups)["file"]))
    world.wait_for(journal, len(confirmed(journal)) + after)
    files = world.file_digests()
    world.lose_everything()
    lost_at = time.time()

    say("Everything is lost; restoring …")
    _, starting = _timed(world.start_database)
    back, restoring = _timed(lambda: world.manage("restore", backup, "--without-ledger"))  # nothing was erased here
    there = world.complaints()
    found = _compare(world, backup, files)
    _, working = _timed(lambda: world.start_work(world.layout.run / "confirmed-again"))
    taken_at = datetime.fromisoformat(back["taken_at"]).timestamp()
    told = confirmed(journal)
    return {
        "complaints": len(there),
        "rto": round(starting + restoring + working, 1),
        "rpo": round(lost_at - taken_at, 1),
        **found,
        "lost_before_backup": sum(key not in there for key, at in told.items() if at < taken_at),
        "lost_after_backup": sum(key not in there for key in told),
        "backup_seconds": round(backing_up, 1),
        "backup_mb": round(backup.stat().st_size / 1e6, 1),
        "restore_seconds": round(restoring, 1),
        "rows": back["rows"],
        "files": back["files"],
    }


def fill(world: World, complaints: int) -> None:
    """Load the demonstration, and history through its own operations until there are so many complaints."""
    accounts = world.layout.run / "accounts.json"
    prepare = [sys.executable, "-m", "config.stack.prepare", "--demo", accounts]
    world.supervisor.run_to_end("prepare", prepare, environment=world.variables)
    more = max(0, complaints - len(world.complaints()))
    if more:
        command = [sys.executable, "-m", "tests.drill.history", str(more)]
        world.supervisor.run_to_end("history", command, environment=world.variables)


def is_passed(result: dict[str, Any]) -> bool:
    """Tell whether nothing differs, and it was in time."""
    return not any(result[fault] for fault in FAULTS) and result["rto"] <= RTO and result["rpo"] <= RPO


def _compare(world: World, backup: Path, files: dict[str, str]) -> dict[str, Any]:
    """Hold what was restored against the backup, by a second one, and the files against those of before."""
    before = world.manage("backup", backup, "--verify")["parts"]
    again = Path(world.manage("backup", world.backups / "again.backup")["file"])
    after = world.manage("backup", again, "--verify")["parts"]
    restored = world.file_digests()
    return {
        "differing_tables": sorted(name for name in before if before[name] != after[name] and name not in CHANGED),
        "differing_files": sum(files.get(name) != digest for name, digest in restored.items()),
        "missing_files": before["files"]["count"] - len(restored),
        "findings": len(world.manage("verify_audit")["findings"]),
        "tables": len(before) - 2,
    }


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.monotonic()
    return work(), time.monotonic() - began
