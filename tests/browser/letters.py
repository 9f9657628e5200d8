"""Reading a decision letter's PDF as a screen reader's software does, and as a person does."""

import shutil
import subprocess
from pathlib import Path

import pikepdf


def check_tags(path: Path, *, title: str) -> None:
    """Check that it is a tagged PDF/UA with title and language, whose every page names its structure."""
    with pikepdf.open(path) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo.Title) == title
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        kinds = set(_kinds(pdf.Root.StructTreeRoot))
        assert {"/Document", "/H1", "/H2", "/P", "/L"} <= kinds
        assert all("/StructParents" in page for page in pdf.pages)


def words_of(path: Path) -> str:
    """Return its text with all white space joined, "" where pdftotext is missing."""
    program = shutil.which("pdftotext")
    if program is None:
        return ""
    done = subprocess.run([program, str(path), "-"], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603
    return " ".join(done.stdout.split())


def _kinds(node: pikepdf.Object):
    """Yield the kind of every structure element below a node."""
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from _kinds(kid)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S)
        if "/K" in node:
            yield from _kinds(node.K)
