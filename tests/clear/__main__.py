"""Search everything that a running stack keeps and sends for what is sealed in it: `python -m tests.clear`.

The demonstration is loaded and people go on complaining, with worker and mail. Then every sealed value is opened, and
looked for in a dump of the database, the file store, the logs, all that Valkey was told, the mail that was caught, and
a backup. What is printed says for each place how large it is and which columns were found in it: there should be none;
and, as a control, whether references and names of staff are found in the dump, where they do stand.
"""

import json
import subprocess
import sys
from pathlib import Path

from complaints.reference import read_reference
from config.stack.layout import ROOT
from tests.clear import places
from tests.drill.drill import fill
from tests.drill.world import World, world

SHORTEST = 6
OURS = ("complaints", "members", "slas", "config", "templates", "locale")
KINDS = {".py", ".html", ".txt", ".toml", ".po"}


def main() -> int:
    """Search, and return the exit status."""
    with world() as stack:
        hearing = places.Monitor(stack.variables["REDIS_URL"])
        hearing.start()
        fill(stack, 0)
        stack.start_work(stack.layout.run / "confirmed")
        stack.wait_for(stack.layout.run / "confirmed", 20)
        stack.pause(5)  # until mail has gone out
        backup = Path(stack.manage("backup", stack.backups)["file"])
        dump = places.dump(stack)
        kept = {
            "dump": dump,
            "files": places.under(stack.files),
            "logs": places.under(stack.supervisor.logs),
            "valkey": hearing.heard(),
            "mail": places.mail(Path(stack.variables["REDRESS_MAIL_FOLDER"])),
            "backup": backup.read_bytes(),
        }
        secrets, known = _secrets(stack)
    found = {name: _found(content, secrets) for name, content in kept.items()}
    told = {name: {"bytes": len(content), "found": found[name]} for name, content in kept.items()}
    control = bool(_found(kept["dump"], known))
    sys.stdout.write(json.dumps({"secrets": len(secrets), "control": control, **told}) + "\n")
    return 1 if any(found.values()) else 0


def _secrets(stack: World) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is sealed, each with its column; and references and names of staff, which stand in clear besides.

    Words that stand in the product itself are left out.
    """
    command = [sys.executable, "-m", "tests.clear.secrets"]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=stack.variables)  # noqa: S603 -- our own
    told = json.loads(done.stdout)
    paths = [path for folder in OURS for path in (ROOT / folder).rglob("*") if path.suffix in KINDS]
    product = "\n".join(path.read_text() for path in paths if "demo" not in path.parts)
    lines = {
        line.strip(): column for column, texts in told["sealed"].items() for text in texts for line in text.splitlines()
    }
    sealed = {line: column for line, column in lines.items() if len(line) >= SHORTEST and line not in product}
    known = {line: column for line, column in sealed.items() if read_reference(line) or line in told["staff"]}
    return {line: column for line, column in sealed.items() if line not in known}, known


def _found(content: bytes, secrets: dict[str, str]) -> dict[str, str]:
    """Return the columns of which a value stands there, each with one that does."""
    return {column: secret for secret, column in secrets.items() if secret.encode() in content}


if __name__ == "__main__":
    sys.exit(main())
