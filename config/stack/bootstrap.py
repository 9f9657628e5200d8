"""Makes the virtual environment .venv and installs the locked requirements, if they changed since the last time.

Runs by path, with whatever Python there is: `python3 -I config/stack/bootstrap.py [--dev]`. So it imports nothing of
Redress, and its syntax is understood by old versions too, which get a sentence instead of a SyntaxError.
"""

import fcntl
import hashlib
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
NEEDED_SPACE = 1200 * 1024 * 1024  # bytes, of which the packages take half
ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = "config/stack/uv.txt"


def refuse(sentence: str) -> None:
    """End with a sentence that says the cure."""
    sys.exit(f"Redress: {sentence}.")


def say(line: str) -> None:
    """Tell the person; standard output belongs to the command of `make exec`."""
    sys.stderr.write(line + "\n")


def check_interpreter() -> None:
    """Refuse a Python that cannot carry the virtual environment."""
    if sys.version_info < OLDEST:
        newer = [name for name in ("python3.13", "python3.12", "python3.11") if works(name)]
        cure = f"use `make PYTHON={newer[0]} …`" if newer else "install one and name it: `make PYTHON=python3.12 …`"
        refuse(f"Python 3.11 or newer is needed and {sys.executable} is {sys.version.split()[0]}; {cure}")
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        package = "python{}.{}-venv".format(*sys.version_info)
        refuse(
            f"{sys.executable} lacks the modules that make virtual environments; `apt-get install {package}` adds them"
        )


def works(interpreter: str) -> bool:
    """Tell whether there is such an interpreter; a name on the PATH alone may be a version manager's empty promise."""
    try:
        return subprocess.call([interpreter, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def check_space() -> None:
    """Refuse a disk that would be full halfway."""
    free = shutil.disk_usage(str(ROOT)).free
    if free < NEEDED_SPACE:
        refuse(f"{free >> 20} MB are free where {ROOT} is, and {NEEDED_SPACE >> 20} MB are needed; free some")


def is_usable() -> bool:
    """Tell whether .venv works and is of the Python that was asked for, if one was."""
    question = "import pip, sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.check_output([str(PYTHON), "-I", "-c", question], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return False
    version = tuple(int(number) for number in answer.split())
    if os.environ.get("REDRESS_PYTHON_CHOSEN") == "yes":
        return version == sys.version_info[:2]
    return version >= OLDEST


def install(*command: str) -> None:
    """Run one installer in the project's folder."""
    if subprocess.call(command, cwd=str(ROOT), stdin=subprocess.DEVNULL, stdout=2):
        refuse(f"`{' '.join(command)}` failed; what it printed above says why")


def install_packages(files: "list[str]") -> None:
    """Install what the files lock into .venv; uv, which pip has fetched before, does it in a tenth of pip's time."""
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "-q", "--python", str(PYTHON), "--compile-bytecode"]
    if ssl.get_default_verify_paths().cafile:
        uv.append("--system-certs")  # a company's own authority is known to the machine, not to uv
    install(*uv, "--require-hashes", "--only-binary", ":all:", *(word for name in files for word in ("-r", name)))


def digest(files: "list[str]") -> str:
    """Return a digest of what is to be installed."""
    content = hashlib.sha256()
    for name in files:
        content.update((ROOT / name).read_bytes())
    return content.hexdigest()


def main() -> None:
    """Do what is missing; where nothing is, this takes some hundredths of a second."""
    files = ["requirements.txt", "requirements-dev.txt"] if "--dev" in sys.argv else ["requirements.txt"]
    stamp = VENV / f"{files[-1]}.installed"
    wanted = digest([UV, *files])
    if is_usable():
        if stamp.exists() and stamp.read_text() == wanted:
            return
    else:
        check_interpreter()
        check_space()
        say(f"Making .venv with {sys.executable} …")
        install(sys.executable, "-m", "venv", "--clear", str(VENV))
    say("Installing the locked packages …")
    install(str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", UV)
    install_packages(files)
    stamp.write_text(wanted)


if __name__ == "__main__":
    with (ROOT / "Makefile").open() as turnstile:
        fcntl.flock(turnstile, fcntl.LOCK_EX)  # two terminals at once: the second waits, then finds it done
        try:
            main()
        except KeyboardInterrupt:
            sys.exit(130)
