"""Every page of the path: where it is, who sees it, and what has to be pressed to come there."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

NOBODY, GUEST, SENT, HALF, HIRED = "nobody", "guest", "sent", "half signed in", "hired"
MEMBER, AGENT, LEAD, QUALITY, ADMIN = "member", "agent", "lead", "quality_manager", "administrator"
PRIVACY, AUDITOR = "privacy_officer", "auditor"


@dataclass(frozen=True)
class Place:
    """A page. `path` names complaints of the scene in braces; `then` goes on from there; `form` can be sent empty."""

    name: str
    who: str
    path: str
    form: bool = False
    then: Callable[[Page], None] | None = None
    dark: bool = False

    def open(self, page: Page, scene: dict[str, str]) -> None:
        """Go there."""
        page.goto(self.path.format(**scene))
        if self.then:
            self.then(page)


def empty_and_send(page: Page) -> None:
    """Send the page's form with nothing in it."""
    page.evaluate(
        """() => {
          for (const control of document.querySelectorAll("form[method=post] :is(input, textarea, select)")) {
            if (control.type === "hidden") continue;
            if (control.matches("[type=radio], [type=checkbox]")) control.checked = false; else control.value = "";
          }
        }"""
    )
    with page.expect_navigation():
        _first_button(page).click()


def _first_button(page: Page) -> Locator:
    forms = page.locator(":is(main, .wb__pane) form[method=post]")
    return forms.locator("button:not([type=button])").filter(visible=True).first


def _ask_for_status(page: Page) -> None:
    page.get_by_label("Reference number").fill("C-26-7KQ4-M2XD")
    page.get_by_label("Last name").fill("Nobody")
    _first_button(page).click()


def _forget_token(page: Page) -> None:
    page.context.clear_cookies(name="csrftoken")
    _first_button(page).click()


def _use_an_app(page: Page) -> None:
    page.get_by_role("button", name="Use an app").click()


def _suggest(page: Page) -> None:
    for group in page.get_by_role("group").all()[:6]:
        group.get_by_role("radio").last.check()
    page.get_by_role("button", name="Show the suggested track").click()


def _ask_for_link(page: Page) -> None:
    page.get_by_label("Email address").fill("nobody@example.org")
    _first_button(page).click()


def _register(page: Page) -> None:
    for label, words in {"Member number": "0", "Month": "6", "Day": "30", "Year": "1980", "ZIP code": "06103"}.items():
        page.get_by_label(label).fill(words)
    _first_button(page).click()


def _show_codes(page: Page) -> None:
    page.get_by_role("button", name="Show 10 new codes").click()


def _first_person(page: Page) -> None:
    page.locator("tbody").get_by_role("link").first.click()


def _ask_for_reset(page: Page) -> None:
    _first_person(page)
    if page.get_by_role("button", name="Ask for it").count():
        page.get_by_label("How did this person show who they are?").fill("Came to the office with a passport.")
        page.get_by_role("button", name="Ask for it").click()


def _leave_days_out(page: Page) -> None:
    page.get_by_role("button", name="Record the absence").click()


def _leave_name_out(page: Page) -> None:
    page.get_by_role("button", name="Add the team").click()


def _look_for(words: str) -> Callable[[Page], None]:
    def look(page: Page) -> None:
        page.get_by_label("What do you look for?").fill(words)
        _first_button(page).click()

    return look


