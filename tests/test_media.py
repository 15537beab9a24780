"""Media files are what their names say: the first bytes are looked at."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from support.program import Run
from support.projects import write_project

from kartu.compile.render.media import IMAGES, SOUNDS
from kartu.compile.render.signatures import content_fault
from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.load.files import Files
from kartu.pipeline import BuildOptions, build
from kartu.show.site import SiteOptions, site

_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'
_PNG, _JPEG, _GIF = b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff\xe0..JFIF", b"GIF89a...."
_BOX = b"\0\0\0\x18ftyp%s\0\0\0\0%s"
_ENTITY = b'<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]><svg xmlns="&ns;"/>'

# Name and content of files that are right; beginning with those that Chromium showed.
_RIGHT = [
    ("a.png", _PNG),
    ("a.JPG", _JPEG),
    ("a.jpeg", _JPEG),
    ("a.gif", b"GIF87a"),
    ("a.webp", b"RIFF\1\0\0\0WEBPVP8 "),
    ("a.avif", _BOX % (b"avif", b"mif1")),
    ("a.avif", _BOX % (b"mif1", b"avif")),
    ("a.svg", _SVG),
    ("a.svg", b"\xef\xbb\xbf\n" + _SVG),
    ("a.svg", b'<?xml version="1.0"?><!-- a -->' + _SVG),
    ("a.svg", _SVG.decode().encode("utf-16")),
    ("a.svg", _ENTITY),
    ("a.svg", b'<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'),
    ("a.mp3", b"ID3\3\0"),
    ("a.mp3", b"\xff\xfb\x90\0"),
    ("a.mp3", b"\0\0\0\0\xff\xfb\x90"),  # an encoder's padding
    ("a.ogg", b"OggS\0"),
    ("a.opus", b"OggS\0"),
    ("a.wav", b"RIFF\1\0\0\0WAVEfmt "),
    ("a.flac", b"fLaC\0"),
    ("a.m4a", _BOX % (b"M4A ", b"isom")),
    ("a.mp4", _BOX % (b"isom", b"mp42")),
    ("a.webm", b"\x1a\x45\xdf\xa3\1"),
]

_SHOWN = [
    ("a.png", _JPEG, "a JPEG picture"),
    ("a.jpg", _PNG, "a PNG picture"),
    ("a.png", _GIF, "a GIF picture"),
    ("a.jpg", b"RIFF\1\0\0\0WEBPVP8 ", "a WebP picture"),
    ("a.png", b"BM\x46\0\0\0\0\0\0\0", "a BMP picture"),
    ("a.mp3", b"OggS\0", "an Ogg sound"),
    ("a.ogg", b"RIFF\1\0\0\0WAVEfmt ", "a WAV sound"),
    ("a.mp3", _BOX % (b"M4A ", b"isom"), "an MP4 film or sound"),
]

_WRONG = [
    ("a.png", b"<!DOCTYPE html><html></html>", "an HTML page"),
    ("a.png", b"\xef\xbb\xbf\r\n <HTML>", "an HTML page"),
    ("a.svg", b"<!doctype html><title>x</title>" + _SVG, "an HTML page"),
    ("a.svg", b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "an HTML page"),
    ("a.jpg", b"", "nothing at all"),
    ("a.jpg", b"\0\0\0\0\n", "nothing at all"),
    ("a.jpg", b"bukan gambar", "text"),
    ("a.jpg", b'{"error": 404}', "text"),
    ("a.jpg", b"\x01\x02\x03\x04", "no picture"),
    ("a.png", b"\n" + _PNG, "no picture"),
    ("a.png", _SVG, "an SVG picture"),
    ("a.svg", _PNG, "a PNG picture"),
    ("a.svg", _SVG.replace(b"</svg>", b""), "whose XML is broken"),
    ("a.svg", b"\n<?xml version='1.0'?>" + _SVG, "whose XML is broken"),
    ("a.svg", b'<svg width="9"/>', "without its xmlns"),
    ("a.svg", b"\x1f\x8b\x08\0", "a gzip archive"),
    ("a.jpg", _BOX % (b"heic", b"mif1"), "a HEIC picture"),
    ("a.jpg", b"II*\0\x08\0", "a TIFF picture"),
    ("a.png", b"8BPS\0\1", "a Photoshop picture"),
    ("a.png", b"%PDF-1.7", "a PDF document"),
    ("a.png", b"PK\3\4", "a ZIP archive"),
    ("a.png", b"version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS"),
    ("a.png", b"ID3\3", "an MP3 sound"),
    ("a.mp3", b"<html>", "an HTML page"),
    ("a.mp3", _PNG, "a PNG picture"),
    ("a.mp3", b"", "nothing at all"),
    ("a.mp3", b"#!AMR\n", "an AMR sound"),
    ("a.wav", b"bukan bunyi", "text"),
]


def _fault(name: str, data: bytes) -> tuple[str, str, str] | None:
    kinds = IMAGES if name.rpartition(".")[2].lower() in IMAGES else SOUNDS
    return content_fault(name, data, kinds)


@pytest.mark.parametrize(("name", "data"), _RIGHT)
def test_what_is_right_has_no_fault(name: str, data: bytes) -> None:
    """Each kind of file that kartu takes, in the forms in which programs write it."""
    assert _fault(name, data) is None


@pytest.mark.parametrize(("name", "data", "what"), _SHOWN)
def test_what_is_shown_under_a_wrong_name_is_a_warning(name: str, data: bytes, what: str) -> None:
    """Browsers look at the bytes; the message says what these are."""
    code, message, _ = _fault(name, data) or ("", "", "")
    assert (code, message) == ("media-ending", f'"{name}" holds {what}')


@pytest.mark.parametrize(("name", "data", "what"), _WRONG)
def test_what_cannot_be_shown_is_an_error(name: str, data: bytes, what: str) -> None:
    """A page in place of its picture, a phone's own format, an SVG that no browser draws."""
    code, message, help = _fault(name, data) or ("", "", "")
    assert code == "media-content"
    assert what in message
    assert help


