"""Whom a pack binds, as data in the pack: conditions on facts that the owner of a matter knows. Plain Python."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from slas.pack_vocabulary import COVERAGES, KINDS
from slas.pack_words import PackFault, check_known
from slas.spelling import NAME, NAME_RULE

FACTS = ("jurisdictions", "coverages", "kinds")
"""What a pack may ask about: where the insurer is supervised, what is covered, and what was asked of the insurer."""

Conditions = Mapping[str, tuple[str, ...]]
Facts = Mapping[str, AbstractSet[str]]


def read_conditions(item: Any, where: str) -> Conditions:
    """Return whom an obligation binds; nothing written means that only a person starts it. Raises PackFault."""
    if not isinstance(item, dict):
        raise PackFault(f'{where}: applies_to holds lists such as coverages = ["group"]; write {{}} for nobody')
    for name, values in item.items():
        if name not in FACTS:
            raise PackFault(f"{where}: applies_to knows no {name!r}; use {', '.join(FACTS)}")
        if not (isinstance(values, list) and values and all(isinstance(value, str) for value in values)):
            raise PackFault(f"{where}: applies_to: {name} is a list of at least one word")
        for value in values:
            _check_value(name, value, where)
    return {name: tuple(values) for name, values in item.items()}


def _check_value(name: str, value: str, where: str) -> None:
    """Refuse a word by which nobody would ever be bound. Where insurers are supervised is for the settings to say."""
    if name == "jurisdictions" and not NAME.fullmatch(value):
        raise PackFault(f"{where}: 'jurisdictions' holds {value!r}; {NAME_RULE}")
    if known := {"coverages": COVERAGES, "kinds": KINDS}.get(name):
        check_known(value, name, known, where)


def binds(conditions: Mapping[str, tuple[str, ...] | list[str]], facts: Facts) -> bool:
    """Tell whether all conditions hold; an obligation without any binds nobody by itself."""
    return bool(conditions) and all(not facts[name].isdisjoint(values) for name, values in conditions.items())
