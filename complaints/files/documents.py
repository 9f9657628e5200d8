"""PDF files: read by a real parser and written anew, with what is to be seen and nothing that acts."""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from django.utils.translation import gettext as _
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, StreamDecodeLevel

from complaints.files.kinds import MEGABYTE, FileRefused, damaged

AFTER_THE_END = b"\0\t\n\f\r "
"""What cameras and mail programs add."""
TAIL = 1024
"""Readers look for the end of a PDF in its last so many bytes. Source: ISO 32000-1, annex H.3, note 18."""
ACTING = {
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/URI", "/EmbeddedFiles", "/EF", "/RF", "/FS", "/AF", "/Collection",
    "/XFA", "/NeedsRendering", "/RichMediaContent", "/RichMediaSettings", "/3DD", "/Movie", "/Sound", "/Ref", "/OPI",
}  # fmt: skip
"""Keys that run something, hold a file or point out of this one."""
TELLING = {"/Metadata", "/PieceInfo", "/LastModified", "/Perms", "/DSS", "/Legal", "/Requirements", "/Threads"}
"""Keys that tell of the maker, or of nothing that is seen."""
OUTSIDE = {"/F", "/FFilter", "/FDecodeParms"}
"""Keys by which a stream takes its data from another file."""
OF_DICTIONARIES = frozenset(ACTING | TELLING)
OF_STREAMS = frozenset(OF_DICTIONARIES | OUTSIDE)
NOT_DRAWN = {Name.FileAttachment, Name.RichMedia, Name.Movie, Name.Sound, Name.Screen, Name("/3D"), Name.TrapNet}
FAULTS = (
    pikepdf.PdfError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What reading a broken file raises."""
CONTAINERS = (Dictionary, Stream, Array)
MOST_PARTS = 300_000
"""Dictionaries and arrays of one file; looking at them all takes some seconds."""

pikepdf.settings.set_qpdf_limits(
    flate_max_memory=64 * MEGABYTE,
    png_max_memory=64 * MEGABYTE,
    tiff_max_memory=64 * MEGABYTE,
    run_length_max_memory=64 * MEGABYTE,
    dct_max_memory=64 * MEGABYTE,
    max_stream_filters=4,
    parser_max_container_size=1_000_000,
    doc_max_warnings=100,
)


def clean_pdf(name: str, content: bytes) -> bytes:
    """Return the document without scripts, actions, links outward, attachments, and data on who made it how.

    Earlier states of it, which PDF files keep when they are changed, are gone too. Raises FileRefused with the cure.
    """
    written, content = BytesIO(), content.rstrip(AFTER_THE_END)
    if not _has_an_end(content):
        raise damaged(name)
    try:
        with pikepdf.open(BytesIO(content), suppress_warnings=True) as pdf:
            if _is_drawn_by_script(pdf):
                raise _needs_acrobat(name)
            if not _has_all_pages(pdf):
                raise damaged(name)
            _strip(pdf, name)
            pdf.save(written, compress_streams=False, stream_decode_level=StreamDecodeLevel.none, encryption=False)
    except pikepdf.PasswordError as error:
        raise _has_password(name) from error
    except FileRefused:
        raise
    except FAULTS as error:
        raise damaged(name) from error
    return written.getvalue()


def _has_an_end(content: bytes) -> bool:
    """Tell whether it was not cut off: then a wrong table of contents, which many programs write, can be mended."""
    tail = content[-TAIL:]
    return -1 < tail.rfind(b"startxref") < tail.rfind(b"%%EOF")


def _has_all_pages(pdf: Pdf) -> bool:
    promised = pdf.Root.Pages.get("/Count")
    return 0 < len(pdf.pages) == promised


def _is_drawn_by_script(pdf: Pdf) -> bool:
    """Tell whether the pages only ask to wait for a form that one reader alone can draw (dynamic XFA)."""
    return bool(pdf.Root.get("/NeedsRendering", False)) and "/XFA" in pdf.Root.get("/AcroForm", {})


def _strip(pdf: Pdf, name: str) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for count, part in enumerate(_parts(pdf), 1):
        if count > MOST_PARTS:
            raise _too_complex(name)
        if not isinstance(part, Array):
            _disarm(part)


def _parts(pdf: Pdf) -> Iterator[Object]:
    """Yield every dictionary, stream and array of the file, each once: objects, and what lies within them."""
    for whole in pdf.objects:
        waiting = [whole] if isinstance(whole, CONTAINERS) else []
        while waiting:
            part = waiting.pop()
            yield part
            held = part if isinstance(part, Array) else part.values()
            waiting += [inner for inner in held if isinstance(inner, CONTAINERS) and not inner.is_indirect]


def _disarm(part: Object) -> None:
    keys = part.keys()
    for key in keys & (OF_STREAMS if isinstance(part, Stream) else OF_DICTIONARIES):
        del part[key]
    for key in keys & {"/A", "/PA"}:
        if isinstance(action := part[key], Dictionary) and "/S" in action and not _stays_inside(action):
            del part[key]
    if "/Annots" in keys and isinstance(drawn := part["/Annots"], Array):
        part["/Annots"] = Array(
            [each for each in drawn if not (isinstance(each, Dictionary) and each.get("/Subtype") in NOT_DRAWN)]
        )


def _stays_inside(action: Object) -> bool:
    """Tell whether an action only turns to another page of the same file, and does nothing after that."""
    return action["/S"] == Name.GoTo and "/Next" not in action


def _has_password(name: str) -> FileRefused:
    return FileRefused(
        _("“%(name)s” is locked with a password. Save or print it without the password and choose the new file.")
        % {"name": name}
    )


def _needs_acrobat(name: str) -> FileRefused:
    return FileRefused(
        _("“%(name)s” is a form that only some programs can show. Open it, print it as a PDF and choose that file.")
        % {"name": name}
    )


def _too_complex(name: str) -> FileRefused:
    return FileRefused(
        _("“%(name)s” has too many parts for us to check. Print it as a PDF and choose that file.") % {"name": name}
    )
