"""Files on a complaint of the scene, one in each state that a page can show."""

from datetime import datetime

from complaints.enums import FileState
from complaints.files.cleaning import taken
from complaints.models import Complaint, Enclosure
from complaints.reference import read_reference
from tests.files.kept import kept
from tests.intake.papers import PDF, picture


def lay_files(reference: str, *, at: datetime) -> None:
    """Add a photo, a document that is being checked, and one that was removed."""
    complaint = Complaint.objects.unscoped("scene").get(reference=read_reference(reference))
    photo = taken("photo of the bill.jpg", picture("JPEG", (400, 300)))
    told = {"complaint": complaint, "added_at": at}
    kept(photo.content, name=photo.name, media_type=photo.media_type, preview=photo.preview, **told)
    kept(PDF, name="letter.pdf", state=FileState.CHECKING, **told)
    gone = Enclosure(name="form.pdf", media_type="application/pdf", size=1, state=FileState.REMOVED, **told)
    gone.save()