FORM, CASE, QUALITY_CASE = "/en/complaints/new", "/desk/cases", "/quality/cases"
TRIED = "/quality/dates/?rule=house:resolve:standard&channel=mail&received=2026-06-12+10:00&entered=2026-06-22+09:00"
PLACES = (
    Place("start", NOBODY, "/en/", dark=True),
    Place("how to complain", NOBODY, "/en/complaints/"),
    Place("accessibility", NOBODY, "/en/accessibility/"),
    Place("privacy", NOBODY, "/en/privacy/"),
    Place("language help", NOBODY, "/en/language-help/"),
    Place("check a complaint", NOBODY, "/en/status/", form=True),
    Place("link is sent", NOBODY, "/en/status/", then=_ask_for_status),
    Place("link is over", NOBODY, "/en/status/x:y:z/"),
    Place("not found", NOBODY, "/en/nothing/"),
    Place("stale token", NOBODY, "/en/status/", then=_forget_token),
    Place("go on with a draft", GUEST, f"{FORM}/"),
    Place("step 1", GUEST, f"{FORM}/who/", form=True, dark=True),
    Place("step 2", GUEST, f"{FORM}/urgent/", form=True),
    Place("step 3", GUEST, f"{FORM}/topic/", form=True),
    Place("step 4", GUEST, f"{FORM}/what-happened/", form=True),
    Place("step 5", GUEST, f"{FORM}/files/"),
    Place("step 6", GUEST, f"{FORM}/outcome/"),
    Place("step 7", GUEST, f"{FORM}/check/"),
    Place("saved", GUEST, f"{FORM}/saved/"),
    Place("sent", SENT, f"{FORM}/done/{{sent}}/"),
    Place("sign in", NOBODY, "/en/account/sign-in/", form=True),
    Place("code", HALF, "/en/account/verify/", form=True),
    Place("enrol", HIRED, "/en/account/enrol/"),
    Place("key to enrol", HIRED, "/en/account/enrol/", then=_use_an_app),
    Place("passkey to enrol", HIRED, "/en/account/enrol/passkey/", form=True),
    Place("forgotten password", NOBODY, "/en/account/forgot/", form=True),
    Place("link for a password", NOBODY, "/en/account/forgot/", then=_ask_for_link),
    Place("register", NOBODY, "/en/account/register/", form=True),
    Place("link to register", NOBODY, "/en/account/register/", then=_register),
    Place("link that is over", NOBODY, "/en/account/reset/nonsense/"),
    Place("password by a link", NOBODY, "/en/account/reset/{new_password}/", form=True),
    Place("signed out for idling", NOBODY, "/en/account/sign-in/?ended=idle"),
    Place("recovery code", HALF, "/en/account/recovery/", form=True),
    Place("new address by a link", MEMBER, "/en/account/security/email/{new_email}/"),
    Place("own security", MEMBER, "/en/account/security/"),
    Place("own security of staff", AGENT, "/en/account/security/", dark=True),
    Place("new codes", AGENT, "/en/account/security/codes/"),
    Place("codes", AGENT, "/en/account/security/codes/", then=_show_codes, dark=True),
    Place("new password", AGENT, "/en/account/security/password/", form=True),
    Place("new address", AGENT, "/en/account/security/email/", form=True),
    Place("link to a new address", AGENT, "/en/account/security/email/", then=_ask_for_link),
    Place("proof", AGENT, "/en/account/prove/", form=True),
    Place("proof by passkey", ADMIN, "/en/account/prove/", dark=True),
    Place("proof by password", MEMBER, "/en/account/prove/", form=True),
    Place("own security with a passkey", ADMIN, "/en/account/security/"),
    Place("people", ADMIN, "/people/", dark=True),
    Place("closed accounts", ADMIN, "/people/?closed=1"),
    Place("invite", ADMIN, "/people/invite/", form=True),
    Place("person", ADMIN, "/people/", then=_first_person, dark=True),
    Place("person who lost everything", ADMIN, "/people/", then=_ask_for_reset),
    Place("reset to confirm", ADMIN, "/people/{lost}/"),
    Place("teams", ADMIN, "/people/teams/", dark=True),
    Place("team without a name", ADMIN, "/people/teams/", then=_leave_name_out),
    Place("somebody at work", ADMIN, "/people/{agent}/work/", dark=True),
    Place("absence without days", ADMIN, "/people/{agent}/work/", then=_leave_days_out),
    Place("access review", ADMIN, "/people/review/", dark=True),
    Place("access review to read", AUDITOR, "/people/review/"),
    Place("who may act for me", MEMBER, "/en/account/representatives/"),
    Place("who may get my data", MEMBER, "/en/account/sharing/"),
    Place("let us share my data", MEMBER, "/en/account/sharing/new/", form=True, dark=True),
    Place("who got my data", MEMBER, "/en/account/shared/"),
    Place("disclosures", PRIVACY, "/people/disclosures/", form=True),
    Place("record a disclosure", PRIVACY, "/people/disclosures/record/", form=True),
    Place("entry recorded by mistake", PRIVACY, "/people/disclosures/{disclosure}/mistake/", form=True),
    Place("record a consent", PRIVACY, "/people/disclosures/consents/record/", form=True),
    Place("who acts for members", AGENT, "/people/representatives/"),
    Place("record who acts", AGENT, "/people/representatives/record/", form=True),
    Place("my complaints", MEMBER, "/en/my/"),
    Place("who has seen my record", MEMBER, "/en/my/seen/", dark=True),
    Place("my case", MEMBER, "/en/my/cases/{letter_sent}/", form=True, dark=True),
    Place("my letter", MEMBER, "/en/my/cases/{letter_sent}/letter/"),
    Place("why this date, mine", MEMBER, "/en/my/cases/{received}/why/resolve-1/", dark=True),
    Place("my late case", MEMBER, "/en/my/cases/{late}/"),
    Place("my letter of delay", MEMBER, "/en/my/cases/{late}/notices/{late_letter}/", dark=True),
    Place("withdraw", MEMBER, "/en/my/cases/{received}/withdraw/"),
    Place("not for members", MEMBER, "/desk/"),
    Place("queue", AGENT, "/desk/", dark=True),
    Place("tasks", AGENT, "/desk/tasks/", dark=True),
    Place("task", AGENT, "/desk/tasks/{task}/done/"),
    Place("case with a task", AGENT, f"{CASE}/{{with_task}}/"),
    Place("search", AGENT, "/desk/search/", form=True),
    Place("search without hits", AGENT, "/desk/search/", then=_look_for("zebra the")),
    Place("search with hits", AGENT, "/desk/search/", then=_look_for("maria@example.org"), dark=True),
    Place("new case", AGENT, f"{CASE}/{{received}}/"),
    Place("closed case", AGENT, f"{CASE}/{{closed}}/", dark=True),
    Place("why this date", AGENT, f"{CASE}/{{assessed}}/why/resolve-1/", dark=True),
    Place("take", AGENT, f"{CASE}/{{untaken}}/take/"),
    Place("receipt", AGENT, f"{CASE}/{{unreachable}}/receipt/", form=True),
    Place("assess", AGENT, f"{CASE}/{{taken}}/assess/", form=True),
    Place("assess with suggestion", AGENT, f"{CASE}/{{assessed}}/assess/", then=_suggest),
    Place("note", AGENT, f"{CASE}/{{assessed}}/note/", form=True),
    Place("postal address", AGENT, f"{CASE}/{{assessed}}/address/", form=True),
    Place("evidence", AGENT, f"{CASE}/{{assessed}}/evidence/", form=True),
    Place("findings", AGENT, f"{CASE}/{{assessed}}/findings/", form=True),
    Place("decide", AGENT, f"{CASE}/{{investigated}}/decide/", form=True),
    Place("too early to decide", AGENT, f"{CASE}/{{taken}}/decide/"),
    Place("letter preview", AGENT, f"{CASE}/{{decided}}/issue/", form=True),
    Place("letter", AGENT, f"{CASE}/{{letter_sent}}/letter/"),
    Place("posted", AGENT, f"{CASE}/{{posted}}/posted/"),
    Place("message", AGENT, f"{CASE}/{{letter_sent}}/message/", form=True),
    Place("late case", AGENT, f"{CASE}/{{late}}/", dark=True),
    Place("notice sent", AGENT, f"{CASE}/{{late}}/notices/{{late_letter}}/sent/"),
    Place("move a date", LEAD, f"{CASE}/{{bound}}/later/", form=True),
    Place("not for an agent to move", AGENT, f"{CASE}/{{bound}}/later/"),
    Place("start a date", LEAD, f"{CASE}/{{bound}}/start-date/", form=True),
    Place("no date to record", LEAD, f"{CASE}/{{bound}}/date-done/"),
    Place("wait for the member", AGENT, f"{CASE}/{{bound}}/wait/", form=True),
    Place("go on without the answer", AGENT, f"{CASE}/{{bound}}/go-on/"),
    Place("consents of a case", AGENT, f"{CASE}/{{letter_sent}}/share/", dark=True),
    Place("send on a consent", AGENT, f"{CASE}/{{letter_sent}}/share/{{consent}}/", form=True),
    Place("no consent", AGENT, f"{CASE}/{{unreachable}}/share/"),
    Place("close", AGENT, f"{CASE}/{{letter_sent}}/close/"),
    Place("restrict", LEAD, f"{CASE}/{{taken}}/restrict/", form=True),
    Place("restricted case", LEAD, f"{CASE}/{{restricted}}/", dark=True),
    Place("lift", LEAD, f"{CASE}/{{restricted}}/lift/", form=True),
    Place("open a restricted case", AGENT, "/desk/restricted/open/", form=True, dark=True),
    Place("opened case", AGENT, f"{CASE}/{{opened}}/", dark=True),
    Place("openings", PRIVACY, "/desk/restricted/openings/", dark=True),
    Place("opening to answer for", PRIVACY, "/desk/restricted/openings/{opening}/", form=True, dark=True),
    Place("opening answered for", PRIVACY, "/desk/restricted/openings/{opening_answered}/"),
    Place("opening to read", AUDITOR, "/desk/restricted/openings/{opening}/"),
    Place("audit trail", PRIVACY, "/oversight/", form=True, dark=True),
    Place("who saw a member", PRIVACY, "/oversight/members/{member_id}/", dark=True),
    Place("what a person did", AUDITOR, "/oversight/people/{agent}/"),
    Place("what happened to a case", AUDITOR, "/oversight/cases/{letter_sent}/?period=all"),
    Place("nothing in a trail", AUDITOR, "/oversight/people/{agent}/?kind=taken"),
    Place("retention", PRIVACY, "/retention/", dark=True),
    Place("erasure list", LEAD, "/retention/lists/{erasure_list}/", dark=True),
    Place("legal holds", PRIVACY, "/retention/holds/"),
    Place("place a legal hold", PRIVACY, "/retention/cases/{taken}/hold/", form=True),
    Place("what stands out", PRIVACY, "/oversight/reviews/", dark=True),
    Place("item to answer for", PRIVACY, "/oversight/reviews/{review}/", form=True),
    Place("item answered for", PRIVACY, "/oversight/reviews/{review_answered}/"),
    Place("deadlines", LEAD, "/desk/deadlines/", dark=True),
    Place("given up", LEAD, "/desk/deadlines/given-up/"),
    Place("quality", QUALITY, "/quality/", dark=True),
    Place("causes", QUALITY, "/quality/causes/"),
    Place("cause", QUALITY, "/quality/causes/claim_rules/"),
    Place("causes to record", QUALITY, "/quality/causes/to-record/"),
    Place("record a cause", QUALITY, f"{QUALITY_CASE}/{{decided}}/cause/", form=True),
    Place("try a date", QUALITY, "/quality/dates/"),
    Place("date tried", QUALITY, f"{TRIED}&pauses=2026-06-24+12:00+to+2026-06-29+12:00", dark=True),
    Place("date in doubt", QUALITY, "/quality/dates/?rule=house:resolve:standard&received=2026-11-01+01:30"),
    Place("rules", QUALITY, "/quality/dates/packs/"),
    Place("rules of a pack", QUALITY, "/quality/dates/packs/ma_reconsideration/"),
    Place("policies", QUALITY, "/quality/policies/"),
    Place("new draft", QUALITY, "/quality/policies/new/?of=pack:house", form=True),
    Place("draft", QUALITY, "/quality/policies/drafts/{draft}/"),
    Place("text of a draft", QUALITY, "/quality/policies/drafts/{draft}/text/", form=True),
    Place("what if", QUALITY, "/quality/policies/drafts/{draft}/what-if/", dark=True),
    Place("what if, before it is asked", QUALITY, "/quality/policies/drafts/{draft_waiting}/what-if/"),
    Place("CAPAs", QUALITY, "/quality/capa/"),
    Place("new CAPA without complaints", QUALITY, "/quality/capa/new/"),
    Place("new CAPA", QUALITY, "/quality/capa/new/?complaints={closed}&cause=claim_rules", form=True),
    Place("CAPA", QUALITY, "/quality/capa/{capa}/"),
    Place("why a CAPA's date", QUALITY, "/quality/capa/{capa}/why/capa_plan-1/"),
    Place("CAPA carried out", QUALITY, "/quality/capa/{capa_done}/"),
    Place("action", QUALITY, "/quality/capa/{capa}/actions/new/", form=True),
    Place("action done", QUALITY, "/quality/capa/{capa}/actions/{capa_action}/done/"),
    Place("hand an action over", QUALITY, "/quality/capa/{capa}/actions/{capa_action}/owner/", form=True),
    Place("hand a CAPA over", QUALITY, "/quality/capa/{capa}/owner/", form=True),
    Place("plan", QUALITY, "/quality/capa/{capa}/plan/", form=True),
    Place("verdict", QUALITY, "/quality/capa/{capa_done}/verdict/", form=True),
)
