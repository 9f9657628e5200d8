"""A stack of the three services and one program, for the tests that kill it: `python tiny.py FOLDER [SECONDS]`.

The program sleeps; after SECONDS, if given, it fails.
"""
# ruff: noqa: T201 -- it talks to the test through its output

import sys
from pathlib import Path

from config.stack import services
from config.stack.environment import environment
from config.stack.layout import Layout
from config.stack.supervisor import ChildEnded, Stopped, Supervisor


def main() -> int:
    stack = Layout(Path(sys.argv[1]))
    seconds = sys.argv[2] if len(sys.argv) > 2 else "600"
    with stack.held() as lock:
        supervisor = Supervisor(logs=stack.logs, lock=lock)
        try:
            addresses, wait = services.start(supervisor, stack, durable=False)
            wait()
            variables = environment(stack, addresses, url="http://127.0.0.1:1")
            script = f"import sys, time; time.sleep({seconds}); print('these are its last words'); sys.exit(7)"
            supervisor.start("program", [sys.executable, "-c", script, stack.run], environment=variables)
            print("up", flush=True)
            supervisor.watch()
        except Stopped:
            print("stopped", flush=True)
        except ChildEnded as report:
            print(report, flush=True)
            return 1
        finally:
            supervisor.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
