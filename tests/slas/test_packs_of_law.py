"""The packs of law: what each must carry, what switches it off, and that it never pauses."""

import tomllib
from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from complaints.queries.time_table import time_table
from members.identifiers import new_id
from slas.fold import Terms
from slas.missed import MissAction, MissKind
from slas.models import PolicyVersion
from slas.operations import ClockRefused, pause_clock
from slas.policy import CAVEAT, Mark, PackFault, read_pack
from slas.versions import in_force, terms_of
from slas.worked_examples import check_examples
from tests.slas.calendars import SLAS, published, utc
from tests.slas.clocks import acting, start
from tests.slas.packs import toml

FILES = sorted(path for path in (SLAS / "policy_packs").glob("*.toml") if path.stem != "house")
PACKS = {path.stem: read_pack(tomllib.loads(path.read_text()), path.name) for path in FILES}
OFF = {"ma_reconsideration", "medicaid", "california_dmhc"}
EVERY = [
    pytest.param(policy, id=f"{policy.pack} {policy.name} {policy.effective_from}")
    for pack in PACKS.values()
    for policy in pack
]
MONDAY = utc(2026, 6, 1, 14)
LETTER = {"action": "delay_letter", "to": "member", "words": "Late.", "rights": ["Ombudsman"], "clause": "Rule 2"}


def test_every_row_of_the_table_of_limits_has_its_pack():
    assert set(PACKS) == OFF | {
        "ma_grievance",
        "ma_effectuation",
        "part_d_grievance",
        "dsnp_integrated_grievance",
        "erisa_aca_appeal",
        "state_regulator_inquiry",
        "uk_disp",
        "india_irdai",
        "australia_rg271",
        "eu_eiopa",
    }
    assert all({policy.pack for policy in pack} == {name} for name, pack in PACKS.items())


@pytest.mark.parametrize("policy", EVERY)
def test_each_obligation_of_law_says_where_it_stands_and_what_follows(policy):
    assert policy.legal
    assert policy.clause
    assert policy.url.startswith("https://")
    assert policy.consequence
    assert policy.mark in Mark
    assert policy.pause_reasons == ()
    assert not policy.extension or (policy.extension.reasons and policy.extension.by and policy.extension.notice)


@pytest.mark.parametrize("policy", EVERY)
def test_the_worked_examples_of_each_obligation_of_law_hold(policy):
    assert check_examples(Terms(published(policy.calendar), policy)) >= 1


def test_no_two_packs_share_the_name_of_an_obligation_so_that_one_matter_can_owe_both():
    names = [(name, policy.obligation) for name, pack in PACKS.items() for policy in pack]
    by_obligation = {obligation: {pack for pack, other in names if other == obligation} for _, obligation in names}

    assert all(len(packs) == 1 for packs in by_obligation.values())


def test_what_a_missed_date_brings_about_is_data_with_its_words_and_rights():
    (final,) = (policy for policy in PACKS["uk_disp"] if policy.obligation == "disp_final_response")
    letter, file = final.on_miss

    assert (letter.kind, letter.to, letter.clause) == (MissKind.DELAY_LETTER, "member", "DISP 1.6.2 R (2)")
    assert "Financial Ombudsman Service" in letter.rights[0]
    assert (file.kind, file.to) == (MissKind.EXTERNAL_REVIEW_FILE, "Financial Ombudsman Service")
    assert file.holds
    decided = [policy for policy in PACKS["ma_reconsideration"] if policy.obligation == "ma_appeal_decision"]
    assert all(policy.on_miss[0].to == "independent review entity" for policy in decided)


def test_a_pack_with_a_number_to_be_confirmed_is_off_and_says_so():
    assert {name for name, pack in PACKS.items() if not all(policy.enabled for policy in pack)} == OFF
    assert {name for name, pack in PACKS.items() if any(policy.caveat for policy in pack)} == OFF
    unsure = [policy for policy in PACKS["california_dmhc"] if policy.caveat]
    assert [(policy.name, policy.caveat) for policy in unsure] == [("dmhc_decision (expedited)", CAVEAT)]


