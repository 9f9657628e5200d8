"""PDF files keep their pages, and lose whatever acts, hides, or tells of their maker."""

import resource
import zlib
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from complaints.files.cleaning import taken
from complaints.files.documents import clean_pdf
from complaints.files.kinds import FileRefused
from tests.intake.papers import PDF, pdf, written


def made(change) -> bytes:
    """Return a PDF of one page after a change to it."""
    with pikepdf.open(BytesIO(PDF)) as document:
        change(document)
        return written(document)


def cleaned(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(clean_pdf("bill.pdf", content)))


def script(words: str = "app.alert(1)") -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(words))


def on_opening(document):
    document.Root.OpenAction = script("app.alert('opened')")


def on_events(document):
    document.Root.AA = Dictionary(WC=script())
    document.pages[0].AA = Dictionary(O=script())


def by_name(document):
    document.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("a"), document.make_indirect(script())]))
    )


def annotation(document, **keys):
    document.pages[0].Annots = Array(
        [document.make_indirect(Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **keys))]
    )


def launches(document):
    annotation(document, Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("cmd.exe")))


def sends_a_form(document):
    annotation(document, Subtype=Name.Widget, A=Dictionary(S=Name.SubmitForm, F=String("https://evil.example/")))
    document.Root.AcroForm = Dictionary(Fields=Array([document.pages[0].Annots[0]]))


def links_out(document):
    annotation(document, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://evil.example/")))


def does_one_thing_after_another(document):
    go = Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]), Next=script("app.alert(2)"))
    annotation(document, Subtype=Name.Link, A=document.make_indirect(go))


def attaches(document):
    document.attachments["tool.exe"] = pikepdf.AttachedFileSpec(document, b"MZ evil", filename="tool.exe")


def attaches_to_the_page(document):
    held = pikepdf.AttachedFileSpec(document, b"MZ evil", filename="tool.exe")
    annotation(document, Subtype=Name.FileAttachment, FS=held.obj)


def plays(document):
    annotation(document, Subtype=Name.RichMedia, RichMediaContent=Dictionary(Assets=String("evil")))


def holds_a_form_of_xml(document):
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=document.make_stream(b"<xdp>evil</xdp>"))


def takes_its_page_from_elsewhere(document):
    page = document.make_stream(b"")
    page.F = String("https://evil.example/page")
    document.pages[0].Contents = page


def tells_of_its_maker(document):
    document.docinfo["/Author"] = "Joseph K, evil"
    with document.open_metadata() as about:
        about["dc:creator"] = ["Joseph K, evil"]
    document.pages[0].PieceInfo = Dictionary(Maker=String("evil"))


@pytest.mark.parametrize(
    "change",
    [
        on_opening, on_events, by_name, launches, sends_a_form, links_out, does_one_thing_after_another, attaches,
        attaches_to_the_page, plays, holds_a_form_of_xml, takes_its_page_from_elsewhere, tells_of_its_maker,
    ],
)  # fmt: skip
def test_what_acts_hides_or_tells_is_gone_and_the_page_is_not(change):
    sent = made(change)
    assert any(word in sent for word in (b"evil", b"cmd.exe", b"app.alert", b"MZ"))
    kept = clean_pdf("bill.pdf", sent)
    assert not any(
        word in kept
        for word in (b"evil", b"cmd.exe", b"app.alert", b"tool.exe", b"JavaScript", b"Launch", b"SubmitForm", b"Joseph")
    )
    assert len(pikepdf.open(BytesIO(kept)).pages) == 1


def test_a_link_to_another_page_stays():
    def link(document):
        annotation(
            document,
            Subtype=Name.Link,
            A=Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit])),
        )

    with cleaned(made(link)) as document:
        assert Name.GoTo == document.pages[0].Annots[0].A.S


def test_what_somebody_noted_on_the_page_stays():
    def note(document):
        annotation(document, Subtype=Name.Text, Contents=String("Paid on March 3"))

    with cleaned(made(note)) as document:
        assert str(document.pages[0].Annots[0].Contents) == "Paid on March 3"


