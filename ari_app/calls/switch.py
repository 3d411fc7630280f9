"""What a call asks of the telephone switch, and how it says no. `AriSwitch` answers through Asterisk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from media.transport.protocol import MediaRequest

Refusal = Literal["busy", "not_found", "decline"]
"""What a caller is told whose call is not taken."""


class SwitchError(Exception):
    """The switch could not do it; the text says what and why."""


class LegGoneError(SwitchError):
    """The person's channel is no more, or no longer ours: the call is over."""


@dataclass(frozen=True, slots=True)
class Dial:
    """An outgoing leg. `dial_string` as Asterisk takes it, `caller_id` a number, `ring_s` how long it may ring."""

    dial_string: str
    caller_id: str
    ring_s: int
    variables: Mapping[str, str] = field(default_factory=dict)


class Switch(Protocol):
    """Every method has a deadline, and raises `SwitchError`."""

    async def originate(self, channel: str, dial: Dial) -> None:
        """Ring a phone under this channel id. Repeating it with the same id rings once."""

    async def create(self, channel: str, dial: Dial) -> None:
        """Make a phone's channel under this id, and ring nobody yet. One that is there already is no error."""

    async def dial(self, channel: str, ring_s: int) -> None:
        """Ring the phone of a channel that was made so. Never twice: the second time would end the ringing.

        Returns, too, when the switch did not say whether it rings: its events tell. Raises `LegGoneError`.
        """

    async def answer(self, channel: str) -> None:
        """Answer a ringing channel. Raises `LegGoneError` when there is none any more."""

    async def ring(self, channel: str) -> None:
        """Have a caller hear ringing. Raises `LegGoneError` when there is none any more."""

    async def create_bridge(self, bridge: str) -> None:
        """Make a mixing bridge. One that is there already is no error."""

    async def external_media(self, channel: str, request: MediaRequest) -> Mapping[str, str]:
        """Make the ExternalMedia channel that is asked for; gives its variables."""

    async def join(self, bridge: str, channels: tuple[str, ...]) -> None:
        """Put channels into a bridge; one that is in another leaves that."""

    async def leave(self, bridge: str, channel: str) -> None:
        """Take a channel out of a bridge; it stays with us, in none."""

    async def hang_up(self, channel: str) -> bool:
        """End a channel; False when it was gone already."""

    async def refuse(self, channel: str, refusal: Refusal = "busy") -> bool:
        """Refuse a ringing caller: busy (486), not_found (404), decline (603); False when the channel was gone."""

    async def apologise(self, channel: str, sound: Path) -> bool:
        """Answer a ringing caller, have Asterisk play a file, and hang up, all without us; False when it was gone."""

    async def header(self, channel: str, name: str) -> str:
        """A header of the INVITE that brought an inbound channel; "" where it has none."""

    async def stop_music(self, bridge: str) -> None:
        """End the music that Asterisk plays to a bridge. None is no error."""

    async def destroy_bridge(self, bridge: str) -> None:
        """End a bridge. One that is gone already is no error."""
