"""The codes of complaints handling. Labels are shown to people; codes are stored and never change their meaning."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """The last finished milestone of a complaint."""

    RECEIVED = "received", _("Received")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ASSESSED = "assessed", _("Assessed")
    INVESTIGATED = "investigated", _("Investigated")
    DECIDED = "decided", _("Decided")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN_STATES = frozenset(State) - {State.CLOSED, State.WITHDRAWN}


class Channel(TextChoices):
    """How a complaint came in."""

    PORTAL = "portal", _("Online form")
    PHONE = "phone", _("Phone")
    CHAT = "chat", _("Chat")
    EMAIL = "email", _("E-mail")
    MAIL = "mail", _("Mail")
    IN_PERSON = "in_person", _("In person")
    DELEGATED_ENTITY = "delegated_entity", _("Delegated entity")
    REGULATOR = "regulator", _("Regulator")


class Track(TextChoices):
    """Which clocks a complaint has."""

    STANDARD = "standard", _("Standard")
    COMPLEX = "complex", _("Complex")
    EXPEDITED = "expedited", _("Expedited")
    APPEAL = "appeal", _("Appeal")


class Priority(IntegerChoices):
    """How far up the queue a complaint stands among those due at the same time."""

    NORMAL = 0, _("Normal")
    HIGH = 1, _("High")
    URGENT = 2, _("Urgent")


class Topic(TextChoices):
    """What a complaint is about, in the member's words."""

    CLAIM_DENIED = "claim_denied", _("A claim was denied or not paid in full")
    CLAIM_DELAYED = "claim_delayed", _("A claim is taking too long")
    BILL = "bill", _("A bill, premium or refund")
    AUTHORIZATION = "authorization", _("Approval for care or medicine")
    ACCESS = "access", _("Finding or seeing a doctor")
    ENROLLMENT = "enrollment", _("My coverage or ID card")
    SERVICE = "service", _("How I was treated")
    PRIVACY = "privacy", _("My private information")
    OTHER = "other", _("Something else")


class Relationship(TextChoices):
    """Who the complainant is to the member."""

    SELF = "self", _("I am the member")
    REPRESENTATIVE = "representative", _("I act for the member")
    PROVIDER = "provider", _("I am the member’s doctor or provider")


class LineOfBusiness(TextChoices):
    """The kind of coverage; results are reported by it."""

    INDIVIDUAL = "individual", _("Individual")
    GROUP = "group", _("Group")
    STUDENT = "student", _("Student")
    MEDICARE_ADVANTAGE = "medicare_advantage", _("Medicare Advantage")
    PART_D = "part_d", _("Medicare drug plan (Part D)")
    DUAL_SPECIAL_NEEDS = "dual_special_needs", _("Medicare and Medicaid special needs plan")
    MEDICAID = "medicaid", _("Medicaid")
    UNKNOWN = "unknown", _("Not known")


class Language(TextChoices):
    """The languages members can ask us to use, each by its own name."""

    EN = "en", "English"
    ES = "es", "Español"
    ZH = "zh-hans", "简体中文"
    VI = "vi", "Tiếng Việt"
    AR = "ar", "العربية"
    KO = "ko", "한국어"
    RU = "ru", "Русский"
    HT = "ht", "Kreyòl ayisyen"
    TL = "tl", "Tagalog"
    PT = "pt", "Português"


class Level(TextChoices):
    """A grade on an axis of the initial assessment."""

    LOW = "low", _("Low")
    MODERATE = "moderate", _("Moderate")
    HIGH = "high", _("High")


class Outcome(TextChoices):
    """What was decided."""

    UPHELD = "upheld", _("Upheld")
    PARTLY_UPHELD = "partly_upheld", _("Partly upheld")
    NOT_UPHELD = "not_upheld", _("Not upheld")
    NO_FINDING = "no_finding", _("No finding recorded")


class RemedyKind(TextChoices):
    """What makes it right."""

    EXPLANATION = "explanation", _("Explanation")
    APOLOGY = "apology", _("Apology")
    CLAIM_PAID = "claim_paid", _("Claim paid")
    COVERAGE_GRANTED = "coverage_granted", _("Coverage granted")
    REFUND = "refund", _("Refund")
    RECORD_CORRECTED = "record_corrected", _("Record corrected")
    OTHER = "other", _("Other remedy")
    NONE = "none", _("No remedy")


class EvidenceSource(TextChoices):
    """Where a piece of evidence comes from."""

    MEMBER = "member", _("Member")
    PROVIDER = "provider", _("Provider")
    CLAIMS_SYSTEM = "claims_system", _("Claims system")
    CALL_RECORDING = "call_recording", _("Call recording")
    MEDICAL_RECORD = "medical_record", _("Medical record")
    PLAN_DOCUMENT = "plan_document", _("Plan document")
    OTHER = "other", _("Other")


