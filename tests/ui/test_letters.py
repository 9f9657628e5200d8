"""The letter: the same words as HTML and as a tagged PDF."""

import json
from dataclasses import asdict, replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.template.loader import render_to_string

from complaints.correspondence.rendering import (
    LetterContent,
    LetterSection,
    Record,
    render_letter_pdf,
    render_record_pdf,
)
from complaints.correspondence.typefaces import TypefacesMissing, cleaned, missing_signs
from complaints.lifecycle import TransitionRefused
from tests.ui.conftest import Reader

FONTS = Path(settings.BUILD_DIR) / "fonts"
LETTER = LetterContent(
    title="Our decision on your complaint",
    reference="C-26-7QK4-XD9M",
    dated="June 24, 2026",
    recipient=("Joseph Kowalski", "14 Elm Street", "Hartford, CT 06103"),
    salutation="Dear Joseph Kowalski,",
    sections=(
        LetterSection("What we decided", ("We agree with you.\nYour complaint is upheld.",)),
        LetterSection("What we looked at", items=("Your bill of June 1, 2026", "Our payment record")),
    ),
    next_level=LetterSection("If you do not agree", ("You can appeal until December 21, 2026.",)),
    closing="Sincerely,",
    signed_by=("Dana Ruiz", "Case handler"),
    insurer="Meridian Health Plan",
    phone="1-800-555-0100 (TTY 711)",
)
HOSTILE = '#panic("x") <script>alert(1)</script> *b* $x$ `r` = h \\ " \x00\x07 \u202e ]]) #include("/etc/passwd")'


@pytest.fixture(scope="module")
def pdf():
    return pikepdf.open(BytesIO(render_letter_pdf(LETTER)))


def test_the_pdf_is_tagged_titled_and_in_a_language(pdf):
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.StructTreeRoot.K
    assert pdf.Root.Lang == "en"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert pdf.docinfo["/Title"] == "Our decision on your complaint"


def test_the_pdf_says_that_it_is_accessible(pdf):
    assert pdf.open_metadata()["pdfuaid:part"] == "1"


def tags(node):
    if isinstance(node, pikepdf.Dictionary):
        yield from [str(node.S)] if "/S" in node else []
        yield from tags(node.get("/K"))
    elif isinstance(node, pikepdf.Array):
        for child in node:
            yield from tags(child)


def test_headings_paragraphs_and_lists_are_tagged_as_such(pdf):
    found = list(tags(pdf.Root.StructTreeRoot))
    assert found.count("/H1") == 1
    assert found.count("/H2") == 3
    assert found.count("/LI") == 2
    assert "/P" in found


def test_it_is_on_us_letter_paper(pdf):
    assert [[float(side) for side in page.MediaBox] for page in pdf.pages] == [[0, 0, 612, 792]]


def test_only_our_own_fonts_are_in_it(pdf):
    fonts = {str(font.BaseFont).partition("+")[2] for font in pdf.pages[0].Resources.Font.values()}
    assert {font.removesuffix("-Identity-H") for font in fonts} == {"NotoSans-Regular", "NotoSans-SemiBold"}


def test_the_same_letter_gives_the_same_file():
    assert render_letter_pdf(LETTER) == render_letter_pdf(LETTER)


def test_what_people_wrote_is_data_for_the_typesetter():
    hostile = replace(
        LETTER,
        recipient=(HOSTILE,),
        salutation=HOSTILE,
        sections=(LetterSection(HOSTILE, (HOSTILE,), (HOSTILE,)),),
        closing=HOSTILE,
    )
    assert len(pikepdf.open(BytesIO(render_letter_pdf(hostile))).pages) == 1


@pytest.mark.parametrize("words", ["李明 님", "臺灣", "مرحبا", "नमस्ते", "a\u200d\ufe0f", "", "\n\n", "x" * 9000])
def test_no_script_of_our_members_and_no_length_stops_a_letter(words):
    assert render_letter_pdf(replace(LETTER, sections=(LetterSection("What you wrote", (words,), (words,)),)))


def record_of(sections):
    return render_record_pdf(Record("Summary of a complaint", "C-26-7QK4-XD9M", LETTER.insurer, sections))


@pytest.mark.parametrize("drawn", [record_of, lambda sections: render_letter_pdf(replace(LETTER, sections=sections))])
@pytest.mark.parametrize("word", ["x" * 9000, "https://example.org/?token=" + "a1B2" * 2500])
def test_a_word_longer_than_a_line_goes_on_in_the_next_instead_of_off_the_page(drawn, word):
    pages = pikepdf.open(BytesIO(drawn((LetterSection("What happened", (word,)),)))).pages
    assert len(pages) > 1, "a hundred lines do not fit on one"


@pytest.mark.parametrize("name", ["王小明", "김민준", "Nguyễn Văn An", "Дмитрий"])
def test_a_name_stands_in_the_pdf_as_text_in_its_own_script(name):
    pdf = pikepdf.open(BytesIO(render_letter_pdf(replace(LETTER, recipient=(name,)))))
    fonts = pdf.pages[0].Resources.Font.values()
    readable = b"".join(font.ToUnicode.read_bytes() for font in fonts).decode()
    assert [sign for sign in set(name) if f"<{ord(sign):04X}>" not in readable] == []


def test_signs_without_a_shape_stop_a_letter_and_are_named():
    sections = (LetterSection("Why 😀", ("ક and 😀",), ("\ud800\ue000",)),)
    with pytest.raises(TransitionRefused) as refused:
        render_letter_pdf(replace(LETTER, sections=sections))
    assert str(refused.value) == (
        "We cannot print these signs: 😀 ક U+D800 U+E000. Write in other letters what holds them, then issue it."
    )


def test_a_letter_reads_from_right_to_left_in_arabic():
    letter = pikepdf.open(BytesIO(render_letter_pdf(replace(LETTER, language="ar", title="قرارنا"))))
    assert letter.Root.Lang == "ar"


def test_what_has_no_shape_of_its_own_is_left_out():
    assert cleaned("Ana 李 \x07 a\tb\nc", FONTS) == "Ana 李  a b\nc"


def test_what_no_typeface_draws_is_found_once():
    assert missing_signs("😀 a\n😀", FONTS) == ["😀"]
    assert missing_signs("Việt Русский العربية 简体中文 한국어", FONTS) == []


def test_without_the_fonts_the_cure_is_said(tmp_path):
    with pytest.raises(TypefacesMissing, match="npm run build"):
        cleaned("x", tmp_path)


def test_a_stored_letter_comes_back_whole():
    assert LetterContent.restored(json.loads(json.dumps(asdict(LETTER)))) == LETTER


def test_the_html_says_the_same():
    letter = Reader(render_to_string("letters/letter.html", {"letter": replace(LETTER, salutation="<b>Dear</b>")}))
    assert letter.one("article") == {"class": "rd-letter", "lang": "en", "dir": "ltr"}
    assert len(letter.all("h2")) == 3
    assert letter.all("b") == []
    for words in (
        "June 24, 2026 Reference C-26-7QK4-XD9M",
        "We agree with you. Your complaint is upheld.",
        "Our payment record",
        "You can appeal until December 21, 2026.",
        "Dana Ruiz Case handler",
    ):
        assert words in letter.text


def test_inside_a_page_the_letter_leaves_the_first_heading_to_the_page():
    letter = Reader(render_to_string("letters/letter.html", {"letter": LETTER, "level": 2}))
    assert (letter.all("h1"), len(letter.all("h2")), len(letter.all("h3"))) == ([], 1, 3)
