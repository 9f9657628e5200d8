"""The sealed texts that can be searched, and where they are shown. What is not named here is not searched.

Left out: contacts and addresses (found as a whole, by their tokens), names (with a birth date only), reasons that few
may read, letters and decisions, which repeat the rest.
"""

from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from complaints.correspondence.models import Message
from complaints.models import Complaint, Note

Text: TypeAlias = Complaint | Note | Message

SEARCHED: MappingProxyType[type[Text], tuple[str, ...]] = MappingProxyType(
    {Complaint: ("narrative", "desired_outcome"), Note: ("body",), Message: ("body",)}
)
PLACES: MappingProxyType[type[Text], str] = MappingProxyType(
    {Complaint: "the complaint", Note: "a note", Message: "a message"}
)


def words_of(text: Text) -> str:
    """Return the words of a text; they open, unless the text is new and still in clear."""
    return "\n".join(getattr(text, name) or "" for name in SEARCHED[type(text)])


def complaint_of(text: Text) -> UUID:
    """Return the complaint that a text belongs to."""
    return text.pk if isinstance(text, Complaint) else text.complaint_id
