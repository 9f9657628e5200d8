"""From what somebody sent to what we keep."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from complaints.enums import FileState
from complaints.files.clamd import Verdict, check
from complaints.files.documents import clean_pdf
from complaints.files.kinds import PDF, FileRefused, recognised
from complaints.files.names import clean_name, name_as
from complaints.files.pictures import clean_picture


class FileHarmful(FileRefused):
    """The virus check found something; `signature` is its name for it."""

    def __init__(self, message: str, signature: str) -> None:
        super().__init__(message)
        self.signature = signature


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file as we keep it. `preview` is a small JPEG of a picture, None of a document."""

    name: str
    media_type: str
    content: bytes
    preview: bytes | None
    state: FileState


def taken(name: str, content: bytes) -> CleanFile:
    """Return the file checked for viruses and written anew by its own kind's parser, in memory only.

    The check is of what came in, before any parser of ours reads it. Where nobody can check now, the file waits in
    quarantine. Raises FileRefused with the cure, FileHarmful among it.
    """
    name = clean_name(name)
    media_type = recognised(name, content)
    found = check(content)
    if found.verdict is Verdict.HARMFUL:
        raise FileHarmful(_harmful(name), found.signature)
    state = FileState.CHECKING if found.verdict is Verdict.UNKNOWN else FileState.KEPT
    if media_type == PDF:
        return CleanFile(name, PDF, clean_pdf(name, content), None, state)
    picture = clean_picture(name, media_type, content)
    shown = name if picture.media_type == media_type else name_as(name, picture.media_type)
    return CleanFile(shown, picture.media_type, picture.content, picture.preview, state)


def _harmful(name: str) -> str:
    return _(
        "“%(name)s” was not taken: our virus check found something harmful in it. Make the file new, for example by"
        " taking a photo of the paper, and choose the new one."
    ) % {"name": name}