class NoteKind(TextChoices):
    """What a note on a case holds."""

    NOTE = "note", _("Note")
    FINDING = "finding", _("Finding")


class Audience(TextChoices):
    """Who sees a timeline entry."""

    EVERYONE = "everyone", _("Member and staff")
    STAFF = "staff", _("Staff only")


class TimelineCode(TextChoices):
    """What can happen to a complaint, as a sentence for its timeline."""

    SUBMITTED = "submitted", _("We received the complaint")
    ACKNOWLEDGED = "acknowledged", _("We confirmed that we have the complaint")
    TAKEN = "taken", _("A case handler took the complaint")
    ASSESSED = "assessed", _("We looked at how urgent and how complex it is")
    EVIDENCE_ADDED = "evidence_added", _("Evidence was added")
    NOTE_ADDED = "note_added", _("A note was added")
    INVESTIGATED = "investigated", _("We finished looking into it")
    DECIDED = "decided", _("We made a decision")
    LETTER_ISSUED = "letter_issued", _("The decision letter was written")
    LETTER_SENT = "letter_sent", _("We sent the decision letter")
    MESSAGE_RECEIVED = "message_received", _("The member wrote to us")
    MESSAGE_SENT = "message_sent", _("We wrote to the member")
    CLOSED = "closed", _("The complaint was closed")
    WITHDRAWN = "withdrawn", _("The complaint was withdrawn")
    CLOCK_WARNED = "clock_warned", _("A due date is near")
    CLOCK_BREACHED = "clock_breached", _("A due date was missed")
    NOTICE_MADE = "notice_made", _("A notice that the law asks for was made")
    NOTICE_SENT = "notice_sent", _("We sent a letter about the date of our answer")
    NOTICE_PASSED_ON = "notice_passed_on", _("A notice was passed on to its addressee")
    NOTICE_FAILED = "notice_failed", _("A notice that the law asks for could not be made")
    NOTICE_RETRIED = "notice_retried", _("We try to make a notice again that the law asks for")
    DATE_EXTENDED = "date_extended", _("We moved the date of our answer")
    DATE_STARTED = "date_started", _("A date that a law sets was started")
    DATE_MET = "date_met", _("What a law asks for was recorded as done")
    CLOCK_PAUSED = "clock_paused", _("We wait for the member’s answer")
    CLOCK_RESUMED = "clock_resumed", _("We go on: the wait is over")
    PRIORITY_RAISED = "priority_raised", _("The priority was raised")
    REASSIGNED = "reassigned", _("Another case handler has the complaint now")
    TASK_OPENED = "task_opened", _("A task was opened")
    TASK_DONE = "task_done", _("A task was done")
    SEND_FAILED = "send_failed", _("A message could not be delivered")
    SEND_RETRIED = "send_retried", _("We try to deliver a message again")
    SEND_ARRIVED = "send_arrived", _("A message was delivered after all")
    ADDRESS_RECORDED = "address_recorded", _("The postal address was recorded")
    ROOT_CAUSE_RECORDED = "root_cause_recorded", _("A root cause was recorded")
    CAPA_OPENED = "capa_opened", _("A CAPA was opened for it")
    RESTRICTED = "restricted", _("The complaint was restricted")
    RESTRICTION_LIFTED = "restriction_lifted", _("The restriction was lifted")
    GLASS_BROKEN = "glass_broken", _("Somebody opened the restricted complaint")
    FILE_REMOVED = "file_removed", _("We removed a file: our virus check found something harmful in it")


class FileState(TextChoices):
    """Whether a file that somebody sent may be opened."""

    KEPT = "kept", _("Kept")
    CHECKING = "checking", _("Being checked")
    REMOVED = "removed", _("Removed")


class RestrictionKind(TextChoices):
    """Why few may see a complaint."""

    COLLEAGUE = "colleague", _("It is about a colleague")
    VIP = "vip", _("Somebody well known complains")
    SENSITIVE_CARE = "sensitive_care", _("It is about sensitive care")


class TaskKind(TextChoices):
    """What a task asks for."""

    SEE_TO_DATE = "see_to_date", _("See to it that this is done")
    SEND_NOTICE = "send_notice", _("Send what the law asks for on its way")
    WRITE_NOTICE = "write_notice", _("Write by hand what the law asks for, for it could not be made")
    REACH_COMPLAINANT = "reach_complainant", _("Reach the complainant another way")
    REACH_COLLEAGUE = "reach_colleague", _("Tell a colleague whom no e-mail reaches")
