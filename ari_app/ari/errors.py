"""What can go wrong between the client and Asterisk."""

from __future__ import annotations


class AriError(Exception):
    """A request that Asterisk refused, or did not answer.

    `status` is the HTTP status, 0 where no answer came; `message` is Asterisk's own, or what happened instead.
    """

    def __init__(self, status: int, message: str, method: str, path: str) -> None:
        super().__init__(status, message, method, path)
        self.status = status
        self.message = message
        self.method = method
        self.path = path

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.status or 'no answer'}: {self.message}"

    @property
    def call_is_over(self) -> bool:
        """Whether, asked of a live call, this says that the call is over: its channel or bridge is gone (404), or has
        left the application (409)."""
        return self.status in (404, 409)


class NotFound(AriError):
    """404: there is no such channel, bridge, …"""


class Conflict(AriError):
    """409: not in the application, or an id that is in use."""


class AriTimeout(AriError):
    """No answer before the deadline. The request may have been carried out."""


class AriUnreachable(AriError):
    """No connection, or it broke before the answer came. The request may have been carried out in the second case."""


class MalformedAnswer(AriError):
    """Asterisk said yes, in a form that is not ARI's. The request was carried out."""


class MalformedMessage(ValueError):
    """A message of the websocket, or a part of an answer, that is not ARI's."""


_BY_STATUS: dict[int, type[AriError]] = {404: NotFound, 409: Conflict}


def refused(status: int, message: str, method: str, path: str) -> AriError:
    """The error for an answer of 400 and above (or a redirect, which is never followed)."""
    return _BY_STATUS.get(status, AriError)(status, message, method, path)
