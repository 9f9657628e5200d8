"""The grounds on which data may leave the house, each with its clause and with what it allows, and nothing more."""

from dataclasses import dataclass
from types import MappingProxyType

from members.disclosures.vocabulary import Basis, DataClass, Purpose

EVERYTHING = frozenset(DataClass)
FOR_PAYMENT = frozenset({DataClass.CONTACT, DataClass.COVERAGE, DataClass.DECISION})


@dataclass(frozen=True, slots=True)
class Ground:
    """What one basis allows: for which purposes, and no more classes than these (45 CFR 164.502(b))."""

    clause: str
    purposes: frozenset[Purpose]
    classes: frozenset[DataClass] = EVERYTHING


GROUNDS: MappingProxyType[Basis, Ground] = MappingProxyType(
    {
        Basis.CONSENT: Ground("45 CFR 164.508", frozenset(Purpose)),
        Basis.REPRESENTATION: Ground("45 CFR 164.502(g)", frozenset({Purpose.HELP})),
        Basis.TREATMENT: Ground("45 CFR 164.506(c)(2)", frozenset({Purpose.CARE})),
        Basis.PAYMENT: Ground("45 CFR 164.506(c)(3)", frozenset({Purpose.PAYMENT}), FOR_PAYMENT),
        Basis.OPERATIONS: Ground(
            "45 CFR 164.506(c)(4)", frozenset({Purpose.OPERATIONS}), EVERYTHING - {DataClass.EVIDENCE}
        ),
        Basis.REQUIRED_BY_LAW: Ground("45 CFR 164.512(a)", frozenset({Purpose.LEGAL_DUTY, Purpose.REVIEW})),
        Basis.HEALTH_OVERSIGHT: Ground("45 CFR 164.512(d)", frozenset({Purpose.OVERSIGHT, Purpose.REVIEW})),
        Basis.COURT: Ground("45 CFR 164.512(e)", frozenset({Purpose.LEGAL_DUTY})),
        Basis.SAFETY: Ground("45 CFR 164.512(j)", frozenset({Purpose.SAFETY})),
    }
)
