"""The switch that is an Asterisk, through ARI."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from ari_app.ari.client import Client
from ari_app.ari.errors import AriError, NotFound
from ari_app.calls.switch import Dial, LegGoneError, Refusal, SwitchError
from ari_app.ops.logging import get_logger
from media.transport.protocol import MediaRequest

_log = get_logger(__name__)
_T = TypeVar("_T")
_FORMAT = "alaw"
"""Of the legs that are dialled: as the trunk speaks it."""
_APOLOGY = "MERCURY_APOLOGY"
"""The channel variable that names the sound file to the dialplan, without its ending."""
_THERE_ALREADY = 409
_GONE = frozenset({404, 409, 412})
"""Asked of a person's channel: none such; not in Stasis any more; not up any more."""


_REFUSALS: Mapping[Refusal, Literal["busy", "unallocated", "normal"]] = {
    "busy": "busy",
    "not_found": "unallocated",
    "decline": "normal",
}
"""ARI's reasons: Q.850 17, 1 and 16. chan_pjsip answers 486 and 404 for the first two, and 603 where it has no code."""


class AriSwitch:
    """A `Switch`. Refusals become `LegGoneError` or `SwitchError`, with Asterisk's own words."""

    def __init__(self, client: Client, application: str) -> None:
        self._client = client
        self._application = application

    async def originate(self, channel: str, dial: Dial) -> None:
        """Ring a phone; the channel comes to the application when it is answered."""
        await _asked(
            self._client.channels.originate(
                endpoint=dial.dial_string,
                app=self._application,
                appArgs="outbound",
                callerId=dial.caller_id,
                timeout=dial.ring_s,
                channelId=channel,
                formats=_FORMAT,
                variables=dict(dial.variables),
            )
        )

    async def create(self, channel: str, dial: Dial) -> None:
        """Make a phone's channel in the application. What is not answered in time is asked once more: 409, it is there.

        The caller id of a channel that is dialled is its connected line (chan_pjsip's From).
        """
        wanted = {"CONNECTEDLINE(num,i)": dial.caller_id, **dial.variables}
        for last in (False, True):
            try:
                await self._client.channels.create(
                    endpoint=dial.dial_string,
                    app=self._application,
                    appArgs="outbound",
                    channelId=channel,
                    formats=_FORMAT,
                    variables=wanted,
                )
            except AriError as error:
                if error.status == _THERE_ALREADY:
                    return
                if last or error.status:
                    raise SwitchError(str(error)) from error
            else:
                return

    async def dial(self, channel: str, ring_s: int) -> None:
        """Ring its phone. A second dial would hang it up: what is not answered in time is left to the events."""
        try:
            await self._client.channels.dial(channel, timeout=ring_s)
        except AriError as error:
            if error.status in _GONE:
                raise LegGoneError(str(error)) from error
            if error.status:
                raise SwitchError(str(error)) from error
            _log.warning("dial.unanswered", channel=channel, error=str(error))

    async def answer(self, channel: str) -> None:
        """Answer a ringing channel."""
        try:
            await self._client.channels.answer(channel)
        except AriError as error:
            raise (LegGoneError if error.status in _GONE else SwitchError)(str(error)) from error

    async def ring(self, channel: str) -> None:
        """Have a caller hear ringing (180)."""
        try:
            await self._client.channels.ring(channel)
        except AriError as error:
            raise (LegGoneError if error.status in _GONE else SwitchError)(str(error)) from error

    async def create_bridge(self, bridge: str) -> None:
        """Make a bridge that mixes two without looking at their media. 409: it is there already."""
        try:
            await self._client.bridges.createWithId(bridge, type="mixing", name=bridge)
        except AriError as error:
            if error.status != _THERE_ALREADY:
                raise SwitchError(str(error)) from error

    async def external_media(self, channel: str, request: MediaRequest) -> Mapping[str, str]:
        """Make an ExternalMedia channel; where its media are is in the answer's channel variables."""
        made = await _asked(
            self._client.channels.externalMedia(
                app=self._application,
                format=request.format,
                channelId=channel,
                external_host=request.external_host,
                encapsulation=request.encapsulation,
                transport=request.transport,
                connection_type=request.connection_type,
                direction="both",
            )
        )
        return _variables(made.json.get("channelvars"))

    async def join(self, bridge: str, channels: tuple[str, ...]) -> None:
        """Put channels into a bridge."""
        await _asked(self._client.bridges.addChannel(bridge, channel=channels))

    async def leave(self, bridge: str, channel: str) -> None:
        """Take a channel out of a bridge."""
        await _asked(self._client.bridges.removeChannel(bridge, channel=[channel]))

    async def hang_up(self, channel: str) -> bool:
        """End a channel; False when it was gone already."""
        return await _ended(self._client.channels.hangup(channel, reason="normal"))

    async def refuse(self, channel: str, refusal: Refusal = "busy") -> bool:
        """Refuse a ringing channel with 486, 404 or 603."""
        return await _ended(self._client.channels.hangup(channel, reason=_REFUSALS[refusal]))

    async def apologise(self, channel: str, sound: Path) -> bool:
        """Leave the channel to the dialplan, which answers, plays the file and hangs up."""
        name = str(sound.with_suffix(""))
        if not await _ended(self._client.channels.setChannelVar(channel, variable=_APOLOGY, value=name)):
            return False
        return await _ended(
            self._client.channels.continueInDialplan(
                channel, context="after-mercury", extension="OVERLOADED", priority=1
            )
        )

    async def header(self, channel: str, name: str) -> str:
        """A header of the channel's INVITE, by chan_pjsip's PJSIP_HEADER; "" where it has none, or can't be asked."""
        try:
            found = await self._client.channels.getChannelVar(channel, variable=f"PJSIP_HEADER(read,{name})")
        except AriError:
            return ""
        return found.value

    async def stop_music(self, bridge: str) -> None:
        """End its music on hold; 409 says that none played."""
        try:
            await self._client.bridges.stopMoh(bridge)
        except AriError as error:
            if error.status not in _GONE:
                raise SwitchError(str(error)) from error

    async def destroy_bridge(self, bridge: str) -> None:
        """End a bridge."""
        await _ended(self._client.bridges.destroy(bridge))


async def _asked(request: Coroutine[Any, Any, _T]) -> _T:
    try:
        return await request
    except AriError as error:
        raise SwitchError(str(error)) from error


async def _ended(request: Coroutine[Any, Any, None]) -> bool:
    try:
        await request
    except NotFound:
        return False
    except AriError as error:
        raise SwitchError(str(error)) from error
    return True


def _variables(variables: object) -> Mapping[str, str]:
    if not isinstance(variables, Mapping):
        raise SwitchError(f"expected the ExternalMedia channel's variables, got {variables!r}")
    return {str(name): str(value) for name, value in variables.items()}
