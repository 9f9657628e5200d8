"""Search everything that the running product keeps and sends for what people typed: `python -m tests.clear`.

The stack of `make run` is started with its demonstration, and people type canaries through its forms, from a complaint
to a corrective action, and at the cases of the browser tests; some are refused, some are never sent, and some end in a
crash. Then the canaries are looked for in every place and form, and so is every value that is sealed in the database,
the demonstration's among them. What is printed says for each place how large it is, what was found (there should be
nothing), and whether a word that was planted there was; which forms were typed into; and, as a control, whether
references and names of staff stand in the dump, where they do belong.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from complaints.reference import read_reference
from config.stack.layout import ROOT, Layout
from tests.browser.stack import RunningStack, running_stack
from tests.clear import canaries as words
from tests.clear import crashes, errands, journey, places
from tests.clear.people import Typist
from tests.clear.planting import plant

ROLES = ("member", "agent", "lead", "quality_manager", "privacy_officer")
SHORTEST = 6
DATE = re.compile(r"[A-Z][a-z]+ \d{1,2}, \d{4}")
OURS = ("complaints", "members", "slas", "config", "templates", "locale")
KINDS = {".py", ".html", ".txt", ".toml", ".po"}
SETTLED = 4  # s until mail has gone out and the worker has said what it has to say
ELSEWHERE = frozenset(
    {"postgres", "files", "logs", "valkey", "mail", "static", "backups", "accounts.json", "demo.json"}
)
"""What a run's folder holds that is a place of its own, or is no secret: the product's files, the demo's accounts."""


def main() -> int:
    """Search, and return the exit status."""
    with tempfile.TemporaryDirectory(prefix="redress-clear-") as folder:
        run, temporary = Path(folder, "run"), Path(folder, "temporary")
        temporary.mkdir()
        os.environ["TMPDIR"] = str(temporary)
        with running_stack(run) as stack:
            told = _told(stack, temporary)
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if any(place["found"] or not place["planted"] for place in told["places"].values()) else 0


def _told(stack: RunningStack, temporary: Path) -> dict[str, Any]:
    hearing = places.Monitor(stack.environment["REDIS_URL"])
    hearing.start()
    canaries = words.Canaries()
    _type(stack, canaries)
    backups = stack.folder / "backups"
    backups.mkdir()
    stack.manage("backup", str(backups))
    plant(stack, stack.folder, stack.folder / "files", backups, temporary)
    time.sleep(SETTLED)
    kept = _kept(stack, hearing, temporary)
    secrets, known = _secrets(stack)
    return {
        "canaries": len(canaries.typed),
        "forms": canaries.forms(),
        "secrets": len(secrets),
        "tracebacks": kept["logs"].count(b"Traceback"),
        "control": bool(_standing(kept["dump"], known)),
        "places": {name: _of_place(name, content, canaries, secrets) for name, content in kept.items()},
    }


def _type(stack: RunningStack, canaries: words.Canaries) -> None:
    """Let everybody type whatever they can."""
    reference = journey.complain(Typist(stack, canaries))
    journey.answer_steps(Typist(stack, canaries))  # and never send it
    journey.knock(Typist(stack, canaries), reference)
    people = {role: Typist(stack, canaries) for role in ROLES}
    for role, person in people.items():
        person.sign_in(stack.accounts[role])
    journey.belong(people["member"])
    journey.handle(people["agent"], reference)
    journey.learn(people["quality_manager"], reference)
    scene = _scene(stack)
    journey.represent(people["agent"], scene["member_number"])
    journey.oversee(people["privacy_officer"], people["lead"], reference, scene["member_number"])
    errands.run(people | {"nobody": Typist(stack, canaries)}, scene)
    crashes.fail(people["agent"], stack, reference)


def _scene(stack: RunningStack) -> dict[str, str]:
    emails = ", ".join(f"{role}={stack.accounts[role].email!r}" for role in ROLES)
    said = stack.manage("shell", "-c", f"from tests.clear.scene import lay; lay({emails})")
    return json.loads(said.splitlines()[-1])


def _kept(stack: RunningStack, hearing: places.Monitor, temporary: Path) -> dict[str, bytes]:
    run = stack.folder
    return {
        "dump": places.dump(stack.environment["DATABASE_URL"]),
        "database files": places.under(run / "postgres", Layout(run).outside),
        "files": places.under(run / "files"),
        "logs": places.under(run / "logs"),
        "valkey": hearing.heard() + places.under(run / "valkey"),
        "mail": places.mail(stack.mail),
        "backup": places.under(run / "backups"),
        "run folder": places.under(run, leaving_out=ELSEWHERE),
        "temporary files": places.under(temporary),
    }


def _of_place(name: str, content: bytes, canaries: words.Canaries, secrets: dict[str, str]) -> dict[str, Any]:
    seen = words.found(content, words.WORD) | words.found(content, words.DIGITS)
    where = {canary.lower(): place for canary, place in canaries.typed.items()}
    standing = _standing(content, secrets) if name != "database files" else {}
    return {
        "bytes": len(content),
        "planted": sorted(words.found(content, words.PLANTED)),
        "found": {form: where.get(form, "somewhere") for form in sorted(seen)} | standing,
    }


def _secrets(stack: RunningStack) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is sealed, each with its column; and references and names of staff, which stand in clear besides.

    Words that stand in the product itself are left out, and so is a date that stands alone: mail names dates, too.
    """
    command = [sys.executable, "-m", "tests.clear.secrets"]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=stack.environment)  # noqa: S603 -- our own
    told = json.loads(done.stdout)
    paths = [path for folder in OURS for path in (ROOT / folder).rglob("*") if path.suffix in KINDS]
    product = "\n".join(path.read_text() for path in paths if "demo" not in path.parts)
    lines = {
        line.strip(): column for column, texts in told["sealed"].items() for text in texts for line in text.splitlines()
    }
    telling = {line: column for line, column in lines.items() if len(line) >= SHORTEST and not DATE.fullmatch(line)}
    sealed = {line: column for line, column in telling.items() if line not in product}
    known = {line: column for line, column in sealed.items() if read_reference(line) or line in told["staff"]}
    return {line: column for line, column in sealed.items() if line not in known}, known


def _standing(content: bytes, secrets: dict[str, str]) -> dict[str, str]:
    """Return the columns of which a value stands there, each with one that does. grep looks for all of them at once."""
    with tempfile.NamedTemporaryFile() as patterns:
        patterns.write("\n".join(secrets).encode())
        patterns.flush()
        command = ["grep", "--text", "--only-matching", "--fixed-strings", "--file", patterns.name]
        found = subprocess.run(command, input=content, capture_output=True, check=False, env={"LC_ALL": "C"})  # noqa: S603
    assert found.returncode in {0, 1}, found.stderr
    return {secrets[line]: line for line in found.stdout.decode().splitlines()}


if __name__ == "__main__":
    sys.exit(main())
