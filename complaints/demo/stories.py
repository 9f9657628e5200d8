"""The life of one complaint in the demonstration, step by step through the operations."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from django.conf import settings

from complaints.capa.operations import record_root_cause
from complaints.correspondence.letters import decision_letter
from complaints.correspondence.models import LetterChannel
from complaints.demo.facts import Fact
from complaints.demo.mail import mail_goes_out
from complaints.demo.people import Person, Staff
from complaints.demo.wording import Words, a_note, an_exchange, some_evidence
from complaints.demo.worktime import Pace
from complaints.enums import Channel, Level, Outcome, RemedyKind
from complaints.models import Complaint, Decision
from complaints.operations import (
    Axes,
    Statement,
    acknowledge_complaint,
    add_evidence,
    assess_complaint,
    close_complaint,
    complete_investigation,
    inform_member,
    issue_decision,
    issue_letter,
    send_message,
    submit_complaint,
    take_complaint,
    withdraw_complaint,
    write_note,
)
from members.actors import Actor, importer
from members.acts import act
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from slas.models import Clock
from slas.versions import terms_of

FORMER_FILE = "the former complaints file"
CLINICAL = frozenset({"medical_necessity_criteria", "prior_authorisation_delay", "review_procedure"})
INTRICATE = frozenset({"benefit_coordination", "claim_recovery", "out_of_network", "provider_contract"})


@dataclass(slots=True)
class Case:
    """One complaint on its way: what is true of it, who is concerned, what is said, and when."""

    fact: Fact
    person: Person
    words: Words
    owner: Actor
    staff: Staff
    pace: Pace
    rng: Random
    channel: Channel = Channel.PORTAL
    urgent: bool = False
    complaint: Complaint = field(init=False)

    @property
    def handled(self) -> dict[str, object]:
        """Who does it to which complaint, for the next operation."""
        return {"actor": self.owner, "complaint_id": self.complaint.pk}

    def receive(self) -> None:
        """Take the complaint in: online by the complainant, otherwise by the owner."""
        person, written = self.person, self.channel in {Channel.PORTAL, Channel.EMAIL}
        received_at = self.pace.at
        entered_at = received_at if written else self.pace.soon(seconds=self.rng.randrange(120, 900))
        self.complaint = submit_complaint(
            actor=person.actor if self.channel == Channel.PORTAL else self.owner,
            at=entered_at,
            received_at=received_at,
            channel=self.channel,
            statement=Statement(
                narrative=self.words.narrative,
                topic=self.fact.topic,
                language=self.words.language,
                harm_if_waiting=self.urgent,
                happened_on=(received_at - timedelta(days=self.rng.randrange(5, 90))).date(),
                desired_outcome=self.words.desired_outcome,
                name=person.name,
                email=person.email if written else "",
                phone=person.phone,
                postal_address=person.postal_address,
                member_number=person.member_number,
                line_of_business=self.fact.line,
                member_id=person.member_id,
            ),
        )

    def confirm(self) -> None:
        """Tell the complainant that we have it: at once by e-mail, else by phone or post within the day.

        Of what is urgent it is told again by whoever takes it, by name.
        """
        if self.complaint.has_email:
            mail_goes_out(complaint_id=self.complaint.pk, at=self.pace.soon(seconds=self.rng.randrange(2, 20)))
        else:
            proof = "phone" if self.channel == Channel.PHONE else "post"
            acknowledge_complaint(**self.handled, at=self.pace.next(hours=2), proof=proof)

    def take(self) -> None:
        """Somebody answers for it from now on."""
        take_complaint(**self.handled, at=self.pace.next(hours=3))
        mail_goes_out(complaint_id=self.complaint.pk, at=self.pace.soon(seconds=5))

    def assess(self) -> None:
        """Judge how urgent and how intricate it is."""
        clinical, intricate = self.fact.cause in CLINICAL, self.fact.cause in INTRICATE
        axes = Axes(
            severity=Level.HIGH if self.urgent else Level.MODERATE if clinical else Level.LOW,
            safety=Level.HIGH if self.urgent else Level.LOW,
            complexity=Level.HIGH if intricate else Level.LOW,
            impact=self.rng.choice((Level.LOW, Level.LOW, Level.MODERATE)),
            immediate_action_needed=self.urgent,
            immediate_action_possible=self.urgent,
        )
        assess_complaint(**self.handled, at=self.pace.next(hours=0.5), axes=axes)

    def look_into(self, *, hours: float) -> None:
        """Write a note and gather evidence, over so many hours."""
        pieces = some_evidence(self.rng)
        write_note(**self.handled, at=self.pace.next(hours=1), body=a_note(self.rng))
        for source, title in pieces:
            at = self.pace.next(hours=hours / len(pieces))
            add_evidence(**self.handled, at=at, source=source, title=title, obtained_on=at.date())

    def exchange(self) -> None:
        """Let a member with an account ask something, and answer it."""
        if not self.person.has_account:
            return
        question, answer = an_exchange(self.rng)
        told = {"complaint_id": self.complaint.pk}
        send_message(actor=self.person.actor, at=self.pace.next(hours=5), body=question, **told)
        send_message(actor=self.owner, at=self.pace.next(hours=3), body=answer, **told)
        mail_goes_out(complaint_id=self.complaint.pk, at=self.pace.soon(seconds=5))

    def find(self) -> None:
        """Finish the investigation."""
        complete_investigation(**self.handled, at=self.pace.next(hours=2), findings=self.words.findings)

    def decide(self) -> Decision:
        """Decide as the real case was decided."""
        return issue_decision(
            **self.handled,
            at=self.pace.next(hours=3),
            outcome=self.fact.outcome or Outcome.NO_FINDING,
            rationale=self.words.rationale,
            evidence_reviewed="The claim history\nThe plan document\nWhat you wrote to us",
            remedy_kind=self.fact.remedy if self.words.remedy else RemedyKind.NONE,
            remedy=self.words.remedy,
        )

    def write_letter(self, decision: Decision, channel: LetterChannel) -> None:
        """Issue the decision letter."""
        at = self.pace.next(hours=0.3)
        with phi_access(actor=self.owner, purpose=Purpose.LETTER, at=at):
            content = decision_letter(
                complaint=self.complaint, decision=decision, next_level=self._next_level(at), language_help="", at=at
            )
        issue_letter(**self.handled, at=at, content=content, channel=channel)

    def tell(self) -> None:
        """Record that the letter is on its way."""
        mail_goes_out(complaint_id=self.complaint.pk, at=self.pace.soon(seconds=8))
        if not self.complaint.informed_at:
            inform_member(**self.handled, at=self.pace.next(hours=1), proof="post")

    def close(self) -> None:
        """Close it."""
        close_complaint(**self.handled, at=self.pace.next(hours=1))

    def learn(self) -> None:
        """The quality manager says why it happened, some days later."""
        at = self.pace.next(hours=self.rng.randrange(24, 72))
        record_root_cause(
            **self.handled | {"actor": self.staff.quality},
            at=at,
            cause=self.fact.cause,
            explanation=self.words.findings,
        )

    def _next_level(self, at: datetime) -> str:
        with act(actor=self.owner, at=at) as this:
            held = this.held(Clock, matter_id=self.complaint.pk, kind="resolve")
        clocks = held or list(Clock.objects.filter(matter_id=self.complaint.pk, kind="resolve").order_by("cycle"))
        return terms_of(clocks[-1].policy_id, clocks[-1].calendar_id).policy.next_level


def tell_former(fact: Fact, words: Words, *, today: date, opened_at: datetime) -> None:
    """Replay a complaint from before this system, as an import does, with its words."""
    actor = importer(FORMER_FILE)
    closed_at = opened_at + timedelta(days=min(fact.days, (today - opened_at.date()).days - 1))
    complaint = submit_complaint(
        actor=actor,
        at=opened_at,
        channel=Channel.MAIL,
        statement=Statement(narrative=words.narrative, topic=fact.topic, line_of_business=fact.line),
    )
    told = {"actor": actor, "at": closed_at, "complaint_id": complaint.pk}
    if fact.outcome is None:
        withdraw_complaint(**told)
        return
    issue_decision(
        **told,
        outcome=fact.outcome,
        rationale=words.rationale,
        evidence_reviewed=f"See {settings.INSURER_NAME}'s file.",
        remedy_kind=fact.remedy,
        remedy=words.remedy,
    )
    inform_member(**told, proof="source")
    close_complaint(**told)
    record_root_cause(**told, cause=fact.cause, source_label=fact.label)
