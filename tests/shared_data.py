"""Real input that the product ships without; tests that want it say so loudly where it is not."""

import json
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("REDRESS_SHARED_DATA", ROOT.parent / "shared" / "data"))
COMPLAINTS = FOLDER / "complaints" / "ct_health_complaints.jsonl.gz"
AGGREGATES = FOLDER / "complaints" / "ct_expected_aggregates.json"

STORIES = FOLDER / "complaints" / "cfpb_sample.csv.gz"
SAMPLES = FOLDER / "attachments"
VECTORS = FOLDER / "sla"
BLNS = FOLDER / "fuzz" / "blns.json"
NAUGHTY: list[str] = json.loads(BLNS.read_text(encoding="utf-8")) if BLNS.exists() else []


def needs(path: Path) -> pytest.MarkDecorator:
    """Return the mark that skips a test where this part of the data is absent, and says how to bring it."""
    reason = f"NO DATA: {path} is absent; set REDRESS_SHARED_DATA to the shared folder"
    return pytest.mark.skipif(not path.exists(), reason=reason)


needs_complaints, needs_naughty, needs_vectors = needs(COMPLAINTS), needs(BLNS), needs(VECTORS)
