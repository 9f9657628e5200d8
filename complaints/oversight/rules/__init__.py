"""What stands out in somebody's work: a function for each rule, and the numbers of `rules.toml`."""

from collections.abc import Callable, Iterator
from types import MappingProxyType

from complaints.oversight.enums import RuleCode
from complaints.oversight.rules.acts import break_glass, bulk_export, denials
from complaints.oversight.rules.days import Finding, Numbers, Span
from complaints.oversight.rules.own_record import own_record
from complaints.oversight.rules.relation import no_case_link, restricted
from complaints.oversight.rules.same_name import same_name
from complaints.oversight.rules.times import dormant, off_hours
from complaints.oversight.rules.volume import volume

RULES: MappingProxyType[RuleCode, Callable[[Span, Numbers], Iterator[Finding]]] = MappingProxyType(
    {
        RuleCode.VOLUME: volume,
        RuleCode.NO_CASE_LINK: no_case_link,
        RuleCode.SAME_NAME: same_name,
        RuleCode.OWN_RECORD: own_record,
        RuleCode.RESTRICTED: restricted,
        RuleCode.OFF_HOURS: off_hours,
        RuleCode.BULK_EXPORT: bulk_export,
        RuleCode.BREAK_GLASS: break_glass,
        RuleCode.DORMANT: dormant,
        RuleCode.DENIALS: denials,
    }
)
