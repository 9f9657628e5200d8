"""Whose portal this is: the words at the top and bottom of every page."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Brand:
    """The insurer as members know it. `phone` is shown as written, with its teletypewriter number."""

    insurer: str
    phone: str
    service: str = _("Complaints and appeals")

    @property
    def phone_link(self) -> str:
        """Return the number as a `tel:` address: digits only, what stands in brackets left out."""
        number = self.phone.partition("(")[0]
        return "tel:" + "".join(character for character in number if character.isdigit())


def branding(_request: HttpRequest) -> dict[str, Brand]:
    """Give every template `brand`."""
    return {"brand": Brand(insurer=settings.INSURER_NAME, phone=settings.INSURER_PHONE)}
