"""Writing the index: in the act that writes the words, and anew where it was made otherwise."""

from uuid import UUID

from django.conf import settings

from complaints.models import Complaint
from complaints.search.models import IndexedText
from complaints.search.texts import Text, complaint_of, words_of
from complaints.search.tokens import (
    EDITION,
    WITHOUT_WORDS,
    address_token,
    email_token,
    member_number_token,
    number_tokens,
    phone_token,
    word_tokens,
)
from complaints.search.words import numbers_in
from members.acts import Act


def edition() -> int:
    """Return the edition that is made now."""
    return EDITION if settings.KEYWORD_SEARCH else WITHOUT_WORDS


def index_text(this: Act, text: Text) -> None:
    """Let a new text be found, in the act that writes it, while its words are still in clear."""
    this.add(indexed(text))


def index_address(this: Act, complaint_id: UUID, postal_address: str) -> None:
    """Let a complaint be known by another address, in the act that records it."""
    for row in this.lock_all(IndexedText, [complaint_id]).values():
        this.change(row, address=address_token(postal_address))


def indexed(text: Text) -> IndexedText:
    """Return the row of the index for a text. The text opens, unless it is new."""
    words = words_of(text)
    tokens = number_tokens(numbers_in(words))
    if isinstance(text, Complaint):
        tokens |= _given(text)
    return IndexedText(
        id=text.pk,
        complaint_id=complaint_of(text),
        words=word_tokens(words) if settings.KEYWORD_SEARCH else [],
        identifiers=sorted(tokens),
        address=address_token(text.postal_address or "") if isinstance(text, Complaint) else None,
        edition=edition(),
    )


def forget_words(complaint_id: UUID) -> None:
    """Delete all tokens of a complaint whose words are erased: nothing of it can be found any more."""
    IndexedText.objects.unscoped("its words are erased").filter(complaint_id=complaint_id).delete()


def _given(complaint: Complaint) -> set[UUID]:
    """Return the tokens of the contacts and the member number that the complainant gave."""
    tokens = set()
    if complaint.complainant_email:
        tokens.add(email_token(complaint.complainant_email))
    if complaint.complainant_phone and (token := phone_token(complaint.complainant_phone)):
        tokens.add(token)
    if complaint.member_number:
        tokens.add(member_number_token(complaint.member_number))
    return tokens
