"""Asterisk's models as typed values.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ari_app.ari import fields
from ari_app.ari.fields import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Asterisk's model `Application`."""

    name: str
    channel_ids: tuple[str, ...]
    bridge_ids: tuple[str, ...]
    endpoint_ids: tuple[str, ...]
    device_names: tuple[str, ...]
    events_allowed: tuple[Json, ...]
    events_disallowed: tuple[Json, ...]

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            name=fields.text(json, "name"),
            channel_ids=fields.texts(json, "channel_ids"),
            bridge_ids=fields.texts(json, "bridge_ids"),
            endpoint_ids=fields.texts(json, "endpoint_ids"),
            device_names=fields.texts(json, "device_names"),
            events_allowed=fields.mappings(json, "events_allowed"),
            events_disallowed=fields.mappings(json, "events_disallowed"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildInfo:
    """Asterisk's model `BuildInfo`."""

    os: str
    kernel: str
    options: str
    machine: str
    date: str
    user: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            os=fields.text(json, "os"),
            kernel=fields.text(json, "kernel"),
            options=fields.text(json, "options"),
            machine=fields.text(json, "machine"),
            date=fields.text(json, "date"),
            user=fields.text(json, "user"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemInfo:
    """Asterisk's model `SystemInfo`."""

    version: str
    entity_id: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(version=fields.text(json, "version"), entity_id=fields.text(json, "entity_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetId:
    """Asterisk's model `SetId`."""

    user: str
    group: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(user=fields.text(json, "user"), group=fields.text(json, "group"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigInfo:
    """Asterisk's model `ConfigInfo`."""

    name: str
    default_language: str
    max_channels: int | None
    max_open_files: int | None
    max_load: float | None
    setid: SetId

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            name=fields.text(json, "name"),
            default_language=fields.text(json, "default_language"),
            max_channels=fields.maybe_whole(json, "max_channels"),
            max_open_files=fields.maybe_whole(json, "max_open_files"),
            max_load=fields.maybe_real(json, "max_load"),
            setid=fields.one_object(SetId, json, "setid"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusInfo:
    """Asterisk's model `StatusInfo`."""

    startup_time: datetime | None
    last_reload_time: datetime | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            startup_time=fields.moment(json, "startup_time"), last_reload_time=fields.moment(json, "last_reload_time")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskInfo:
    """Asterisk's model `AsteriskInfo`."""

    build: BuildInfo | None
    system: SystemInfo | None
    config: ConfigInfo | None
    status: StatusInfo | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            build=fields.maybe_object(BuildInfo, json, "build"),
            system=fields.maybe_object(SystemInfo, json, "system"),
            config=fields.maybe_object(ConfigInfo, json, "config"),
            status=fields.maybe_object(StatusInfo, json, "status"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskPing:
    """Asterisk's model `AsteriskPing`."""

    asterisk_id: str
    ping: str
    timestamp: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            asterisk_id=fields.text(json, "asterisk_id"),
            ping=fields.text(json, "ping"),
            timestamp=fields.text(json, "timestamp"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """Asterisk's model `Module`."""

    name: str
    description: str
    use_count: int
    status: str
    support_level: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            name=fields.text(json, "name"),
            description=fields.text(json, "description"),
            use_count=fields.whole(json, "use_count"),
            status=fields.text(json, "status"),
            support_level=fields.text(json, "support_level"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogChannel:
    """Asterisk's model `LogChannel`."""

    channel: str
    type: str
    status: str
    configuration: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            channel=fields.text(json, "channel"),
            type=fields.text(json, "type"),
            status=fields.text(json, "status"),
            configuration=fields.text(json, "configuration"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """Asterisk's model `Variable`."""

    value: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(value=fields.text(json, "value"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """Asterisk's model `Variables`."""

    variables: Json

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(variables=fields.mapping(json, "variables"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigTuple:
    """Asterisk's model `ConfigTuple`."""

    attribute: str
    value: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(attribute=fields.text(json, "attribute"), value=fields.text(json, "value"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """Asterisk's model `Bridge`."""

    id: str
    technology: str
    bridge_type: str
    bridge_class: str
    creator: str
    name: str
    channels: tuple[str, ...]
    video_mode: str | None
    video_source_id: str | None
    creationtime: datetime | None
    bridgevars: Json | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            id=fields.text(json, "id"),
            technology=fields.text(json, "technology"),
            bridge_type=fields.text(json, "bridge_type"),
            bridge_class=fields.text(json, "bridge_class"),
            creator=fields.text(json, "creator"),
            name=fields.text(json, "name"),
            channels=fields.texts(json, "channels"),
            video_mode=fields.maybe_text(json, "video_mode"),
            video_source_id=fields.maybe_text(json, "video_source_id"),
            creationtime=fields.moment(json, "creationtime"),
            bridgevars=fields.maybe_mapping(json, "bridgevars"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialed:
    """Asterisk's model `Dialed`."""

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls()


@dataclass(frozen=True, slots=True, kw_only=True)
class DialplanCEP:
    """Asterisk's model `DialplanCEP`."""

    context: str
    exten: str
    priority: int
    app_name: str
    app_data: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            context=fields.text(json, "context"),
            exten=fields.text(json, "exten"),
            priority=fields.whole(json, "priority"),
            app_name=fields.text(json, "app_name"),
            app_data=fields.text(json, "app_data"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerID:
    """Asterisk's model `CallerID`."""

    name: str
    number: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(name=fields.text(json, "name"), number=fields.text(json, "number"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RTPstat:
    """Asterisk's model `RTPstat`."""

    txcount: int
    rxcount: int
    txjitter: float | None
    rxjitter: float | None
    remote_maxjitter: float | None
    remote_minjitter: float | None
    remote_normdevjitter: float | None
    remote_stdevjitter: float | None
    local_maxjitter: float | None
    local_minjitter: float | None
    local_normdevjitter: float | None
    local_stdevjitter: float | None
    txploss: int
    rxploss: int
    remote_maxrxploss: float | None
    remote_minrxploss: float | None
    remote_normdevrxploss: float | None
    remote_stdevrxploss: float | None
    local_maxrxploss: float | None
    local_minrxploss: float | None
    local_normdevrxploss: float | None
    local_stdevrxploss: float | None
    rtt: float | None
    maxrtt: float | None
    minrtt: float | None
    normdevrtt: float | None
    stdevrtt: float | None
    local_ssrc: int
    remote_ssrc: int
    txoctetcount: int
    rxoctetcount: int
    channel_uniqueid: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            txcount=fields.whole(json, "txcount"),
            rxcount=fields.whole(json, "rxcount"),
            txjitter=fields.maybe_real(json, "txjitter"),
            rxjitter=fields.maybe_real(json, "rxjitter"),
            remote_maxjitter=fields.maybe_real(json, "remote_maxjitter"),
            remote_minjitter=fields.maybe_real(json, "remote_minjitter"),
            remote_normdevjitter=fields.maybe_real(json, "remote_normdevjitter"),
            remote_stdevjitter=fields.maybe_real(json, "remote_stdevjitter"),
            local_maxjitter=fields.maybe_real(json, "local_maxjitter"),
            local_minjitter=fields.maybe_real(json, "local_minjitter"),
            local_normdevjitter=fields.maybe_real(json, "local_normdevjitter"),
            local_stdevjitter=fields.maybe_real(json, "local_stdevjitter"),
            txploss=fields.whole(json, "txploss"),
            rxploss=fields.whole(json, "rxploss"),
            remote_maxrxploss=fields.maybe_real(json, "remote_maxrxploss"),
            remote_minrxploss=fields.maybe_real(json, "remote_minrxploss"),
            remote_normdevrxploss=fields.maybe_real(json, "remote_normdevrxploss"),
            remote_stdevrxploss=fields.maybe_real(json, "remote_stdevrxploss"),
            local_maxrxploss=fields.maybe_real(json, "local_maxrxploss"),
            local_minrxploss=fields.maybe_real(json, "local_minrxploss"),
            local_normdevrxploss=fields.maybe_real(json, "local_normdevrxploss"),
            local_stdevrxploss=fields.maybe_real(json, "local_stdevrxploss"),
            rtt=fields.maybe_real(json, "rtt"),
            maxrtt=fields.maybe_real(json, "maxrtt"),
            minrtt=fields.maybe_real(json, "minrtt"),
            normdevrtt=fields.maybe_real(json, "normdevrtt"),
            stdevrtt=fields.maybe_real(json, "stdevrtt"),
            local_ssrc=fields.whole(json, "local_ssrc"),
            remote_ssrc=fields.whole(json, "remote_ssrc"),
            txoctetcount=fields.whole(json, "txoctetcount"),
            rxoctetcount=fields.whole(json, "rxoctetcount"),
            channel_uniqueid=fields.text(json, "channel_uniqueid"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Asterisk's model `Channel`."""

    id: str
    protocol_id: str
    name: str
    state: str
    caller: CallerID
    connected: CallerID
    accountcode: str
    dialplan: DialplanCEP
    creationtime: datetime | None
    language: str
    channelvars: Json | None
    caller_rdnis: str | None
    tenantid: str | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            id=fields.text(json, "id"),
            protocol_id=fields.text(json, "protocol_id"),
            name=fields.text(json, "name"),
            state=fields.text(json, "state"),
            caller=fields.one_object(CallerID, json, "caller"),
            connected=fields.one_object(CallerID, json, "connected"),
            accountcode=fields.text(json, "accountcode"),
            dialplan=fields.one_object(DialplanCEP, json, "dialplan"),
            creationtime=fields.moment(json, "creationtime"),
            language=fields.text(json, "language"),
            channelvars=fields.maybe_mapping(json, "channelvars"),
            caller_rdnis=fields.maybe_text(json, "caller_rdnis"),
            tenantid=fields.maybe_text(json, "tenantid"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """Asterisk's model `DeviceState`."""

    name: str
    state: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(name=fields.text(json, "name"), state=fields.text(json, "state"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Asterisk's model `Endpoint`."""

    technology: str
    resource: str
    state: str | None
    channel_ids: tuple[str, ...]

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            technology=fields.text(json, "technology"),
            resource=fields.text(json, "resource"),
            state=fields.maybe_text(json, "state"),
            channel_ids=fields.texts(json, "channel_ids"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage:
    """Asterisk's model `TextMessage`."""

    from_: str
    to: str
    body: str
    variables: Json | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            from_=fields.text(json, "from"),
            to=fields.text(json, "to"),
            body=fields.text(json, "body"),
            variables=fields.maybe_mapping(json, "variables"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactInfo:
    """Asterisk's model `ContactInfo`."""

    uri: str
    contact_status: str
    aor: str
    roundtrip_usec: str | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            uri=fields.text(json, "uri"),
            contact_status=fields.text(json, "contact_status"),
            aor=fields.text(json, "aor"),
            roundtrip_usec=fields.maybe_text(json, "roundtrip_usec"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Asterisk's model `Peer`."""

    peer_status: str
    cause: str | None
    address: str | None
    port: str | None
    time: str | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            peer_status=fields.text(json, "peer_status"),
            cause=fields.maybe_text(json, "cause"),
            address=fields.maybe_text(json, "address"),
            port=fields.maybe_text(json, "port"),
            time=fields.maybe_text(json, "time"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferTo:
    """Asterisk's model `ReferTo`."""

    requested_destination: RequiredDestination
    destination_channel: Channel | None
    connected_channel: Channel | None
    bridge: Bridge | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            requested_destination=fields.one_object(RequiredDestination, json, "requested_destination"),
            destination_channel=fields.maybe_object(Channel, json, "destination_channel"),
            connected_channel=fields.maybe_object(Channel, json, "connected_channel"),
            bridge=fields.maybe_object(Bridge, json, "bridge"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferredBy:
    """Asterisk's model `ReferredBy`."""

    source_channel: Channel
    connected_channel: Channel | None
    bridge: Bridge | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            source_channel=fields.one_object(Channel, json, "source_channel"),
            connected_channel=fields.maybe_object(Channel, json, "connected_channel"),
            bridge=fields.maybe_object(Bridge, json, "bridge"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredDestination:
    """Asterisk's model `RequiredDestination`."""

    protocol_id: str | None
    destination: str | None
    additional_protocol_params: tuple[AdditionalParam, ...]

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            protocol_id=fields.maybe_text(json, "protocol_id"),
            destination=fields.maybe_text(json, "destination"),
            additional_protocol_params=fields.objects(AdditionalParam, json, "additional_protocol_params"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionalParam:
    """Asterisk's model `AdditionalParam`."""

    parameter_name: str
    parameter_value: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            parameter_name=fields.text(json, "parameter_name"), parameter_value=fields.text(json, "parameter_value")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RESTHeader:
    """Asterisk's model `RESTHeader`."""

    name: str
    value: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(name=fields.text(json, "name"), value=fields.text(json, "value"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RESTQueryStringParameter:
    """Asterisk's model `RESTQueryStringParameter`."""

    name: str
    value: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(name=fields.text(json, "name"), value=fields.text(json, "value"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RESTRequest:
    """Asterisk's model `RESTRequest`."""

    type: str
    transaction_id: str
    request_id: str
    method: str
    uri: str
    content_type: str | None
    query_strings: tuple[RESTQueryStringParameter, ...]
    message_body: str | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            type=fields.text(json, "type"),
            transaction_id=fields.text(json, "transaction_id"),
            request_id=fields.text(json, "request_id"),
            method=fields.text(json, "method"),
            uri=fields.text(json, "uri"),
            content_type=fields.maybe_text(json, "content_type"),
            query_strings=fields.objects(RESTQueryStringParameter, json, "query_strings"),
            message_body=fields.maybe_text(json, "message_body"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Asterisk's model `Mailbox`."""

    name: str
    old_messages: int
    new_messages: int

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            name=fields.text(json, "name"),
            old_messages=fields.whole(json, "old_messages"),
            new_messages=fields.whole(json, "new_messages"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """Asterisk's model `Playback`."""

    id: str
    media_uri: str
    next_media_uri: str | None
    target_uri: str
    language: str | None
    state: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            id=fields.text(json, "id"),
            media_uri=fields.text(json, "media_uri"),
            next_media_uri=fields.maybe_text(json, "next_media_uri"),
            target_uri=fields.text(json, "target_uri"),
            language=fields.maybe_text(json, "language"),
            state=fields.text(json, "state"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecording:
    """Asterisk's model `StoredRecording`."""

    name: str
    format: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(name=fields.text(json, "name"), format=fields.text(json, "format"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRecording:
    """Asterisk's model `LiveRecording`."""

    name: str
    format: str
    target_uri: str
    state: str
    duration: int | None
    talking_duration: int | None
    silence_duration: int | None
    cause: str | None

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            name=fields.text(json, "name"),
            format=fields.text(json, "format"),
            target_uri=fields.text(json, "target_uri"),
            state=fields.text(json, "state"),
            duration=fields.maybe_whole(json, "duration"),
            talking_duration=fields.maybe_whole(json, "talking_duration"),
            silence_duration=fields.maybe_whole(json, "silence_duration"),
            cause=fields.maybe_text(json, "cause"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatLangPair:
    """Asterisk's model `FormatLangPair`."""

    language: str
    format: str

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(language=fields.text(json, "language"), format=fields.text(json, "format"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Asterisk's model `Sound`."""

    id: str
    text: str | None
    formats: tuple[FormatLangPair, ...]

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(
            id=fields.text(json, "id"),
            text=fields.maybe_text(json, "text"),
            formats=fields.objects(FormatLangPair, json, "formats"),
        )
