"""AnkiConnect's protocol over a real collection: HTTP as the add-on answers it, Anki's own import.

As the add-on does, the import asks for Anki's old AnkiPackageImporter, which from 26.09 on merges
note types and brings presets along.
"""

from __future__ import annotations

import importlib
import io
import json
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from anki.collection import Collection


class Anki:
    """A running Anki with the add-on; `col` is None while no profile is open.

    `asked` are the actions that were asked for, `windows` the files that stand in its import
    window, `key` is the one that it asks for.
    """

    def __init__(self, col: Collection | None, *, key: str | None = None) -> None:
        self.col = col
        self.key = key
        self.port = 0
        self.asked: list[str] = []
        self.windows: list[str] = []
        self.without: set[str] = set()
        self.reviewing = False

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to one request."""
        self.asked.append(request["action"])
        try:
            return {"result": self._do(request), "error": None}
        except Exception as error:
            return {"result": None, "error": str(error)}

    def _do(self, request: dict[str, Any]) -> Any:
        if request.get("key") != self.key:
            raise ValueError("valid api key must be provided")
        method = getattr(self, f"do_{request['action']}", None)
        if method is None or request["action"] in self.without:
            raise ValueError("unsupported action")
        return method(**request.get("params", {}))

    @property
    def open(self) -> Collection:
        if self.col is None:
            raise ValueError("collection is not available")
        return self.col

    def do_version(self) -> int:
        return 6

    def do_apiReflect(self, scopes: list[str], actions: list[str]) -> dict[str, Any]:  # noqa: N802
        known = [one for one in actions if hasattr(self, f"do_{one}") and one not in self.without]
        return {"scopes": scopes, "actions": known}

    def do_deckNames(self) -> list[str]:  # noqa: N802
        return [one.name for one in self.open.decks.all_names_and_ids()]

    def do_getDeckConfig(self, deck: str) -> Any:  # noqa: N802
        number = self.open.decks.id_for_name(deck)
        return self.open.decks.config_dict_for_deck_id(number) if number else False

    def do_modelNamesAndIds(self) -> dict[str, int]:  # noqa: N802
        return {one.name: one.id for one in self.open.models.all_names_and_ids()}

    def do_findModelsById(self, modelIds: list[Any]) -> list[Any]:  # noqa: N802, N803
        return [self.open.models.get(id) for id in modelIds]

    def do_findNotes(self, query: str) -> list[int]:  # noqa: N802
        return list(self.open.find_notes(query))

    def do_notesModTime(self, notes: list[Any]) -> list[dict[str, int]]:  # noqa: N802
        return [{"noteId": id, "mod": self.open.get_note(id).mod} for id in notes]

    def do_importPackage(self, path: str) -> bool:  # noqa: N802
        # It prints that it is old, and here the program that pushes has the same stdout.
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            importing = importlib.import_module("anki.importing")
            importing.AnkiPackageImporter(self.open, path).run()
        return True

    def do_guiImportFile(self, path: str) -> None:  # noqa: N802
        self.windows.append(path)

    def do_guiReviewActive(self) -> bool:  # noqa: N802
        return self.reviewing

    def do_guiDeckBrowser(self) -> None:  # noqa: N802
        return None


@contextmanager
def anki_connect(anki: Anki) -> Iterator[Anki]:
    """The add-on, listening at a free port of this computer."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply(self, 200, json.dumps(anki.answer(request)).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with served(Handler) as port:
        anki.port = port
        yield anki


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """An HTTP server at a free port of this computer."""
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def reply(handler: BaseHTTPRequestHandler, status: int, content: bytes) -> None:
    """One whole answer."""
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)
