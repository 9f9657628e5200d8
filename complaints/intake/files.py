"""Which files can be taken. What a file is follows from its content; its name proves nothing."""

import filetype
from django.conf import settings
from django.utils.translation import gettext as _

from complaints.intake.structure import is_whole

MOST_FILES = 5
MEDIA_TYPES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
"""The types we take, with the ending that a download of them gets."""


class FileRefused(ValueError):
    """The file cannot be taken; the message says what to do."""


def sniff_media_type(name: str, content: bytes) -> str:
    """Return the media type of a file that can be taken. Raises FileRefused with the cure."""
    if not content:
        raise FileRefused(_("“%(name)s” is empty. Check the file and choose it again.") % {"name": name})
    if len(content) > settings.MAX_UPLOAD_BYTES:
        raise FileRefused(
            _("“%(name)s” is larger than %(limit)s MB. Choose a smaller file, or send it to us by mail.")
            % {"name": name, "limit": settings.MAX_UPLOAD_BYTES // 1024**2}
        )
    found = filetype.guess(content)
    if found is None or found.mime not in MEDIA_TYPES:
        raise FileRefused(
            _("“%(name)s” is not a PDF, JPG or PNG file. Save it as one of these and choose it again.") % {"name": name}
        )
    if not is_whole(found.mime, content):
        raise FileRefused(
            _("“%(name)s” seems to be damaged or incomplete. Open it to check, save it again and choose the new file.")
            % {"name": name}
        )
    return found.mime


def too_many_files(name: str) -> FileRefused:
    """Return the refusal of a file for which there is no room."""
    return FileRefused(
        _("“%(name)s” was not added: you can send %(most)s files. Remove one to make room.")
        % {"name": name, "most": MOST_FILES}
    )


def too_large_together() -> str:
    """Return what to say when so much was sent at once that none of it was read."""
    return _("The files are too large to send together. Add them one at a time; each can be up to %(limit)s MB.") % {
        "limit": settings.MAX_UPLOAD_BYTES // 1024**2
    }


def download_name(name: str, media_type: str) -> str:
    """Return the name for saving a file again: with the ending of what it is, whatever it was called."""
    stem, _dot, ending = name.rpartition(".")
    right = MEDIA_TYPES.get(media_type, "bin")
    same = ending.lower() in ({"jpg", "jpeg"} if right == "jpg" else {right})
    return name if stem and same else f"{name}.{right}"
