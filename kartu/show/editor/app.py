"""The page's addresses: the only module that imports starlette."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from kartu.core.language import _
from kartu.show.editor.all_calls import calls_of
from kartu.show.editor.calls import LARGEST, answer
from kartu.show.editor.desk import Desk
from kartu.show.editor.files import Download, downloaded, media_of
from kartu.show.editor.guard import SECONDS, App, Door, Guard
from kartu.show.editor.page import PageFile, page_files
from kartu.show.editor.shapes import WrongShapeError, parsed

_API = "/api/"

# What the page loads may be shown and played, and nothing in it may run.
_SANDBOX = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}

Report = Callable[[Exception], None]


def app_of(desk: Desk, door: Door, report: Report, language: str, seconds: float = SECONDS) -> App:
    """Returns the page of an open project, behind its guard.

    Args:
        report: Called with a fault of ours.
        seconds: How long the body of a request may take to arrive.
    """
    addresses = _Addresses(desk, report)
    pages = page_files(language, "kartu", edits=desk.edits)
    routes = [Route(path, _page(one)) for path, one in pages.items()]
    routes += [
        Route(f"{_API}{{call}}", addresses.call, methods=["POST"]),
        Route("/media/{token}", addresses.media),
        Route("/events", addresses.events),
        Route("/looks/events", addresses.looks_events),
        Route("/looks/{path:path}", addresses.looks),
    ]
    if desk.edits:
        routes.append(Route("/download/{token}", addresses.download))
    served = Starlette(routes=routes, exception_handlers={Exception: addresses.fault})
    return Guard(served, door, addresses.largest, seconds)


def _page(file: PageFile) -> Callable[[Request], Any]:
    async def shown(request: Request) -> Response:
        return Response(file.content, media_type=file.kind, headers=file.headers)

    return shown


class _Addresses:
    """Answers what is asked of an open project."""

    def __init__(self, desk: Desk, report: Report) -> None:
        self._desk = desk
        self._report = report
        self._calls = calls_of(edits=desk.edits)

    def largest(self, path: str) -> int | None:
        """The bytes that the body of a call may have; None for what is no call."""
        if not path.startswith(_API):
            return None
        call = self._calls.get(path.removeprefix(_API))
        return call.largest if call is not None else LARGEST

    async def call(self, request: Request) -> Response:
        call = self._calls.get(request.path_params["call"])
        if call is None:
            return JSONResponse({"fault": "no such call"}, 404)
        body = await request.body()
        try:
            given = parsed(body)
            found = await run_in_threadpool(answer, self._desk, call, given)
        except WrongShapeError as error:
            return JSONResponse({"fault": str(error)}, 400)
        return JSONResponse(found)

    async def fault(self, request: Request, error: Exception) -> Response:
        """A fault of ours, which must not end the editor."""
        self._report(error)
        return JSONResponse({"fault": f"{type(error).__name__}: {error}"}, 500)

    async def media(self, request: Request) -> Response:
        file = self._desk.media.file(request.path_params["token"])
        content = await run_in_threadpool(media_of, self._desk.root, file) if file else None
        if file is None or content is None:
            return _nothing()
        return Response(content.data, media_type=content.kind, headers=_SANDBOX)

    async def download(self, request: Request) -> Response:
        file = self._desk.downloads.file(request.path_params["token"])
        content = await run_in_threadpool(downloaded, file) if file else None
        if file is None or content is None:
            return _nothing()
        return Response(content, media_type=file.kind, headers=_SANDBOX | _saved_as(file))

    async def events(self, request: Request) -> Response:
        return StreamingResponse(self._desk.feed.stream(), media_type="text/event-stream")

    async def looks(self, request: Request) -> Response:
        path = request.path_params["path"]
        file = await run_in_threadpool(self._desk.looks.get, path)
        if file is None:
            return _nothing()
        return Response(file.content, media_type=file.kind, headers=file.headers)

    async def looks_events(self, request: Request) -> Response:
        stream = self._desk.looks.stream(run_in_threadpool)
        return StreamingResponse(stream, media_type="text/event-stream")


def _saved_as(file: Download) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{file.quoted}"}


def _nothing() -> Response:
    return Response(_("There is no such file.") + "\n", 404, media_type="text/plain")
