"""Names of what we make in Asterisk: chosen by us, so that a request can be repeated and a leftover recognised."""

from __future__ import annotations

import secrets
from dataclasses import dataclass


def new_call_id() -> str:
    """A new call's id: `call_` and 96 random bits."""
    return f"call_{secrets.token_hex(12)}"


@dataclass(frozen=True, slots=True)
class Names:
    """The ids of one call's parts on one node, e.g. `mercury-node-1-call_5f…-media`.

    `life`: how many processes have had the call. What a later one makes anew has a name of its own (`…-media-2`), for
    what the earlier one made may still be there; the person's channel and the bridge stay. `attempt`: which attempt to
    reach the person this is; each has channels and a bridge of its own.
    """

    node: str
    call_id: str
    life: int = 1
    attempt: int = 1

    @property
    def leg(self) -> str:
        """The person's channel, where we originate it."""
        return f"{prefix(self.node)}{self._call}-leg"

    @property
    def media(self) -> str:
        """The ExternalMedia channel."""
        return f"{prefix(self.node)}{self._call}-media{self._again}"

    @property
    def bridge(self) -> str:
        """The bridge that joins them."""
        return f"{prefix(self.node)}{self._call}-bridge"

    def person(self, number: int) -> Names:
        """The names of the first, second … person whom the caller is handed to: their channel, media and bridge."""
        return Names(self.node, f"{self._call}-person{number}{self._again}")

    @property
    def _call(self) -> str:
        return f"{self.call_id}-{self.attempt}" if self.attempt > 1 else self.call_id

    @property
    def _again(self) -> str:
        return f"-{self.life}" if self.life > 1 else ""


def prefix(node: str) -> str:
    """What the id of everything that a node makes begins with."""
    return f"mercury-{node}-"


def owned_by(node: str, name: str) -> bool:
    """Whether a channel or bridge was made by this node."""
    return name.startswith(prefix(node))
