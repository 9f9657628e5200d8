"""The day before and the day of an effective date of each pack, worked out by hand and not from the files."""

from datetime import datetime

import pytest

from slas.calendar import HorizonPassed
from slas.fold import EventKind, Happening, fold
from slas.operations import PolicyMissing
from slas.versions import in_force, terms_of

pytestmark = pytest.mark.django_db

# Pack, obligation, track, days or seconds where the law gives none; then: started, due (None: nothing was in force).
BOUNDARIES = [
    (
        ("ma_grievance", "ma_grievance_answer", "", None),
        ("2018-12-31T23:59:00-05:00", None),
        ("2019-01-01T00:00:00-05:00", "2019-02-01T00:00:00-05:00"),
    ),
    (
        ("part_d_grievance", "part_d_grievance_answer", "expedited", None),
        ("2018-12-31T23:59:00-05:00", None),
        ("2019-01-01T09:00:00-05:00", "2019-01-02T09:00:00-05:00"),
    ),
    (
        ("dsnp_integrated_grievance", "dsnp_grievance_answer", "", None),
        ("2020-12-31T23:59:00-05:00", None),
        ("2021-01-01T00:00:00-05:00", "2021-02-01T00:00:00-05:00"),
    ),
    (
        ("ma_reconsideration", "ma_appeal_filing", "", None),
        ("2024-12-31T12:00:00-05:00", "2025-03-02T00:00:00-05:00"),  # 60 days, to the end of March 1
        ("2025-01-01T12:00:00-05:00", "2025-03-08T00:00:00-05:00"),  # 65 days, to the end of March 7
    ),
    (
        ("ma_effectuation", "ma_external_reversal", "", None),
        ("2018-12-31T12:00:00-05:00", None),
        ("2019-01-01T12:00:00-05:00", "2019-01-16T00:00:00-05:00"),
    ),
    (
        ("medicaid", "medicaid_grievance_answer", "", None),
        ("2018-12-31T12:00:00-05:00", None),
        ("2019-01-01T12:00:00-05:00", "2019-04-02T00:00:00-04:00"),
    ),
    (
        ("erisa_aca_appeal", "erisa_appeal_decision", "post_service", None),
        ("2018-12-31T12:00:00-05:00", None),
        ("2019-01-01T12:00:00-05:00", "2019-03-03T00:00:00-05:00"),
    ),
    (
        ("california_dmhc", "dmhc_decision", "", None),
        ("2018-12-31T23:59:00-08:00", None),
        ("2019-01-01T00:00:00-08:00", "2019-02-01T00:00:00-08:00"),
    ),
    (
        ("state_regulator_inquiry", "regulator_answer", "us-ca", None),
        ("2018-12-31T12:00:00-05:00", None),
        ("2019-01-01T12:00:00-05:00", "2019-01-23T00:00:00-05:00"),
    ),
    (
        ("uk_disp", "disp_acknowledge", "", None),
        ("2018-12-31T12:00:00+00:00", None),
        ("2019-01-01T12:00:00+00:00", "2019-01-03T00:00:00+00:00"),  # New Year's Day is no business day
    ),
    (
        ("india_irdai", "irdai_acknowledge", "", None),
        ("2024-03-31T23:59:00+05:30", None),
        ("2024-04-01T09:00:00+05:30", "2024-04-02T00:00:00+05:30"),
    ),
    (
        ("uk_disp", "disp_final_response", "", None),
        ("2018-12-31T23:59:00+00:00", None),
        ("2019-01-01T00:00:00+00:00", "2019-02-27T00:00:00+00:00"),
    ),
    (
        ("india_irdai", "irdai_resolution", "", None),
        ("2024-03-31T23:59:00+05:30", None),
        ("2024-04-01T00:00:00+05:30", "2024-04-16T00:00:00+05:30"),
    ),
    (
        ("australia_rg271", "rg271_response", "", None),
        ("2021-10-04T23:59:00+11:00", None),
        ("2021-10-05T00:00:00+11:00", "2021-11-05T00:00:00+11:00"),
    ),
    (
        ("eu_eiopa", "eiopa_answer", "", 30),
        ("2018-12-31T12:00:00+00:00", None),
        ("2019-01-01T12:00:00+00:00", "2019-02-01T00:00:00+00:00"),
    ),
]


def due(pack, obligation, track, budget, started_at):
    terms = terms_of(*in_force(pack, obligation, track, started_at))
    units = terms.policy.rule.measure.units(terms.policy.budget if budget is None else budget)
    return fold(terms, [Happening(EventKind.START, started_at, units=units)]).due_at


@pytest.mark.parametrize(("owed", "before", "since"), BOUNDARIES, ids=lambda case: case[0] if len(case) > 2 else "")
def test_the_day_before_and_the_day_of_an_effective_date(owed, before, since):
    for started, expected in (before, since):
        at = datetime.fromisoformat(started)
        if expected is None:
            with pytest.raises((PolicyMissing, HorizonPassed)):
                in_force(*owed[:3], at)
        else:
            assert due(*owed, at) == datetime.fromisoformat(expected)
