"""What an editor shows: a YAML language server, spoken to as an editor does.

It is looked for under the name `yaml-language-server`, or where KARTU_YAML_SERVER says
(`npm install yaml-language-server`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

SERVER = os.environ.get("KARTU_YAML_SERVER") or shutil.which("yaml-language-server")

needs_server = pytest.mark.skipif(SERVER is None, reason="yaml-language-server is not installed")

_CAN = {
    "textDocument": {
        "completion": {
            "completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}
        },
        "hover": {"contentFormat": ["markdown"]},
    },
    "workspace": {"configuration": True},
}

# No schemas from the internet; YAML 1.2 is the server's default.
_SETTINGS = {"yaml": {"schemaStore": {"enable": False}, "validate": True, "completion": True}}


class Problem(NamedTuple):
    """What the editor underlines; the line counts from 1."""

    line: int
    words: str
    message: str


class Editor:
    """One project, open in an editor."""

    def __init__(self, process: subprocess.Popen[bytes], root: Path) -> None:
        self._process = process
        self._root = root
        self._last_id = self._version = 0
        self._problems: dict[str, list[dict[str, Any]]] = {}
        folder = {"uri": root.as_uri(), "name": "project"}
        start = {"rootUri": root.as_uri(), "workspaceFolders": [folder], "capabilities": _CAN}
        self._ask("initialize", {"processId": os.getpid(), **start})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": _SETTINGS})

    def problems(self, path: str) -> list[Problem]:
        """Opens a file of the project; what is wrong with it, from top to bottom."""
        uri = self._open(path)
        while uri not in self._problems:
            self._receive()
        lines = (self._root / path).read_text("utf-8").split("\n")
        found = []
        for one in self._problems.pop(uri):
            start, end = one["range"]["start"], one["range"]["end"]
            same_line = end["character"] if end["line"] == start["line"] else None
            words = lines[start["line"]][start["character"] : same_line]
            found.append(Problem(start["line"] + 1, words, one["message"]))
        return sorted(found)

    def completions(self, path: str, line: int, column: int) -> dict[str, str]:
        """What is offered at a place (from 1): for each word the text that it inserts."""
        offered = self._at("textDocument/completion", path, line, column)
        return {item["label"]: item.get("insertText", "") for item in offered["items"]}

    def hover(self, path: str, line: int, column: int) -> str:
        """What is told about the word at a place (from 1)."""
        answer = self._at("textDocument/hover", path, line, column)
        return str(answer["contents"]["value"]) if answer else ""

    def _open(self, path: str) -> str:
        file = self._root / path
        self._version += 1
        content = {"languageId": "yaml", "version": self._version, "text": file.read_text("utf-8")}
        document = {"uri": file.as_uri(), **content}
        self._tell("textDocument/didOpen", {"textDocument": document})
        return file.as_uri()

    def _at(self, method: str, path: str, line: int, column: int) -> Any:
        place = {"line": line - 1, "character": column - 1}
        return self._ask(method, {"textDocument": {"uri": self._open(path)}, "position": place})

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._last_id and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method: str, params: dict[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        """The next message; the server's own questions are answered."""
        assert self._process.stdout
        length = 0
        while (line := self._process.stdout.readline()).strip():
            name, _, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._problems[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            asked = [item.get("section", "") for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": [_SETTINGS.get(one, {}) for one in asked]})
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message


@contextmanager
def editor(root: Path) -> Iterator[Editor]:
    """The project in `root`, open in an editor."""
    assert SERVER
    with subprocess.Popen(
        [SERVER, "--stdio"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield Editor(process, root)
        finally:
            process.terminate()
