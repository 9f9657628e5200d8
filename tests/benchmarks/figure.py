"""The result of a benchmark."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside its baseline, which was measured in the same run, and its target."""

    name: str
    value: float
    unit: str
    baseline: float
    baseline_is: str
    target: str
    ok: bool

    @property
    def ratio(self) -> float:
        """How many times the baseline the value is."""
        return self.value / self.baseline

    def as_json(self) -> str:
        """Return one line; fractions are cut to what can be repeated."""
        rounded = {name: round(value, 3) for name, value in asdict(self).items() if isinstance(value, float)}
        return json.dumps(asdict(self) | rounded | {"ratio": round(self.ratio, 2)}, ensure_ascii=False)