def small(**changes):
    """Return the obligations of a small legal pack; entries of the pack itself begin with an underscore."""
    block = {
        "obligation": "answer",
        "effective_from": "2024-01-01",
        "title": "Answer",
        "starts_on": "received",
        "met_on": "answered",
        "limit": "10 business days",
        "clause": "Rule 1",
        "url": "https://example.org",
        "consequence": "A fine.",
        "next_level": "The ombudsman.",
        "mark": "V",
        "threshold": [{"code": 100, "at": "due"}],
        "example": [{"started_at": "2024-06-03T10:00:00-04:00", "due_at": "2024-06-14T17:00:00-04:00"}],
    }
    over = {name[1:]: value for name, value in changes.items() if name.startswith("_")}
    block |= {name: value for name, value in changes.items() if not name.startswith("_")}
    data = tomllib.loads(
        toml({name: value for name, value in block.items() if name != "on_miss" and value is not None})
    )
    data["obligation"][0]["on_miss"] = block.get("on_miss", [])
    return read_pack({"legal": True} | data | over, "test.toml")


def refusal(**changes):
    with pytest.raises(PackFault) as refused:
        small(**changes)
    return str(refused.value).removeprefix("test.toml: obligation 1 (answer): ")


def test_what_law_forbids_in_a_pack_is_refused_with_the_cure():
    assert refusal(pause_reasons=["waiting_for_member"]) == (
        "a legal clock never pauses; take out 'pause_reasons' and write an extension instead"
    )
    assert refusal(starts_on="created_at") == (
        "'starts_on' is the event that the limit counts from, such as \"received\", not entry"
    )
    assert refusal(url=None) == (
        "a legal limit needs a url, a consequence, a next_level and an example; add what is missing"
    )
    assert refusal(example=[]) == (
        "a legal limit needs a url, a consequence, a next_level and an example; add what is missing"
    )
    day = datetime.fromisoformat("2024-06-03T10:00:00-04:00")
    assert refusal(example=[{"started_at": day, "due_at": day, "extended_at": day}]).startswith(
        "an example is extended, but the obligation has no extension; add one or take it out"
    )
    assert refusal(on_miss=[LETTER | {"action": "apology"}]) == (
        "on_miss knows no action 'apology'; use delay_letter, notice_to_next_body, external_review_file"
    )
    assert refusal(on_miss=[LETTER | {"rights": []}]) == "delay_letter needs rights, a list of at least one text"
    assert refusal(on_miss=[LETTER | {"action": "external_review_file"}]) == (
        "external_review_file needs holds, a list of at least one text"
    )
    assert refusal(on_miss=[LETTER | {"action": "notice_to_next_body"}]) == (
        "notice_to_next_body goes to a body, not to the member; name it in 'to'"
    )
    assert refusal(on_miss=[LETTER | {"words": ""}]) == "'words' is missing or empty; add it"


def test_whom_a_pack_binds_is_said_in_words_that_are_known():
    assert refusal(applies_to=["us"]) == 'applies_to holds lists such as coverages = ["group"]; write {} for nobody'
    assert refusal(_applies_to={"countries": ["us"]}) == (
        "applies_to knows no 'countries'; use jurisdictions, coverages, kinds"
    )
    assert refusal(_applies_to={"kinds": []}) == "applies_to: kinds is a list of at least one word"


def test_an_obligation_may_bind_others_than_its_pack():
    (common,) = small(_applies_to={"kinds": ["appeal"]})
    assert common.applies_to == {"kinds": ("appeal",)}
    pack = PACKS["ma_grievance"]
    assert {policy.track: bool(policy.applies_to) for policy in pack} == {"": True, "expedited": False}


def test_a_notice_that_nobody_wrote_cannot_be_produced():
    threshold = {"code": 100, "at": "due", "actions": ["produce_notice"]}
    assert refusal(threshold=[threshold], on_miss=[]) == (
        "a threshold produces a notice, but there is none; write it as [[obligation.on_miss]]"
    )
    assert small(threshold=[threshold], on_miss=[LETTER])


def test_every_notice_of_the_law_is_produced_by_some_threshold():
    for pack in PACKS.values():
        for policy in pack:
            produced = any("produce_notice" in actions for actions in policy.actions.values())
            assert produced == bool(policy.on_miss), policy.name


