"""How the client behaves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Seconds, and numbers of callbacks."""

    request_timeout_s: float = 3.0
    """Deadline of each request, and of the websocket's handshake."""
    heartbeat_s: float = 10.0
    """A ping so often when nothing comes; unanswered for half as long again, the connection is dead."""
    retry_first_s: float = 0.1
    """Ceiling of the first wait before connecting again; it doubles …"""
    retry_cap_s: float = 5.0
    """… up to this."""
    hook_timeout_s: float = 10.0
    """Longest that an on_connect or on_disconnect callback may take."""
    max_waiting: int = 10_000
    """Callbacks that may wait, and events held back during a snapshot. More: the connection is made anew."""
    unwanted_events: tuple[str, ...] = ("ChannelVarset", "ChannelDialplan")
    """Event types that Asterisk is told not to send."""
    subscribe_all: bool = False
    """Hear of everything in Asterisk, not of the application alone."""
    close_grace_s: float = 2.0
    """How long `close()` lets callbacks finish."""
