"""Handing a caller to a person, as the flow's runner asks for it."""

from __future__ import annotations

from typing import Protocol

from ivr_flows.commands import Transfer


class HandoverError(Exception):
    """Nobody took the call; the text says why."""


class Handover(Protocol):
    """One call's way to a person."""

    async def transfer(self, command: Transfer) -> float:
        """Ring them and let them talk: seconds talked. Raises `HandoverError`; cancelled when the caller has gone."""