def test_an_earlier_state_of_a_document_is_gone():
    assert b"blacked out" not in clean_pdf("bill.pdf", PDF.replace(b"startxref", b"% blacked out\nstartxref"))


def test_a_document_with_a_password_is_refused_with_the_cure():
    with pikepdf.open(BytesIO(PDF)) as document:
        locked = written(document, encryption=pikepdf.Encryption(user="secret", owner="secret"))
        guarded = written(document, encryption=pikepdf.Encryption(user="", owner="secret"))
    with pytest.raises(FileRefused, match="locked with a password"):
        clean_pdf("bill.pdf", locked)
    assert not cleaned(guarded).is_encrypted, "one that anybody may read is taken"


def test_a_form_that_one_program_alone_can_draw_is_refused_with_the_cure():
    def change(document):
        document.Root.NeedsRendering = True
        document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=document.make_stream(b"<xdp/>"))

    with pytest.raises(FileRefused, match="print it as a PDF"):
        clean_pdf("form.pdf", made(change))


def test_a_wrong_table_of_contents_is_mended():
    assert len(cleaned(PDF.replace(b"startxref\n", b"startxref\n9")).pages) == 1


@pytest.mark.parametrize(
    "sent",
    [
        PDF[: len(PDF) // 2],
        PDF.replace(b"/Pages", b"/Sages"),
        PDF.replace(b"/Count 1", b"/Count 7"),
        b"%PDF-1.7\nstartxref\n0\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 100_000 + b"\nstartxref\n9\n%%EOF",
    ],
    ids=["half", "no pages", "pages missing", "nothing", "nested"],
)
def test_a_damaged_document_is_refused_with_the_cure(sent):
    with pytest.raises(FileRefused, match="damaged or incomplete"):
        clean_pdf("bill.pdf", sent)


def test_a_document_of_countless_parts_is_refused(monkeypatch):
    monkeypatch.setattr("complaints.files.documents.MOST_PARTS", 3)
    with pytest.raises(FileRefused, match="too many parts"):
        clean_pdf("bill.pdf", PDF)


def test_objects_that_unpack_to_a_gigabyte_stay_packed():
    """Half a megabyte holds half a gigabyte of objects; the parser gives up at 64 MB and leaves them out."""
    packer = zlib.compressobj()
    blanks = b" " * 1024**2
    packed = b"".join([packer.compress(b"1 0 null"), *(packer.compress(blanks) for _ in range(512)), packer.flush()])
    body, places = b"%PDF-1.7\n", {}
    for number, words in (
        (2, b"<</Type/Catalog/Pages 3 0 R/X 1 0 R>>"),
        (3, b"<</Type/Pages/Kids[5 0 R]/Count 1>>"),
        (4, b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed)),
        (5, b"<</Type/Page/Parent 3 0 R/MediaBox[0 0 9 9]>>"),
    ):
        places[number] = len(body)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, words)
    rows = [(0, 0, 0), (2, 4, 0), *((1, places[number], 0) for number in (2, 3, 4, 5)), (1, len(body), 0)]
    table = b"".join(bytes([kind]) + place.to_bytes(4) + bytes([rest]) for kind, place, rest in rows)
    head = b"6 0 obj\n<</Type/XRef/W[1 4 1]/Size 7/Root 2 0 R/Length %d>>stream\n" % len(table)
    bomb = body + head + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(taken("bomb.pdf", bomb).content) < 1000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


def test_a_document_with_something_behind_it_is_a_document_alone_afterwards():
    kept = taken("two.pdf", PDF + b"\0" * 4096)
    assert kept.content.rstrip().endswith(b"%%EOF")
    for stowaway in (b"PK\x03\x04 packed", b"<script>alert(1)</script>"):
        assert stowaway not in taken("two.pdf", PDF + stowaway).content


def test_a_large_document_is_as_large_afterwards():
    assert len(clean_pdf("scan.pdf", pdf(5 * 1024**2))) > 5 * 1024**2
