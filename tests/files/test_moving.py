"""Files from before there was a store come into it, cleaned like new ones; none is lost on the way."""

import pytest
from django.db import IntegrityError

from complaints.enums import FileState
from complaints.files.moving import move_files, waiting
from complaints.files.store import read_whole
from complaints.intake.models import Draft
from complaints.models import Enclosure
from members.actors import SYSTEM
from members.privacy.access import phi_access
from members.privacy.file_storage import object_name, put_object, stored_objects
from tests import people
from tests.files.clamav import EICAR
from tests.files.test_pictures import telling
from tests.intake.papers import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def old(content: bytes, name: str = "bill.pdf", media_type: str = "application/pdf") -> Enclosure:
    row = Enclosure(
        draft_id=Draft().pk, name=name, media_type=media_type, size=len(content), content=content, added_at=people.AT
    )
    row.save()
    return row


def moved(row: Enclosure) -> tuple[str, bytes]:
    found = Enclosure.objects.unscoped("test").get(pk=row.pk)
    assert found.__dict__["content"] is None
    with phi_access(actor=SYSTEM, purpose="test", at=people.AT):
        return found.name, read_whole(found)


def move() -> int:
    return len(list(move_files(at=people.AT)))


def test_old_files_are_cleaned_and_moved_once():
    paper, photo = old(PDF), old(telling(), "photo.jpg", "image/jpeg")
    assert waiting() == 2
    assert (move(), move(), waiting()) == (2, 0, 0)
    assert moved(paper)[1].startswith(b"%PDF")
    assert b"Telltale" not in moved(photo)[1]
    assert Enclosure.objects.unscoped("test").filter(preview__isnull=False).get().pk == photo.pk
    assert len(list(stored_objects())) == 2


def test_what_our_parsers_cannot_read_today_is_kept_as_it_is():
    row = old(b"%PDF-1.7 from long ago")
    move()
    assert moved(row) == ("bill.pdf", b"%PDF-1.7 from long ago")


def test_what_the_virus_check_finds_waits_in_quarantine(checked):  # noqa: ARG001
    old(b"%PDF-1.7" + EICAR)
    move()
    assert Enclosure.objects.unscoped("test").get().state == FileState.CHECKING


def test_a_run_that_was_killed_is_taken_up_again():
    row = old(PDF)
    put_object(object_name(row.pk), b"what the killed one has left")
    assert move() == 1
    assert moved(row)[1].startswith(b"%PDF")


def test_until_it_is_moved_an_old_file_is_not_served():
    assert not old(PDF).is_served


def test_no_row_holds_its_file_twice_or_not_at_all():
    with pytest.raises(IntegrityError):
        Enclosure(draft_id=Draft().pk, name="a", media_type="application/pdf", size=1, added_at=people.AT).save()
