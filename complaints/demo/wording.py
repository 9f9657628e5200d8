"""What people say and write in the demonstration: words.toml, filled in by lot."""

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from complaints.demo.facts import Fact
from complaints.enums import EvidenceSource, Language, Outcome, RemedyKind, Topic

MONTHS = ("two", "three", "four", "five", "six")
CENTS = 100


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one complaint, from the member's to ours."""

    language: Language
    narrative: str
    desired_outcome: str
    findings: str
    rationale: str
    remedy: str


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def words_for(fact: Fact, rng: Random) -> Words:
    """Return the words that fit a fact."""
    about = _file()["causes"][fact.cause]
    details = {
        "service": rng.choice(_file()["services"]),
        "provider": rng.choice(_file()["providers"]),
        "amount": f"${rng.randrange(40 * CENTS, 2400 * CENTS) / CENTS:,.2f}",
        "months": rng.choice(MONTHS),
    }
    findings = _filled(about["wrong" if fact.outcome == Outcome.NOT_UPHELD else "right"], details)
    outcome = _file()["outcomes"].get(fact.outcome or Outcome.UPHELD) or _file()["outcomes"][Outcome.UPHELD]
    remedied = fact.remedy != RemedyKind.NONE and fact.outcome != Outcome.NOT_UPHELD
    return Words(
        language=Language.EN,
        narrative=_filled(rng.choice(about["narrative"]), details),
        desired_outcome=rng.choice(_file()["work"]["desired"]),
        findings=findings,
        rationale=outcome["rationale"].format(finding=findings),
        remedy=_file()["remedies"][fact.remedy] if remedied else "",
    )


@dataclass(frozen=True, slots=True)
class Telling:
    """A narrative in another language."""

    topic: Topic
    language: Language
    narrative: str
    desired_outcome: str

    def replace_in(self, words: Words) -> Words:
        """Return the words with this narrative; what we write stays in our language."""
        return replace(words, language=self.language, narrative=self.narrative, desired_outcome=self.desired_outcome)


def tellings_in_other_languages() -> list[Telling]:
    """Return all narratives in other languages."""
    return [
        Telling(Topic(told["topic"]), Language(told["language"]), told["narrative"], told.get("desired", ""))
        for told in _file()["languages"]
    ]


def an_exchange(rng: Random) -> tuple[str, str]:
    """Return a member's question and our answer."""
    question, answer = rng.choice(_file()["work"]["exchanges"])
    return question, answer


def a_note(rng: Random) -> str:
    """Return a colleague's note."""
    return rng.choice(_file()["work"]["notes"])


def some_evidence(rng: Random) -> list[tuple[EvidenceSource, str]]:
    """Return two or three pieces of evidence, as source and title."""
    pieces = rng.sample(_file()["work"]["evidence"], rng.choice((2, 2, 3)))
    return [(EvidenceSource(piece["source"]), piece["title"]) for piece in pieces]


def _filled(text: str, details: dict[str, str]) -> str:
    """Return the text with its details, and a capital at the beginning of each sentence."""
    filled = text.format(**details)
    for end in (". ", "? "):
        filled = end.join(part[:1].upper() + part[1:] for part in filled.split(end))
    return filled
