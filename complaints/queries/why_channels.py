"""What counts as receipt on each way in, and whether an obligation starts by itself there. Receipt is not entry."""

from collections.abc import Mapping
from types import MappingProxyType

from complaints.enums import Channel
from complaints.obligations import RECEIVED
from slas.policy import Policy

AT_ONCE = frozenset({Channel.PORTAL, Channel.CHAT})
"""Where the complainant enters it: it is entered the moment that it is received."""
RECEIPT: Mapping[Channel, str] = MappingProxyType(
    {
        Channel.PORTAL: "It is received when the member presses Send. Receipt and entry are one moment.",
        Channel.CHAT: "It is received when the member says it in the chat. Receipt and entry are one moment.",
        Channel.PHONE: "It is received when the member says it on the phone, not when somebody writes it down.",
        Channel.EMAIL: "It is received when the e-mail arrives, not when somebody reads or enters it.",
        Channel.MAIL: "It is received when the letter arrives, not when somebody opens or enters it.",
        Channel.IN_PERSON: "It is received when the member says it, not when somebody writes it down.",
        Channel.DELEGATED_ENTITY: "Count from the receipt that the delegated entity reports, not from its entry here.",
        Channel.REGULATOR: (
            "It is received when the inquiry arrives. The regulator is the complainant then, and a complaint of the "
            "member's own keeps its own clocks."
        ),
    }
)
INQUIRY = "inquiry"


def receipt_words(channel: Channel) -> str:
    """Return what counts as receipt."""
    return RECEIPT[channel]


def binding_words(channel: Channel, policy: Policy) -> str:
    """Return whether the obligation starts by itself for what comes in that way."""
    if policy.starts_on not in RECEIVED:
        return f"This limit counts from “{policy.starts_on}”, so the channel has no say in it."
    if not policy.legal:
        return "House policy holds for every channel alike."
    if not policy.applies_to:
        return "Nothing starts this clock by itself. Whoever knows that it is owed starts it on the case."
    is_for_inquiries = INQUIRY in policy.applies_to.get("kinds", ())
    if is_for_inquiries != (channel is Channel.REGULATOR):
        whose = "inquiries of a regulator" if is_for_inquiries else "complaints of members"
        return f"This obligation is for {whose}: by this channel it does not start by itself."
    return "By this channel it starts by itself where the pack applies. The channel does not change how it is counted."
