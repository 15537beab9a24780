"""The process that renders templates of strangers: a line of requests, a line for each answer.

They are JSON. An answer is sent at once, so that what ends this process is known. Nothing is read
from the project here: templates and maps are asked for, as lines of their own.
"""

from __future__ import annotations

import contextlib
import difflib as difflib  # noqa: PLC0414 - what a request can need, while files can be opened
import json
import sys
import time
from typing import IO, Any

import kartu.compile.render.pen as pen  # noqa: F401 - likewise
from kartu.compile.render.bounds import (
    Bounds,
    TooLongError,
    collect_garbage_seldom,
    limit_this_process,
    timed,
)
from kartu.compile.render.jinja import Renderer
from kartu.compile.render.job import Job, RenderError, render
from kartu.compile.render.topology import Topology, map_in
from kartu.compile.render.wire import decoded
from kartu.core.diagnostics import Diagnostics
from kartu.core.language import DOMAINS, _, catalogue, use
from kartu.core.source import Span


def main() -> None:
    """Answers requests until there are no more. The first line says the language and the bounds."""
    channel = _Channel(sys.stdin.buffer, sys.stdout.buffer)
    language, *bounds = json.loads(channel.input.readline())
    use(language)
    _load_what_is_loaded_late(language)
    worker = _Worker(channel, Bounds(*bounds))
    limit_this_process(worker.bounds)
    collect_garbage_seldom()
    requests = (one for line in channel.input for one in json.loads(line))
    for request in requests:
        answer = worker.answer(request)
        channel.write(answer)
        if answer.get("ends"):
            break


def _load_what_is_loaded_late(language: str) -> None:
    """Imports what libraries import when it is needed: afterwards no file can be opened."""
    catalogue(language)
    for number in range(1, len(DOMAINS)):
        catalogue(language, number)
    with contextlib.suppress(RenderError):
        late = '[[= "b" | striptags | pprint | wordwrap | tojson ]][[= c ]]'
        Renderer({"a": late}.get).render("a", {})


class _Channel:
    def __init__(self, input: IO[bytes], output: IO[bytes]) -> None:
        self.input = input
        self._output = output

    def write(self, message: object) -> None:
        self._output.write(json.dumps(message).encode() + b"\n")
        self._output.flush()

    def ask(self, question: object) -> Any:
        self.write(question)
        return json.loads(self.input.readline())


class _Worker:
    def __init__(self, channel: _Channel, bounds: Bounds) -> None:
        self.bounds = bounds
        self._channel = channel
        self._templates = -1
        self._begin(-1)

    def _begin(self, templates: int) -> None:
        """Forgets what belongs to another set of templates."""
        if templates != self._templates or templates < 0:
            self._templates = templates
            self._renderer = Renderer(lambda name: self._channel.ask({"template": name}))
            self._values: dict[str, Any] = {}
            self._maps: dict[str, Topology | None] = {}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The texts of a request, or the fault that is the reason for none."""
        began = time.process_time()
        self._begin(request["templates"])
        diagnostics = Diagnostics()
        answer: dict[str, Any] = {}
        try:
            with timed(self.bounds.seconds):
                answer["texts"] = self._texts(request, diagnostics)
        except RenderError as error:
            answer["fault"] = error.parts()
            answer["ends"] = isinstance(error.__cause__, MemoryError | TooLongError)
        found = [(one.code, one.span, one.message, one.help) for one in diagnostics]
        return {**answer, "found": found, "seconds": time.process_time() - began}

    def _texts(self, request: dict[str, Any], diagnostics: Diagnostics) -> list[str]:
        self._values |= {name: decoded(one) for name, one in request["new"].items()}
        context = {name: self._values[name] for name in request["names"]}
        place = Span(*request["place"]) if request["place"] else None
        job = Job(request["name"], context, request["more"], place)

        def read_map(name: str, place: Span) -> Topology | None:
            if name not in self._maps:
                found = self._channel.ask({"map": str(name), "place": place})
                self._maps[name] = map_in(found[0], found[1], diagnostics) if found else None
            return self._maps[name]

        texts = render(job, self._renderer, read_map, diagnostics)
        if sum(map(len, texts)) > self.bounds.characters * len(job.more):
            most = self.bounds.characters
            message = _("it makes more than {most} characters", most=most)
            raise RenderError("template-failed", message, job.name)
        return texts
