"""What sealed values are opened for: the one vocabulary of the audit trail's purposes.

The trail keeps the words for ever, and so does who looks over it: a purpose that is here no more stays what it was.
"""

from enum import Enum, StrEnum, auto
from typing import Self


class Place(Enum):
    """Where it happens, which tells what an opening means."""

    OWN = auto()
    """A page of somebody's own record, draft or account. Who works here may be a member too."""
    LIST = auto()
    """A line or two of many rows, which everybody sees who looks at the list."""
    SEARCH = auto()
    """The page of hits of a search."""
    WORK = auto()
    """A page about one case, person or record; or a program at its work."""


class Purpose(StrEnum):
    """What a value is opened for, in the words of the trail, and where."""

    place: Place

    def __new__(cls, words: str, place: Place) -> Self:
        """Make a purpose of its words."""
        purpose = str.__new__(cls, words)
        purpose._value_ = words
        purpose.place = place
        return purpose

    OWN_COMPLAINT = "read own complaint", Place.OWN
    OWN_SHARING = "show who got data", Place.OWN
    OWN_CONSENTS = "show who may get data", Place.OWN
    OWN_CHOICE = "choose for whom", Place.OWN
    OWN_REPRESENTATIVES = "show the own representatives", Place.OWN
    FILL_IN = "fill in the form", Place.OWN
    SAVE_DRAFT = "save draft", Place.OWN
    SEND_DRAFT = "send draft", Place.OWN
    OPEN_ACCOUNT = "open the own account", Place.OWN
    OWN_ADDRESS = "show the own address", Place.OWN
    CHANGE_ADDRESS = "change the address", Place.OWN
    JUDGE_PASSWORD = "judge a new password", Place.OWN
    ENROL = "show the key to enrol", Place.OWN
    CHECK_CODE = "check a code", Place.OWN

    QUEUE = "work the queue", Place.LIST
    QUEUE_EXPORT = "export the queue", Place.LIST
    OPENINGS = "list openings", Place.LIST
    CAPAS = "list CAPAs", Place.LIST
    REPRESENTATIVES = "show who acts for members", Place.LIST

    SEARCH = "search", Place.SEARCH

    CASE = "work the case", Place.WORK
    LETTER = "decision letter", Place.WORK
    REVIEW_FILE = "export the review file", Place.WORK
    ROOT_CAUSE = "root cause analysis", Place.WORK
    CAPA = "read CAPA", Place.WORK
    REVIEW_OPENING = "review an opening", Place.WORK
    REVIEW_ITEM = "review what stood out", Place.WORK
    TRAIL = "look who saw a member", Place.WORK
    ACCOUNT_OF_DISCLOSURES = "account for disclosures", Place.WORK
    SEND_ON_CONSENT = "send on a consent", Place.WORK
    HAND_OUT = "export what goes on a consent", Place.WORK
    HOLDS = "look after legal holds", Place.WORK
    ACCOUNTS = "administer accounts", Place.WORK

    NOTICES = "make what the law asks for", Place.WORK
    DELIVERY = "delivery", Place.WORK
    ACCOUNT_MAIL = "address mail about an account", Place.WORK
    BIND_LINK = "bind a link to its address", Place.WORK
    INDEX = "index words", Place.WORK
    MOVE_FILES = "move files into the store", Place.WORK
    VIRUS_CHECK = "check for viruses", Place.WORK


def purposes_of(*places: Place) -> tuple[str, ...]:
    """Return the words of all purposes of these places."""
    return tuple(purpose.value for purpose in Purpose if purpose.place in places)
