"""Runs the worked examples that a policy pack carries, so that a pack which contradicts itself is never published."""

from slas.fold import EventKind, Face, Happening, Terms, fold
from slas.policy import Example, PackFault


def check_examples(terms: Terms) -> int:
    """Return how many examples of the policy hold. Raises PackFault at the first that does not, with both dates."""
    policy = terms.policy
    for example in policy.examples:
        face = work_out(terms, example)
        if face.due_at != example.due_at:
            raise PackFault(
                f"pack {policy.pack}: {policy.name} from {policy.effective_from}: the example that starts "
                f"{example.started_at} says it is due {example.due_at}, but the rule gives "
                f"{face.due_at.astimezone(example.due_at.tzinfo)}; correct the example or the rule"
            )
    return len(policy.examples)


def work_out(terms: Terms, example: Example) -> Face:
    """Return what the clock of an example shows after its pauses and its extension."""
    policy, units = terms.policy, terms.policy.rule.measure.units
    budget = example.budget if example.budget is not None else policy.budget
    if budget is None:
        raise PackFault(
            f"pack {policy.pack}: an example of {policy.name} needs a budget, for the limit is given at the start"
        )
    happenings = [Happening(EventKind.START, example.started_at, units=units(budget))]
    for paused_at, resumed_at in example.pauses:
        happenings.append(Happening(EventKind.PAUSE, paused_at, reason=policy.pause_reasons[0]))
        happenings.append(Happening(EventKind.RESUME, resumed_at))
    if example.extended_at and policy.extension:
        happenings.append(
            Happening(
                EventKind.EXTEND,
                example.extended_at,
                units=units(example.extended_by),
                reason=policy.extension.reasons[0],
            )
        )
    return fold(terms, happenings)