def test_nothing_is_built_or_released_with_a_page_for_a_picture(kartu: Run, tmp_path: Path) -> None:
    """The error is where the note names the file."""
    root = write_project(
        tmp_path,
        """--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {id: satu, depan: Satu, belakang: "![Peta](peta.png)"}
--- cards/contoh/media/peta.png
<!doctype html>
""",
    )
    for command in ("check", "build", "release"):
        done = kartu(command, cwd=root)
        assert done.returncode == 1
        assert 'error[media-content]: "peta.png" holds an HTML page' in done.stdout + done.stderr
    assert not (root / "build").exists()


def test_a_folder_is_listed_once_for_all_its_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many notes have a picture, media/ is read as often: time grows with their number."""
    listed: Counter[str] = Counter()
    names = Files.names

    def counted(files: Files, folder: str) -> list[str]:
        listed[folder] += 1
        return names(files, folder)

    monkeypatch.setattr(Files, "names", counted)
    often = []
    for count in (3, 30):
        notes = "".join(
            f'  - {{id: n{n}, depan: S{n}, belakang: "![a](p{n}.gif)"}}\n' for n in range(count)
        )
        media = "".join(f"--- cards/contoh/media/p{n}.gif\nGIF89a {n}\n" for n in range(count))
        text = f"--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n{notes}{media}"
        root = write_project(tmp_path / str(count), text)
        listed.clear()
        assert not has_errors(build(BuildOptions(root)).diagnostics)
        often.append(listed["cards/contoh/media"])
    assert often[0] == often[1] > 0


def test_a_picture_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For its name, which has a hash of it, for two packages, and for the page of a site."""
    root = write_project(
        tmp_path,
        """--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {id: satu, depan: Satu, belakang: "![Peta](peta.gif)"}
--- cards/contoh/media/peta.gif
GIF89a
--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
editions: {inti: {title: Inti, include: "type:dasar"}, lengkap: {}}
""",
    )
    often: Counter[str] = Counter()
    read_bytes = Files.read_bytes

    def counted(files: Files, path: str, diagnostics: Diagnostics) -> bytes | None:
        often[path] += 1
        return read_bytes(files, path, diagnostics)

    monkeypatch.setattr(Files, "read_bytes", counted)
    picture = "cards/contoh/media/peta.gif"
    built = build(BuildOptions(root))
    assert (len(built.packages), often[picture]) == (2, 1)
    assert (len(site(SiteOptions(root)).packages), often[picture]) == (2, 2)
