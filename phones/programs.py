"""Where a phone's programs are found."""

from __future__ import annotations

from typing import Protocol


class Programs(Protocol):
    """An installation that knows how to start its programs."""

    def command(self, program: str) -> list[str]:
        """The command line, without arguments, that starts `program` ("sipp", "baresip").

        Raises `LookupError`, or the installation's own error, when it isn't there.
        """
