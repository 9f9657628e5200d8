"""Where sealed files lie: an object for each, always ciphertext, in a folder or a bucket (STORAGES["sealed_files"])."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages

from members.privacy.file_stream import PIECE_BYTES

FOLDER_SIGNS = 5
"""So many hexadecimal signs of a UUIDv7 are its time: one folder holds the files of three days."""


class SealedFolder(FileSystemStorage):
    """A local folder for its owner alone. An object is there whole or not at all, whenever the power fails."""

    @property
    def base_location(self) -> Path:
        """Where the files are; there is no address under which anybody could fetch them."""
        return settings.FILES_FOLDER

    @property
    def location(self) -> str:
        """The same as an absolute path."""
        return os.path.abspath(self.base_location)  # noqa: PTH100 -- as Django does: links are not followed

    def _save(self, name: str, content: File) -> str:
        """Write beside the place, then move there. Raises OSError, and leaves nothing behind."""
        place = Path(self.path(name))
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = place.with_name(f".{place.name}.{uuid4().hex}")
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for piece in content.chunks(PIECE_BYTES):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            partial.rename(place)
            _sync_folder(place.parent)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return name


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object in the store, under its name."""

    name: str

    def pieces(self) -> Iterator[bytes]:
        """Yield its ciphertext. Raises OSError; FileNotFoundError once it is gone."""
        with sealed_files().open(self.name) as file:
            while piece := file.read(PIECE_BYTES):
                yield piece


def sealed_files() -> Storage:
    """Return the store."""
    return storages["sealed_files"]


def object_name(file_id: UUID) -> str:
    """Return the name of the object that belongs to a row."""
    return f"{file_id.hex[:FOLDER_SIGNS]}/{file_id.hex}"


def put_object(name: str, sealed: bytes) -> None:
    """Write an object whole. Raises OSError, and then there is none; FileExistsError if the name is taken."""
    written = sealed_files().save(name, ContentFile(sealed))
    if written != name:
        sealed_files().delete(written)
        raise FileExistsError(name)


def stored_folders() -> list[str]:
    """Return the folders of the store, oldest first. Raises OSError."""
    try:
        return sorted(sealed_files().listdir("")[0])
    except FileNotFoundError:
        return []  # nothing was ever kept


def stored_objects(folder: str | None = None) -> Iterator[StoredObject]:
    """Yield every object of the store, or of one folder of it, in the order of their rows' keys. Raises OSError.

    What is being written at this moment is not among them.
    """
    for each in stored_folders() if folder is None else [folder]:
        for name in sorted(sealed_files().listdir(each)[1]):
            if not name.startswith("."):
                yield StoredObject(f"{each}/{name}")


def _sync_folder(folder: Path) -> None:
    """Make sure that the folder's entry outlives a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
