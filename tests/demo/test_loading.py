"""What is shipped for the demonstration, and a load that fails."""

import gzip
import json

import pytest
from django.core.management import CommandError, call_command

from complaints.demo.facts import FILE, read_facts
from complaints.demo.people import FOLDER
from complaints.enums import Outcome
from complaints.models import Complaint
from members.accounts.models import User
from slas.models import PolicyVersion
from slas.operations import publish_policies
from tests.shared_data import COMPLAINTS, needs_complaints


@pytest.mark.django_db
def test_what_cannot_be_finished_leaves_nothing_behind(tmp_path):
    if not PolicyVersion.objects.exists():
        publish_policies()
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("load_demo", accounts_file=tmp_path / "file" / "accounts.json", skip_checks=True)
    assert not Complaint.objects.unscoped("a test looks at all").exists()
    assert not User.objects.exists()


@needs_complaints
def test_no_real_company_and_no_file_number_is_in_what_is_shipped():
    shipped = "\n".join(path.read_text() for path in FOLDER.iterdir() if path.suffix in {".jsonl", ".toml", ".py"})
    with gzip.open(COMPLAINTS, "rt") as lines:
        records = [json.loads(line) for line in lines]
    names = {company for record in records for company in record["companies"]}
    assert not [name for name in names if name.casefold() in shipped.casefold()]
    assert not [record["file_no"] for record in records if record["file_no"] in shipped]


def test_facts_are_facts_only():
    facts = read_facts()
    assert len(facts) == 300
    assert {fact.outcome for fact in facts} == {Outcome.UPHELD, Outcome.PARTLY_UPHELD, Outcome.NOT_UPHELD, None}
    keys = {"ago", "days", "label", "cause", "topic", "outcome", "remedy", "line"}
    assert {frozenset(json.loads(line)) for line in FILE.read_text().splitlines()} == {frozenset(keys)}
