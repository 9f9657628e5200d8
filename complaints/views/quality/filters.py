"""Which complaints a page counts, as its address says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

from django.http import HttpRequest

from complaints.capa.dates import Period
from complaints.enums import Outcome
from complaints.forms.quality import FilterForm
from complaints.quality.periods import CHOICES, USUAL, period_of


@dataclass(frozen=True, slots=True)
class Filters:
    """A period and an outcome by their codes. Whatever an address holds that is neither is as if it were not there."""

    period: str
    outcome: str

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Return what the address asks for."""
        period, outcome = request.GET.get("period", ""), request.GET.get("outcome", "")
        return cls(period if period in CHOICES else USUAL, outcome if outcome in Outcome.values else "")

    def narrowing(self, at: datetime) -> dict[str, Any]:
        """Return what a query is narrowed by, as seen at a moment."""
        return {"period": self.span(at), "outcome": self.outcome}

    def span(self, at: datetime) -> Period:
        """Return the period, as seen at a moment."""
        return period_of(self.period, at=at)

    @property
    def query(self) -> str:
        """Return the part of an address that keeps these filters, "" for the usual ones."""
        kept = {"period": self.period if self.period != USUAL else "", "outcome": self.outcome}
        return urlencode({name: value for name, value in kept.items() if value})

    def on(self, url: str) -> str:
        """Return an address with these filters."""
        return f"{url}?{self.query}" if self.query else url

    @property
    def form(self) -> FilterForm:
        """Return the form that shows them."""
        return FilterForm(initial={"period": self.period, "outcome": self.outcome}, auto_id="filter_%s")

    @property
    def words(self) -> str:
        """Return them in words, for headings."""
        words = [str(CHOICES[self.period]), str(Outcome(self.outcome).label) if self.outcome else ""]
        return ", ".join(filter(None, words))
