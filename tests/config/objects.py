"""A real object behind every URL that names one, and who has business with it."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from django.core.signing import TimestampSigner

from complaints.capa.models import Capa
from complaints.capa.operations import record_root_cause
from complaints.correspondence.delivery import STATUS_SALT
from complaints.correspondence.models import LetterChannel, Notice, NoticeKind
from complaints.enums import RestrictionKind, TaskKind
from complaints.intake.models import Draft
from complaints.models import Complaint, Opening, Task
from complaints.operations import break_glass, inform_member, restrict_complaint, share_case
from complaints.oversight.enums import RuleCode
from complaints.oversight.models import ReviewItem
from complaints.retention.models import ErasureList, Hold
from members.accounts.links import make_token
from members.accounts.models import ReviewedGrant, User
from members.accounts.signals import LinkKind
from members.actors import SYSTEM, Actor, Role
from members.disclosures.vocabulary import Way
from members.identifiers import new_id
from members.models import Member
from members.operations import create_team, open_access_review, record_absence
from members.registration_links import make_registration_token
from slas.models import Clock
from slas.queries import database_now
from tests.capa import cases
from tests.complaints import stages
from tests.files.kept import kept
from tests.intake.papers import picture
from tests.members.disclosures.agreed import LAW, agreed, sent
from tests.members.representing import recorded
from tests.people import actor_of, member, member_account, staff
from tests.slas.drafts import written

NOBODYS = "C-26-DMG7-L8JK"
NOTHING = UUID(int=1)
NAMED = {"reference": NOBODYS, "kind": "resolve", "cycle": 1, "name": "nothing", "code": "nothing", "token": "nothing"}
NAMED["form"] = "csv"


def of_nothing(kwargs: dict) -> dict:
    """Return the same kind of address where there is nothing."""
    return {key: NAMED.get(key, NOTHING) for key in kwargs}


@dataclass(frozen=True)
class Case:
    """A complaint that has everything a URL can name: a file, a letter, a notice, a task, a clock."""

    row: Complaint
    file_id: UUID
    notice_id: UUID
    task_id: UUID
    opening_id: UUID | None = None
    consent_id: UUID | None = None
    disclosure_id: UUID | None = None

    @property
    def marks(self) -> tuple[str, ...]:
        """What no page may hold for whom the complaint is not there."""
        ids = (self.row.pk, self.file_id, self.notice_id, self.task_id, self.opening_id or self.row.pk)
        return (self.row.reference, stages.opened(self.row, "complainant_name"), *map(str, ids))


def case(handler: Actor, *, name: str, by: stages.Insured | None = None, restricted: bool = False) -> Case:
    """Return a case; a restricted one has been opened by somebody by broken glass."""
    row = stages.lettered(handler, by=by, name=name, channel=LetterChannel.PORTAL)
    inform_member(actor=SYSTEM, at=stages.AT, complaint_id=row.pk, proof="email")
    row = stages.now(row)
    clock = Clock.objects.filter(matter_id=row.pk, kind="resolve").first()
    file = kept(complaint=row, preview=picture("JPEG"))
    notice = Notice(
        complaint=row,
        clock_id=clock.id,
        epoch=1,
        kind=NoticeKind.DELAY_LETTER,
        addressee="member",
        clause="7.8",
        channel=LetterChannel.PORTAL,
        media_type="application/pdf",
        content=asdict(stages.LETTER),
        file=b"%PDF",
        made_at=stages.AT,
        sent_at=stages.AT,
    )
    task = Task(
        matter_id=row.pk,
        complaint=row,
        reference=row.reference,
        kind=TaskKind.SEE_TO_DATE,
        detail={"title": "Answer"},
        cause=f"test:{row.pk}",
        role=Role.AGENT,
        opened_at=stages.AT,
    )
    for made in (notice, task):
        made.save()
    manager = cached("manager", Role.QUALITY_MANAGER)
    record_root_cause(actor=actor_of(manager), at=stages.AT, complaint_id=row.pk, cause="claim_coding")
    opening_id = None
    if restricted:
        opening_id = _restricted(row)
    shared = _shared(handler, row, by) if by else ()
    return Case(stages.now(row), file.pk, notice.pk, task.pk, opening_id, *shared)


def _shared(handler: Actor, row: Complaint, by: stages.Insured) -> tuple[UUID, UUID]:
    """Let a summary go to somebody whom the member has agreed to; return the keys of consent and disclosure."""
    at = database_now()
    consent = agreed(by.member, at=at)
    told = {"actor": handler, "at": at, "complaint_id": row.pk, "consent_id": consent.pk}
    [gone] = share_case(**told, item_ids=[row.pk], way=Way.POST, address="4 Main Street", key=new_id())
    return consent.pk, gone.pk


def cached(name: str, *roles: Role) -> User:
    """Return the one person of this name: hashing a password takes time."""
    return User.objects.filter(display_name=name).first() or staff(*roles, name=name)


def _restricted(row: Complaint) -> UUID:
    told = {"actor": actor_of(cached("boss", Role.LEAD)), "at": database_now(), "complaint_id": row.pk}
    restrict_complaint(**told, kind=RestrictionKind.VIP, reason="She is the mayor.")
    break_glass(actor=opener(), at=database_now(), reference=row.reference, reason="She is in the hospital.")
    return Opening.objects.unscoped("test").get(complaint=row).pk


def opener() -> Actor:
    """Return who breaks the glass."""
    return actor_of(cached("Opener", Role.AGENT))


def as_member(user: User) -> stages.Insured:
    """Make somebody of the staff a member too."""
    person = member(name="Own Name")
    person.user = user
    person.save(update_fields=["user"])
    return stages.Insured(person, actor_of(user))


DESK = frozenset(
    f"desk:{name}"
    for name in (
        "acknowledge", "add_evidence", "assess", "case", "close", "decide", "extend_date", "file", "file_preview",
        "inform", "investigate", "issue_letter", "letter", "letter_pdf", "lift_restriction", "meet_date", "message",
        "notice", "record_address", "restrict", "send_notice", "share", "share_on",
        "shared", "start_date", "stop_waiting", "take", "task_done",
        "wait_for_member", "why", "why_data", "write_note",
    )
) | {"quality:record_cause", "oversight:case", "oversight:take_case", "retention:place"}  # fmt: skip
OPENINGS = frozenset({"desk:opening", "desk:judge"})
MEMBERS = frozenset(
    f"member:{name}"
    for name in (
        "case", "file", "file_preview", "letter", "letter_pdf", "notice", "notice_pdf", "why", "why_data", "withdraw",
        "write",
    )
) | {"intake:done"}  # fmt: skip
"""URLs that name a complaint or a part of one: at work, as a privacy officer, and as a member."""

TRAILS = {of: {of: {}, f"take_{of}": {"form": "json"}} for of in ("member", "person")}
"""The trails of the audit that name no case, each as a page and as a file."""

TOKENS = frozenset({"accounts:registration", "accounts:reset", "public:status_of"})
"""URLs whose object is the address itself: whoever holds the token has it."""


def named_by(found: Case, parameters: set[str]) -> dict[str, object]:
    """Return the arguments of a URL that names this case."""
    known = {
        "reference": found.row.reference,
        "enclosure_id": found.file_id,
        "notice_id": found.notice_id,
        "task_id": found.task_id,
        "opening_id": found.opening_id or NOTHING,
        "consent_id": found.consent_id or NOTHING,
        "disclosure_id": found.disclosure_id or NOTHING,
        "kind": "resolve",
        "cycle": 1,
        "form": "csv",
    }
    return {name: known[name] for name in parameters}


def others() -> dict[str, dict[str, object]]:
    """Return the arguments of every other URL that names an object: what each of its audience may reach."""
    owner, guest = cached("boss", Role.LEAD), member()
    return {
        **_of_quality(owner),
        **_of_people(owner, guest),
        **_of_oversight(owner, guest),
        "intake:step": {"name": "who"},
        "accounts:registration": {"token": make_registration_token(guest.pk, at=database_now())},
        "accounts:reset": {"token": make_token(owner, LinkKind.RESET)},
        "public:status_of": {"token": TimestampSigner(salt=STATUS_SALT).sign(stages.received().pk.hex)},
    }


def _of_quality(owner: User) -> dict[str, dict[str, object]]:
    manager = actor_of(cached("manager", Role.QUALITY_MANAGER))
    capa: Capa = cases.opened(manager, owner.pk)
    action = cases.with_action(manager, capa, owner.pk)
    of_capa, of_action = {"reference": capa.reference}, {"reference": capa.reference, "action_id": action.pk}
    draft = {"draft_id": written(manager).pk}
    policy_acts = ("draft", "edit", "submit", "publish", "withdraw", "what_if", "what_if_csv")
    plan, step = ({"kind": kind, "cycle": 1} for kind in ("capa_plan", "capa_action"))
    return {
        "quality:cause": {"code": "claim_coding"},
        "quality:pack": {"name": "house"},
        **{f"quality:policy_{act}": draft for act in policy_acts},
        **{f"quality:capa{act}": of_capa for act in ("", "_action", "_hand_over", "_plan", "_verdict")},
        **{f"quality:capa_action_{act}": of_action for act in ("done", "hand_over")},
        **{f"quality:capa_{page}": of_capa | plan for page in ("why", "why_data")},
        **{f"quality:capa_action_{page}": of_action | step for page in ("why", "why_data")},
    }


PERSON_ACTS = (
    "person", "grant", "revoke", "disable", "enable", "ask_reset", "confirm_reset", "work", "join_team", "set_skills",
    "sign_out_everywhere",
)  # fmt: skip


def _of_people(owner: User, guest: Member) -> dict[str, dict[str, object]]:
    now, chief = database_now(), actor_of(cached("chief", Role.ADMINISTRATOR))
    open_access_review(at=now + timedelta(minutes=1))
    grant = ReviewedGrant.objects.first()
    team = create_team(actor=chief, at=now, name="North")
    days = {"first_on": now.date(), "last_on": now.date()}
    absence = record_absence(actor=chief, at=now, user_id=owner.pk, **days, stand_in_id=None)
    return {
        **{f"people:{act}": {"user_id": owner.pk} for act in PERSON_ACTS},
        **{f"people:{act}_team": {"team_id": team.pk} for act in ("lead", "rename", "end")},
        "people:end_absence": {"user_id": owner.pk, "absence_id": absence.pk},
        "people:review_csv": {"review_id": grant.review_id},
        "people:decide": {"reviewed_id": grant.pk},
        "people:withdraw_consent": {"consent_id": agreed(at=now).pk},
        "people:correct_disclosure": {"disclosure_id": sent(guest.pk, at=now, **LAW).pk},
        **{
            f"people:{act}_representation": {"representation_id": recorded(guest, at=now).pk}
            for act in ("confirm", "end")
        },
    }


def _of_oversight(owner: User, guest: Member) -> dict[str, dict[str, object]]:
    return {
        **{f"oversight:{act}": {"member_id": guest.pk} | form for act, form in TRAILS["member"].items()},
        **{f"oversight:{act}": {"user_id": owner.pk} | form for act, form in TRAILS["person"].items()},
        **{f"oversight:{act}": {"review_id": stood_out(owner).pk} for act in ("review", "judge_review")},
        **{f"retention:{act}": {"list_id": _asked(owner).pk} for act in ("list", "list_csv", "confirm")},
        **{f"retention:{act}": {"hold_id": _held(guest).pk} for act in ("hold", "release")},
    }


def stood_out(person: User) -> ReviewItem:
    """Return an item about somebody, which has waited so long that everybody who may answers for it."""
    return ReviewItem.objects.unscoped("test").get_or_create(
        rule=RuleCode.VOLUME,
        person=person,
        day=stages.AT.date(),
        defaults={"count": 99, "opened_at": stages.AT, "escalated_at": stages.AT},
    )[0]


def _asked(asker: User) -> ErasureList:
    row = ErasureList(asked_at=database_now(), asked_by=asker)
    row.save()
    return row


def _held(guest: Member) -> Hold:
    row = Hold(member=guest, reason="A lawsuit.", placed_at=stages.AT, placed_by=cached("boss", Role.LEAD))
    row.save()
    return row


def of_another() -> dict[str, dict[str, object]]:
    """Return the arguments of URLs that name what belongs to one account, which is nobody's before a browser."""
    return {
        "accounts:confirm_email": {"token": make_token(member_account(), LinkKind.NEW_EMAIL)},
        "accounts:remove_factor": {"factor_id": staff(Role.AGENT).totp_devices.get().pk},
        "accounts:stop_sharing": {"consent_id": agreed(at=database_now()).pk},
        "accounts:end_representation": {"representation_id": recorded(member(), at=database_now()).pk},
        "intake:file_preview": {"enclosure_id": _file_of_a_draft()},
    }


def _file_of_a_draft() -> UUID:
    draft = Draft(answers={}, started_at=stages.AT, saved_at=stages.AT)
    draft.save()
    return kept(draft_id=draft.pk, preview=picture("JPEG")).pk
