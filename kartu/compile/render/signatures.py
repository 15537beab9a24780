"""What a media file really is, by its first bytes.

Browsers, and Anki with them, recognise pictures by these bytes and not by the name: a JPEG
picture named .png is shown. SVG is the exception: only a file named .svg is read as one, and only
if its XML is whole (tried in Chromium, with the types that Anki's own server sends for names).
"""

from __future__ import annotations

from typing import NamedTuple

from kartu.core.language import N_, _
from kartu.core.patterns import pattern


class Content(NamedTuple):
    """What a file holds, the endings of names for it (none: no device shows it), and a way out.

    `what` and `help` are marked for the catalogues; `error` is a place of `help`.
    """

    what: str
    endings: tuple[str, ...] = ()
    help: str = ""
    error: str = ""


_AS_PICTURE = N_("open it and save it as PNG or JPEG")
_AS_SOUND = N_("open it and save it as MP3")
_UNPACK = N_("unpack it, and put the file that is in it here")
_DOWNLOAD = N_("a page was downloaded in its place: open its address and save the picture or sound")

# The first bytes, those from the ninth on, and what they mean.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", b"", Content(N_("a PNG picture"), ("png",))),
    (b"\xff\xd8\xff", b"", Content(N_("a JPEG picture"), ("jpg", "jpeg"))),
    (b"GIF8", b"", Content(N_("a GIF picture"), ("gif",))),
    (b"RIFF", b"WEBP", Content(N_("a WebP picture"), ("webp",))),
    (b"RIFF", b"WAVE", Content(N_("a WAV sound"), ("wav",))),
    (b"RIFF", b"AVI ", Content(N_("an AVI film"), (), N_("save it as MP4"))),
    (b"\0\0\1\0", b"", Content(N_("an icon"), ("ico",))),
    (b"ID3", b"", Content(N_("an MP3 sound"), ("mp3",))),
    (b"OggS", b"", Content(N_("an Ogg sound"), ("ogg", "oga", "opus"))),
    (b"fLaC", b"", Content(N_("a FLAC sound"), ("flac",))),
    (b"\x1a\x45\xdf\xa3", b"", Content(N_("a WebM film"), ("webm",))),
    (b"FORM", b"AIF", Content(N_("an AIFF sound"), (), _AS_SOUND)),
    (b"#!AMR", b"", Content(N_("an AMR sound"), (), _AS_SOUND)),
    (b"MThd", b"", Content(N_("a MIDI file"), (), _AS_SOUND)),
    (b"0&\xb2u\x8ef\xcf\x11", b"", Content(N_("a Windows Media file"), (), _AS_SOUND)),
    (b"II*\0", b"", Content(N_("a TIFF picture"), (), _AS_PICTURE)),
    (b"MM\0*", b"", Content(N_("a TIFF picture"), (), _AS_PICTURE)),
    (b"8BPS", b"", Content(N_("a Photoshop picture"), (), _AS_PICTURE)),
    (b"\xff\x0a", b"", Content(N_("a JPEG XL picture"), (), _AS_PICTURE)),
    (b"\0\0\0\x0cJXL ", b"", Content(N_("a JPEG XL picture"), (), _AS_PICTURE)),
    (b"\0\0\0\x0cjP  ", b"", Content(N_("a JPEG 2000 picture"), (), _AS_PICTURE)),
    (b"%PDF", b"", Content(N_("a PDF document"), (), _AS_PICTURE)),
    (b"%!PS", b"", Content(N_("a PostScript document"), (), _AS_PICTURE)),
    (b"{\\rtf", b"", Content(N_("a document of a word processor"), (), _AS_PICTURE)),
    (b"\xd0\xcf\x11\xe0", b"", Content(N_("an Office document"), (), _AS_PICTURE)),
    (b"PK\3\4", b"", Content(N_("a ZIP archive or Office document"), (), _UNPACK)),
    (b"\x1f\x8b", b"", Content(N_("a gzip archive"), (), _UNPACK)),
    (b"7z\xbc\xaf", b"", Content(N_("a 7z archive"), (), _UNPACK)),
    (b"Rar!", b"", Content(N_("a RAR archive"), (), _UNPACK)),
    (b"\x7fELF", b"", Content(N_("a program"))),
)
# These are the beginnings of texts too.
_OF_NO_TEXT = (
    (b"BM", b"", Content(N_("a BMP picture"), ("bmp",))),
    (b"MZ", b"", Content(N_("a program"))),
)
_SVG = Content(N_("an SVG picture"), ("svg",))
_AVIF = Content(N_("an AVIF picture"), ("avif",))
_HEIC = Content(N_("a HEIC picture (as iPhones take them)"), (), _AS_PICTURE)
_MP4 = Content(N_("an MP4 film or sound"), ("mp4", "m4a"))
_MP3 = Content(N_("an MP3 sound"), ("mp3",))
_AAC = Content(N_("an AAC sound"), ("m4a",))
_HTML = Content(N_("an HTML page"), (), _DOWNLOAD)
_POINTER = Content(N_("a pointer of Git LFS, not the file itself"), (), N_("run git lfs pull"))
_EMPTY = Content(N_("nothing at all"), (), N_("save or copy it again"))
_TEXT = Content(N_("text"), (), N_("put the picture or sound itself there"))

