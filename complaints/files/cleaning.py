"""From what somebody sent to what we keep."""

from dataclasses import dataclass

from complaints.files.documents import clean_pdf
from complaints.files.kinds import PDF, recognised
from complaints.files.names import clean_name, name_as
from complaints.files.pictures import clean_picture


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file as we keep it. `preview` is a small JPEG of a picture, None of a document."""

    name: str
    media_type: str
    content: bytes
    preview: bytes | None = None


def cleaned(name: str, content: bytes) -> CleanFile:
    """Return the file written anew by its own kind's parser, in memory only. Raises FileRefused with the cure."""
    name = clean_name(name)
    media_type = recognised(name, content)
    if media_type == PDF:
        return CleanFile(name, PDF, clean_pdf(name, content))
    picture = clean_picture(name, media_type, content)
    return CleanFile(
        name_as(name, picture.media_type) if picture.media_type != media_type else name,
        picture.media_type,
        picture.content,
        picture.preview,
    )
