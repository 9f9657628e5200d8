"""Real input that the product ships without; tests that want it say so loudly where it is not."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("REDRESS_SHARED_DATA", ROOT.parent / "shared" / "data"))
COMPLAINTS = FOLDER / "complaints" / "ct_health_complaints.jsonl.gz"
AGGREGATES = FOLDER / "complaints" / "ct_expected_aggregates.json"

needs_complaints = pytest.mark.skipif(
    not COMPLAINTS.exists(), reason=f"NO DATA: {COMPLAINTS} is absent; set REDRESS_SHARED_DATA to the shared folder"
)
