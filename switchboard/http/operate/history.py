"""The calls of the ledger, for operators: lists, one call, its sound, exports, erasing. Each look is written down."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager

from fastapi import Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from switchboard.database import Database
from switchboard.http.operate.access import operator_of
from switchboard.http.operate.ranges import wanted_part
from switchboard.http.operate.refusals import CallUnknown, FilterRefused, NoScenario, SoundMissing, StorageDown
from switchboard.http.operate.roles import Role
from switchboard.http.reaching import reaching_database
from switchboard.ledger.events import LaneName
from switchboard.ledger.prices import Prices
from switchboard.line.business import Whom
from switchboard.line.workflow import Workflow
from switchboard.operate.audit import Audit, Look, Viewer
from switchboard.operate.choices import choices
from switchboard.operate.erase import Eraser
from switchboard.operate.exports import csv_of, export_json, json_of
from switchboard.operate.filter import Filter, FilterError
from switchboard.operate.find import find
from switchboard.operate.scenarios import MakeScenario, NoScenarioError
from switchboard.operate.sheet import export_html
from switchboard.operate.sight import Sight
from switchboard.operate.story import CallStory, story
from switchboard.recording.recordings import PEAKS, SOUND, Part, Recordings, StorageError


class History:
    """What is answered of past and running calls; `recordings` is None where nothing is recorded."""

    def __init__(
        self,
        database: Database,
        lines: Mapping[str, Workflow],
        prices: Prices,
        recordings: Recordings | None,
        eraser: Eraser,
        audit: Audit,
        make_scenario: MakeScenario,
    ) -> None:
        self._database = database
        self._lines = lines
        self._prices = prices
        self._recordings = recordings
        self._eraser = eraser
        self._audit = audit
        self._make_scenario = make_scenario

    async def choices(self) -> JSONResponse:
        """What the list can be filtered by."""
        return JSONResponse(choices(self._lines.values()))

    async def calls(self, request: Request) -> JSONResponse:
        """A page of the calls that the filter lets through, the newest first."""
        wanted = await self._wanted(request, "listed")
        with reaching_database():
            return JSONResponse((await find(self._database, wanted)).json())

    async def csv(self, request: Request) -> Response:
        """All calls that the filter lets through, as CSV."""
        wanted = await self._wanted(request, "exported")
        return await _file(csv_of(self._database, wanted), "text/csv; charset=utf-8", "calls.csv")

    async def json(self, request: Request) -> Response:
        """All calls that the filter lets through, as JSON."""
        wanted = await self._wanted(request, "exported")
        return await _file(json_of(self._database, wanted), "application/json", "calls.json")

    async def call(self, call_id: str, request: Request) -> JSONResponse:
        """All of one call, over or not."""
        return JSONResponse((await self._story(call_id, request, "looked")).json(sight_of(request)))

    async def export_json(self, call_id: str, request: Request) -> Response:
        """All of one call, as a file."""
        found = await self._story(call_id, request, "exported")
        return _attached(export_json(found, sight_of(request)), "application/json", f"{found.call.id}.json")

    async def export_html(self, call_id: str, request: Request) -> Response:
        """All of one call, as a page that needs nothing else."""
        found = await self._story(call_id, request, "exported")
        sheet = export_html(found, sight_of(request), self._lines.get(found.call.line))
        return _attached(sheet, "text/html; charset=utf-8", f"{found.call.id}.html")

    async def scenario(self, call_id: str, request: Request) -> Response:
        """One call as a scenario: what was said, what tools gave, and what held."""
        found = (await self._story(call_id, request, "exported")).seen(sight_of(request))
        try:
            made = self._make_scenario(found, self._lines.get(found.call.line))
        except NoScenarioError as error:
            raise NoScenario(str(error)) from None
        return _attached(made, "application/yaml", f"{found.call.id}.yaml")

    async def sound(self, call_id: str, lane: LaneName, request: Request) -> Response:
        """What was heard of one party, as Opus in Ogg; a part of it, if a header Range asks for that."""
        with reaching_database():
            await self._audit.note(viewer_of(request), "heard", call_id, {"lane": lane})
        part = wanted_part(request.headers.get("range"))
        with _reaching_storage():
            found = await self._read(call_id, f"{lane}{SOUND}", *(part or (0, None)))
        headers = {"Accept-Ranges": "bytes"}
        if found is None:
            return Response(status_code=416, headers=headers)
        if part:
            headers["Content-Range"] = f"bytes {found.start}-{found.start + len(found.data) - 1}/{found.size}"
        return Response(found.data, 206 if part else 200, headers, "audio/ogg")

    async def peaks(self, call_id: str, lane: LaneName) -> Response:
        """How loud one party was, 50 times a second: what is drawn of it."""
        with _reaching_storage():
            found = await self._read(call_id, f"{lane}{PEAKS}")
        assert found, "it is read from its beginning"
        return Response(found.data, media_type="application/json")

    async def erase(self, call_id: str, request: Request) -> JSONResponse:
        """Erase a caller's words in this call and those that it went on from, and tell what was done."""
        whom = Whom(call=call_id)
        with reaching_database():
            if not await self._eraser.find(whom):
                raise CallUnknown
            await self._audit.note(viewer_of(request), "erased", call_id)
            done = await self._eraser.erase(whom)
        return JSONResponse({"done": str(done), "whole": done.whole})

    async def _wanted(self, request: Request, look: Look) -> Filter:
        given = dict(request.query_params)
        try:
            wanted = Filter.of(given)
        except FilterError as error:
            raise FilterRefused(str(error)) from None
        with reaching_database():
            await self._audit.note(viewer_of(request), look, wanted=given)
        return wanted

    async def _story(self, call_id: str, request: Request, look: Look) -> CallStory:
        watched = {name: line.watched for name, line in self._lines.items()}
        with reaching_database():
            await self._audit.note(viewer_of(request), look, call_id)
            found = await story(self._database, call_id, self._prices, watched, self._recordings)
        if found is None:
            raise CallUnknown
        return found

    async def _read(self, call_id: str, name: str, begin: int = 0, end: int | None = None) -> Part | None:
        """None: it is over before that byte."""
        if self._recordings is None:
            raise FileNotFoundError
        try:
            return await self._recordings.read(call_id, name, begin, end)
        except StorageError:
            if begin and begin >= (await self._recordings.read(call_id, name, 0, 1)).size:
                return None
            raise


def viewer_of(request: Request) -> Viewer:
    """Who asks, as the audit knows them."""
    operator = operator_of(request)
    return Viewer(operator.subject, operator.name, operator.role)


def sight_of(request: Request) -> Sight:
    """How much of what was said they may see."""
    return Sight.ALL if operator_of(request).role.covers(Role.SUPERVISOR) else Sight.MASKED


@contextmanager
def _reaching_storage() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise SoundMissing from None
    except StorageError:
        raise StorageDown from None


async def _file(pieces: AsyncIterator[str], kind: str, name: str) -> Response:
    """A file in pieces. What goes wrong at its beginning is told."""
    with reaching_database():
        first = await anext(pieces)

    async def whole() -> AsyncIterator[str]:
        yield first
        async for piece in pieces:
            yield piece

    return StreamingResponse(whole(), media_type=kind, headers=_attachment(name))


def _attached(text: str, kind: str, name: str) -> Response:
    return Response(text, media_type=kind, headers=_attachment(name))


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
