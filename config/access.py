"""Who may reach which URL. A URL without a row here is refused to everybody (members/accounts/middleware.py).

Which complaint a person sees within a page is for the models' scopes to say, and what may be done to it for
complaints/permissions.py; this table says whether there is a way in at all.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.permissions import ACTIONS, READERS
from members.accounts.audiences import ANYONE, ENROLMENT, MEMBER, PROGRAMS, SIGNED_IN, VERIFICATION, Audience, staff
from members.actors import RECORDS_REPRESENTATION, STAFF, Role


def staff_who_may(action: str) -> Audience:
    """Return the staff whose roles allow an action: a page that does one thing is for those who may do it."""
    return staff(*ACTIONS[action] & STAFF)


URL_AUDIENCES: dict[str, Audience] = {
    "health_live": PROGRAMS,
    "health_ready": PROGRAMS,
    "health_deadlines": PROGRAMS,
    "health_limits": PROGRAMS,
    "health_audit": PROGRAMS,
    "health_files": ANYONE,
    "csp_reports": PROGRAMS,
    "metrics": PROGRAMS,  # with its own token
    # The door
    "accounts:sign_in": ANYONE,
    "accounts:verify": VERIFICATION,
    "accounts:recovery": VERIFICATION,
    "accounts:prove": SIGNED_IN,
    "accounts:stay": ANYONE,  # whose session is over is told so
    "accounts:sign_out": ANYONE,
    "accounts:register": ANYONE,
    "accounts:registration": ANYONE,
    "accounts:forgot": ANYONE,
    "accounts:reset": ANYONE,
    # What lets people in; what changes it wants to see a factor again
    "accounts:enrol": ENROLMENT,
    "accounts:enrol_app": ENROLMENT.after_proof(),
    "accounts:enrol_passkey": ENROLMENT.after_proof(),
    "accounts:security": SIGNED_IN,
    "accounts:recovery_codes": SIGNED_IN.after_proof(),
    "accounts:remove_factor": SIGNED_IN.after_proof(),
    "accounts:end_sessions": SIGNED_IN,
    "accounts:representatives": MEMBER,
    "accounts:end_representation": MEMBER,
    "accounts:password": SIGNED_IN.after_proof(),
    "accounts:email": SIGNED_IN.after_proof(),
    "accounts:confirm_email": SIGNED_IN.after_proof(),
    # Who works here; what gives or takes access wants to see a factor again
    "people:list": staff(Role.ADMINISTRATOR),
    "people:invite": staff(Role.ADMINISTRATOR).after_proof(),
    "people:person": staff(Role.ADMINISTRATOR),
    "people:grant": staff(Role.ADMINISTRATOR).after_proof(),
    "people:revoke": staff(Role.ADMINISTRATOR).after_proof(),
    "people:disable": staff(Role.ADMINISTRATOR).after_proof(),
    "people:enable": staff(Role.ADMINISTRATOR).after_proof(),
    "people:ask_reset": staff(Role.ADMINISTRATOR).after_proof(),
    "people:confirm_reset": staff(Role.ADMINISTRATOR).after_proof(),
    "people:review": staff(Role.ADMINISTRATOR, Role.AUDITOR),
    "people:review_csv": staff(Role.ADMINISTRATOR, Role.AUDITOR).takes_away(),
    "people:teams": staff(Role.ADMINISTRATOR),
    "people:lead_team": staff(Role.ADMINISTRATOR),
    "people:rename_team": staff(Role.ADMINISTRATOR),
    "people:end_team": staff(Role.ADMINISTRATOR),
    "people:work": staff(Role.ADMINISTRATOR),
    "people:join_team": staff(Role.ADMINISTRATOR),
    "people:set_skills": staff(Role.ADMINISTRATOR),
    "people:end_absence": staff(Role.ADMINISTRATOR),
    "people:sign_out_everywhere": staff(Role.ADMINISTRATOR).after_proof(),
    "people:decide": staff(Role.ADMINISTRATOR).after_proof(),
    # Who may act for a member
    "people:representations": staff(*RECORDS_REPRESENTATION),
    "people:record_representation": staff(*RECORDS_REPRESENTATION).after_proof(),
    "people:confirm_representation": staff(*RECORDS_REPRESENTATION).after_proof(),
    "people:end_representation": staff(*RECORDS_REPRESENTATION),
    # Pages for everybody
    "public:home": ANYONE,
    "public:complaints": ANYONE,
    "public:status": ANYONE,
    "public:status_of": ANYONE,
    "public:accessibility": ANYONE,
    "public:privacy": ANYONE,
    "public:language_help": ANYONE,
    # The complaint form: with an account or without
    "intake:start": ANYONE,
    "intake:saved": ANYONE,
    "intake:files": ANYONE,
    "intake:file_preview": ANYONE,  # of the draft in hand
    "intake:check": ANYONE,
    "intake:done": ANYONE,
    "intake:step": ANYONE,
    # Members' own pages
    "member:cases": MEMBER,
    "member:case": MEMBER,
    "member:write": ANYONE,  # who was signed out meanwhile gets the words back instead of losing them
    "member:letter": MEMBER,
    "member:letter_pdf": MEMBER,
    "member:notice": MEMBER,
    "member:notice_pdf": MEMBER,
    "member:file": MEMBER,
    "member:file_preview": MEMBER,
    "member:why": MEMBER,
    "member:why_data": MEMBER,
    "member:withdraw": MEMBER,
    # The desk
    "desk:queue": staff(*READERS),
    "desk:queue_csv": staff(*READERS).takes_away(),
    "desk:search": staff(*READERS),
    "desk:tasks": staff_who_may("finish_task"),
    "desk:task_done": staff_who_may("finish_task"),
    "desk:case": staff(*READERS),
    "desk:file": staff(*READERS),
    "desk:file_preview": staff(*READERS),
    "desk:letter": staff(*READERS),
    "desk:letter_pdf": staff(*READERS),
    "desk:why": staff(*READERS),
    "desk:why_data": staff(*READERS),
    "desk:notice": staff(*READERS),
    "desk:send_notice": staff_who_may("send_notice"),
    "desk:deadlines": staff_who_may("read_deadlines"),
    "desk:given_up": staff_who_may("read_deadlines"),
    "desk:retry": staff_who_may("retry_effects"),
    "desk:take": staff_who_may("take"),
    "desk:acknowledge": staff_who_may("acknowledge"),
    "desk:assess": staff_who_may("assess"),
    "desk:write_note": staff_who_may("write_note"),
    "desk:add_evidence": staff_who_may("add_evidence"),
    "desk:record_address": staff_who_may("record_address"),
    "desk:investigate": staff_who_may("investigate"),
    "desk:decide": staff_who_may("decide"),
    "desk:issue_letter": staff_who_may("issue_letter"),
    "desk:inform": staff_who_may("inform"),
    "desk:message": staff_who_may("message"),
    "desk:extend_date": staff_who_may("extend_date"),
    "desk:start_date": staff_who_may("start_date"),
    "desk:meet_date": staff_who_may("meet_date"),
    "desk:wait_for_member": staff_who_may("wait_for_member"),
    "desk:stop_waiting": staff_who_may("stop_waiting"),
    "desk:close": staff_who_may("close"),
    # What few may see; breaking the glass wants to see a factor again
    "desk:restrict": staff_who_may("restrict"),
    "desk:lift_restriction": staff_who_may("lift_restriction"),
    "desk:break_glass": staff_who_may("break_glass").after_proof(),
    "desk:openings": staff_who_may("read_openings"),
    "desk:opening": staff_who_may("read_openings"),
    "desk:judge": staff_who_may("judge_opening"),
    # The audit trail; what leaves the house wants to see a factor again
    "oversight:home": staff_who_may("read_trail"),
    "oversight:find_member": staff_who_may("read_trail"),
    "oversight:find_person": staff_who_may("read_trail"),
    "oversight:find_case": staff_who_may("read_trail"),
    "oversight:member": staff_who_may("read_trail"),
    "oversight:person": staff_who_may("read_trail"),
    "oversight:case": staff_who_may("read_trail"),
    "oversight:take_member": staff_who_may("read_trail").after_proof(),
    "oversight:take_person": staff_who_may("read_trail").after_proof(),
    "oversight:take_case": staff_who_may("read_trail").after_proof(),
    # Quality management; who owns an action of a CAPA reads the CAPA and reports the action done
    "quality:dashboard": staff_who_may("read_quality"),
    "quality:causes": staff_who_may("read_quality"),
    "quality:causes_csv": staff_who_may("read_quality").takes_away(),
    "quality:cause": staff_who_may("read_quality"),
    "quality:to_record": staff_who_may("read_quality"),
    "quality:record_cause": staff_who_may("record_root_cause"),
    "quality:try_dates": staff_who_may("read_quality"),
    "quality:packs": staff_who_may("read_quality"),
    "quality:pack": staff_who_may("read_quality"),
    "quality:policies": staff_who_may("read_quality"),
    "quality:policy_new": staff_who_may("write_policy"),
    "quality:policy_draft": staff_who_may("read_quality"),
    "quality:policy_edit": staff_who_may("write_policy"),
    "quality:policy_submit": staff_who_may("write_policy"),
    "quality:policy_publish": staff_who_may("publish_policy"),
    "quality:policy_withdraw": staff_who_may("write_policy"),
    "quality:policy_what_if": staff_who_may("read_quality"),
    "quality:policy_what_if_csv": staff_who_may("read_quality").takes_away(),
    "quality:capa_list": staff(*READERS),
    "quality:capa_list_csv": staff(*READERS).takes_away(),
    "quality:capa_new": staff_who_may("open_capa"),
    "quality:capa": staff(*READERS),
    "quality:capa_action": staff(*READERS),
    "quality:capa_action_done": staff(*READERS),
    "quality:capa_action_hand_over": staff(*READERS),
    "quality:capa_hand_over": staff(*READERS),
    "quality:capa_why": staff(*READERS),
    "quality:capa_why_data": staff(*READERS),
    "quality:capa_action_why": staff(*READERS),
    "quality:capa_action_why_data": staff(*READERS),
    "quality:capa_plan": staff_who_may("change_capa"),
    "quality:capa_verdict": staff_who_may("change_capa"),
}

# The rooms of the workbench as its top bar names them: URL, words, and the pages that lie within.
STAFF_ROOMS: tuple[tuple[str, Promise, tuple[str, ...]], ...] = (
    ("desk:queue", _("Queue"), ("desk:",)),
    ("desk:tasks", _("Tasks"), ("desk:task_done",)),
    ("quality:dashboard", _("Quality"), ()),
    ("quality:causes", _("Causes"), ("quality:cause", "quality:to_record", "quality:record_cause")),
    ("quality:capa_list", _("CAPA"), ("quality:capa",)),
    ("quality:try_dates", _("Dates"), ("quality:pack",)),
    ("quality:policies", _("Policies"), ("quality:polic",)),
    ("desk:deadlines", _("Deadlines"), ("desk:given_up",)),
    ("desk:openings", _("Openings"), ("desk:opening", "desk:judge")),
    ("oversight:home", _("Audit trail"), ("oversight:",)),
    ("people:representations", _("Representatives"), ("people:record_representation",)),
    ("people:list", _("People"), ("people:",)),
    ("people:review", _("Access review"), ()),
)

# Where somebody lands after signing in: the first row whose role the person holds.
LANDING_PAGES: tuple[tuple[Role, str], ...] = (
    (Role.AGENT, "desk:queue"),
    (Role.CLINICAL_REVIEWER, "desk:queue"),
    (Role.LEAD, "desk:queue"),
    (Role.QUALITY_MANAGER, "quality:dashboard"),
    (Role.PRIVACY_OFFICER, "desk:queue"),
    (Role.AUDITOR, "quality:dashboard"),
    (Role.ADMINISTRATOR, "people:list"),
    (Role.MEMBER, "member:cases"),
)
