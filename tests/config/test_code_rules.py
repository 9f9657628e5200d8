"""Checklist 42: what ruff's security rules (flake8-bandit's) cannot know of this house, read from the code itself."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from config.stack.layout import ROOT
from members.privacy.fields import SealedTextField

FLOORS = ("complaints", "config", "members", "slas")
RAISED = re.compile(r"\{%\s*autoescape\s+off|\|\s*safe(seq)?\b|\{%\s*debug\b")
MARKS_SAFE = {"members/views/factors.py": "segno's drawing of a QR code"}
WITHOUT_TOKEN = {"config/csp_reports.py": "browsers send reports without one, and they change no row"}
OWN_WORDS = {
    "config/stack/throwaway.py": "names of throw-away databases, which the stack makes up",
    "complaints/capa/operations/open_capa.py": "the table's own name",
    "slas/timer.py": "a constant number of seconds",
}
SQL_CALLS = {"execute", "executemany", "raw", "RawSQL", "extra"}
LOG_CALLS = {"debug", "info", "warning", "error", "exception", "critical"}
Rule = Callable[[ast.Call], bool]


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def gives_no_reason(call: ast.Call) -> bool:
    """`unscoped()` wants a sentence, or the name of one."""
    if name_of(call) != "unscoped":
        return False
    reason = call.args[0] if call.args else None
    if isinstance(reason, ast.Constant):
        return not (isinstance(reason.value, str) and reason.value.strip())
    return not isinstance(reason, ast.Name | ast.Attribute)


def puts_sql_together(call: ast.Call) -> bool:
    """Values go beside a statement, never into it."""
    if name_of(call) not in SQL_CALLS or not call.args:
        return False
    statement = call.args[0]
    formatted = isinstance(statement, ast.Call) and name_of(statement) in {"format", "join", "replace"}
    return formatted or isinstance(statement, ast.JoinedStr | ast.BinOp)


def marks_safe(call: ast.Call) -> bool:
    return name_of(call) in {"mark_safe", "SafeString"}


def says_what_is_sealed(call: ast.Call) -> bool:
    """Neither log nor standard output is for sealed values."""
    speaks = name_of(call) == "print" or (name_of(call) in LOG_CALLS and getattr(call.func.value, "id", "") == "log")
    said = (node for argument in call.args for node in ast.walk(argument)) if speaks else ()
    return any(isinstance(node, ast.Attribute) and node.attr in sealed_names() for node in said)


def makes_a_purpose_up(call: ast.Call) -> bool:
    """What values are opened for stands in one vocabulary."""
    given = (keyword.value for keyword in call.keywords if keyword.arg == "purpose")
    return name_of(call) == "phi_access" and not all(isinstance(each, ast.Name | ast.Attribute) for each in given)


@cache
def sealed_names() -> frozenset[str]:
    """Return the names of sealed fields but for `name`, which clocks and counters have too."""
    names = {
        field.name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if type(field).__module__ == SealedTextField.__module__
    }
    return frozenset(names - {"name"})


def calls(rule: Rule, code: str) -> list[int]:
    return [node.lineno for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and rule(node)]


def files(pattern: str, *folders: str) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(pattern)):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rule", "but_for"),
    [
        (gives_no_reason, {}),
        (puts_sql_together, OWN_WORDS),
        (marks_safe, MARKS_SAFE),
        (says_what_is_sealed, {}),
        (makes_a_purpose_up, {}),
    ],
)
def test_the_code_keeps_the_rule(rule, but_for):
    breaches = ((path, line) for path, code in files("*.py", *FLOORS) for line in calls(rule, code))
    assert [breach for breach in breaches if breach[0] not in but_for] == []
    assert [path for path in but_for if not calls(rule, Path(ROOT / path).read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (gives_no_reason, "Complaint.objects.unscoped()"),
        (gives_no_reason, "Complaint.objects.unscoped('')"),
        (puts_sql_together, "cursor.execute(f'SELECT {name}')"),
        (puts_sql_together, "cursor.execute('SELECT %s' % name)"),
        (puts_sql_together, "User.objects.raw('SELECT {}'.format(name))"),
        (marks_safe, "mark_safe(request.GET['q'])"),
        (says_what_is_sealed, "log.info('from %s', complaint.narrative)"),
        (says_what_is_sealed, "print(user.email)"),
        (makes_a_purpose_up, "phi_access(actor=actor, purpose='read', at=at)"),
    ],
)
def test_a_breach_of_the_rule_is_found(rule, code):
    assert calls(rule, code) == [1]


def test_only_what_has_a_reason_takes_forms_without_a_token():
    exempt = {path for path, code in files("*.py", *FLOORS) if "csrf_exempt" in code}
    assert exempt == set(WITHOUT_TOKEN)


def test_no_page_takes_words_for_html():
    raised = {path for path, text in files("*.html", "templates") if RAISED.search(text)}
    assert raised == set()
