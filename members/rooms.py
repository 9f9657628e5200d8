"""The rooms of the workbench, in areas, and which of them a page lies in."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Room:
    """A page that the top bar leads to. Pages whose URL names begin with one of `holds` lie in it, too."""

    url_name: str
    label: str | Promise
    holds: tuple[str, ...] = ()

    def closeness(self, view_name: str) -> int:
        """Return how closely this room names a page; 0, not at all."""
        return max((len(way) for way in (self.url_name, *self.holds) if view_name.startswith(way)), default=0)


@dataclass(frozen=True, slots=True)
class Area:
    """Rooms that belong together; the top bar names the area and leads to its first room."""

    label: str | Promise
    rooms: tuple[Room, ...]

    @property
    def name(self) -> str | Promise:
        """Return the label; of an area with one room only, that room's."""
        return self.label if len(self.rooms) > 1 else self.rooms[0].label


def room_of(view_name: str, rooms: Iterable[Room]) -> Room | None:
    """Return the room that names a page most closely, for one room holds the whole desk; None if none does."""
    closest = max(rooms, key=lambda room: room.closeness(view_name), default=None)
    return closest if closest and closest.closeness(view_name) else None
