"""Asterisk's events as typed values.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self, TypedDict

from ari_app.ari import fields, models
from ari_app.ari.errors import MalformedMessage
from ari_app.ari.fields import Json


class _Common(TypedDict):
    type: str
    application: str
    timestamp: datetime | None
    asterisk_id: str | None
    json: Json


def _common(json: Json) -> _Common:
    return {
        "type": fields.text(json, "type"),
        "application": fields.text(json, "application"),
        "timestamp": fields.moment(json, "timestamp"),
        "asterisk_id": fields.maybe_text(json, "asterisk_id"),
        "json": json,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Any event, and one of a type that this client does not know. `json` is the whole of it, as it came."""

    type: str
    application: str
    timestamp: datetime | None
    asterisk_id: str | None
    json: Json = field(repr=False, compare=False)

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationMoveFailed(Event):
    """Asterisk's event `ApplicationMoveFailed`."""

    channel: models.Channel
    destination: str
    args: tuple[str, ...]

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            channel=fields.one_object(models.Channel, json, "channel"),
            destination=fields.text(json, "destination"),
            args=fields.texts(json, "args"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRegistered(Event):
    """Asterisk's event `ApplicationRegistered`."""

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationReplaced(Event):
    """Asterisk's event `ApplicationReplaced`."""

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationUnregistered(Event):
    """Asterisk's event `ApplicationUnregistered`."""

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json))


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeAttendedTransfer(Event):
    """Asterisk's event `BridgeAttendedTransfer`."""

    transferer_first_leg: models.Channel
    transferer_second_leg: models.Channel
    replace_channel: models.Channel | None
    transferee: models.Channel | None
    transfer_target: models.Channel | None
    result: str
    is_external: bool
    transferer_first_leg_bridge: models.Bridge | None
    transferer_second_leg_bridge: models.Bridge | None
    destination_type: str
    destination_bridge: str | None
    destination_application: str | None
    destination_link_first_leg: models.Channel | None
    destination_link_second_leg: models.Channel | None
    destination_threeway_channel: models.Channel | None
    destination_threeway_bridge: models.Bridge | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            transferer_first_leg=fields.one_object(models.Channel, json, "transferer_first_leg"),
            transferer_second_leg=fields.one_object(models.Channel, json, "transferer_second_leg"),
            replace_channel=fields.maybe_object(models.Channel, json, "replace_channel"),
            transferee=fields.maybe_object(models.Channel, json, "transferee"),
            transfer_target=fields.maybe_object(models.Channel, json, "transfer_target"),
            result=fields.text(json, "result"),
            is_external=fields.flag(json, "is_external"),
            transferer_first_leg_bridge=fields.maybe_object(models.Bridge, json, "transferer_first_leg_bridge"),
            transferer_second_leg_bridge=fields.maybe_object(models.Bridge, json, "transferer_second_leg_bridge"),
            destination_type=fields.text(json, "destination_type"),
            destination_bridge=fields.maybe_text(json, "destination_bridge"),
            destination_application=fields.maybe_text(json, "destination_application"),
            destination_link_first_leg=fields.maybe_object(models.Channel, json, "destination_link_first_leg"),
            destination_link_second_leg=fields.maybe_object(models.Channel, json, "destination_link_second_leg"),
            destination_threeway_channel=fields.maybe_object(models.Channel, json, "destination_threeway_channel"),
            destination_threeway_bridge=fields.maybe_object(models.Bridge, json, "destination_threeway_bridge"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeBlindTransfer(Event):
    """Asterisk's event `BridgeBlindTransfer`."""

    channel: models.Channel
    replace_channel: models.Channel | None
    transferee: models.Channel | None
    exten: str
    context: str
    result: str
    is_external: bool
    bridge: models.Bridge | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            channel=fields.one_object(models.Channel, json, "channel"),
            replace_channel=fields.maybe_object(models.Channel, json, "replace_channel"),
            transferee=fields.maybe_object(models.Channel, json, "transferee"),
            exten=fields.text(json, "exten"),
            context=fields.text(json, "context"),
            result=fields.text(json, "result"),
            is_external=fields.flag(json, "is_external"),
            bridge=fields.maybe_object(models.Bridge, json, "bridge"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeCreated(Event):
    """Asterisk's event `BridgeCreated`."""

    bridge: models.Bridge

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), bridge=fields.one_object(models.Bridge, json, "bridge"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeDestroyed(Event):
    """Asterisk's event `BridgeDestroyed`."""

    bridge: models.Bridge

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), bridge=fields.one_object(models.Bridge, json, "bridge"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeMerged(Event):
    """Asterisk's event `BridgeMerged`."""

    bridge: models.Bridge
    bridge_from: models.Bridge

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            bridge=fields.one_object(models.Bridge, json, "bridge"),
            bridge_from=fields.one_object(models.Bridge, json, "bridge_from"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeVideoSourceChanged(Event):
    """Asterisk's event `BridgeVideoSourceChanged`."""

    bridge: models.Bridge
    old_video_source_id: str | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            bridge=fields.one_object(models.Bridge, json, "bridge"),
            old_video_source_id=fields.maybe_text(json, "old_video_source_id"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBroadcast(Event):
    """Asterisk's event `CallBroadcast`."""

    channel: models.Channel
    caller: str | None
    called: str | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            channel=fields.one_object(models.Channel, json, "channel"),
            caller=fields.maybe_text(json, "caller"),
            called=fields.maybe_text(json, "called"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallClaimed(Event):
    """Asterisk's event `CallClaimed`."""

    channel: models.Channel
    winner_app: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            channel=fields.one_object(models.Channel, json, "channel"),
            winner_app=fields.text(json, "winner_app"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCallerId(Event):
    """Asterisk's event `ChannelCallerId`."""

    caller_presentation: int
    caller_presentation_txt: str
    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            caller_presentation=fields.whole(json, "caller_presentation"),
            caller_presentation_txt=fields.text(json, "caller_presentation_txt"),
            channel=fields.one_object(models.Channel, json, "channel"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConnectedLine(Event):
    """Asterisk's event `ChannelConnectedLine`."""

    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), channel=fields.one_object(models.Channel, json, "channel"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCreated(Event):
    """Asterisk's event `ChannelCreated`."""

    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), channel=fields.one_object(models.Channel, json, "channel"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDestroyed(Event):
    """Asterisk's event `ChannelDestroyed`."""

    cause: int
    cause_txt: str
    tech_cause: int | None
    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            cause=fields.whole(json, "cause"),
            cause_txt=fields.text(json, "cause_txt"),
            tech_cause=fields.maybe_whole(json, "tech_cause"),
            channel=fields.one_object(models.Channel, json, "channel"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDialplan(Event):
    """Asterisk's event `ChannelDialplan`."""

    channel: models.Channel
    dialplan_app: str
    dialplan_app_data: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            channel=fields.one_object(models.Channel, json, "channel"),
            dialplan_app=fields.text(json, "dialplan_app"),
            dialplan_app_data=fields.text(json, "dialplan_app_data"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDtmfReceived(Event):
    """Asterisk's event `ChannelDtmfReceived`."""

    digit: str
    duration_ms: int
    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            digit=fields.text(json, "digit"),
            duration_ms=fields.whole(json, "duration_ms"),
            channel=fields.one_object(models.Channel, json, "channel"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEnteredBridge(Event):
    """Asterisk's event `ChannelEnteredBridge`."""

    bridge: models.Bridge
    channel: models.Channel | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            bridge=fields.one_object(models.Bridge, json, "bridge"),
            channel=fields.maybe_object(models.Channel, json, "channel"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHangupRequest(Event):
    """Asterisk's event `ChannelHangupRequest`."""

    cause: int | None
    tech_cause: int | None
    soft: bool | None
    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            cause=fields.maybe_whole(json, "cause"),
            tech_cause=fields.maybe_whole(json, "tech_cause"),
            soft=fields.maybe_flag(json, "soft"),
            channel=fields.one_object(models.Channel, json, "channel"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHold(Event):
    """Asterisk's event `ChannelHold`."""

    channel: models.Channel
    musicclass: str | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            channel=fields.one_object(models.Channel, json, "channel"),
            musicclass=fields.maybe_text(json, "musicclass"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLeftBridge(Event):
    """Asterisk's event `ChannelLeftBridge`."""

    bridge: models.Bridge
    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            bridge=fields.one_object(models.Bridge, json, "bridge"),
            channel=fields.one_object(models.Channel, json, "channel"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStateChange(Event):
    """Asterisk's event `ChannelStateChange`."""

    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), channel=fields.one_object(models.Channel, json, "channel"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTalkingFinished(Event):
    """Asterisk's event `ChannelTalkingFinished`."""

    channel: models.Channel
    duration: int

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            channel=fields.one_object(models.Channel, json, "channel"),
            duration=fields.whole(json, "duration"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTalkingStarted(Event):
    """Asterisk's event `ChannelTalkingStarted`."""

    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), channel=fields.one_object(models.Channel, json, "channel"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelToneDetected(Event):
    """Asterisk's event `ChannelToneDetected`."""

    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), channel=fields.one_object(models.Channel, json, "channel"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTransfer(Event):
    """Asterisk's event `ChannelTransfer`."""

    state: str | None
    refer_to: models.ReferTo
    referred_by: models.ReferredBy

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            state=fields.maybe_text(json, "state"),
            refer_to=fields.one_object(models.ReferTo, json, "refer_to"),
            referred_by=fields.one_object(models.ReferredBy, json, "referred_by"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUnhold(Event):
    """Asterisk's event `ChannelUnhold`."""

    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), channel=fields.one_object(models.Channel, json, "channel"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUserevent(Event):
    """Asterisk's event `ChannelUserevent`."""

    eventname: str
    channel: models.Channel | None
    bridge: models.Bridge | None
    endpoint: models.Endpoint | None
    userevent: Json

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            eventname=fields.text(json, "eventname"),
            channel=fields.maybe_object(models.Channel, json, "channel"),
            bridge=fields.maybe_object(models.Bridge, json, "bridge"),
            endpoint=fields.maybe_object(models.Endpoint, json, "endpoint"),
            userevent=fields.mapping(json, "userevent"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelVarset(Event):
    """Asterisk's event `ChannelVarset`."""

    variable: str
    value: str
    channel: models.Channel | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            variable=fields.text(json, "variable"),
            value=fields.text(json, "value"),
            channel=fields.maybe_object(models.Channel, json, "channel"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactStatusChange(Event):
    """Asterisk's event `ContactStatusChange`."""

    endpoint: models.Endpoint
    contact_info: models.ContactInfo

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            endpoint=fields.one_object(models.Endpoint, json, "endpoint"),
            contact_info=fields.one_object(models.ContactInfo, json, "contact_info"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStateChanged(Event):
    """Asterisk's event `DeviceStateChanged`."""

    device_state: models.DeviceState

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), device_state=fields.one_object(models.DeviceState, json, "device_state"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial(Event):
    """Asterisk's event `Dial`."""

    caller: models.Channel | None
    peer: models.Channel
    forward: str | None
    forwarded: models.Channel | None
    dialstring: str | None
    dialstatus: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            caller=fields.maybe_object(models.Channel, json, "caller"),
            peer=fields.one_object(models.Channel, json, "peer"),
            forward=fields.maybe_text(json, "forward"),
            forwarded=fields.maybe_object(models.Channel, json, "forwarded"),
            dialstring=fields.maybe_text(json, "dialstring"),
            dialstatus=fields.text(json, "dialstatus"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointStateChange(Event):
    """Asterisk's event `EndpointStateChange`."""

    endpoint: models.Endpoint

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), endpoint=fields.one_object(models.Endpoint, json, "endpoint"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerStatusChange(Event):
    """Asterisk's event `PeerStatusChange`."""

    endpoint: models.Endpoint
    peer: models.Peer

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            endpoint=fields.one_object(models.Endpoint, json, "endpoint"),
            peer=fields.one_object(models.Peer, json, "peer"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackContinuing(Event):
    """Asterisk's event `PlaybackContinuing`."""

    playback: models.Playback

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), playback=fields.one_object(models.Playback, json, "playback"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackFinished(Event):
    """Asterisk's event `PlaybackFinished`."""

    playback: models.Playback

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), playback=fields.one_object(models.Playback, json, "playback"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackStarted(Event):
    """Asterisk's event `PlaybackStarted`."""

    playback: models.Playback

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), playback=fields.one_object(models.Playback, json, "playback"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RESTResponse(Event):
    """Asterisk's event `RESTResponse`."""

    transaction_id: str
    request_id: str
    status_code: int
    reason_phrase: str
    uri: str
    content_type: str | None
    message_body: str | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            transaction_id=fields.text(json, "transaction_id"),
            request_id=fields.text(json, "request_id"),
            status_code=fields.whole(json, "status_code"),
            reason_phrase=fields.text(json, "reason_phrase"),
            uri=fields.text(json, "uri"),
            content_type=fields.maybe_text(json, "content_type"),
            message_body=fields.maybe_text(json, "message_body"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFailed(Event):
    """Asterisk's event `RecordingFailed`."""

    recording: models.LiveRecording

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), recording=fields.one_object(models.LiveRecording, json, "recording"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFinished(Event):
    """Asterisk's event `RecordingFinished`."""

    recording: models.LiveRecording

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), recording=fields.one_object(models.LiveRecording, json, "recording"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStarted(Event):
    """Asterisk's event `RecordingStarted`."""

    recording: models.LiveRecording

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), recording=fields.one_object(models.LiveRecording, json, "recording"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StasisEnd(Event):
    """Asterisk's event `StasisEnd`."""

    channel: models.Channel

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json), channel=fields.one_object(models.Channel, json, "channel"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StasisStart(Event):
    """Asterisk's event `StasisStart`."""

    args: tuple[str, ...]
    channel: models.Channel
    replace_channel: models.Channel | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            args=fields.texts(json, "args"),
            channel=fields.one_object(models.Channel, json, "channel"),
            replace_channel=fields.maybe_object(models.Channel, json, "replace_channel"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessageReceived(Event):
    """Asterisk's event `TextMessageReceived`."""

    message: models.TextMessage
    endpoint: models.Endpoint | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            **_common(json),
            message=fields.one_object(models.TextMessage, json, "message"),
            endpoint=fields.maybe_object(models.Endpoint, json, "endpoint"),
        )


EVENTS: Mapping[str, type[Event]] = {
    "ApplicationMoveFailed": ApplicationMoveFailed,
    "ApplicationRegistered": ApplicationRegistered,
    "ApplicationReplaced": ApplicationReplaced,
    "ApplicationUnregistered": ApplicationUnregistered,
    "BridgeAttendedTransfer": BridgeAttendedTransfer,
    "BridgeBlindTransfer": BridgeBlindTransfer,
    "BridgeCreated": BridgeCreated,
    "BridgeDestroyed": BridgeDestroyed,
    "BridgeMerged": BridgeMerged,
    "BridgeVideoSourceChanged": BridgeVideoSourceChanged,
    "CallBroadcast": CallBroadcast,
    "CallClaimed": CallClaimed,
    "ChannelCallerId": ChannelCallerId,
    "ChannelConnectedLine": ChannelConnectedLine,
    "ChannelCreated": ChannelCreated,
    "ChannelDestroyed": ChannelDestroyed,
    "ChannelDialplan": ChannelDialplan,
    "ChannelDtmfReceived": ChannelDtmfReceived,
    "ChannelEnteredBridge": ChannelEnteredBridge,
    "ChannelHangupRequest": ChannelHangupRequest,
    "ChannelHold": ChannelHold,
    "ChannelLeftBridge": ChannelLeftBridge,
    "ChannelStateChange": ChannelStateChange,
    "ChannelTalkingFinished": ChannelTalkingFinished,
    "ChannelTalkingStarted": ChannelTalkingStarted,
    "ChannelToneDetected": ChannelToneDetected,
    "ChannelTransfer": ChannelTransfer,
    "ChannelUnhold": ChannelUnhold,
    "ChannelUserevent": ChannelUserevent,
    "ChannelVarset": ChannelVarset,
    "ContactStatusChange": ContactStatusChange,
    "DeviceStateChanged": DeviceStateChanged,
    "Dial": Dial,
    "EndpointStateChange": EndpointStateChange,
    "PeerStatusChange": PeerStatusChange,
    "PlaybackContinuing": PlaybackContinuing,
    "PlaybackFinished": PlaybackFinished,
    "PlaybackStarted": PlaybackStarted,
    "RESTResponse": RESTResponse,
    "RecordingFailed": RecordingFailed,
    "RecordingFinished": RecordingFinished,
    "RecordingStarted": RecordingStarted,
    "StasisEnd": StasisEnd,
    "StasisStart": StasisStart,
    "TextMessageReceived": TextMessageReceived,
}
"""Every event by its type."""

SUBJECTS: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "ApplicationMoveFailed": {"Channel": (("channel",),)},
    "BridgeAttendedTransfer": {
        "Channel": (
            ("transferer_first_leg",),
            ("transferer_second_leg",),
            ("replace_channel",),
            ("transferee",),
            ("transfer_target",),
            ("destination_link_first_leg",),
            ("destination_link_second_leg",),
            ("destination_threeway_channel",),
        ),
        "Bridge": (
            ("transferer_first_leg_bridge",),
            ("transferer_second_leg_bridge",),
            ("destination_threeway_bridge",),
        ),
    },
    "BridgeBlindTransfer": {
        "Channel": (
            ("channel",),
            ("replace_channel",),
            ("transferee",),
        ),
        "Bridge": (("bridge",),),
    },
    "BridgeCreated": {"Bridge": (("bridge",),)},
    "BridgeDestroyed": {"Bridge": (("bridge",),)},
    "BridgeMerged": {
        "Bridge": (
            ("bridge",),
            ("bridge_from",),
        )
    },
    "BridgeVideoSourceChanged": {"Bridge": (("bridge",),)},
    "CallBroadcast": {"Channel": (("channel",),)},
    "CallClaimed": {"Channel": (("channel",),)},
    "ChannelCallerId": {"Channel": (("channel",),)},
    "ChannelConnectedLine": {"Channel": (("channel",),)},
    "ChannelCreated": {"Channel": (("channel",),)},
    "ChannelDestroyed": {"Channel": (("channel",),)},
    "ChannelDialplan": {"Channel": (("channel",),)},
    "ChannelDtmfReceived": {"Channel": (("channel",),)},
    "ChannelEnteredBridge": {"Bridge": (("bridge",),), "Channel": (("channel",),)},
    "ChannelHangupRequest": {"Channel": (("channel",),)},
    "ChannelHold": {"Channel": (("channel",),)},
    "ChannelLeftBridge": {"Bridge": (("bridge",),), "Channel": (("channel",),)},
    "ChannelStateChange": {"Channel": (("channel",),)},
    "ChannelTalkingFinished": {"Channel": (("channel",),)},
    "ChannelTalkingStarted": {"Channel": (("channel",),)},
    "ChannelToneDetected": {"Channel": (("channel",),)},
    "ChannelTransfer": {
        "Channel": (
            ("referred_by", "source_channel"),
            ("refer_to", "destination_channel"),
            ("refer_to", "connected_channel"),
            ("referred_by", "connected_channel"),
        ),
        "Bridge": (
            ("refer_to", "bridge"),
            ("referred_by", "bridge"),
        ),
    },
    "ChannelUnhold": {"Channel": (("channel",),)},
    "ChannelUserevent": {"Channel": (("channel",),), "Bridge": (("bridge",),), "Endpoint": (("endpoint",),)},
    "ChannelVarset": {"Channel": (("channel",),)},
    "ContactStatusChange": {"Endpoint": (("endpoint",),)},
    "DeviceStateChanged": {"DeviceState": (("device_state",),)},
    "Dial": {
        "Channel": (
            ("peer",),
            ("caller",),
            ("forwarded",),
        )
    },
    "EndpointStateChange": {"Endpoint": (("endpoint",),)},
    "PeerStatusChange": {"Endpoint": (("endpoint",),)},
    "PlaybackContinuing": {"Playback": (("playback",),)},
    "PlaybackFinished": {"Playback": (("playback",),)},
    "PlaybackStarted": {"Playback": (("playback",),)},
    "RecordingFailed": {"LiveRecording": (("recording",),)},
    "RecordingFinished": {"LiveRecording": (("recording",),)},
    "RecordingStarted": {"LiveRecording": (("recording",),)},
    "StasisEnd": {"Channel": (("channel",),)},
    "StasisStart": {
        "Channel": (
            ("channel",),
            ("replace_channel",),
        )
    },
    "TextMessageReceived": {"Endpoint": (("endpoint",),)},
}
"""By event type and kind of object: where the objects that it is about are in the JSON, chief one first."""


def parse_event(json: object) -> Event:
    """The event of a websocket message. Unknown fields are left in `json`, an unknown type gives a plain `Event`.

    Raises `MalformedMessage` where it is no event, or what the event is about is missing.
    """
    if not isinstance(json, dict) or not isinstance(kind := json.get("type"), str):
        raise MalformedMessage(f"expected an object with a type, got {str(json)[:200]}")
    return EVENTS.get(kind, Event).from_json(json)
