"""An ARI client on aiohttp with ari-py's object model: REST by Swagger nicknames, typed events, reconnect.

It needs nothing else of Mercury. docs/ari-client.md is its page.
"""

from ari_app.ari import events, models
from ari_app.ari.adoption import Known, Reconciliation, Snapshot, reconcile
from ari_app.ari.client import Client, connect
from ari_app.ari.errors import (
    AriError,
    AriTimeout,
    AriUnreachable,
    Conflict,
    MalformedAnswer,
    MalformedMessage,
    NotFound,
)
from ari_app.ari.events import Event, parse_event
from ari_app.ari.listeners import Registration
from ari_app.ari.options import Options
from ari_app.ari.resources.bridges import Bridge
from ari_app.ari.resources.channels import Channel
from ari_app.ari.resources.playbacks import Playback
from ari_app.ari.resources.recordings import LiveRecording, StoredRecording
from ari_app.ari.stream import Loss, State

__all__ = [
    "AriError",
    "AriTimeout",
    "AriUnreachable",
    "Bridge",
    "Channel",
    "Client",
    "Conflict",
    "Event",
    "Known",
    "LiveRecording",
    "Loss",
    "MalformedAnswer",
    "MalformedMessage",
    "NotFound",
    "Options",
    "Playback",
    "Reconciliation",
    "Registration",
    "Snapshot",
    "State",
    "StoredRecording",
    "connect",
    "events",
    "models",
    "parse_event",
    "reconcile",
]
