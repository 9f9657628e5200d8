"""Checklist 37: whatever is addressed to others goes through the gate; read from the code itself."""

import ast

import pytest

from tests.config.test_code_rules import FLOORS, calls, files, name_of

GATE = {"disclose", "disclose_notice", "disclose_to_filer"}
NO_HEALTH_DATA = {"record_sent": "an e-mail only says that there is something to read"}
REACH_OUT = {
    "complaints/correspondence/delivery.py": "e-mail without health data",
    "complaints/files/clamd.py": "the virus check of the house",
    "members/audit/anchor.py": "hashes for the log of the house",
}
WRITE_THE_ACCOUNT = {"members/disclosures/gate.py"}


def lets_go(call: ast.Call) -> bool:
    """A message is there to be read from now on, a letter or notice is stamped as sent."""
    stamps = name_of(call) == "change" and any(word.arg == "sent_at" for word in call.keywords)
    return stamps or name_of(call) == "Message"


def reaches_out(call: ast.Call) -> bool:
    """Something is told to another computer."""
    return name_of(call) in {"EmailMessage", "EmailMultiAlternatives", "send_mail", "urlopen", "socket", "SMTP"}


def writes_the_account(call: ast.Call) -> bool:
    return name_of(call) == "Disclosure"


def past_the_gate(code: str) -> list[str]:
    """Return the functions that let something go without asking the gate."""
    functions = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]
    found = []
    for function in functions:
        inside = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        if any(map(lets_go, inside)) and not any(name_of(call) in GATE for call in inside):
            found.append(function.name)
    return found


def test_nothing_addressed_to_others_bypasses_the_gate():
    assert {name for _, code in files("*.py", *FLOORS) for name in past_the_gate(code)} == set(NO_HEALTH_DATA)


def test_nothing_reaches_out_of_the_house_but_what_has_a_reason():
    product = files("*.py", "complaints", "members", "slas")  # config/stack starts and asks our own servers
    assert {path for path, code in product if calls(reaches_out, code)} == set(REACH_OUT)


def test_only_the_gate_writes_the_account_of_disclosures():
    assert {path for path, code in files("*.py", *FLOORS) if calls(writes_the_account, code)} == WRITE_THE_ACCOUNT


@pytest.mark.parametrize(
    "code", ["def post(this):\n  this.change(letter, sent_at=at)", "def tell(this):\n  this.add(Message(body=body))"]
)
def test_a_way_past_the_gate_is_found(code):
    assert past_the_gate(code)
