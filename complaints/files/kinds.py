"""Which files can be taken. What a file is follows from its content; its name proves nothing."""

from types import MappingProxyType

import filetype
from django.conf import settings
from django.utils.translation import gettext as _

MOST_FILES = 20
PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
ENDINGS = MappingProxyType({PDF: ("pdf",), JPEG: ("jpg", "jpeg"), PNG: ("png",)})
"""The types we keep, with the endings that fit them; the first is what a download gets."""
TAKEN = frozenset({*ENDINGS, HEIC})
MEGABYTE = 1024**2


class FileRefused(ValueError):
    """The file cannot be taken; the message says what to do."""


def recognised(name: str, content: bytes) -> str:
    """Return the type of a file that may be taken, by its first bytes. Raises FileRefused with the cure."""
    if not content:
        raise FileRefused(_("“%(name)s” is empty. Check the file and choose it again.") % {"name": name})
    if len(content) > settings.MAX_UPLOAD_BYTES:
        raise FileRefused(
            _("“%(name)s” is larger than %(limit)s MB. Choose a smaller file, or send it to us by mail.")
            % {"name": name, "limit": settings.MAX_UPLOAD_BYTES // MEGABYTE}
        )
    found = filetype.guess(content)
    if found is None or found.mime not in TAKEN:
        raise FileRefused(
            _(
                "“%(name)s” is not a PDF file or a photo (JPG, PNG or HEIC). Save or print it as a PDF and choose that"
                " file."
            )
            % {"name": name}
        )
    return found.mime


def damaged(name: str) -> FileRefused:
    """Return the refusal of a file that cannot be read to its end."""
    return FileRefused(
        _("“%(name)s” seems to be damaged or incomplete. Open it to check, save it again and choose the new file.")
        % {"name": name}
    )


def too_many(name: str) -> FileRefused:
    """Return the refusal of a file for which there is no room."""
    return FileRefused(
        _("“%(name)s” was not added: you can send %(most)s files. Remove one to make room.")
        % {"name": name, "most": MOST_FILES}
    )


def too_much(name: str) -> FileRefused:
    """Return the refusal of a file that is too large beside the others."""
    return FileRefused(
        _(
            "“%(name)s” was not added: all files together can have %(limit)s MB. Remove one to make room, or send it to"
            " us by mail."
        )
        % {"name": name, "limit": settings.MAX_COMPLAINT_BYTES // MEGABYTE}
    )


def too_large_together() -> str:
    """Return what to say when so much was sent at once that none of it was read."""
    return _("The files are too large to send together. Add them one at a time; each can be up to %(limit)s MB.") % {
        "limit": settings.MAX_UPLOAD_BYTES // MEGABYTE
    }


def not_stored(name: str) -> str:
    """Return what to say when the store cannot take a file that is right."""
    return _(
        "We could not keep “%(name)s” just now. That is our fault, not yours. Try again in some minutes, or go on"
        " without it and send it later."
    ) % {"name": name}
