"""One call's way to a person: who is rung and how, and which of Asterisk's events are theirs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ari_app.calls.handover import HandoverError
from ari_app.calls.handover_state import Stage
from ari_app.calls.history import History
from ari_app.calls.ids import Names, prefix
from ari_app.calls.person import Asked, CallerSide, Person
from ari_app.calls.saying import Place, utterance_parts
from ari_app.calls.switch import Dial, Switch, SwitchError
from ari_app.calls.trunks import Trunks
from ivr_flows.commands import Transfer
from media.dialog.protocol import MediaLeg
from media.transport.protocol import TransportError


class PersonHandover:
    """A `Handover`: one person at a time, each under names of their own."""

    def __init__(
        self,
        *,
        names: Names,
        leg: MediaLeg,
        open_leg: Callable[[Path | None], MediaLeg],
        switch: Switch,
        trunks: Trunks,
        place: Place,
        history: History,
    ) -> None:
        self._names = names
        self._leg = leg
        self._open_leg = open_leg
        self._switch = switch
        self._trunks = trunks
        self._place = place
        self._history = history
        self._count = 0
        self.person: Person | None = None
        """Who is being rung or talked to; None while nobody is."""

    def found_talking(self, channel: str, longest_s: float) -> None:
        """The caller talks with a person whom an earlier life of the call had rung: the next transfer is this one."""
        node = self._names.node
        self.person = Person(
            names=Names(node, channel.removeprefix(prefix(node)).removesuffix("-leg")),
            asked=Asked(Dial(channel, "", 0), (), "", longest_s),
            switch=self._switch,
            caller=CallerSide(self._names, self._leg),
            leg=None,
            history=self._history,
            talks=True,
        )

    @property
    def talking(self) -> bool:
        """Whether caller and person talk: the caller's keys are for them then."""
        return self.person is not None and self.person.stage is Stage.TALKING

    async def transfer(self, command: Transfer) -> float:
        """Ring them and let them talk: seconds talked. Raises `HandoverError`; cancelled when the caller has gone."""
        if self.person:
            self._history.note("transfer_resumed", to=command.to)
            person = self.person
        else:
            self._history.note("transfer_started", to=command.to, attended=bool(command.accept))
            self._count += 1
            person = self.person = self._new_person(command)
            self._leg.play_music(self._place.sound(command.music) if command.music else None)
        try:
            return await person.reach()
        finally:
            self.person = None

    def _new_person(self, command: Transfer) -> Person:
        try:
            asked = Asked(
                self._trunks.dial(command.to, trunk=command.trunk, ring_s=-(-command.ring_ms // 1000)),
                utterance_parts(command.whisper, self._place),
                command.accept,
                command.longest_ms / 1000,
            )
            leg = self._open_leg(None) if command.accept else None
        except (SwitchError, TransportError) as error:
            self._history.note("transfer_ended", reason="failed", error=str(error), talked_ms=0)
            raise HandoverError("failed") from error
        return Person(
            names=self._names.person(self._count),
            asked=asked,
            switch=self._switch,
            caller=CallerSide(self._names, self._leg),
            leg=leg,
            history=self._history,
        )
