"""Pictures from a teacher's computer: what a deck gets of them, and what it never takes."""

from __future__ import annotations

import base64
import io
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw
from support.editor import DECK, Editor, opened

from kartu.compile.render.signatures import content_of_file
from kartu.load.svg import drawing_fault
from kartu.rewrite.media import LARGEST
from kartu.rewrite.notes.values import EditRefusedError
from kartu.rewrite.pictures import LONGEST_SIDE, picture_of
from kartu.show.editor.media_calls import CALLS

_SECRET = b"Jalan Rahasia 7"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">%s</svg>'


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return opened(tmp_path)


def drawn(width: int, height: int) -> Image.Image:
    """A picture with noise in all colours, as a photo has it; its upper left corner is red."""
    image = Image.merge("RGB", [Image.effect_noise((width, height), 50) for _band in range(3)])
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height // 4), fill="red")
    return image


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def exif() -> Image.Exif:
    """What a phone writes: that it was held upright, who owns it, and where it was."""
    found = Image.Exif()
    found[0x0112] = 6
    found[0x013B] = _SECRET.decode()
    place = found.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "S", (6.0, 10.0, 30.0), "E", (106.0, 49.0, 0.0)
    return found


# What a picture says of its maker, in each format.
_TELLING: dict[str, dict[str, Any]] = {
    "JPEG": {"exif": exif(), "comment": _SECRET, "xmp": b"<x>%s</x>" % _SECRET},
    "PNG": {"exif": exif()},
    "WEBP": {"exif": exif(), "xmp": b"<x>%s</x>" % _SECRET},
    "AVIF": {"exif": exif()},
    "GIF": {"comment": _SECRET},
}


@pytest.mark.parametrize("format", _TELLING)
def test_nothing_is_told_of_the_maker(format: str) -> None:
    """No comment, owner or place is left, and the picture is upright."""
    given = encoded(drawn(80, 40), format, **_TELLING[format])
    assert _SECRET in given
    picture = picture_of(given)
    assert picture.cleared
    assert picture.turned == ("exif" in _TELLING[format])
    for size in picture.sizes:
        assert _SECRET not in size.data
        with Image.open(io.BytesIO(size.data)) as image:
            assert not image.getexif()
            assert image.info.keys().isdisjoint(("comment", "exif", "xmp", "icc_profile"))
            turned = (40, 80) if picture.turned else (80, 40)
            assert image.size == turned == (size.width, size.height)
            corner = (image.width - 3 if picture.turned else 3, 3)
            red, green, _blue = image.convert("RGB").getpixel(corner)  # type: ignore[misc]
            assert red > 200 > 60 > green


