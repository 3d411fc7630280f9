"""SIP messages as text (RFC 3261, section 7), as SIPp hands them over and as its message log keeps them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

_LOG_ENTRY = re.compile(
    r"^-{40,} (?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)\r?\n"
    r"[\w ]+ message (?P<direction>sent|received) \[\d+\] bytes:\r?\n\r?\n",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class SipMessage:
    """One request or response: its text, whole."""

    text: str

    @property
    def start_line(self) -> str:
        """The request line or status line."""
        return self.text.partition("\n")[0].strip()

    @property
    def method(self) -> str:
        """The request's method; "" of a response."""
        return "" if self.status else self.start_line.partition(" ")[0]

    @property
    def status(self) -> int:
        """The response's code; 0 of a request."""
        version, _, rest = self.start_line.partition(" ")
        return int(rest[:3]) if version == "SIP/2.0" and rest[:3].isdigit() else 0

    @property
    def reason_phrase(self) -> str:
        """The words after a response's code."""
        return self.start_line.split(" ", 2)[-1] if self.status else ""

    @property
    def request_uri(self) -> str:
        """Whom a request is for; "" of a response."""
        return "" if self.status else self.start_line.split(" ")[1]

    @property
    def cseq_method(self) -> str:
        """The method of the transaction."""
        return self.header("CSeq").rpartition(" ")[2]

    @property
    def body(self) -> str:
        """What follows the headers."""
        return re.split(r"\r?\n\r?\n", self.text, maxsplit=1)[1] if re.search(r"\r?\n\r?\n", self.text) else ""

    def header(self, name: str) -> str:
        """The first header of this name (any case); "" when there is none."""
        head = re.split(r"\r?\n\r?\n", self.text, maxsplit=1)[0]
        found = re.search(rf"^{re.escape(name)}[ \t]*:[ \t]*(.*?)\r?$", head, re.MULTILINE | re.IGNORECASE)
        return found[1].strip() if found else ""

    @property
    def cause(self) -> int:
        """The Q.850 cause of a Reason header (RFC 3326); 0 when there is none."""
        found = re.search(r"Q\.850\s*;.*?cause=(\d+)", self.header("Reason"), re.IGNORECASE)
        return int(found[1]) if found else 0


@dataclass(frozen=True, slots=True)
class TimedMessage:
    """A message at the moment SIPp sent or received it: seconds since 1970, to the microsecond."""

    at: float
    sent: bool
    message: SipMessage


def read_message_log(text: str) -> tuple[TimedMessage, ...]:
    """SIPp's message log (-trace_msg), in order. Twin commands are passed over."""
    entries = list(_LOG_ENTRY.finditer(text))
    ends = [*(entry.start() for entry in entries), len(text)][1:]
    return tuple(
        TimedMessage(_seconds(entry["time"]), entry["direction"] == "sent", message)
        for entry, end in zip(entries, ends, strict=True)
        if (message := SipMessage(text[entry.end() : end])).start_line.find("SIP/2.0") >= 0
    )


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()
