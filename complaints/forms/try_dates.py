"""The facts of a date that is tried out. All of them stand in the address, so that a question can be shared."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.datastructures import MultiValueDict

from complaints.enums import Channel
from complaints.forms.local_dates import MomentFault, Offer, read_moment, read_span
from complaints.queries.why_channels import AT_ONCE
from complaints.queries.why_packs import Rule, pack_title
from complaints.queries.why_tried import Span, Trial
from members.form_words import WordsForm

LONGEST = 40
MOST_PAUSES = 20
TEN_YEARS = 3_652
AS_RULE = ""
HOW = "As 2026-06-01 10:00."
WHOLE = "Enter a whole number."


def moment_field(label: str, hint: str, **kwargs: Any) -> forms.CharField:
    """Return a field for a moment as people write it."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter a date and a time.", "max_length": "This is too long for a date and time."},
        **kwargs,
    )


def amount_field(label: str, hint: str) -> forms.IntegerField:
    """Return a field for a number of days or hours: from 1 to ten years of days."""
    return forms.IntegerField(
        label=label,
        help_text=hint,
        required=False,
        min_value=1,
        max_value=TEN_YEARS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": WHOLE,
            "min_value": "Enter 1 or more.",
            "max_value": f"Enter {TEN_YEARS:,} or less: that is ten years of days.",
        },
    )


class TrialForm(WordsForm):
    """What happened, when, and by which rule it counts. `offers` are the ways to write a doubtful moment."""

    use_required_attribute = False

    rule = forms.ChoiceField(label="Obligation", error_messages={"required": "Choose an obligation."})
    channel = forms.ChoiceField(label="Channel", choices=Channel.choices, required=False)
    received = moment_field(
        "When did it begin?", f"{HOW} Where clocks change, with its offset: 2026-11-01 01:30 -04:00."
    )
    zone = forms.ChoiceField(label="Time zone of these times", required=False)
    entered = moment_field("When was it entered?", "If that was later. " + HOW, required=False)
    budget = amount_field("Limit", "Only where it is given at the start: days, or hours.")
    extension = amount_field("Extended by", "Days, or hours where the limit counts time.")
    extended = moment_field("Extended when?", HOW, required=False)
    pauses = forms.CharField(
        label="Pauses",
        help_text="One a line, as 2026-06-03 12:00 to 2026-06-08 12:00.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: MultiValueDict | None = None, *, rules: Sequence[Rule], **kwargs: Any) -> None:
        """Offer the rules that are published."""
        super().__init__(data, **kwargs)
        self._rules = {rule.key: rule for rule in rules}
        self.offers: dict[str, tuple[Offer, ...]] = {}
        self.fields["rule"].choices = [
            (_group(pack, same), [(rule.key, _label(rule)) for rule in same])
            for pack, same in ((pack, list(group)) for pack, group in groupby(rules, key=lambda rule: rule.pack))
        ]
        zones = sorted({rule.tz for rule in rules})
        self.fields["zone"].choices = [(AS_RULE, "That of the rule"), *((zone, zone) for zone in [*zones, "UTC"])]

    @property
    def chosen(self) -> Rule | None:
        """Return the rule that was chosen."""
        return self._rules.get(self.data.get("rule", "")) if self.is_bound else None

    def clean(self) -> None:
        """Read the moments once the zone is known, and check them against each other."""
        read = self.cleaned_data
        if not (rule := self._rules.get(read.get("rule", ""))) or "zone" not in read:
            return
        zone = ZoneInfo(read["zone"] or rule.tz)
        for name in ("received", "entered", "extended"):
            if typed := read.get(name):
                read[name] = self._moment(name, typed, zone)
        self._check_entry()
        if not self.errors and bool(read.get("extension")) != bool(read.get("extended")):
            missing = "extended" if read.get("extension") else "extension"
            self.add_error(missing, "Enter both: by how much it was extended, and when.")
        read["spans"] = self._spans(read.get("pauses", ""), zone)

    def trial(self) -> Trial:
        """Return the facts of a form that is right."""
        read = self.cleaned_data
        rule = self._rules[read["rule"]]
        return Trial(
            pack=rule.pack,
            obligation=rule.obligation,
            track=rule.track,
            channel=Channel(read["channel"] or Channel.PORTAL),
            received_at=read["received"],
            entered_at=read["entered"] or None,
            budget=read["budget"],
            pauses=read["spans"],
            extension=read["extension"],
            extended_at=read["extended"] or None,
        )

    def _moment(self, name: str, typed: str, zone: ZoneInfo) -> datetime | None:
        try:
            return read_moment(typed, zone)
        except MomentFault as fault:
            self.offers[name] = fault.offers
            self.add_error(name, str(fault))
        return None

    def _check_entry(self) -> None:
        entered, received = self.cleaned_data.get("entered"), self.cleaned_data.get("received")
        if not (entered and received):
            return
        if self.cleaned_data.get("channel") in AT_ONCE and entered != received:
            self.add_error("entered", "What comes by this channel is entered at once. Leave this empty.")
        elif entered < received:
            self.add_error("entered", "It cannot be entered before it began.")

    def _spans(self, typed: str, zone: ZoneInfo) -> list[Span]:
        """Return the pauses in order. What is wrong with one names its line."""
        lines = [line for line in typed.splitlines() if line.strip()]
        if len(lines) > MOST_PAUSES:
            self.add_error("pauses", f"Enter {MOST_PAUSES} pauses at most.")
            return []
        try:
            spans = sorted(read_span(line, zone) for line in lines)
        except MomentFault as fault:
            self.add_error("pauses", str(fault))
            return []
        self._check_spans(spans)
        return spans

    def _check_spans(self, spans: Sequence[Span]) -> None:
        if any(end <= start for start, end in spans):
            self.add_error("pauses", "A pause has to end after it begins.")
        elif any(before[1] > after[0] for before, after in pairwise(spans)):
            self.add_error("pauses", "Two pauses overlap. Write them as one.")


def _group(pack: str, rules: Sequence[Rule]) -> str:
    off = "" if all(rule.is_on for rule in rules) else " (off: to be confirmed by counsel)"
    return f"{pack_title(pack)}{off}"


def _label(rule: Rule) -> str:
    return f"{rule.title} ({rule.track})" if rule.track else rule.title
