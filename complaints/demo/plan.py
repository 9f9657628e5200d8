"""Which complaints the demonstration has: how many at which stage, how old, from whom, through which channel."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from complaints.demo.facts import Fact
from complaints.demo.people import Person, Staff, Town
from complaints.demo.stories import CLINICAL, Case
from complaints.demo.wording import Words, tellings_in_other_languages, words_for
from complaints.demo.worktime import Pace, at_work, waking
from complaints.enums import Channel, LineOfBusiness, Topic

CHANNELS = {Channel.PORTAL: 62, Channel.PHONE: 20, Channel.MAIL: 10, Channel.EMAIL: 8}
SHARE_OF_MEMBERS = 0.45
HANDLING_SPEED = 0.35
"""How long we take, as a share of what the real complaint took at its regulator."""
QUICKEST, SLOWEST, LATE = 2, 12, 25
ENDED, LATE_ONES, LATELY = 80, 6, 20


@dataclass(frozen=True, slots=True)
class Standing:
    """So many open complaints that have come as far as `stage` and are between `youngest` and `oldest` days old.

    `line` is their coverage where a law of its own binds it; None leaves the one that the fact tells of.
    """

    stage: str
    count: int
    youngest: float
    oldest: float
    line: LineOfBusiness | None = None


OPEN = (
    Standing("received", 4, 0.1, 1.5),
    Standing("received", 2, 5, 6),  # their confirmation is overdue
    Standing("acknowledged", 18, 0.2, 8),
    Standing("acknowledged", 2, 1, 6, LineOfBusiness.PART_D),
    Standing("taken", 9, 1, 9),
    Standing("assessed", 13, 2, 13),
    Standing("assessed", 2, 4, 12, LineOfBusiness.MEDICARE_ADVANTAGE),
    Standing("assessed", 1, 5, 11, LineOfBusiness.DUAL_SPECIAL_NEEDS),
    Standing("investigated", 10, 5, 16),
    Standing("decided", 5, 8, 18),
    Standing("letter", 3, 9, 18),
    Standing("assessed", 4, 23, 31),  # overdue
    Standing("investigated", 1, 26, 33),  # overdue
    Standing("investigated", 1, 32, 34, LineOfBusiness.MEDICARE_ADVANTAGE),  # overdue by law, too
)
URGENT_HOURS_LEFT = (0.2, 0.75, 5, 26, 50)
"""Of the 72 hours of an urgent complaint."""


class Cast:
    """Makes cases: draws people, words, owners and channels for facts."""

    def __init__(self, staff: Staff, town: Town, *, now: datetime, rng: Random) -> None:
        """Draw by this generator; four members with an account come again and again."""
        self.staff, self.now, self.rng, self.town = staff, now, rng, town
        self.account_holders = [town.an_account_holder() for _ in range(4)]
        self._tellings = tellings_in_other_languages()

    def case(self, fact: Fact, *, start: datetime, channel: Channel | None = None, urgent: bool = False) -> Case:
        """Return a case that has not come in yet; who files by phone or mail does so at an hour somebody is there."""
        channel = channel or self.rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        if channel in {Channel.PHONE, Channel.MAIL}:
            start = min(at_work(start, self.rng), self.now - timedelta(minutes=20))
        words = words_for(fact, self.rng)
        if channel == Channel.PORTAL and not urgent:
            words = self._in_another_language(words, fact.topic)
        return Case(
            fact=fact,
            person=self._person(fact, channel),
            words=words,
            owner=self.staff.reviewer if urgent else self.rng.choice(self.staff.agents),
            staff=self.staff,
            pace=Pace(start, now=self.now, rng=self.rng),
            rng=self.rng,
            channel=channel,
            urgent=urgent,
        )

    def ended(self, facts: list[Fact]) -> list[Case]:
        """Return the cases of the last year that have ended by now, the late ones first."""
        late, lately, others = facts[:LATE_ONES], facts[LATE_ONES:LATELY], facts[LATELY:]
        ages = [
            *(max(fact.ago, LATE + 6) for fact in late),
            *(whole_story_days(fact) for fact in lately),
            *(max(fact.ago, whole_story_days(fact)) for fact in others),
        ]
        starts = [waking(self.now - timedelta(days=age), self.rng) for age in ages]
        return [self.case(fact, start=start) for fact, start in zip(facts, starts, strict=True)]

    def open(self, facts: list[Fact]) -> list[tuple[Case, str]]:
        """Return the cases that are open now, each with the stage it has come to."""
        remaining = iter(facts)
        return [
            (self._open_case(next(remaining), standing), standing.stage)
            for standing in OPEN
            for _ in range(standing.count)
        ]

    def urgent(self, facts: list[Fact]) -> list[Case]:
        """Return urgent cases, some of which are due within minutes."""
        clinical = [fact for fact in facts if fact.cause in CLINICAL]
        return [
            self.case(fact, start=self.now - timedelta(hours=72 - hours), channel=Channel.PORTAL, urgent=True)
            for fact, hours in zip(clinical, URGENT_HOURS_LEFT, strict=False)
        ]

    def _open_case(self, fact: Fact, standing: Standing) -> Case:
        start = self.now - timedelta(days=self.rng.uniform(standing.youngest, standing.oldest))
        if standing.youngest >= 1:
            start = waking(start, self.rng)
        # Who has given an e-mail address is told within seconds: what is still to be confirmed came by phone or mail.
        unconfirmed = self.rng.choice((Channel.PHONE, Channel.MAIL)) if standing.stage == "received" else None
        return self.case(replace(fact, line=standing.line or fact.line), start=start, channel=unconfirmed)

    def _in_another_language(self, words: Words, topic: Topic) -> Words:
        """Return the words as told in another language, if there is a telling of this topic left."""
        for telling in self._tellings:
            if telling.topic == topic:
                self._tellings.remove(telling)
                return telling.replace_in(words)
        return words

    def _person(self, fact: Fact, channel: Channel) -> Person:
        if channel == Channel.PORTAL and self.rng.random() < 0.15:  # noqa: PLR2004
            return self.rng.choice(self.account_holders)
        if self.rng.random() < SHARE_OF_MEMBERS:
            return self.town.a_member(fact.line)
        return self.town.a_guest()


def whole_story_days(fact: Fact) -> float:
    """Return the days within which the story of a fact has ended, up to the recording of its cause."""
    return hours_of_work(fact) / 24 * 1.4 + 7


def hours_of_work(fact: Fact) -> float:
    """Return over how many hours we gather what we need, nights and weekends included."""
    days = min(max(fact.days * HANDLING_SPEED, QUICKEST), SLOWEST)
    return days * 24 * 0.7
