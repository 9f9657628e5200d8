"""Forms that the journey types nothing into, each with the reason."""

from collections.abc import Iterator

NOTHING_TO_TYPE = "buttons, or choices of ours"
LAW = "law, which stands in clear: it is for everybody who works here"
BY_PASSKEY = "administrators come in by a passkey, which needs a browser with a key; no member's word is typed there"
A_FACTOR = "a key or a code made by a device"
BY_A_LINK = "a password by a link, as accounts:reset, which is typed into; the link comes by mail"
BY_PROGRAM = "a browser sends it by itself, with addresses and never with what stands on a page"

UNTYPED = {
    NOTHING_TO_TYPE: {
        *("accounts:stay", "accounts:sign_out", "accounts:end_sessions", "accounts:recovery_codes"),
        *("accounts:remove_factor", "accounts:end_representation", "accounts:stop_sharing", "accounts:confirm_email"),
        *("desk:retry", "desk:task_done", "desk:stop_waiting", "desk:close", "desk:send_notice", "desk:inform"),
        *("desk:take", "intake:start", "intake:check", "member:withdraw", "oversight:find_person"),
        *("people:confirm_representation", "people:end_representation", "people:withdraw_consent"),
        *("quality:capa_action_done", "quality:capa_action_hand_over", "quality:capa_hand_over"),
        *("retention:ask", "retention:confirm"),
    },
    LAW: {
        *("quality:policy_new", "quality:policy_edit", "quality:policy_submit", "quality:policy_publish"),
        *("quality:policy_withdraw", "quality:policy_what_if"),
    },
    BY_PASSKEY: {
        *("people:invite", "people:teams", "people:lead_team", "people:rename_team", "people:end_team"),
        *("people:work", "people:join_team", "people:set_skills", "people:end_absence"),
        *("people:sign_out_everywhere", "people:decide", "people:grant", "people:revoke", "people:disable"),
        *("people:enable", "people:ask_reset", "people:confirm_reset"),
    },
    A_FACTOR: {"accounts:enrol_app", "accounts:enrol_passkey"},
    BY_A_LINK: {"accounts:registration"},
    BY_PROGRAM: {"csp_reports"},
}


def left_out() -> Iterator[str]:
    """Yield the URLs of all of them."""
    for names in UNTYPED.values():
        yield from names
