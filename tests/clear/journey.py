"""What people type from a complaint to a corrective action, page by page, as the product's own forms ask for it."""

import re
from datetime import date, timedelta
from io import BytesIO

import pikepdf
from PIL import Image

from tests.clear.canaries import Canaries
from tests.clear.people import Typist

STEPS = "/en/complaints/new/"
TAKEN_FILES = 2
HOLD = re.compile(r"/retention/holds/[0-9a-f-]{36}/")
REFERENCE = re.compile(r"C-\d\d-[0-9A-Z]{4}-[0-9A-Z]{4}")


def pdf(canaries: Canaries) -> bytes:
    """Return a PDF with words on its page and about its maker."""
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(300, 300))
        made.pages[0].Contents = made.make_stream(f"BT ({canaries.word('text of a PDF')}) Tj ET".encode())
        made.docinfo["/Author"] = canaries.word("author of a PDF")
        made.save(file := BytesIO(), compress_streams=False)
        return file.getvalue()


def photo(canaries: Canaries) -> bytes:
    """Return a photo that names its author."""
    exif = Image.Exif()
    exif[0x013B] = canaries.word("author of a photo")
    Image.new("RGB", (40, 30), "red").save(file := BytesIO(), "JPEG", exif=exif)
    return file.getvalue()


def answer_steps(guest: Typist) -> None:
    """Answer every page of the complaint form but the last, with files."""
    canaries = guest.canaries
    numbers = {name: canaries.number(f"{STEPS}who/ {name}") for name in ("phone", "member_number")}
    guest.done(f"{STEPS}who/", relationship="self", language="en", **numbers)
    guest.done(f"{STEPS}urgent/", harm_if_waiting="no")
    guest.done(f"{STEPS}topic/", happened_on_month="3", happened_on_day="1", happened_on_year="2020")
    guest.done(f"{STEPS}what-happened/")
    for kind, content in (("pdf", pdf(canaries)), ("jpg", photo(canaries)), ("pdf", b"%PDF-1.7 " + photo(canaries))):
        form = guest.form_at(f"{STEPS}files/")
        guest.upload(
            f"{STEPS}files/", f"{canaries.word(f'{STEPS}files/ name')}.{kind}", content, **form.fields, add="1"
        )
    assert guest.get(f"{STEPS}files/").text.count("rd-files__file") == TAKEN_FILES
    guest.done(f"{STEPS}outcome/")


def complain(guest: Typist) -> str:
    """File a complaint and return its reference."""
    answer_steps(guest)
    return REFERENCE.search(guest.done(f"{STEPS}check/").location)[0]


def knock(guest: Typist, reference: str) -> None:
    """Try every way in without having one."""
    guest.fill("/en/status/", reference=reference)
    for path in ("/en/status/", "/en/account/sign-in/", "/en/account/register/", "/en/account/forgot/"):
        guest.fill(path)
    canaries = guest.canaries
    word = canaries.word("a path")
    for path in (f"/en/{word}/", f"/en/status/{word}/", f"/en/account/reset/{word}/", f"/desk/cases/{word}/"):
        guest.get(f"{path}?q={canaries.word('a query')}")


def handle(agent: Typist, reference: str) -> None:
    """Take the case to its letter, and search for it."""
    case = f"/desk/cases/{reference}"
    agent.done(f"{case}/take/")
    agent.done(f"{case}/assess/")
    agent.done(f"{case}/note/")
    agent.done(f"{case}/evidence/", obtained_on_month="6", obtained_on_day="20", obtained_on_year="2026")
    agent.done(f"{case}/address/")
    agent.done(f"{case}/findings/")
    agent.done(f"{case}/decide/", remedy_kind="refund")
    agent.done(f"{case}/issue/")
    agent.fill("/desk/search/")
    agent.get(f"{case}/letter.pdf")
    for path in ("/desk/queue.csv", "/desk/", "/desk/tasks/"):
        agent.get(path)


def learn(manager: Typist, reference: str) -> None:
    """Record the cause, and open and plan a CAPA for it."""
    ahead = [date.today() + timedelta(days=days) for days in (30, 60)]  # noqa: DTZ011 -- far enough ahead in any zone
    manager.done(f"/quality/cases/{reference}/cause/")
    opened = manager.done(f"/quality/capa/new/?complaints={reference}").location
    manager.done(f"{opened}actions/new/", **_date("due_on", ahead[0]))
    manager.done(f"{opened}plan/", **_date("check_on", ahead[1]))
    for path in ("/quality/capa.csv?show=all", "/quality/causes.csv", "/quality/", opened, f"{opened}verdict/"):
        manager.get(path)


def belong(member: Typist) -> None:
    """Write about an own complaint, let somebody get data, and fail to change what needs a proof."""
    reference = REFERENCE.search(member.get("/en/my/").text)[0]
    member.fill(f"/en/my/cases/{reference}/", to=f"/en/my/cases/{reference}/messages/")
    member.done("/en/account/sharing/new/", **_date("last_on", date.today() + timedelta(days=30)))  # noqa: DTZ011
    member.fill("/en/account/prove/")
    member.fill("/en/account/security/password/")
    member.fill("/en/account/security/email/")
    for path in ("/en/account/shared.csv", "/en/my/seen/", f"/en/my/cases/{reference}/"):
        member.get(path)


def represent(agent: Typist, member_number: str) -> None:
    """Record who may act for a member."""
    until = date.today() + timedelta(days=30)  # noqa: DTZ011 -- the same
    agent.done("/people/representatives/record/", member_number=member_number, **_date("last_on", until))


def oversee(officer: Typist, lead: Typist, reference: str, member_number: str) -> None:
    """Look for members and people, record what came and went on paper, and hold a case, which a lead lets go of."""
    today = date.today()  # noqa: DTZ011 -- far enough from the ends in any zone
    nobody = officer.canaries.number("/people/disclosures/ member number of a paper")
    until, went = _date("last_on", today + timedelta(days=30)), _date("went_on", today - timedelta(days=2))
    gone = went | {"basis": "mistake"}
    for path, facts in (("/people/disclosures/record/", gone), ("/people/disclosures/consents/record/", until)):
        officer.fill(path, member_number=nobody)
        officer.done(path, member_number=member_number, **facts)
    officer.fill("/people/disclosures/", member_number=nobody)
    for what in ("members", "people", "cases"):
        officer.fill("/oversight/", to=f"/oversight/{what}/")
    officer.done(f"/retention/cases/{reference}/hold/")
    hold = HOLD.search(officer.get(f"/retention/cases/{reference}/hold/").text)[0]
    lead.done(f"{hold}release/", at=hold)


def _date(name: str, day: date) -> dict[str, str]:
    return {f"{name}_month": str(day.month), f"{name}_day": str(day.day), f"{name}_year": str(day.year)}
