"""What is typed about a CAPA is sealed, and rotated with everything else although the database keeps it as it was."""

from dataclasses import replace

import pytest

from complaints.capa.enums import Verdict
from complaints.capa.operations import verify_effectiveness
from complaints.capa.queries import read_capa
from members.actors import SYSTEM
from members.privacy.keyring import keyring
from members.privacy.rotation import Rotation
from members.privacy.sealed_tables import count_by_key, sealed_tables
from tests.capa.cases import AT, CRITERION, implemented
from tests.members.privacy.conftest import in_use, put_ring  # noqa: F401 -- a fixture


@pytest.mark.django_db
@pytest.mark.usefixtures("policies")
def test_an_approved_plan_and_a_verdict_are_sealed_anew_and_open_as_before(in_use, manager, owner):  # noqa: F811
    capa = implemented(manager, owner.user_id)
    verify_effectiveness(actor=manager, at=AT, capa_id=capa.pk, verdict=Verdict.EFFECTIVE, reason="None since.")
    ring, number = in_use.ring.with_new_key()
    put_ring(in_use.path, replace(ring, primary=number))
    assert keyring(having=number).primary == number
    for _ in Rotation(actor=SYSTEM, at=AT).run():
        pass
    put_ring(in_use.path, in_use.ring.without(in_use.number))

    page = read_capa(actor=manager, reference=capa.reference, at=AT)
    assert (page.head.title, page.head.criterion, page.verdict_reason) == (
        "Codes of lab tests",
        CRITERION,
        "None since.",
    )
    assert page.actions[0].description == "Load the code list every quarter."
    counts = [count_by_key(table) for table in sealed_tables() if table.name in {"capa_capa", "capa_capaaction"}]
    assert {key for table in counts for column in table.values() for key in column} == {number}