def test_a_large_photo_is_offered_smaller() -> None:
    """In two sizes, of which the small one is as large as a phone displays; a small one in one."""
    picture = picture_of(encoded(drawn(2000, 1000), "JPEG", quality=88, exif=exif()))
    small, whole = picture.sizes
    assert (small.width, small.height) == (LONGEST_SIDE // 2, LONGEST_SIDE)
    assert (whole.width, whole.height) == (1000, 2000)
    assert len(small.data) < 0.8 * len(whole.data)
    assert len(picture_of(encoded(drawn(300, 200), "JPEG")).sizes) == 1
    photo = picture_of(encoded(drawn(1700, 900), "PNG"))
    assert [one.ending for one in photo.sizes] == ["jpg", "png"]


def test_colours_of_a_profile_become_those_without_one() -> None:
    """The profile vanishes: what it meant is in the colours, as a browser displays them."""
    given = Image.new("RGB", (8, 8), (255, 0, 0))
    picture = picture_of(encoded(given, "PNG", icc_profile=_swapped_profile()))
    with Image.open(io.BytesIO(picture.sizes[0].data)) as image:
        red_, green, _blue = image.convert("RGB").getpixel((4, 4))  # type: ignore[misc]
        assert green > 200 > 60 > red_


def _swapped_profile() -> bytes:
    """sRGB in which red and green have changed places: the points of both in its table of tags."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def test_what_moves_still_moves() -> None:
    """All frames with their times, without the comment."""
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "lime", "blue")]
    options = {"save_all": True, "append_images": frames[1:], "duration": [100, 200, 300]}
    given = encoded(frames[0], "GIF", comment=_SECRET, loop=0, **options)
    (size,) = picture_of(given).sizes
    assert _SECRET not in size.data
    with Image.open(io.BytesIO(size.data)) as image:
        times = []
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            times.append(image.info["duration"])
    assert times == [100, 200, 300]


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("evil.html", b"<script>alert(1)</script>")
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG picture of these sides in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return len(data).to_bytes(4, "big") + kind + data + check.to_bytes(4, "big")

    sides = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    packed = zlib.compress(b"\0" * 100_000)
    head = chunk(b"IHDR", sides + b"\x01\0\0\0\0")
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


_JPEG = encoded(Image.new("RGB", (40, 40), "white"), "JPEG")

# Name and content of files that no deck gets.
_REFUSED = {
    "an HTML page": ("a.png", b"<!DOCTYPE html><script>alert(1)</script>"),
    "an SVG with a script": ("a.svg", _SVG % b"<script>alert(1)</script>"),
    "an SVG called PNG": ("a.png", _SVG % b"<script>alert(1)</script>"),
    "nothing": ("a.png", b""),
    "zeros": ("a.jpg", bytes(2000)),
    "half a photo": ("a.jpg", _JPEG[: len(_JPEG) // 2]),
    "the head of a PNG": ("a.png", bomb(20, 20)[:40]),
    "30,000 x 30,000": ("a.png", bomb(30_000, 30_000)),
    "9,000 x 9,000": ("a.png", bomb(9_000, 9_000)),
    "sides without end": ("a.png", bomb(2**31 - 1, 2**31 - 1)),
    "a JPEG of 65,500 x 65,500": (
        "a.jpg",
        _JPEG.replace(b"\0\x28\0\x28", b"\xff\xdc\xff\xdc", 1),
    ),
    "a program": ("a.png", b"MZ\x90\0" + bytes(99)),
    "an archive": ("a.jpg", archive()),
    "a PDF": ("a.png", b"%PDF-1.7\n"),
    "text": ("a.gif", b"GIF?"),
    "only a signature": ("a.gif", b"GIF89a"),
    "a WebP without content": ("a.webp", b"RIFF\x0c\0\0\0WEBPVP8X"),
    "an AVIF without content": ("a.avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf"),
    "a photo of an iPhone": ("a.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
    "a page called MP3": ("a.mp3", b"<html></html>"),
    "gzip": ("a.svg", b"\x1f\x8b\x08\0"),
}


@pytest.mark.parametrize("what", _REFUSED)
def test_what_is_no_picture_is_refused(editor: Editor, what: str) -> None:
    """With a reason and a way out; no file comes into being."""
    name, data = _REFUSED[what]
    given = {"name": name, "base64": base64.b64encode(data).decode()}
    for call, more in (("look_media", {}), ("add_media", {"deck": DECK})):
        refusal = editor.refused(call, **given, **more)
        assert refusal["message"]
        assert refusal["help"]
    assert editor.call("media", deck=DECK) == []


def test_a_file_that_is_two_is_only_a_picture(editor: Editor) -> None:
    """Behind a photo nothing is left of an archive, in it nothing of a page."""
    given = encoded(Image.new("RGB", (40, 40), "white"), "JPEG", comment=b"<script>x</script>")
    for name in ("a.jpg", "a.html", "a.svg", "a.zip"):
        data = base64.b64encode(given + archive()).decode()
        added = editor.call("add_media", deck=DECK, name=name, base64=data)
        assert added["file"].endswith(".jpg")
    for path in editor.root.glob("cards/*/media/*"):
        stored = path.read_bytes()
        assert b"script" not in stored
        assert b"PK\3\4" not in stored
        assert stored.endswith(b"\xff\xd9")


_NAMES = {
    "../../../etc/passwd.png": "passwd.png",
    "..\\..\\boot.png": "boot.png",
    "/etc/cron.d/x.png": "x.png",
    "a\0.png": "a.png",
    "a.png\0.html": "a.png.png",
    f"{'a' * 300}.png": f"{'a' * 80}.png",
    f"{'界' * 300}.png": f"{'界' * 80}.png",
    "CON.png": "media-CON.png",
    "nul.PNG": "media-nul.png",
    "COM1.aux.png": "media-COM1.aux.png",
    "": "media.png",
    ".": "media.png",
    "..": "media.png",
    ".htaccess": "media.png",
    "-rf.png": "rf.png",
    "a b:c*d?.png": "a-b-c-d.png",
    "foto": "foto.png",
    "foto.jpg": "foto.png",
    "foto.html": "foto.png",
    "<img src=x onerror=alert(1)>.png": "img-src-x-onerror-alert-1.png",
    "a.svg.yaml": "a.svg.png",
}


def test_every_name_becomes_a_safe_one(editor: Editor) -> None:
    """In media/ of the deck and nowhere else, with the ending of what it is."""
    data = base64.b64encode(encoded(Image.new("RGB", (2, 2)), "PNG")).decode()
    before = {one for one in editor.root.rglob("*") if "media" not in one.parts}
    for name, wanted in _NAMES.items():
        added = editor.call("add_media", deck=DECK, name=name, base64=data)
        assert added["file"] == wanted, name
    there = {one.name for one in editor.root.glob("cards/*/media/*")}
    assert there == set(_NAMES.values())
    after = {one for one in editor.root.rglob("*") if "media" not in one.parts}
    assert after == before


def test_too_many_bytes_and_no_base64_do_nothing(editor: Editor) -> None:
    """50 MB are not read at all, wrong base64 is no call."""
    for call, more in (("look_media", {}), ("add_media", {"deck": DECK})):
        assert CALLS[call].largest < 50_000_000
        assert editor.post(call, name="a.png", base64="A" * 50_000_000, **more).status == 413
        for text in ("?", "AAA", "A===", "A A=", "data:image/png;base64,AAAA"):
            assert editor.post(call, name="a.png", base64=text, **more).status == 400, text
    sound = base64.b64encode(b"ID3" + bytes(LARGEST)).decode()
    assert editor.refused("look_media", name="a.mp3", base64=sound)["message"]
    assert editor.call("media", deck=DECK) == []


def test_sounds_stay_as_they_are(editor: Editor) -> None:
    """Byte for byte, under the ending of what they are."""
    sound = b"OggS" + bytes(range(256))
    data = base64.b64encode(sound).decode()
    found = editor.call("look_media", name="lagu.mp3", base64=data)
    assert (found["kind"], len(found["sizes"])) == ("sound", 1)
    name = editor.call("add_media", deck=DECK, name="lagu.mp3", base64=data)["file"]
    assert name == "lagu.ogg"
    assert next(editor.root.glob("cards/*/media/lagu.ogg")).read_bytes() == sound


# What makes a drawing more than a picture.
_ACTIVE = (
    b"<script/>",
    b'<script href="https://x.example/a.js"/>',
    b'<rect onload="alert(1)"/>',
    b'<g ONCLICK="alert(1)"/>',
    b'<a href="javascript:alert(1)"><text>x</text></a>',
    b'<a xmlns:l="http://www.w3.org/1999/xlink" l:href=" java&#10;script:alert(1)"/>',
    b'<image href="https://x.example/a.png"/>',
    b'<image href="//x.example/a.png"/>',
    b'<image href="data:image/svg+xml;base64,AAAA"/>',
    b'<use href="other.svg#a"/>',
    b"<foreignObject><p>x</p></foreignObject>",
    b'<html xmlns="http://www.w3.org/1999/xhtml"/>',
    b"<style>@import url(https://x.example/a.css);</style>",
    b"<style>rect { fill: url(https://x.example/a) }</style>",
    b"<style>rect { fill: u\\72l(https://x.example/a) }</style>",
    b'<rect style="fill: url(//x.example)"/>',
    b"<rect fill=\"url( 'https://x.example#a')\"/>",
    b'<set attributeName="href" to="javascript:alert(1)"/>',
    b'<g xml:base="https://x.example/"><use href="#a"/></g>',
    b'<?xml-stylesheet href="https://x.example/a.css"?>',
)


def test_only_a_drawing_that_is_a_picture_is_taken() -> None:
    """No script, no address, no entities; what is drawn with itself is."""
    for inside in _ACTIVE:
        assert drawing_fault(_SVG % inside), inside
        with pytest.raises(EditRefusedError):
            picture_of(_SVG % inside)
    entities = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + _SVG % b"&b;"
    assert drawing_fault(entities)
    assert drawing_fault(b"<svg/>")
    assert drawing_fault(_SVG[:30])
    deep = _SVG % (b"<g>" * 50_000 + b"x" + b"</g>" * 50_000)
    assert drawing_fault(deep) == ""
    for inside in (
        b'<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use href="#a"/>',
        b"<style>rect { fill: url(#a) }</style><text>a &lt;script&gt; b</text>",
        b'<image href="data:image/png;base64,AAAA"/>',
        b"<metadata>https://x.example</metadata>",
    ):
        assert drawing_fault(_SVG % inside) == "", inside
    outside = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">'
    assert picture_of(outside + _SVG % b"").sizes[0].ending == "svg"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of broken Exif
def test_every_content_is_read_as_what_it_is() -> None:
    """Any beginning of a picture gives a picture or a refusal, never another error."""
    whole = [encoded(drawn(60, 30), format, **_TELLING[format]) for format in _TELLING]
    for data in whole:
        for end in range(1, len(data), max(1, len(data) // 40)):
            for given in (data[:end], data[:end] + b"\xff\0" * 40 + data[end + 80 :]):
                try:
                    sizes = picture_of(given).sizes
                except EditRefusedError:
                    continue
                assert all(content_of_file(one.data) for one in sizes)


def test_without_its_library_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install; drawings and sounds do not need it."""
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(EditRefusedError) as refused:
        picture_of(_JPEG)
    assert "kartu[edit]" in refused.value.help
    assert picture_of(_SVG % b"").sizes
