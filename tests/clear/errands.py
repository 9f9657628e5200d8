"""What people type at the cases of the scene: whatever the journey of one complaint does not come by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.clear.people import Typist

CASE, OPENING, REVIEW = "/desk/cases", "/desk/restricted/openings/{opening}/", "/oversight/reviews/{review}/"
LONG_AGO = "2026-01-05 10:00"


@dataclass(frozen=True)
class Errand:
    """A form, and who types into it. `path` names what the scene made in braces; `at` is the page that shows it.

    What is typed into a `refused` one never passes: a word of ours is no password.
    """

    who: str
    path: str
    at: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    refused: bool = False


ERRANDS = (
    Errand("nobody", "/en/account/reset/{new_password}/", refused=True),
    Errand("agent", f"{CASE}/{{letter_sent}}/message/"),
    Errand("agent", f"{CASE}/{{unreachable}}/receipt/"),
    Errand("agent", f"{CASE}/{{bound}}/wait/"),
    Errand("agent", "/desk/restricted/open/", given={"reference": "{restricted}"}),
    Errand("lead", f"{CASE}/{{bound}}/later/", given={"days": "3"}),
    Errand("lead", f"{CASE}/{{bound}}/start-date/", given={"moment": LONG_AGO, "days": ""}),
    Errand("lead", f"{CASE}/{{bound}}/date-done/", given={"moment": LONG_AGO}),
    Errand("lead", f"{CASE}/{{taken}}/restrict/"),
    Errand("lead", f"{CASE}/{{restricted}}/lift/"),
    Errand("lead", f"{CASE}/{{letter_sent}}/share/{{consent}}/"),
    Errand("privacy_officer", f"{OPENING}answer/", at=OPENING),
    Errand("privacy_officer", f"{REVIEW}answer/", at=REVIEW),
    Errand("privacy_officer", "/people/disclosures/{disclosure}/mistake/"),
    Errand("quality_manager", "/quality/capa/{capa_done}/verdict/"),
)


def run(people: Mapping[str, Typist], scene: Mapping[str, str]) -> None:
    """Let everybody run theirs."""
    for errand in ERRANDS:
        person, path = people[errand.who], errand.path.format(**scene)
        if errand.refused:
            person.fill(path)
            continue
        given = {name: value.format(**scene) for name, value in errand.given.items()}
        person.done(path, at=errand.at.format(**scene), **given)