_XML = N_("XML")

_PAGE = pattern(
    r"(?s:\s|<!--.*?-->|<\?xml.*?\?>)*<(?:!doctype html|html|head|body|title|script|div|p)\b"
)
_MARKUP = pattern(r"\s*<(?:\?xml|!--|!doctype|[a-z])")
_BINARY = pattern(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_SVG_NAME = "http://www.w3.org/2000/svg svg"
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_HEAD = 4096
# What browsers show as a picture, whatever it is named.
_SHOWN = frozenset(("png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "ico"))


def content_fault(name: str, data: bytes, kinds: frozenset[str]) -> tuple[str, str, str] | None:
    """Code, message and help if the file is not what its name says; `kinds` are its endings."""
    stem, _rest, ending = name.rpartition("/")[2].rpartition(".")
    pictures = "png" in kinds
    found = content_of_file(data)
    if found is None:  # sounds begin with anything
        message = _('"{name}" holds no picture that any device shows', name=name)
        return ("media-content", message, _(_AS_PICTURE)) if pictures else None
    if ending.lower() in found.endings:
        return None
    places = {"name": name, "what": _(found.what)}
    right = kinds.intersection(found.endings)
    instead = _AS_PICTURE if pictures else N_("put the sound itself there")
    help = _(found.help or instead, error=found.error)
    if right:
        better = next(one for one in found.endings if one in right)
        new_name = f"{stem}.{better}"
        help = _("rename it to {name}", name=new_name)
    shown = _SHOWN.intersection(found.endings) if pictures else right
    if shown and ending.lower() != "svg":
        help = _("most devices show or play it all the same; {help}", help=help)
        return "media-ending", _('"{name}" holds {what}', **places), help
    message = (
        _('"{name}" holds {what}: students would see no picture', **places)
        if pictures
        else _('"{name}" holds {what}: students would hear nothing', **places)
    )
    return "media-content", message, help


def content_of_file(data: bytes) -> Content | None:
    """What the file holds; None if its first bytes are those of nothing known."""
    if not data.strip(b"\0 \t\r\n"):
        return _EMPTY
    for start, ninth, content in _SIGNATURES:
        if data.startswith(start) and data[8:].startswith(ninth):
            return content
    if data.startswith(b"ftyp", 4):
        return _of_brands(data)
    if data[0] == 0xFF and 0xE0 <= (data[1] if len(data) > 1 else 0) != 0xFE:
        # Two bits for the layer: 0 is AAC, in its stream of packets. FF FE begins texts.
        return _MP3 if data[1] & 0x06 else _AAC
    text = _of_text(data)
    binary = (content for start, _rest, content in _OF_NO_TEXT if data.startswith(start))
    return next(binary, None) if text is None else text


def _of_brands(data: bytes) -> Content:
    """Which of the formats in the container of MP4, by the brands that it names."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[place : place + 4] for place in range(16, end, 4))}
    if brands & {b"avif", b"avis"}:
        return _AVIF
    return _HEIC if data[8:12] in _HEIC_BRANDS else _MP4


def _of_text(data: bytes) -> Content | None:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    head = data.removeprefix(b"\xef\xbb\xbf")[:_HEAD].decode(encoding, "replace").lower()
    if head.startswith("version https://git-lfs"):
        return _POINTER
    if _PAGE.match(head):
        return _HTML
    if _MARKUP.match(head):
        return _of_xml(data)
    return None if _BINARY.search(head) else _TEXT


def _of_xml(data: bytes) -> Content:
    """An SVG picture if a browser would draw it; else why it does not."""
    from xml.parsers import expat

    roots: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, _rest: roots.append(name) if not roots else None
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # also of unknown encodings
        what = N_("an SVG picture whose XML is broken") if b"<svg" in data else _XML
        place = (
            f"{error.lineno}:{error.offset + 1}" if isinstance(error, expat.ExpatError) else "1:1"
        )
        return Content(what, (), N_("no browser draws it: its XML is broken at {error}"), place)
    if roots == [_SVG_NAME]:
        return _SVG
    if roots[0] == "svg":
        help = N_('write xmlns="http://www.w3.org/2000/svg" into its <svg>')
        return Content(N_("an SVG picture without its xmlns"), (), help)
    return _HTML if roots[0].rpartition(" ")[2] == "html" else Content(_XML, (), _TEXT.help)
