"""Which trunk a number is dialled on, and how."""

from __future__ import annotations

from ari_app.calls.switch import Dial, SwitchError
from ari_app.ops.settings import Settings


class Trunks:
    """The trunks of the settings. Numbers that the test trunk has a contact for go there; all others go to Exotel."""

    def __init__(self, settings: Settings) -> None:
        self._exotel = settings.exotel
        self._test = settings.test_trunk
        self._ring_s = settings.dialer.ring_s

    def dial(self, number: str) -> Dial:
        """How to ring a number. Raises `SwitchError` when no trunk reaches it."""
        contact = self._test.contacts.get(number) if self._test.enabled else None
        if contact:
            return Dial(f"PJSIP/test-trunk/sip:{number}@{contact}", self._test.caller_id, self._ring_s)
        if self._exotel.enabled:
            return Dial(f"PJSIP/{number}@exotel", self._exotel.exophone, self._ring_s)
        raise SwitchError(f"no trunk reaches {number}: Exotel is not set up, and the test trunk has no contact for it")
