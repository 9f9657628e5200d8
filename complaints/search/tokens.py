"""The tokens by which sealed words and numbers are found: 16 bytes of HMAC-SHA256, each kind under its own key."""

from collections.abc import Iterable
from uuid import UUID

from complaints.search.words import rare_words
from members.privacy.address_form import address_form
from members.privacy.blind_index import blind_token
from members.privacy.normal_forms import folded, number_form, phone_form

EDITION = 1
"""Of how text falls into words. A change here makes the nightly task, or `index_words`, do every text anew."""
WITHOUT_WORDS = 0
"""The edition of what was indexed while keyword search is off: identifiers, and no word."""
NOT_DONE = -1
"""The edition of a text that was there before its index."""


def word_token(word: str) -> UUID:
    """Return the token of a word in its one form."""
    return blind_token("complaints.search.word", word)


def word_tokens(text: str) -> list[UUID]:
    """Return the tokens of the rare words of a text, each once, in their own order and not in the text's."""
    return sorted(map(word_token, rare_words(text)))


def email_token(email: str) -> UUID:
    """Return the token of a complainant's e-mail address."""
    return blind_token("complaints.complaint.email", folded(email.strip()))


def phone_token(phone: str) -> UUID | None:
    """Return the token of a complainant's phone, None for what is no phone number."""
    form = phone_form(phone)
    return blind_token("complaints.complaint.phone", form) if form else None


def member_number_token(number: str) -> UUID:
    """Return the token of a member number as a complainant gave it."""
    return blind_token("complaints.complaint.member_number", number_form(number))


def address_token(address: str) -> UUID | None:
    """Return the token of a complainant's postal address, None for what is no whole address."""
    form = address_form(address)
    return blind_token("complaints.complaint.address", form) if form else None


def number_tokens(numbers: Iterable[str]) -> set[UUID]:
    """Return the tokens of numbers that stand in a text, claim numbers among them, in their one form."""
    return {blind_token("complaints.search.number", number) for number in numbers}
