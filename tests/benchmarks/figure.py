"""The result of a benchmark."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside its baseline, which was measured in the same run, and its target.

    Both are numbers in `unit`, or both tell whether something is so (`unit` "yes or no"). `more` is what else was
    measured on the way; the line that is printed holds it too.
    """

    name: str
    value: float | bool
    unit: str
    baseline: float | bool
    baseline_is: str
    target: str
    ok: bool
    more: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """How many times the baseline the value is; None where nothing can be divided."""
        return None if isinstance(self.value, bool) or not self.baseline else self.value / self.baseline

    def as_json(self) -> str:
        """Return one line; fractions are cut to what can be repeated."""
        shown = asdict(self) | {"ratio": self.ratio}
        more = shown.pop("more")
        return json.dumps({name: _cut(value) for name, value in (shown | more).items()}, ensure_ascii=False)


def _cut(value: object) -> object:
    """Keep three digits of a small fraction, and no fraction of a large one."""
    if not isinstance(value, float):
        return value
    return round(value) if abs(value) >= 1000 else float(f"{value:.3g}")
