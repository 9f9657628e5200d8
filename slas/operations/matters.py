"""Opening what owes somebody an answer."""

from members.acts import Act
from slas.models import Matter


def open_matter(*, this: Act, kind: str, time_zone: str, language: str) -> Matter:
    """Return a new matter. Its key is the key of the complaint, CAPA or whatever else it stands for."""
    matter = Matter(kind=kind, time_zone=time_zone, language=language)
    this.add(matter)
    return matter