def test_what_is_of_the_wrong_kind_or_too_long_is_refused_with_its_place():
    assert refusal(promise="x" * 201) == "'promise' has 201 characters; 200 are the most"
    assert refusal(threshold=[]).startswith("no threshold has code 100")
    assert small(promise="{0} {soon within {limit}.")[0].promise == "{0} {soon within 10 business days."
    with pytest.raises(PackFault, match=r"^test\.toml: write each obligation below a line \[\[obligation\]\], in two"):
        read_pack({"pack": "test", "calendar": "house", "obligation": {"title": "Answer"}}, "test.toml")


def test_a_pack_to_be_confirmed_is_only_on_when_it_says_who_confirmed_it():
    assert not small(mark="K")[0].enabled
    assert refusal(mark="K", _enabled=True) == (
        "test.toml: answer has a number marked K; have counsel confirm it and write who did and when, "
        'as in confirmed_by = "A. Counsel, 2026-12-01", or leave out enabled = true'
    )
    assert small(mark="K", _enabled=True, _confirmed_by="A. Counsel, 2026-12-01")[0].enabled
    assert not small(_enabled=False)[0].enabled


def test_what_older_packs_do_not_say_leaves_their_digests_as_they_were():
    (plain,) = small()
    (house,) = small(_legal=False)
    (letter,) = small(on_miss=[LETTER])

    assert len({plain.sha256, house.sha256, letter.sha256}) == 3
    (row,) = (
        policy
        for policy in read_pack(tomllib.loads((SLAS / "policy_packs" / "house.toml").read_text()), "h")
        if policy.obligation == "capa_action"
    )
    assert row.sha256.hex() == "3a6cbf9a079c906f32c6afc8ec4d93b82c6f4f40a73adae379f3f542b35230ba"
    assert letter.on_miss == (MissAction(MissKind.DELAY_LETTER, "member", "Late.", ("Ombudsman",), (), "Rule 2"),)


@pytest.mark.django_db
@pytest.mark.parametrize("policy", EVERY)
def test_a_published_obligation_of_law_is_read_back_as_it_was_written(policy):
    row = PolicyVersion.objects.get(
        pack=policy.pack, obligation=policy.obligation, track=policy.track, effective_from=policy.effective_from
    )
    calendar_id = in_force(policy.pack, policy.obligation, policy.track, MONDAY)[1]

    assert terms_of(row.pk, calendar_id).policy == policy


@pytest.mark.django_db
def test_a_clock_of_a_pack_that_is_off_starts_only_where_the_settings_name_the_pack(settings):
    with pytest.raises(ClockRefused) as refused:
        start("medicaid_appeal_decision", MONDAY, pack="medicaid")
    assert str(refused.value) == (
        "cannot start medicaid_appeal_decision: pack 'medicaid' is switched off, for it holds numbers to be confirmed "
        "by counsel; once they are confirmed, name the pack in REDRESS_ENABLED_PACKS"
    )

    settings.ENABLED_PACKS = ["medicaid"]
    assert start("medicaid_appeal_decision", MONDAY, pack="medicaid").due_at == utc(2026, 7, 2, 4)


@pytest.mark.django_db
def test_a_legal_clock_refuses_a_pause_and_offers_the_extension():
    clock = start("ma_grievance_answer", MONDAY, pack="ma_grievance")
    with pytest.raises(ClockRefused) as refused, acting(MONDAY) as this:
        pause_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=MONDAY, reason="waiting_for_member")

    assert str(refused.value) == (
        "cannot pause ma_grievance_answer: this clock never pauses (42 CFR 422.564(e)(1)). "
        "Extend it instead, by up to 14 days, with a reason and a notice to the member."
    )


@pytest.mark.django_db
def test_the_database_refuses_a_law_that_pauses():
    row = PolicyVersion.objects.get(pack="ma_grievance", track="expedited")
    row.id, row.effective_from, row.effective_to = new_id(), date(2017, 1, 1), date(2018, 1, 1)
    row.pause_reasons = ["waiting_for_member"]
    with pytest.raises(IntegrityError, match="slas_policy_law_never_pauses"), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db
def test_a_promise_that_is_to_be_confirmed_says_so_wherever_promises_are_listed():
    shown = {row.title: row.promise for row in time_table(pack="california_dmhc", on=date(2026, 6, 1))}

    assert shown["Answer the urgent grievance"] == (
        "We answer an urgent grievance within 3 calendar days. To be confirmed by counsel."
    )
    assert shown["Answer the grievance"] == "We answer your grievance within 30 calendar days."
