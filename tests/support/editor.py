"""The editor's calls as the page makes them, in this process."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from kartu.rewrite.history import History
from kartu.rewrite.pictures import picture_of
from kartu.show.editor.app import app_of
from kartu.show.editor.desk import Desk
from kartu.show.editor.guard import App, Door
from support.edit_project import template

DECK = "contoh"
PORT, SECRET = 4711, "geheim"


def picture(colour: str) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (2, 2), colour).save(out, "PNG")
    return out.getvalue()


PNG = picture_of(picture("#336699")).sizes[0].data  # as decks hold it
HEADERS = {
    "host": f"127.0.0.1:{PORT}",
    "origin": f"http://127.0.0.1:{PORT}",
    "cookie": f"kartu-{PORT}={SECRET}",
    "content-type": "application/json",
}


class Answer(NamedTuple):
    """What a request was answered; `faults` are the faults of ours that were reported."""

    status: int
    headers: dict[str, str]
    body: bytes
    faults: list[Exception]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Editor:
    """A project that is open in the editor, or only to be looked at, without a socket."""

    def __init__(self, root: Path, history: Path | None = None, *, edits: bool = True) -> None:
        self.root = root
        self.desk = Desk(root, history, edits=edits)
        self.faults: list[Exception] = []
        self.app: App = app_of(self.desk, Door(PORT, SECRET), self.faults.append, "id")

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str | None] | None = None,
        parts: int = 1,
    ) -> Answer:
        """Asks for an address; a header of None is left out. The body comes in so many parts."""
        sent = {**HEADERS, **(headers or {})}
        pairs = [(k.encode(), v.encode("latin-1")) for k, v in sent.items() if v is not None]
        path, _mark, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "scheme": "http",
            "server": ("127.0.0.1", PORT),
            "client": ("127.0.0.1", 1),
            "headers": pairs,
        }
        size = max(len(body) // parts, 1)
        chunks = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        return asyncio.run(self._asked(scope, chunks))

    async def _asked(self, scope: dict[str, Any], chunks: list[bytes]) -> Answer:
        waiting, found = list(chunks), list[dict[str, Any]]()

        async def receive() -> dict[str, Any]:
            if not waiting:
                return {"type": "http.disconnect"}
            part = waiting.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(waiting)}

        async def send(message: Any) -> None:
            found.append(message)

        self.faults.clear()
        await self.app(scope, receive, send)
        start, *rest = found
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        body = b"".join(one.get("body", b"") for one in rest)
        return Answer(start["status"], headers, body, list(self.faults))

    def post(self, name: str, /, **given: Any) -> Answer:
        """Makes a call."""
        return self.ask("POST", f"/api/{name}", json.dumps(given).encode())

    def call(self, name: str, /, **given: Any) -> Any:
        """Returns what a call gives, which is not refused."""
        found = self.post(name, **given)
        assert found.status == 200, (found, found.faults)
        assert "ok" in found.json, found.json
        return found.json["ok"]

    def refused(self, name: str, /, **given: Any) -> dict[str, Any]:
        """Returns why a call is refused."""
        found = self.post(name, **given)
        assert found.status == 200, found
        refusal: dict[str, Any] = found.json["refusal"]
        return refusal

    def publish(self, message: str = "") -> dict[str, Any]:
        """Publishes the deck, and returns the job when it is done."""
        return self.ended(self.call("publish", deck=DECK, message=message)["job"])

    def ended(self, job: str) -> dict[str, Any]:
        """Returns a job when it is done."""
        for _try in range(1200):
            found: dict[str, Any] = self.call("job", job=job)
            if found["done"]:
                return found
            time.sleep(0.05)
        raise AssertionError("the job does not end")

    def check(self) -> None:
        """Checks the project as the background does."""
        self.desk._take(self.desk.checker.check(self.desk.feed.number))


def opened(folder: Path) -> Editor:
    """Returns the example project, open."""
    shutil.copytree(template(), folder / "p")
    return Editor(folder / "p", folder / "history")


def opened_copy(of: Path, folder: Path) -> Editor:
    """Returns a copy of a project that `opened` made in another folder, with its history."""
    shutil.copytree(of / "p", folder / "p")
    (history,) = (of / "history").iterdir()
    copy = History(folder / "history", folder / "p").path
    assert copy is not None
    copy.parent.mkdir()
    shutil.copy(history, copy)
    return Editor(folder / "p", folder / "history")
