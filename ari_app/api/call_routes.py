"""The operations on calls."""

from __future__ import annotations

from ari_app.api import examples
from ari_app.api.asking import CancelCall, ChangeCall, Initiate, ListQuery
from ari_app.api.calling import Accepted, CallChanged, CallPage, CallView, Events, Recordings, Transcript
from ari_app.api.calls import Calls
from ari_app.api.dependencies import Dependencies
from ari_app.api.initiate import Initiation
from ari_app.api.recordings import Recorded
from ari_app.api.route import Route
from ari_app.api.streaming import EVENT_STREAM, Streams
from ari_app.ops.scopes import Scope
from ari_app.ops.settings import ApiSettings

_CALL = "/api/voice/calls/{id}"
_BODY = (400, 413, 415, 422)


def call_routes(dependencies: Dependencies, settings: ApiSettings, streams: Streams) -> tuple[Route, ...]:
    """Have calls made, see what becomes of them, change them."""
    calls, recorded = Calls(dependencies), Recorded(dependencies)
    return (
        Route(
            "POST",
            "/api/voice/call/initiate",
            Initiation(dependencies, settings.max_batch).initiate,
            "Have a call made, or a batch of them",
            Accepted,
            Scope.CALLS,
            status=202,
            body=Initiate,
            problems=(*_BODY, 409),
            idempotent=True,
            body_example=examples.INITIATE,
            example=examples.ACCEPTED,
        ),
        Route(
            "GET",
            "/api/voice/calls",
            calls.list_calls,
            "Calls by filters, the newest first",
            CallPage,
            Scope.READ,
            query=ListQuery,
            problems=(422,),
            example=examples.CALL_PAGE,
        ),
        Route(
            "GET",
            _CALL,
            calls.show,
            "A call as it stands",
            CallView,
            Scope.READ,
            problems=(404,),
            example=examples.CALL,
        ),
        Route(
            "GET",
            f"{_CALL}/events",
            streams.events,
            "A call's history, as JSON or followed live",
            Events,
            Scope.READ,
            problems=(404, 422),
            produces=(EVENT_STREAM,),
            streams=True,
            example=examples.EVENTS,
        ),
        Route(
            "POST",
            f"{_CALL}/cancel",
            calls.cancel,
            "Take a call out of the queue, or end it",
            CallChanged,
            Scope.CALLS,
            also=(202,),
            body=CancelCall,
            problems=(*_BODY, 404, 409),
            body_example=examples.CANCEL,
            example=examples.CANCELED,
        ),
        Route(
            "PATCH",
            _CALL,
            calls.change,
            "Ask something of a live call: its language, its end, a transfer",
            CallChanged,
            Scope.CALLS,
            also=(202,),
            body=ChangeCall,
            problems=(*_BODY, 404, 409),
            body_example=examples.CHANGE,
            example=examples.CHANGED,
        ),
        Route(
            "GET",
            f"{_CALL}/recordings",
            recorded.list_recordings,
            "What was recorded of a call",
            Recordings,
            Scope.RECORDINGS,
            problems=(404, 409),
            example=examples.RECORDINGS,
        ),
        Route(
            "GET",
            f"{_CALL}/recordings/{{name}}",
            recorded.recording,
            "A recording, or ranges of it",
            None,
            Scope.RECORDINGS,
            also=(206,),
            problems=(404, 409, 416),
            produces=("audio/wav", "audio/flac", "audio/ogg"),
        ),
        Route(
            "GET",
            f"{_CALL}/transcript",
            recorded.transcript,
            "Who said and pressed what",
            Transcript,
            Scope.TRANSCRIPTS,
            problems=(404,),
            example=examples.TRANSCRIPT,
        ),
    )
