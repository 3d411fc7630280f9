"""Joins a person's leg with Mercury's media in Asterisk, and takes all of it down again."""

from __future__ import annotations

import asyncio
from typing import Any

from ari_app.calls.ids import Names
from ari_app.calls.switch import LegGoneError, Switch, SwitchError
from ari_app.ops.logging import get_logger
from media.dialog.protocol import MediaLeg
from media.transport.protocol import TransportError

_log = get_logger(__name__)
_ENTERED_S = 3.0


class MediaBridge:
    """One call's bridge and ExternalMedia channel. Their ids are ours, so taking down needs no memory of setting up."""

    def __init__(self, switch: Switch, names: Names, leg: MediaLeg) -> None:
        self._switch = switch
        self._names = names
        self._leg = leg
        self._entered = asyncio.Event()
        self._made: asyncio.Task[None] | None = None

    def media_entered(self) -> None:
        """The ExternalMedia channel entered Stasis: from here on it may be bridged (sooner: one call in six mute)."""
        self._entered.set()

    def prepare(self) -> None:
        """Begin to make bridge and media channel, while the phone still rings."""
        if self._made is None:
            self._made = asyncio.create_task(self._make(), name=f"media of {self._names.call_id}")

    async def connect(self, person: str, *, answer_after: asyncio.Task[None] | None, apart: bool = False) -> None:
        """Answer (inbound; as soon as the task is done), and bridge the person with the media.

        `apart`: the person is bridged with somebody already, and the media stay out. All that can run side by side
        does. Raises `LegGoneError` when the person's channel is no more, `SwitchError` for whatever else kept them
        apart.
        """
        self.prepare()
        try:
            await self._connected(person, answer_after, apart=apart)
        except ExceptionGroup as errors:
            raise _told(errors) from errors
        except TimeoutError as error:
            raise SwitchError(f"the media channel did not enter Stasis within {_ENTERED_S:g} s") from error

    async def tear_down(self) -> None:
        """End bridge and media channel, whatever of them exists."""
        if self._made:
            await asyncio.wait({self._made})
            if not self._made.cancelled() and (error := self._made.exception()):
                _log.warning("media.not_made", error=str(_told(error) if isinstance(error, ExceptionGroup) else error))
        await asyncio.gather(self._end(self._names.media, bridge=False), self._end(self._names.bridge, bridge=True))

    async def _connected(self, person: str, answer_after: asyncio.Task[None] | None, *, apart: bool) -> None:
        if self._made is None:
            raise RuntimeError("prepare() starts the making")
        async with asyncio.TaskGroup() as group:
            if answer_after:
                group.create_task(self._answer(person, answer_after))
            group.create_task(_done(self._made))
        async with asyncio.timeout(_ENTERED_S):
            await self._entered.wait()
        if not apart:
            await self._switch.join(self._names.bridge, (person, self._names.media))

    async def _answer(self, person: str, after: asyncio.Task[None]) -> None:
        await _done(after)
        await self._switch.answer(person)

    async def _make(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._switch.create_bridge(self._names.bridge))
            group.create_task(self._make_media())

    async def _make_media(self) -> None:
        answer = await self._switch.external_media(self._names.media, self._leg.request)
        try:
            await self._leg.attach(answer)
        except TransportError as error:
            raise SwitchError(str(error)) from error

    async def _end(self, name: str, *, bridge: bool) -> None:
        try:
            await (self._switch.destroy_bridge(name) if bridge else self._switch.hang_up(name))
        except SwitchError as error:
            _log.warning("leftover", name=name, error=str(error))


def _told(errors: ExceptionGroup[Exception]) -> Exception:
    """The one error that says it: the person has gone, or all that the switch refused."""
    leaves = _leaves(errors)
    gone = next((leaf for leaf in leaves if isinstance(leaf, LegGoneError)), None)
    if gone or not all(isinstance(leaf, SwitchError) for leaf in leaves):
        return gone or errors
    return SwitchError("; ".join(str(leaf) for leaf in leaves))


def _leaves(errors: ExceptionGroup[Exception]) -> list[Exception]:
    return [
        leaf
        for error in errors.exceptions
        for leaf in (_leaves(error) if isinstance(error, ExceptionGroup) else [error])
    ]


async def _done(task: asyncio.Task[Any]) -> None:
    """Its end or its error; it goes on when this wait is cancelled."""
    await asyncio.shield(task)
